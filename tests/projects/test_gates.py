"""A gate lets nobody through before everything the plan demands is there, and says what is missing."""

from datetime import timedelta

import pytest

from cases.models import Event
from kernel.refusals import Refused
from notices.models import Message
from projects import actions
from projects.gates import unmet_for_next_phase
from projects.models import Phase, Project, ReachedMilestone
from tests import factories
from tests.factories import TODAY
from tests.law import District


def reach(project: Project, district: District, *codes: str) -> None:
    """Reach milestones as their steps would, without the steps."""
    for code in codes:
        actions.reach(project=project, milestone=code, by=district.head, on=TODAY, produced=True)


def ready_for_negotiation(district: District) -> Project:
    project = district.project()
    gate = district.rules.phase("negotiation").gate
    assert gate is not None
    reach(project, district, *gate.milestones)
    return project


def test_each_missing_thing_is_named_with_clause_and_link(district: District) -> None:
    project = actions.register(by=district.clerk, on=TODAY, name="只有名字的线索")
    missing = unmet_for_next_phase(project)
    assert missing
    assert all(item.clause and item.url for item in missing)


def test_a_project_enters_the_next_phase_when_its_gate_is_met(district: District) -> None:
    project = ready_for_negotiation(district)
    assert actions.advance(project=project, by=district.clerk, on=TODAY).phase == Phase.NEGOTIATION


def test_a_shut_gate_changes_nothing(district: District) -> None:
    project = actions.register(by=district.clerk, on=TODAY, name="只有名字的线索")
    actions_before = Event.objects.count()
    project_phase = project.phase
    with pytest.raises(Refused) as refused:
        for _ in range(5):
            project = actions.advance(project=project, by=district.clerk, on=TODAY)
    assert refused.value.status == "unmet"
    project = Project.objects.get(pk=project.pk)
    moved = Event.objects.filter(kind="project.advanced").count()
    assert Event.objects.count() == actions_before + moved
    assert (project.phase == project_phase) is (moved == 0)


def test_advancing_leaves_history_an_event_and_a_notice(district: District) -> None:
    project = actions.advance(project=ready_for_negotiation(district), by=district.clerk, on=TODAY)
    assert project.history.first().phase == Phase.NEGOTIATION
    assert Event.objects.filter(case=project.case, kind="project.advanced").count() == 1
    assert Message.objects.filter(topic="project.advanced", case=project.case).count() == 1


def test_who_saw_an_older_version_is_told_who_changed_what(district: District) -> None:
    project = ready_for_negotiation(district)
    seen = Project.objects.get(pk=project.pk).version
    actions.edit(project=project, by=district.head, on=TODAY, changes={"site": "李渡街道"})
    with pytest.raises(Refused, match="选址") as refused:
        actions.edit(
            project=project, by=district.clerk, on=TODAY, changes={"site": "龙桥"}, expected_version=seen
        )
    assert refused.value.status == "conflict"
    assert Project.objects.get(pk=project.pk).site == "李渡街道"


def test_saving_the_same_values_records_nothing(district: District) -> None:
    project = district.project(site="李渡街道")
    before = Event.objects.count()
    actions.edit(project=project, by=district.clerk, on=TODAY, changes={"site": "李渡街道"})
    assert Event.objects.count() == before


def test_a_milestone_in_the_future_is_refused(district: District) -> None:
    project = district.project()
    with pytest.raises(Refused, match="不能晚于今天"):
        actions.reach(
            project=project,
            milestone="planned",
            by=district.clerk,
            on=TODAY + timedelta(days=1),
            today=TODAY,
        )


def test_a_milestone_that_a_step_produces_is_not_recorded_by_hand(district: District) -> None:
    with pytest.raises(Refused, match="自动形成"):
        actions.reach(project=district.project(), milestone="assessed", by=district.clerk, on=TODAY)


def test_a_milestone_is_reached_once(district: District) -> None:
    project = district.project()
    reach(project, district, "first_talk_registered")
    with pytest.raises(Refused, match="已登记") as refused:
        reach(project, district, "first_talk_registered")
    assert refused.value.status == "conflict"


def test_a_staged_milestone_counts_when_all_its_parts_are_there(district: District) -> None:
    project = district.project()
    staged = next(rule for rule in district.rules.milestones.values() if rule.staged)
    common = {
        "project": project,
        "milestone": staged.code,
        "by": district.head,
        "on": TODAY,
        "produced": True,
    }
    with pytest.raises(Refused):
        actions.reach(**common, part_no=3, parts_total=2)
    for code in staged.guard.milestones:
        ReachedMilestone.objects.create(project=project, code=code, on=TODAY, recorded_by=district.head)
    actions.reach(**common, part_no=1, parts_total=2)
    from projects.gates import reached_codes

    assert staged.code not in reached_codes(project)
    actions.reach(**common, part_no=2, parts_total=2)
    assert staged.code in reached_codes(project)


def test_withdrawing_shows_what_rested_on_it_as_unmet_and_moves_no_phase_back(district: District) -> None:
    project = actions.advance(project=ready_for_negotiation(district), by=district.clerk, on=TODAY)
    reach(project, district, "first_talk_registered", "assessed")
    actions.withdraw(project=project, milestone="assessed", by=district.head, on=TODAY, reason="评估材料有误")
    project = Project.objects.get(pk=project.pk)
    assert project.phase == Phase.NEGOTIATION
    assert ReachedMilestone.objects.get(project=project, code="assessed").withdrawn_reason == "评估材料有误"


def test_withdrawing_needs_a_reason_and_the_right(district: District) -> None:
    project = district.project()
    reach(project, district, "first_talk_registered")
    common = {"project": project, "milestone": "first_talk_registered", "on": TODAY}
    with pytest.raises(Refused, match="撤销原因"):
        actions.withdraw(**common, by=district.head, reason=" ")
    with pytest.raises(Refused) as refused:
        actions.withdraw(**common, by=district.clerk, reason="有误")
    assert refused.value.status == "forbidden"


def test_a_shelved_project_does_not_move_until_it_is_resumed(district: District) -> None:
    project = ready_for_negotiation(district)
    actions.shelve(project=project, by=district.clerk, on=TODAY, reason="企业内部重组")
    with pytest.raises(Refused, match="搁置"):
        actions.advance(project=project, by=district.clerk, on=TODAY)
    actions.resume(project=project, by=district.clerk, on=TODAY)
    assert actions.advance(project=project, by=district.clerk, on=TODAY).phase == Phase.NEGOTIATION


def test_giving_up_is_for_the_head_and_keeps_the_reason(district: District) -> None:
    project = district.project()
    with pytest.raises(Refused):
        actions.exit_project(project=project, by=district.clerk, on=TODAY, reason="投资方撤资")
    gone = actions.exit_project(project=project, by=district.head, on=TODAY, reason="投资方撤资")
    assert (gone.exited_on, gone.exited_reason) == (TODAY, "投资方撤资")
    with pytest.raises(Refused, match="退出"):
        actions.advance(project=project, by=district.head, on=TODAY)


def test_another_units_clerk_neither_sees_nor_moves_it(district: District) -> None:
    stranger = factories.user("park_clerk", unit=district.park)
    project = ready_for_negotiation(district)
    assert not Project.objects.visible_to(stranger).exists()
    with pytest.raises(Refused, match="看不到"):
        actions.advance(project=project, by=stranger, on=TODAY)
