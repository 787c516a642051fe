"""The limits of a project follow its facts: 34 working days in general, 11 days if small and low-risk."""

from datetime import date

import pytest

from cases.models import Event
from deadlines.actions import meet
from deadlines.models import Deadline
from kernel.refusals import Refused
from projects import clocks, hooks
from projects.actions import edit, preview_edit
from projects.facts import facts_of
from projects.forms import EditForm
from projects.models import Project
from tests import factories as make
from tests import lives
from tests.deadlines.making import pause

pytestmark = pytest.mark.django_db
APPLIED_ON, CHANGED_ON = date(2026, 3, 2), date(2026, 3, 9)


def applied() -> Project:
    """A project whose approvals were applied for, not marked small and low-risk."""
    return applied_to(lives.registered())


def applied_to(project: Project) -> Project:
    clocks.on_reached(project, "approvals_applied", clocks.rules_of(project), lives.clerk(), APPLIED_ON)
    return Project.objects.get(pk=project.pk)


def mark(project: Project, small: bool, on: date = CHANGED_ON) -> Project:
    changes = {"small_low_risk": small}
    return edit(project=project, by=lives.clerk(), on=on, changes=changes, reason="复核认定")


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


def test_what_exchanges_a_running_limit_takes_a_reason_and_the_right_to_correct() -> None:
    project = applied()
    said = {"project": project, "on": CHANGED_ON, "changes": {"small_low_risk": True}}
    with pytest.raises(Refused) as refused:
        edit(by=lives.clerk(), **said)
    item = refused.value.unmet[0]
    assert (refused.value.status, item.code, item.field, item.clause) == (
        "invalid", "needs_reason", "reason", "三(四)9",
    )  # fmt: skip
    park = make.user("park_clerk", unit=project.introducing_unit)
    with pytest.raises(Refused) as refused:
        edit(by=park, reason="复核认定", **said)
    assert refused.value.status == "forbidden"
    assert running(project).rule == "limit:approval_general"
    mark(project, small=True)
    event = Event.objects.filter(case_id=project.pk, kind="project.edited").latest("pk")
    assert event.data["reason"] == "复核认定"


def test_before_any_clock_runs_the_fact_is_stated_without_a_reason() -> None:
    project = lives.registered()
    edit(project=project, by=lives.clerk(), on=CHANGED_ON, changes={"small_low_risk": True})


def test_lateness_is_not_wiped_by_the_other_limit_nor_by_going_back() -> None:
    project = mark(applied(), small=True)
    mark(project, small=False, on=date(2026, 3, 20))
    gone = Deadline.objects.get(case_id=project.pk, rule="limit:approval_small")
    assert "已逾期（截止 2026-03-13）" in gone.cancel_reason
    clock = running(project)
    assert (clock.started_on, clock.rule) == (APPLIED_ON, "limit:approval_general")
    assert clock.name.endswith("（原期限 2026-03-13 已逾期）")
    mark(project, small=True, on=date(2026, 3, 21))
    assert running(project).name.endswith("（原期限 2026-03-13 已逾期）")


def test_the_preview_of_an_edit_shows_which_limit_would_hold() -> None:
    project = applied()
    lines = preview_edit(project=project, changes={"small_low_risk": True}, by=lives.clerk())
    assert any("11个自然日" in line for line in lines)


def test_the_form_asks_for_the_reason_only_while_such_a_limit_runs() -> None:
    before = lives.registered()
    assert "reason" not in EditForm(before).fields
    assert "reason" in EditForm(applied_to(before)).fields
