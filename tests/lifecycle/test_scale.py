"""A made-up district is one that the product itself could have made."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import User
from approvals.models import Permit
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.clock import today
from lifecycle.scale.seeding import seed
from projects.actions import money
from projects.actions.saving import search_words
from projects.facts import derive, rules_of
from projects.gates import reached_codes
from projects.models import Phase, Project
from projects.queries import LedgerFilter, ledger_page
from service.models import MonthlyProgress, Plan
from service.plans.actions.base import settle

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
COUNT = 400


@pytest.fixture
def district() -> list[Project]:
    made = seed(projects=COUNT, on=today())
    assert made.projects == COUNT
    return list(Project.objects.select_related("case", "enterprise").order_by("pk"))


def test_every_phase_has_projects_with_parts_clocks_and_events(district: list[Project]) -> None:
    assert {project.phase for project in district} == set(Phase.values)
    with_parts = Part.objects.filter(part="introducing", valid_to__isnull=True).values("case_id").distinct()
    assert with_parts.count() == COUNT
    assert Event.objects.values("case_id").distinct().count() == COUNT
    assert Deadline.objects.open().exists()


def test_every_cache_is_what_saving_the_project_by_itself_would_give(district: list[Project]) -> None:
    for project in district[::7]:
        held = {field.attname: getattr(project, field.attname) for field in Project._meta.concrete_fields}
        derive(project, rules_of(project))
        for measure, fen in money.cached_amounts(project).items():
            setattr(project, f"{measure}_fen", fen)
        words = set(held.pop("search").split())
        assert {name: getattr(project, name) for name in held} == held
        assert words == set(search_words(project).split())


def test_every_project_has_passed_the_gates_behind_it(district: list[Project]) -> None:
    phases = list(Phase.values)
    for project in district[::7]:
        reached = reached_codes(project)
        for phase in phases[1 : phases.index(project.phase) + 1]:
            gate = rules_of(project).phase(phase).gate
            assert gate is None or set(gate.milestones) <= reached, (project.pk, phase)


def test_what_was_signed_is_served_as_the_product_itself_would_have_it(district: list[Project]) -> None:
    """Posts, permits, plans and months, each of a share."""
    assert Part.objects.filter(part="service_body", valid_to__isnull=True).exists()
    served = Part.objects.filter(part="commissioner", valid_to__isnull=True, user__isnull=False)
    assert served.exists()
    permits = Permit.objects.select_related("step__deadline")
    assert {permit.step.kind for permit in permits} == {"permit"}
    assert all(permit.is_open is (permit.step.concluded_on is None) for permit in permits)
    assert MonthlyProgress.objects.exists()
    assert all(row.project.batch in ("started", "in_production") for row in _months())
    plans = list(Plan.objects.all())
    assert plans
    for plan in plans:
        held = (plan.next_on, plan.items_total, plan.items_done, plan.current_id)
        settle(plan)
        assert (plan.next_on, plan.items_total, plan.items_done, plan.current_id) == held


def _months() -> "list[MonthlyProgress]":
    return list(MonthlyProgress.objects.select_related("project"))


def test_the_ledger_shows_it_to_the_bureau(district: list[Project]) -> None:
    page = ledger_page(User.objects.get(username="clerk"), LedgerFilter(), summed=True)
    assert (page.total, len(page.rows)) == (COUNT, 50)


def test_it_is_never_added_to_real_projects_unasked(district: list[Project]) -> None:
    with pytest.raises(CommandError, match="--yes"):
        call_command("seed_scale", projects=1)


@override_settings(DEMO=False)
def test_it_is_for_demonstrations_only() -> None:
    with pytest.raises(CommandError, match="DEMO"):
        call_command("seed_scale", projects=1)
