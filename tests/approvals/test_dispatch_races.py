"""Two people propose, hand over, withdraw or conclude at the same moment: one way wins, nothing is half."""

import pytest

from approvals.actions import Named
from approvals.dispatching import actions
from approvals.models import Proposal, Step
from cases.models import Part
from kernel.refusals import Refused
from projects.models import Project
from tests.approvals.dispatching import assessed, consent, landed, parks, propose, recommend, the
from tests.approvals.story import TODAY, TOMORROW, Story
from tests.approvals.test_races import at_once, refusals
from tests.law import open_district

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(transactional_db: None) -> Story:
    return Story(open_district())


def codes(outcomes: list[object]) -> list[str]:
    return [code for refused in refusals(outcomes) for code in refused.codes]


def test_of_two_transfers_at_once_one_runs(story: Story) -> None:
    old, new, third = parks(story)
    project, head = landed(story, old), story.district.head
    outcomes = at_once(
        lambda: propose(story, project, new, step="transfer", on=TOMORROW),
        lambda: propose(story, project, third, step="transfer", on=TOMORROW, by=head),
    )
    assert codes(outcomes) == ["too_many"]
    assert Step.objects.filter(case_id=project.pk, code="transfer").count() == 1
    assert Proposal.objects.filter(step__code="transfer").count() == 1


def test_of_a_transfer_and_a_dispatch_at_once_one_runs(story: Story) -> None:
    old, new, _third = parks(story)
    project, head = landed(story, old), story.district.head
    outcomes = at_once(
        lambda: propose(story, project, new, step="transfer", on=TOMORROW),
        lambda: propose(story, project, old, on=TOMORROW, by=head, reason="再议"),
    )
    (code,) = codes(outcomes)
    assert code in ("apart:transfer", "apart:dispatch")
    codes_ = ("dispatch", "transfer")
    assert Step.objects.filter(case_id=project.pk, code__in=codes_).running().count() == 1


def test_the_same_park_proposed_twice_at_once_is_proposed_once(story: Story) -> None:
    project, park, head = assessed(story), story.district.park, story.district.head
    outcomes = at_once(lambda: propose(story, project, park), lambda: propose(story, project, park, by=head))
    assert codes(outcomes) == [f"proposed:{park.code}"]
    assert Proposal.objects.count() == 1


def test_consent_and_a_further_park_at_once_leave_nobody_unasked_for_good(story: Story) -> None:
    first, second, _third = parks(story)
    project = assessed(story)
    step = propose(story, project, first)
    story.person("district-government", "leader")
    outcomes = at_once(lambda: consent(story, step), lambda: propose(story, project, second))
    assert not refusals(outcomes)
    if not the(step, "leader_consent").given_on:  # the park came after the consent, which is asked anew
        consent(story, step)
    asked = step.opinions.filter(aspect="park_answer", in_force=True)
    assert set(asked.values_list("unit", flat=True)) == {first.pk, second.pk}


def test_an_acceptance_and_the_withdrawal_of_consent_at_once_do_not_both_count(story: Story) -> None:
    park = story.district.park
    step = propose(story, assessed(story), park)
    given = consent(story, step)
    row = the(step, "park_answer")
    story.person(park.code)
    at_once(
        lambda: story.answer(row),
        lambda: story.answer(given, answer="reject", words="收回", supersede=True),
    )
    with pytest.raises(Refused, match="收回"):
        recommend(story, step, park)


def test_a_verdict_and_the_withdrawal_of_the_proposal_at_once_leave_one_truth(story: Story) -> None:
    park = story.district.park
    project = assessed(story)
    step = propose(story, project, park)
    consent(story, step)
    story.answer_all(step)
    row = Proposal.objects.get()
    head = story.district.head
    outcomes = at_once(
        lambda: recommend(story, step, park),
        lambda: actions.withdraw_proposal(proposal=row, by=head, on=TODAY, reason="调整"),
    )
    assert len(refusals(outcomes)) == 1
    row.refresh_from_db()
    assert (row.chosen_on is None) is (row.withdrawn_on is not None)
    landing = Part.objects.filter(case_id=project.pk, part="landing", valid_to=None).first()
    assert (landing is None) is (row.withdrawn_on is not None)


def test_of_two_verdicts_on_a_transfer_one_moves_the_project_once(story: Story) -> None:
    old, new, _third = parks(story)
    project, head = landed(story, old), story.district.head
    step = propose(story, project, new, step="transfer", on=TOMORROW)
    for aspect in ("giving_opinion", "leader_consent", "receiving_answer"):
        story.answer(the(step, aspect), on=TOMORROW)
    verdict = {"named": [Named(new)], "on": TOMORROW}
    outcomes = at_once(
        lambda: story.conclude(step, "transferred", **verdict),
        lambda: story.conclude(step, "transferred", by=head, **verdict),
    )
    assert codes(outcomes) == ["already_concluded"]
    assert Part.objects.filter(case_id=project.pk, part="landing").count() == 2
    assert Project.objects.get(pk=project.pk).landing_unit == new
