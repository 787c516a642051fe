"""The limits of a project follow its facts: 34 working days in general, 11 days if small and low-risk."""

from datetime import date

import pytest

from cases.models import Event
from deadlines.actions import meet
from deadlines.models import Deadline
from projects import clocks, hooks
from projects.actions import edit
from projects.facts import facts_of
from projects.models import Project
from tests import lives
from tests.deadlines.making import pause

pytestmark = pytest.mark.django_db
APPLIED_ON, CHANGED_ON = date(2026, 3, 2), date(2026, 3, 9)


def applied() -> Project:
    """A project whose approvals were applied for, not marked small and low-risk."""
    project = lives.registered()
    clocks.on_reached(project, "approvals_applied", clocks.rules_of(project), lives.clerk(), APPLIED_ON)
    return Project.objects.get(pk=project.pk)


def mark(project: Project, small: bool) -> Project:
    return edit(project=project, by=lives.clerk(), on=CHANGED_ON, changes={"small_low_risk": small})


def running(project: Project) -> Deadline:
    return Deadline.objects.open().get(case_id=project.pk, rule__startswith="limit:approval")


def test_marked_small_and_low_risk_later_it_has_eleven_days_from_the_same_day() -> None:
    project = applied()
    assert running(project).rule == "limit:approval_general"
    mark(project, small=True)
    clock = running(project)
    assert (clock.rule, clock.started_on, clock.due_on) == (
        "limit:approval_small", APPLIED_ON, date(2026, 3, 13),
    )  # fmt: skip
    gone = Deadline.objects.get(case_id=project.pk, rule="limit:approval_general")
    assert (gone.cancelled_on, "改按" in gone.cancel_reason) == (CHANGED_ON, True)
    kinds = list(
        Event.objects.filter(case_id=project.pk, on=CHANGED_ON).order_by("pk").values_list("kind", flat=True)
    )
    assert kinds[-2:] == ["deadline.cancelled", "deadline.opened"]
    assert set(clock.alarms.values_list("raised_at", flat=True)) == {None}


def test_no_longer_small_it_has_the_general_limit_again() -> None:
    project = mark(applied(), small=True)
    mark(project, small=False)
    assert running(project).rule == "limit:approval_general"
    assert Deadline.objects.filter(case_id=project.pk, rule__startswith="limit:approval").count() == 3


def test_another_fact_moves_no_clock() -> None:
    project = applied()
    before = running(project)
    edit(project=project, by=lives.clerk(), on=CHANGED_ON, changes={"green_channel": True})
    assert running(project).pk == before.pk


def test_the_other_clock_takes_the_stops_over() -> None:
    project = applied()
    head, clerk = lives.clerk("bureau_head"), lives.clerk()
    pause(deadline=running(project), reason="补正", approved_by=head, by=clerk, on=date(2026, 3, 4))
    mark(project, small=True)
    clock = running(project)
    assert (clock.paused_from, clock.pauses.get().to_on) == (date(2026, 3, 4), None)
    assert not clock.alarms.filter(on__isnull=False).exists()


def test_a_clock_that_was_met_stays_as_it_was() -> None:
    project = applied()
    meet(deadline=running(project), on=date(2026, 3, 6), by=None)
    mark(project, small=True)
    assert not Deadline.objects.filter(case_id=project.pk, rule="limit:approval_small").exists()


def test_a_correction_shows_beforehand_which_limit_would_hold() -> None:
    project = applied()
    facts = facts_of(project)
    lines = hooks.preview(hooks.Proposal(project, facts, facts | {"small_low_risk": True}))
    assert any("11个自然日" in line and "2026-03-13" in line for line in lines)
    assert running(project).rule == "limit:approval_general"
