"""Material: the one notice of everything that is missing, what comes later, what is taken back."""

from datetime import date, timedelta

import pytest

from approvals.models import Permit, ShortfallNotice
from approvals.permits import actions
from cases.models import Event
from kernel.refusals import Refused
from notices.models import Message
from tests.approvals.permits.story import Permits

pytestmark = pytest.mark.django_db
CODE = "construction_permit"
FORM, DRAWINGS, CONTRACTS, PROMISE = (
    "建筑工程施工许可申请表",
    "施工图设计文件审查合格书",
    "施工合同、监理合同",
    "质量安全措施和资金落实承诺书",
)


@pytest.fixture
def told(fuling: Permits) -> Permits:
    fuling.story.reach(fuling.project, "planning_permitted", on=fuling.day)
    return fuling


def later(told: Permits, days: int) -> date:
    return told.day + timedelta(days=days)


def names(notice: ShortfallNotice) -> list[str]:
    return [line["name"] for line in notice.lines]


def test_one_notice_names_everything_missing_and_every_fault(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM, DRAWINGS])
    notice = told.tell(permit, later(told, 1), **{DRAWINGS: "缺结构专业盖章"})
    assert names(notice) == [DRAWINGS, CONTRACTS, PROMISE], "what is missing goes by itself"
    assert notice.lines[0]["words"] == "缺结构专业盖章"


def test_the_notice_goes_to_the_agent_and_the_commissioner(told: Permits) -> None:
    from projects import actions as projects

    person = told.story.person(told.story.district.park.code, "commissioner")
    projects.set_parts(
        project=told.project, part="commissioner", unit=told.story.district.park, user=person, by=told.clerk,
        on=told.day, produced=True,
    )  # fmt: skip
    told.tell(told.apply(CODE, handed=[FORM]), told.day)
    message = Message.objects.get(topic="permit.notified")
    assert {told.park_clerk.pk, person.pk} <= set(message.tells["users"])
    assert DRAWINGS in message.text


def test_a_second_notice_for_what_could_have_been_said_the_first_time_is_refused(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM, DRAWINGS])
    told.tell(permit, told.day)
    for faults in ({DRAWINGS: "缺盖章"}, {CONTRACTS: "未提交"}, {}):
        with pytest.raises(Refused) as refused:
            told.tell(permit, later(told, 1), **faults)
        assert refused.value.codes == ["told_once"]
        assert refused.value.unmet[0].clause == "四(二)"
    assert ShortfallNotice.objects.count() == 1


def test_what_was_handed_in_after_the_first_notice_may_be_told_again(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM, DRAWINGS])
    told.tell(permit, told.day)
    told.supplement(permit, CONTRACTS, on=later(told, 1))
    again = told.tell(permit, later(told, 2), **{CONTRACTS: "监理合同未签字"})
    assert names(again) == [CONTRACTS], "what was told before is not told again"


def test_what_was_withdrawn_after_the_first_notice_may_be_told_again(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM, DRAWINGS])
    told.tell(permit, told.day)
    told.withdraw(permit, DRAWINGS, on=later(told, 1))
    assert names(told.tell(permit, later(told, 2))) == [DRAWINGS]


def test_where_the_plan_does_not_ask_for_one_notice_several_may_follow(optimised: Permits) -> None:
    permit = optimised.apply("project_approval", handed=[])
    optimised.tell(permit, optimised.day)
    optimised.tell(permit, optimised.day)
    assert ShortfallNotice.objects.count() == 2


def test_a_notice_on_complete_material_takes_the_clock_back_until_it_is_there_again(told: Permits) -> None:
    permit = told.apply(CODE)
    assert told.due(permit) == date(2026, 3, 11)
    told.tell(permit, later(told, 1), **{DRAWINGS: "版本不符"})
    permit.refresh_from_db()
    assert (permit.complete_on, told.due(permit)) == (None, None)
    told.supplement(permit, DRAWINGS, on=later(told, 2))
    assert told.due(permit) == date(2026, 3, 13)


def test_a_fault_is_told_in_words_and_nothing_missing_is_no_notice(told: Permits) -> None:
    permit = told.apply(CODE)
    with pytest.raises(Refused, match="请写明这些材料有什么问题"):
        told.tell(permit, told.day, **{DRAWINGS: " "})
    with pytest.raises(Refused) as refused:
        told.tell(permit, told.day)
    assert refused.value.codes == ["nothing_missing"]
    with pytest.raises(Refused, match="没有这些材料"):
        told.tell(permit, told.day, 户口簿="缺")


def test_only_the_authority_tells_and_only_the_agent_hands_in(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM])
    stranger, authority = told.story.person("finance"), told.authority(permit)
    day = {"on": told.day, "today": told.day}
    for act in (
        lambda: actions.notify(permit=permit, faults={}, by=told.park_clerk, **day),
        lambda: actions.notify(permit=permit, faults={}, by=stranger, **day),
        lambda: actions.complete(permit=permit, by=told.park_clerk, **day),
        lambda: actions.supplement(permit=permit, materials=[DRAWINGS], by=authority, **day),
        lambda: actions.withdraw(permit=permit, materials=[FORM], reason="误交", by=authority, **day),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.status == "forbidden"


def test_what_is_there_is_not_handed_in_twice_and_what_is_not_there_not_withdrawn(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM])
    with pytest.raises(Refused) as refused:
        told.supplement(permit, FORM, on=told.day)
    assert refused.value.codes == ["already_handed_in"]
    with pytest.raises(Refused) as refused:
        told.withdraw(permit, DRAWINGS, on=told.day)
    assert refused.value.codes == ["not_handed_in"]
    with pytest.raises(Refused, match="请选择材料"):
        told.supplement(permit, on=told.day)
    with pytest.raises(Refused, match="请填写撤回原因"):
        told.withdraw(permit, FORM, on=told.day, reason=" ")


def test_material_cannot_come_before_the_application_or_in_the_future(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM])
    with pytest.raises(Refused, match="日期不能早于申请日期"):
        told.supplement(permit, DRAWINGS, on=later(told, -1))
    with pytest.raises(Refused, match="日期不能晚于今天"):
        actions.supplement(
            permit=permit, materials=[DRAWINGS], by=told.park_clerk, on=later(told, 1), today=told.day
        )


def test_the_authority_takes_what_came_over_the_counter_for_complete(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM])
    by = told.authority(permit)
    actions.complete(permit=permit, by=by, on=later(told, 1), today=later(told, 1))
    permit.refresh_from_db()
    assert permit.complete_on == later(told, 1)
    assert permit.materials.get(name=DRAWINGS).handed_by == by
    with pytest.raises(Refused) as refused:
        actions.complete(permit=permit, by=by, on=later(told, 1), today=later(told, 1))
    assert refused.value.codes == ["already_complete"]


def test_whoever_read_an_older_version_changes_nothing(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM])
    read = permit.version
    told.supplement(permit, DRAWINGS, on=told.day)
    with pytest.raises(Refused) as refused:
        actions.supplement(
            permit=permit,
            materials=[CONTRACTS],
            by=told.park_clerk,
            on=told.day,
            today=told.day,
            expected=read,
        )
    assert refused.value.codes == ["changed"]


def test_after_the_end_nothing_is_handed_in(told: Permits) -> None:
    permit = told.apply(CODE)
    told.grant(permit, told.day)
    with pytest.raises(Refused) as refused:
        told.withdraw(Permit.objects.get(pk=permit.pk), FORM, on=told.day)
    assert refused.value.codes == ["permit_ended"]


def test_what_another_permit_ends_with_comes_into_the_application_by_itself(fuling: Permits) -> None:
    """拿地即开工: applied for side by side, the second waits only for what the first two give."""
    permit = fuling.apply(CODE, handed=[FORM, DRAWINGS, CONTRACTS, PROMISE])
    others = [fuling.apply(code) for code in ("land_grant", "planning_permit")]
    fuling.grant(others[0], later(fuling, 1))
    permit.refresh_from_db()
    assert permit.complete_on is None and permit.materials.get(name="用地批准手续").in_case
    fuling.grant(others[1], later(fuling, 2))
    permit.refresh_from_db()
    assert permit.complete_on == later(fuling, 2)
    assert fuling.due(permit) == date(2026, 3, 13)  # 5, 6, 9, 10, 11, 12, 13


def test_each_move_is_one_event(told: Permits) -> None:
    permit = told.apply(CODE, handed=[FORM])
    told.supplement(permit, DRAWINGS, CONTRACTS, PROMISE, on=told.day)
    told.withdraw(permit, DRAWINGS, on=told.day)
    kinds = list(
        Event.objects.filter(case_id=told.pk, kind__startswith="permit.")
        .values_list("kind", flat=True)
        .order_by("pk")
    )
    assert kinds == ["permit.applied", "permit.supplemented", "permit.withdrawn"]
