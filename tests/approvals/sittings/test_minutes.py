"""The sitting is held: outcomes become opinions, minutes are numbered and kept, all or nothing."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from approvals import actions as approvals
from approvals.models import Answer, Opinion
from approvals.sittings import papers, queries
from approvals.sittings.holding import Ruling, hold_sitting
from approvals.sittings.models import Sitting
from cases.models import Event
from documents.actions import attach
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import reached_codes
from tests.approvals.sittings.docket import decision, hold, item_of, listed, newest, planned, the
from tests.approvals.story import TODAY, TOMORROW, Story, settled
from tests.documents.files import upload

pytestmark = pytest.mark.django_db


def refused(run: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


def words_of(docx: bytes) -> str:
    found = Document(BytesIO(docx))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in found.paragraphs] + cells)


def test_an_outcome_becomes_the_bodys_opinion_and_the_next_body_is_asked(story: Story) -> None:
    step = decision(story)
    item = listed(story, step)
    given = hold(story, item)
    assert (given.answer, given.given_by, given.on_behalf) == (Answer.APPROVE, story.clerk, False)
    assert given == the(step)
    assert the(step, "government_meeting").given_on is None
    assert Event.objects.filter(case=step.case, kind="docket.decided").count() == 1


def test_the_ladder_is_climbed_sitting_by_sitting_and_the_decision_stands(story: Story) -> None:
    step = decision(story)
    for aspect in ("park_committee", "government_meeting", "standing_committee"):
        row = the(step, aspect)
        sitting = planned(story, row.unit)
        hold(story, listed(story, step, sitting, opinion=row))
    story.conclude(step, "approved")
    assert "decided" in reached_codes(step.case.project)


def test_minutes_are_numbered_by_the_series_of_the_plan_each_park_for_itself(story: Story) -> None:
    sitting = planned(story)
    hold(story, listed(story, decision(story), sitting))
    assert Sitting.objects.get(pk=sitting.pk).minutes_number == f"{story.district.park}党工纪〔2026〕1号"


def test_the_extract_is_a_paper_of_the_case_and_tells_nothing_of_others(story: Story) -> None:
    step = decision(story)
    sitting = planned(story)
    item = listed(story, step, sitting)
    hold(story, item)
    paper = item_of(item).minutes
    assert paper is not None and (paper.case_id, paper.kind) == (step.case_id, "decision_minutes")
    with paper.file.open() as file:
        text = words_of(file.read())
    assert all(part in text for part in (item.title, "会议原则同意", "通过", "党工纪〔2026〕1号"))


def test_nobody_answers_for_a_body_that_decides_in_sittings(story: Story) -> None:
    step = decision(story)
    row = the(step)
    office = story.person(story.district.park.code, "park_clerk")
    why = refused(lambda: approvals.give_opinion(opinion=row, by=office, on=TODAY, answer="approve"))
    assert (why.codes, why.unmet[0].clause) == (["decided_in_sitting"], "三(三)7")
    paper = {"scan": upload(), "answer": "approve"}
    recorded = refused(lambda: approvals.record_on_behalf(opinion=row, by=story.clerk, on=TODAY, **paper))
    assert recorded.codes == ["decided_in_sitting"]
    item = listed(story, step)
    again = refused(lambda: approvals.give_opinion(opinion=row, by=office, on=TODAY, answer="approve"))
    assert f"/sittings/{item.sitting_id}/" in again.unmet[0].url


@pytest.mark.parametrize(
    ("ruling", "field"),
    [
        ({"outcome": "maybe"}, "outcome"),
        ({"words": " "}, "words"),
        ({"outcome": "amended"}, "changes"),
        ({"changes": "补充条款"}, "changes"),
    ],
)
def test_a_ruling_is_whole(story: Story, ruling: dict[str, str], field: str) -> None:
    item = listed(story, decision(story))
    said = {"outcome": "approve", "words": "同意"} | ruling
    why = refused(
        lambda: hold_sitting(
            sitting=item.sitting, rulings=[Ruling(item.pk, **said)], by=story.clerk, on=TODAY
        )
    )
    assert why.unmet[0].field == f"{field}-{item.pk}"
    assert Sitting.objects.get(pk=item.sitting_id).is_planned


def test_every_item_has_exactly_one_ruling(story: Story) -> None:
    item = listed(story, decision(story))
    one = Ruling(item.pk, "approve", "同意")
    for rulings in ([], [one, one], [one, Ruling(0, "approve", "同意")]):
        why = refused(
            lambda rulings=rulings: hold_sitting(
                sitting=item.sitting, rulings=rulings, by=story.clerk, on=TODAY
            )
        )
        assert why.unmet[0].field == "rulings"


def test_an_empty_sitting_has_no_minutes(story: Story) -> None:
    sitting = planned(story)
    why = refused(lambda: hold_sitting(sitting=sitting, rulings=[], by=story.clerk, on=TODAY))
    assert why.codes == ["no_items"]


def test_a_sitting_is_not_held_before_it_was_or_before_it_was_asked(story: Story) -> None:
    item = listed(story, decision(story))
    for day in (TOMORROW, TODAY - timedelta(days=1)):
        why = refused(lambda day=day: hold(story, item, held_on=day))
        assert why.unmet[0].field == "held_on"


def test_held_minutes_are_final(story: Story) -> None:
    item = listed(story, decision(story))
    hold(story, item)
    assert refused(lambda: hold(story, item, "reject")).codes == ["sitting_over"]


def test_a_new_version_meanwhile_must_be_listed_anew(story: Story) -> None:
    step = decision(story)
    item = listed(story, step)
    story.revise(newest(step.case.project), jobs="300")
    why = refused(lambda: hold(story, item))
    assert (why.codes, why.unmet[0].clause) == (["superseded_version"], "三(三)7")
    assert item_of(item).given is None


def test_when_one_item_cannot_be_decided_nothing_of_the_sitting_is_kept(story: Story) -> None:
    sitting = planned(story)
    good = listed(story, decision(story), sitting)
    other = settled(story, _second(story))
    bad = listed(story, story.open(other, "decision"), sitting)
    story.revise(newest(other), jobs="300")
    rulings = [Ruling(row.pk, "approve", "同意") for row in (good, bad)]
    why = refused(lambda: hold_sitting(sitting=sitting, rulings=rulings, by=story.clerk, on=TODAY))
    assert why.codes == ["superseded_version"]
    assert not Opinion.objects.filter(given_on__isnull=False).exists()
    assert Sitting.objects.get(pk=sitting.pk).minutes_number == ""


def _second(story: Story) -> Any:
    project = story.district.project("第二个项目")
    projects.set_money(project=project, measure="total", raw="3亿元", by=story.clerk, on=TODAY)
    projects.set_parts(
        project=project, part="landing", unit=story.district.park, by=story.clerk, on=TODAY, produced=True
    )
    story.reach(project, "first_talk_registered", "assessed", "dispatched")
    story.draft(project)
    return project


def test_what_is_put_off_waits_again_and_may_be_decided_in_a_later_sitting(story: Story) -> None:
    step = decision(story)
    first = hold(story, listed(story, step), "defer")
    assert not step.opinions.filter(aspect="government_meeting").exists()
    (again,) = queries.waiting(story.clerk)
    assert again == first
    later = planned(story, on=TOMORROW)
    second = hold(story, listed(story, step, later), on=TOMORROW)
    first.refresh_from_db()
    assert (first.in_force, second.supersedes, second.answer) == (False, first, Answer.APPROVE)
    assert step.opinions.filter(aspect="government_meeting").exists()


def test_an_outcome_is_withdrawn_only_by_a_new_decision(story: Story) -> None:
    step = decision(story, "3亿元")
    hold(story, listed(story, step))
    story.conclude(step, "approved")
    assert refused(lambda: listed(story, step)).codes == ["step_ended"]
    again = story.open(step.case.project, "decision", reason="情况变化")
    hold(story, listed(story, again), "reject")
    assert refused(lambda: story.conclude(again, "approved")).codes[0].startswith("veto:")
    story.conclude(again, "rejected")
    assert "decided" not in reached_codes(step.case.project)


def test_the_docket_says_what_of_whom_and_with_which_papers(story: Story) -> None:
    sitting = planned(story, place="园区会议室", attendees="张三 李四")
    item = listed(story, decision(story), sitting)
    text = words_of(papers.docket(sitting, [item]))
    for part in (str(sitting), "25亿元", item.case.code, "园区会议室", "张三 李四", str(story.district.park)):
        assert part in text, part


def test_the_minutes_hold_only_what_the_reader_sees(story: Story) -> None:
    sitting = planned(story)
    item = listed(story, decision(story), sitting)
    hold(story, item)
    stranger = story.person("gaoxin-park", "park_clerk")
    assert list(queries.docket(sitting, stranger)) == []
    assert list(queries.docket(sitting, story.clerk)) == [item]


def test_a_sitting_is_held_for_who_keeps_it_only(story: Story) -> None:
    item = listed(story, decision(story))
    for unit, role in (
        ("finance", "reviewer"),
        ("gaoxin-park", "park_clerk"),
        ("district-government", "leader"),
    ):
        stranger = story.person(unit, role)
        assert refused(lambda who=stranger: hold(story, item, by=who)).status == "forbidden"


def test_minutes_of_the_second_year_begin_with_one(story: Story) -> None:
    hold(story, listed(story, decision(story)))
    day = date(2027, 1, 5)
    other = _second(story)
    attach(case=other.case, kind="draft_agreement", upload=upload(), by=story.clerk, on=TODAY)
    story.reach(other, "agreement_settled")
    step = story.open(other, "decision", on=day)
    sitting = planned(story, on=day)
    hold(story, listed(story, step, sitting, on=day), on=day)
    assert Sitting.objects.get(pk=sitting.pk).minutes_number.endswith("〔2027〕1号")
