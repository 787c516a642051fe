"""Before the sitting: planned, its docket filled, ordered, postponed, taken off, cancelled."""

from datetime import date, timedelta

import pytest

from approvals import actions as approvals
from approvals.sittings import actions
from approvals.sittings.models import DocketItem, Sitting
from approvals.sittings.permissions import visible
from approvals.sittings.queries import coming_first, waiting
from cases.models import Event
from documents.actions import attach, withdraw_attachment
from documents.models import Attachment
from kernel.refusals import Refused
from projects import actions as projects
from tests.approvals.sittings.docket import decision, item_of, listed, newest, planned, the
from tests.approvals.story import TODAY, TOMORROW, Story, settled
from tests.documents.files import upload

pytestmark = pytest.mark.django_db


def refused(run: object) -> Refused:
    with pytest.raises(Refused) as caught:
        run()  # type: ignore[operator]
    return caught.value


def test_sittings_of_a_body_are_counted_within_the_year(story: Story) -> None:
    first, second = planned(story), planned(story, on=TOMORROW)
    next_year = planned(story, on=date(2027, 1, 5))
    of_others = planned(story, story.district.unit("party-standing-committee"))
    assert [row.number for row in (first, second, next_year, of_others)] == [1, 2, 1, 1]
    assert str(second) == f"{story.district.park}2026年第2次会议"


@pytest.mark.parametrize("role", ["reviewer", "commissioner", "leader", "inspector"])
def test_only_the_bodys_office_and_the_bureau_plan_a_sitting(story: Story, role: str) -> None:
    unit = {"leader": "district-government", "commissioner": "gaoxin-park"}.get(role, "finance")
    stranger = story.person(unit, role)
    assert refused(lambda: planned(story, by=stranger)).status == "forbidden"
    assert not Sitting.objects.exists()


def test_the_parks_own_clerk_keeps_its_docket_and_no_other_parks(story: Story) -> None:
    mine = story.person(story.district.park.code, "park_clerk")
    assert planned(story, by=mine).planned_by == mine
    other = story.district.unit("gaoxin-park")
    assert refused(lambda: planned(story, other, by=mine)).codes == ["not_keeper"]


def test_a_sitting_needs_a_chair(story: Story) -> None:
    assert refused(lambda: planned(story, chair=" ")).unmet[0].field == "chair"


def test_a_question_goes_on_the_docket_with_the_papers_the_plan_asks_for(story: Story) -> None:
    item = listed(story, decision(story))
    assert [paper.kind for paper in item.papers.all()] == ["draft_agreement"]
    assert item.agreement_version == newest(item.case.project)
    assert item.reporting_unit == story.district.park
    assert Event.objects.filter(case=item.case, kind="docket.added").count() == 1


def test_without_its_papers_nothing_goes_before_a_body(story: Story) -> None:
    step = decision(story)
    for paper in Attachment.objects.filter(case=step.case, kind="draft_agreement"):
        withdraw_attachment(attachment=paper, by=story.clerk, on=TODAY, reason="扫描有误")
    why = refused(lambda: listed(story, step))
    assert (why.codes, why.unmet[0].clause, why.status) == (["document:draft_agreement"], "三(三)7", "unmet")
    assert not DocketItem.objects.exists()


def test_another_cases_paper_is_not_put_before_the_body(story: Story) -> None:
    step, other = decision(story), story.district.project("另一项目")
    paper = attach(case=other.case, kind="draft_agreement", upload=upload(), by=story.clerk, on=TODAY)
    assert refused(lambda: listed(story, step, papers=[paper])).unmet[0].field == "papers"


def test_a_question_stands_on_one_docket_only(story: Story) -> None:
    step = decision(story)
    first = listed(story, step)
    why = refused(lambda: listed(story, step))
    assert (why.codes, why.status) == (["on_a_docket"], "conflict")
    assert f"/sittings/{first.sitting_id}/" in why.unmet[0].url


def test_another_bodys_question_is_refused(story: Story) -> None:
    step = decision(story)
    sitting = planned(story, story.district.unit("party-standing-committee"))
    assert refused(lambda: listed(story, step, sitting)).codes == ["other_body"]


def test_what_is_answered_in_writing_needs_no_sitting(story: Story) -> None:
    step = story.open(settled(story, story.ready_for_review()), "joint_review")
    row = step.opinions.get(aspect="energy")
    sitting = planned(story, row.unit)
    why = refused(lambda: actions.add_item(sitting=sitting, opinion=row, by=story.clerk, on=TODAY))
    assert why.codes == ["no_sitting"]


def test_a_superseded_version_is_not_put_on_a_docket(story: Story) -> None:
    step = decision(story)
    version = newest(step.case.project)
    approvals.give_up_agreement(agreement=version.agreement, by=story.clerk, on=TODAY, reason="重谈")
    assert refused(lambda: listed(story, step)).status == "conflict"


def test_a_shelved_project_is_not_put_on_a_docket(story: Story) -> None:
    step = decision(story)
    projects.shelve(
        project=step.case.project,
        by=story.clerk,
        on=TODAY,
        reason="企业缓投",
        approved_by=story.district.head,
    )
    assert refused(lambda: listed(story, step)).status == "conflict"
    assert waiting(story.clerk) == []


def test_what_waits_is_offered_until_it_is_listed(story: Story) -> None:
    step = decision(story)
    assert [row.pk for row in waiting(story.clerk)] == [the(step).pk]
    assert waiting(story.clerk, [story.district.unit("party-standing-committee")]) == []
    listed(story, step)
    assert waiting(story.clerk) == []


def test_what_is_taken_off_says_why_and_waits_again(story: Story) -> None:
    item = listed(story, decision(story))
    assert (
        refused(lambda: actions.take_off_item(item=item, by=story.clerk, on=TODAY, reason=" ")).unmet[0].field
        == "reason"
    )
    actions.take_off_item(item=item, by=story.clerk, on=TODAY, reason="材料待补")
    gone = item_of(item)
    assert (gone.gone_as, gone.gone_reason) == ("taken_off", "材料待补")
    assert len(waiting(story.clerk)) == 1
    again = refused(lambda: actions.take_off_item(item=item, by=story.clerk, on=TODAY, reason="再撤"))
    assert again.codes == ["item_gone"]


def test_what_is_postponed_stands_on_the_later_docket(story: Story) -> None:
    item, later = listed(story, decision(story)), planned(story, on=TODAY + timedelta(days=7))
    moved = actions.postpone_item(item=item, to=later, by=story.clerk, on=TODAY, reason="书记出差")
    assert (item_of(item).gone_as, moved.sitting, moved.is_open) == ("postponed", later, True)
    assert [paper.kind for paper in moved.papers.all()] == ["draft_agreement"]


def test_nothing_is_postponed_to_its_own_or_another_bodys_sitting(story: Story) -> None:
    item = listed(story, decision(story))
    other = planned(story, story.district.unit("party-standing-committee"))
    post = {"item": item, "by": story.clerk, "on": TODAY, "reason": "改期"}
    assert refused(lambda: actions.postpone_item(to=item.sitting, **post)).unmet[0].field == "to"
    assert refused(lambda: actions.postpone_item(to=other, **post)).codes == ["other_body"]
    assert item_of(item).is_open


def test_a_cancelled_sitting_gives_its_items_back(story: Story) -> None:
    item = listed(story, decision(story))
    actions.cancel_sitting(sitting=item.sitting, by=story.clerk, on=TODAY, reason="主持人出差")
    assert item_of(item).gone_as == "postponed"
    assert len(waiting(story.clerk)) == 1
    why = refused(lambda: actions.cancel_sitting(sitting=item.sitting, by=story.clerk, on=TODAY, reason="再"))
    assert why.codes == ["sitting_over"]


def test_the_docket_is_put_in_order(story: Story) -> None:
    sitting = planned(story)
    first = listed(story, decision(story), sitting)
    other = story.district.project("第二个项目")
    second = DocketItem.objects.create(
        sitting=sitting, case=other.case, title="另议", order=2, reporting_unit=story.bureau,
        added_by=story.clerk, added_on=TODAY,
    )  # fmt: skip
    actions.order_items(sitting=sitting, items=[second.pk, first.pk], by=story.clerk, on=TODAY)
    assert list(sitting.items.values_list("pk", flat=True)) == [second.pk, first.pk]
    for wrong in ([first.pk], [first.pk, first.pk], [first.pk, second.pk, 0]):
        why = refused(
            lambda wrong=wrong: actions.order_items(sitting=sitting, items=wrong, by=story.clerk, on=TODAY)
        )
        assert why.unmet[0].field == "items"


def test_day_and_people_may_change_until_it_is_held_but_not_the_year(story: Story) -> None:
    sitting = planned(story)
    change = {"sitting": sitting, "by": story.clerk, "on": TODAY, "chair": "常务副书记"}
    row = actions.change_sitting(planned_on=TOMORROW, place="园区会议室", **change)
    assert (row.planned_on, row.chair, row.place, row.number) == (TOMORROW, "常务副书记", "园区会议室", 1)
    why = refused(lambda: actions.change_sitting(planned_on=date(2027, 1, 4), **change))
    assert why.unmet[0].field == "planned_on"
    stale = refused(lambda: actions.change_sitting(planned_on=TOMORROW, expected=1, **change))
    assert stale.codes == ["changed"]


def test_those_to_come_stand_first_the_nearest_on_top(story: Story) -> None:
    past = planned(story, on=TODAY)
    actions.cancel_sitting(sitting=past, by=story.clerk, on=TODAY, reason="改期")
    far, near = planned(story, on=TODAY + timedelta(days=9)), planned(story, on=TOMORROW)
    assert list(coming_first(visible(story.clerk))) == [near, far, past]


def test_who_sees_sittings(story: Story) -> None:
    sitting = planned(story)
    seen = {
        role: visible(story.person(unit, role)).filter(pk=sitting.pk).exists()
        for role, unit in (
            ("bureau_head", "investment-bureau"), ("leader", "district-government"),
            ("park_clerk", story.district.park.code), ("reviewer", "finance"),
        )
    }  # fmt: skip
    assert seen == {"bureau_head": True, "leader": True, "park_clerk": True, "reviewer": False}
    elsewhere = story.person("gaoxin-park", "park_clerk")
    assert not visible(elsewhere).filter(pk=sitting.pk).exists()
