"""Only who is asked answers; late is marked, never lost; a paper is entered only with its scan."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from accounts.models import Unit
from approvals import actions
from approvals.models import Opinion, Step
from cases.models import Event
from kernel.refusals import Refused
from notices.models import Message
from projects import actions as projects
from projects.actions import Change
from projects.models import Project
from tests import factories
from tests.approvals.dispatching import propose
from tests.approvals.story import DUE, TOMORROW, Story
from tests.documents.files import PNG, PROGRAM, upload
from tests.factories import TODAY


def asked(step: Step, aspect: str = "technology") -> Opinion:
    return step.opinions.select_related("unit").get(aspect=aspect, in_force=True)


def test_the_unit_asked_gives_words_and_a_score(story: Story) -> None:
    row = story.answer(asked(story.assessment()), TOMORROW, words=" 技术路线成熟 ", score=85)
    assert (row.words, row.score, row.answer, row.given_on) == ("技术路线成熟", 85, "stated", TOMORROW)
    assert row.given_by == story.person("science-technology")
    assert not row.late
    event = Event.objects.get(case=row.step.case, kind="step.opinion")
    assert event.unit == row.unit


def test_a_unit_that_was_not_asked_cannot_answer(story: Story) -> None:
    row = asked(story.assessment())
    with pytest.raises(Refused, match="科技局") as refused:
        actions.give_opinion(opinion=row, by=story.person("finance"), on=TODAY, words="我来说两句")
    assert (refused.value.status, refused.value.unmet[0].code) == ("forbidden", "not_asked")


def test_who_sees_nothing_of_the_case_cannot_answer(story: Story) -> None:
    with pytest.raises(Refused) as refused:
        actions.give_opinion(
            opinion=asked(story.assessment()), by=story.person("meteorology"), on=TODAY, words="无"
        )
    assert refused.value.status == "forbidden"


@pytest.mark.parametrize("role", ["park_clerk", "commissioner", "inspector", "leader", "system_admin"])
def test_a_role_without_the_right_does_not_answer_for_the_unit(story: Story, role: str) -> None:
    row = asked(story.assessment())
    person = factories.user(role, unit=factories.unit("somewhere", kind="park"))
    with pytest.raises(Refused) as refused:
        actions.give_opinion(opinion=row, by=person, on=TODAY, words="可以")
    assert refused.value.status == "forbidden"


def test_an_inspector_of_the_unit_asked_does_not_answer(story: Story) -> None:
    row = asked(story.assessment())
    with pytest.raises(Refused, match="科技局"):
        actions.give_opinion(
            opinion=row, by=story.person("science-technology", "inspector"), on=TODAY, words="可以"
        )


def test_a_leader_answers_for_a_deciding_body_but_not_for_a_department(story: Story) -> None:
    project = story.ready_for_review()
    consent = asked(propose(story, project, story.district.park), "leader_consent")
    assert story.answer(consent, answer="approve").answer == "approve"
    review = asked(story.open(project, "joint_review"), "safety")
    with pytest.raises(Refused):
        actions.give_opinion(
            opinion=review, by=story.person("emergency-management", "leader"), on=TODAY, answer="pass"
        )


@pytest.mark.parametrize(
    ("aspect", "said", "field"),
    [
        ("technology", {"words": "  "}, "words"),
        ("technology", {"words": "好", "score": 101}, "score"),
        ("technology", {"words": "好", "score": -1}, "score"),
        ("technology", {"words": "好", "answer": "veto"}, "answer"),
        ("safety", {"answer": ""}, "answer"),
        ("safety", {"answer": "veto"}, "words"),
        ("safety", {"answer": "pass", "score": 5}, "score"),
    ],
)
def test_what_is_said_must_fit_what_was_asked(
    story: Story, aspect: str, said: dict[str, object], field: str
) -> None:
    review = aspect == "safety"
    step = story.open(story.ready_for_review(), "joint_review") if review else story.assessment()
    with pytest.raises(Refused) as refused:
        story.answer(asked(step, aspect), **said)
    assert (refused.value.status, refused.value.unmet[0].field) == ("invalid", field)
    assert not Event.objects.filter(kind="step.opinion").exists()


def test_a_colleague_who_comes_second_learns_what_was_said(story: Story) -> None:
    row = asked(story.assessment())
    story.answer(row, words="同意推进")
    with pytest.raises(Refused, match="同意推进") as refused:
        story.answer(row, words="另一种说法")
    assert (refused.value.status, refused.value.unmet[0].code) == ("conflict", "already_given")


def test_a_new_opinion_takes_the_place_of_the_old_and_both_stay(story: Story) -> None:
    row = asked(story.assessment())
    story.answer(row, words="初步同意")
    new = story.answer(row, TOMORROW, words="补充材料后完全同意", supersede=True)
    row.refresh_from_db()
    assert (row.in_force, row.words, row.superseded_by) == (False, "初步同意", new)
    assert new.in_force
    assert asked(new.step) == new


def test_a_superseded_opinion_is_not_superseded_again(story: Story) -> None:
    row = asked(story.assessment())
    story.answer(row, words="一")
    story.answer(row, words="二", supersede=True)
    with pytest.raises(Refused) as refused:
        story.answer(row, words="三", supersede=True)
    assert refused.value.status == "conflict"


def test_the_last_day_itself_is_in_time_and_the_next_is_late(story: Story) -> None:
    step = story.assessment()
    assert not story.answer(asked(step, "technology"), DUE).late
    assert story.answer(asked(step, "return"), DUE + timedelta(days=1)).late


def test_an_opinion_after_the_conclusion_is_kept_as_late_and_changes_nothing(story: Story) -> None:
    step = story.assessment()
    late_on = DUE + timedelta(days=2)
    story.conclude(step, "feasible", on=late_on)
    row = story.answer(asked(step), late_on, words="迟到的意见")
    step.refresh_from_db()
    assert (row.late, step.verdict, len(step.outstanding)) == (True, "feasible", 8)
    with pytest.raises(Refused, match="结论已作出"):
        story.answer(row, late_on, words="再改", supersede=True)


def test_nobody_answers_a_cancelled_step(story: Story) -> None:
    step = story.assessment()
    given = asked(step)
    story.answer(given, words="好")
    actions.cancel(step=step, by=story.clerk, on=TODAY, reason="误启动")
    with pytest.raises(Refused, match="已撤销"):
        story.answer(given, words="更好", supersede=True)


def test_nobody_answers_for_a_project_that_was_given_up(story: Story) -> None:
    step = story.assessment()
    project = Project.objects.get(pk=step.case_id)
    projects.exit_project(project=project, by=story.district.head, on=TODAY, reason="投资方撤资")
    with pytest.raises(Refused, match="退出"):
        story.answer(asked(step), words="好")


def test_the_lead_is_told_once_when_the_last_opinion_is_in(story: Story) -> None:
    step = story.assessment()
    rows = list(step.opinions.select_related("unit"))
    for row in rows[:-1]:
        story.answer(row)
    assert not Message.objects.filter(topic="step.complete").exists()
    story.answer(rows[-1])
    story.answer(rows[0], words="修改", supersede=True)
    assert Message.objects.get(topic="step.complete").tells["units"] == [story.bureau.pk]


def test_a_paper_is_entered_for_a_unit_with_its_scan(story: Story) -> None:
    row = actions.record_on_behalf(
        opinion=asked(story.assessment()),
        scan=upload(PNG, "科技局复函.png"),
        by=story.clerk,
        on=TOMORROW,
        given_on=TODAY,
        words="技术可行",
        score=80,
    )
    assert (row.on_behalf, row.recorded_by, row.given_by, row.given_on) == (True, story.clerk, None, TODAY)
    assert row.scan is not None and row.scan.name == "科技局复函.png"
    assert "代录" in Event.objects.get(kind="step.opinion").data["marks"]


def test_without_the_scan_nothing_is_entered(story: Story) -> None:
    row = asked(story.assessment())
    with pytest.raises(Refused, match="扫描件") as refused:
        actions.record_on_behalf(opinion=row, scan=None, by=story.clerk, on=TODAY, words="可行")
    assert refused.value.unmet[0].field == "scan"
    row.refresh_from_db()
    assert row.given_on is None


def test_a_program_is_no_scan(story: Story) -> None:
    row = asked(story.assessment())
    with pytest.raises(Refused):
        actions.record_on_behalf(opinion=row, scan=upload(PROGRAM), by=story.clerk, on=TODAY, words="可行")
    assert not Opinion.objects.filter(on_behalf=True).exists()


def test_another_projects_scan_is_no_scan(story: Story) -> None:
    from documents.actions import attach

    other = story.district.project("另一个项目")
    paper = attach(case=other.case, kind="other", upload=upload(), by=story.clerk, on=TODAY)
    with pytest.raises(Refused, match="不在本档案中"):
        actions.record_on_behalf(
            opinion=asked(story.assessment()), scan=paper, by=story.clerk, on=TODAY, words="可行"
        )


@pytest.mark.parametrize("day", [TOMORROW, TODAY - timedelta(days=1)])
def test_a_paper_is_dated_between_the_asking_and_today(story: Story, day: date) -> None:
    with pytest.raises(Refused) as refused:
        actions.record_on_behalf(
            opinion=asked(story.assessment()),
            scan=upload(),
            by=story.clerk,
            on=TODAY,
            given_on=day,
            words="可行",
        )
    assert refused.value.unmet[0].field == "given_on"


def test_a_paper_dated_in_time_is_not_late_when_entered_later(story: Story) -> None:
    row = actions.record_on_behalf(
        opinion=asked(story.assessment()),
        scan=upload(),
        by=story.clerk,
        on=DUE + timedelta(days=5),
        given_on=DUE,
        words="可行",
    )
    assert not row.late


def test_a_department_does_not_enter_papers_for_others(story: Story) -> None:
    with pytest.raises(Refused) as refused:
        actions.record_on_behalf(
            opinion=asked(story.assessment()),
            scan=upload(),
            by=story.person("finance"),
            on=TODAY,
            words="可行",
        )
    assert refused.value.status == "forbidden"


def test_correcting_the_start_marks_lateness_anew(story: Story) -> None:
    step = story.assessment()
    story.answer(asked(step), DUE)
    change = Change(milestone="first_talk_registered", day=TODAY - timedelta(days=10))
    project = Project.objects.get(pk=step.case_id)
    projects.correct(project=project, change=change, by=story.clerk, on=DUE, reason="登记日期有误")
    assert asked(step).late


def test_a_correction_shows_beforehand_which_marks_of_lateness_change(story: Story) -> None:
    step = story.assessment()
    story.answer(asked(step), DUE)
    change = Change(milestone="first_talk_registered", day=TODAY - timedelta(days=10))
    project = Project.objects.get(pk=step.case_id)
    shown = projects.preview_correction(project=project, change=change, by=story.clerk)
    row = asked(step)
    assert f"{step.name}：{row.unit.name}“{row.aspect_name}”意见 按期 → 逾期" in shown
    assert not row.late


def test_the_database_refuses_half_an_opinion(story: Story) -> None:
    row = asked(story.assessment())
    with pytest.raises(IntegrityError):
        Opinion.objects.filter(pk=row.pk).update(given_on=TODAY)


def test_a_unit_is_asked_once_about_an_aspect(story: Story) -> None:
    row = asked(story.assessment())
    with pytest.raises(IntegrityError):
        Opinion.objects.create(
            step=row.step,
            aspect=row.aspect,
            aspect_name="看技术",
            unit=Unit.objects.get(pk=row.unit_id),
            asks=row.asks,
            asked_on=TODAY,
            asked_by=story.clerk,
        )
