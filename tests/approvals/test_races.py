"""Two people at the same moment: one acts, the other learns what changed; nothing is done twice or lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from approvals import actions
from approvals.models import AgreementVersion, DocketItem, Opinion, Signing, Step
from cases.models import Event
from documents.actions import attach
from kernel.refusals import Refused
from projects import actions as projects
from projects.models import Project
from tests.approvals.sittings.docket import decision, hold, listed, planned
from tests.approvals.story import Story, settled, wording
from tests.documents.files import upload
from tests.factories import TODAY
from tests.law import open_district

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(transactional_db: None) -> Story:
    return Story(open_district())


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment, each on a connection of its own; what they return or refuse."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refusals(outcomes: list[Any]) -> list[Refused]:
    return [outcome for outcome in outcomes if isinstance(outcome, Refused)]


def test_of_two_verdicts_at_once_one_stands(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    head = story.district.head
    outcomes = at_once(
        lambda: story.conclude(step, "feasible"), lambda: story.conclude(step, "not_feasible", by=head)
    )
    (refused,) = refusals(outcomes)
    assert (refused.status, refused.unmet[0].code) == ("conflict", "already_concluded")
    assert Event.objects.filter(case_id=step.case_id, kind="step.concluded").count() == 1


def test_of_two_openings_at_once_one_stands(story: Story) -> None:
    project = story.ready_for_review()
    head = story.district.head
    outcomes = at_once(
        lambda: story.open(project, "joint_review"), lambda: story.open(project, "joint_review", by=head)
    )
    (refused,) = refusals(outcomes)
    assert (refused.status, refused.unmet[0].code) == ("conflict", "already_running")
    assert Step.objects.filter(case_id=project.pk, code="joint_review").count() == 1


def test_of_two_colleagues_at_once_one_answers(story: Story) -> None:
    step = story.assessment()
    row = step.opinions.select_related("unit").get(aspect="technology")
    story.person("science-technology")
    outcomes = at_once(
        lambda: story.answer(row, words="甲的意见"), lambda: story.answer(row, words="乙的意见")
    )
    (refused,) = refusals(outcomes)
    assert refused.unmet[0].code == "already_given"
    assert Opinion.objects.filter(step=step, aspect="technology").count() == 1


def test_opinions_of_many_units_at_once_are_all_kept_and_the_lead_is_told_once(story: Story) -> None:
    from notices.models import Message

    step = story.assessment()
    rows = list(step.opinions.select_related("unit"))
    for row in rows:
        story.person(row.unit.code)
    outcomes = at_once(*(partial(story.answer, row) for row in rows))
    assert not refusals(outcomes)
    assert not step.opinions.filter(given_on=None).exists()
    assert Message.objects.filter(topic="step.complete").count() == 1


def test_a_verdict_and_the_withdrawal_of_what_opened_the_step_do_not_lock_each_other_up(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    project = Project.objects.get(pk=step.case_id)

    def withdraw() -> None:
        code, head = "first_talk_registered", story.district.head
        projects.withdraw(project=project, milestone=code, by=head, on=TODAY, reason="登记有误")

    at_once(lambda: story.conclude(step, "feasible"), withdraw)
    step.refresh_from_db()
    assert not step.is_running


def test_a_late_opinion_and_the_verdict_at_once_lose_nothing(story: Story) -> None:
    step = story.open(story.ready_for_review(), "joint_review")
    rows = list(step.opinions.select_related("unit"))
    for row in rows[:-1]:
        story.answer(row)
    story.person(rows[-1].unit.code)
    outcomes = at_once(
        lambda: story.answer(rows[-1], answer="veto", words="反对"), lambda: story.conclude(step, "passed")
    )
    step.refresh_from_db()
    given = Opinion.objects.get(pk=rows[-1].pk)
    assert (given.answer, step.verdict) == ("veto", "")
    assert len(refusals(outcomes)) == 1


def test_a_cancelled_and_a_concluded_step_are_never_both(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    outcomes = at_once(
        lambda: story.conclude(step, "feasible"),
        lambda: actions.cancel(step=step, by=story.clerk, on=TODAY, reason="误启动"),
    )
    assert len(refusals(outcomes)) == 1


def test_an_opinion_given_while_a_new_version_is_saved_never_counts_for_it(story: Story) -> None:
    project = story.ready_for_review()
    step = story.open(project, "joint_review")
    old = AgreementVersion.objects.get()
    row = Opinion.objects.select_related("unit").get(step=step, aspect="environment")
    by = story.person(row.unit.code)
    at_once(
        lambda: story.revise(old, emission="COD 20吨/年"),
        lambda: actions.give_opinion(opinion=row, by=by, on=TODAY, answer="pass", agreement_version=old.pk),
    )
    assert Opinion.objects.get(step=step, aspect="environment", in_force=True).given_on is None
    step.refresh_from_db()
    assert step.agreement_version == AgreementVersion.objects.latest("number")


def test_of_two_new_versions_at_once_one_stands(story: Story) -> None:
    version = story.draft(story.district.project())
    draft, other = wording(jobs="1"), wording(jobs="2")
    outcomes = at_once(
        *(
            partial(
                actions.revise_agreement,
                agreement=version.agreement, draft=one, by=story.clerk, on=TODAY, expected=1,
            )
            for one in (draft, other)
        )
    )  # fmt: skip
    (refused,) = refusals(outcomes)
    assert refused.status == "conflict"
    assert AgreementVersion.objects.count() == 1 + 1


def test_of_two_first_signings_at_once_one_stands(story: Story) -> None:
    project = settled(story, story.ready_for_review())
    story.reach(project, "joint_review_passed", "decided")
    paper = attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
    deed = actions.Deed(raw="8亿元", grade="agreement", paper=paper)

    def sign() -> Any:
        return actions.sign(project=project, deed=deed, by=story.clerk, on=TODAY, today=TODAY)

    (refused,) = refusals(at_once(sign, sign))
    assert refused.codes == ["already_signed"]
    assert Signing.objects.get(case_id=project.pk).is_first


def test_of_two_who_list_a_question_at_once_one_does(story: Story) -> None:
    step = decision(story)
    outcomes = at_once(lambda: listed(story, step), lambda: listed(story, step, planned(story)))
    assert [refused.codes for refused in refusals(outcomes)] == [["on_a_docket"]]
    assert DocketItem.objects.open().count() == 1


def test_of_two_who_hold_a_sitting_at_once_one_writes_the_minutes(story: Story) -> None:
    item = listed(story, decision(story))
    outcomes = at_once(lambda: hold(story, item), lambda: hold(story, item, "reject"))
    assert [refused.codes for refused in refusals(outcomes)] == [["sitting_over"]]
    assert Opinion.objects.filter(given_on__isnull=False, aspect="park_committee").count() == 1


def test_a_new_version_and_the_minutes_at_once_agree_on_one_wording(story: Story) -> None:
    step = decision(story)
    item = listed(story, step)
    version = AgreementVersion.objects.get()
    revise = partial(
        actions.revise_agreement, agreement=version.agreement, draft=wording(jobs="300"), by=story.clerk,
        on=TODAY,
    )  # fmt: skip
    at_once(lambda: hold(story, item), revise)
    row = step.opinions.get(aspect="park_committee", in_force=True)
    assert row.given_on is None, "what was decided on the old wording does not count for the new one"
