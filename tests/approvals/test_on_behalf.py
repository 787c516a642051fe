"""代录: the lead of the step or the bureau enters a unit's paper; what the unit said itself stands."""

import pytest
from django.urls import reverse

from approvals import actions
from approvals.models import Opinion, Step
from documents.actions import SCAN, attach
from kernel.refusals import Refused
from notices.models import Message
from tests import factories
from tests.approvals.story import TOMORROW, Story
from tests.documents.files import PNG, upload
from tests.factories import TODAY


def asked(step: Step, aspect: str = "technology") -> Opinion:
    return step.opinions.select_related("unit").get(aspect=aspect, in_force=True)


def record(row: Opinion, by: object, **more: object) -> Opinion:
    fields = {"scan": upload(PNG, "复函.png"), "on": TODAY, "words": "同意"}
    return actions.record_on_behalf(**{"opinion": row, "by": by} | fields | more)


def park_in(step: Step, story: Story, part: str = "landing") -> object:
    factories.part(step.case, part, story.district.park)
    return story.person(story.district.park.code, "park_clerk")


@pytest.mark.parametrize("part", ["asked", "landing", "introducing"])
def test_a_park_in_sight_that_does_not_lead_enters_nothing(story: Story, part: str) -> None:
    step = story.assessment()
    with pytest.raises(Refused, match="牵头单位") as refused:
        record(asked(step), park_in(step, story, part))
    assert (refused.value.status, refused.value.unmet[0].code) == ("forbidden", "not_recorder")
    assert asked(step).given_on is None


def test_a_unit_that_leads_enters_what_others_sent_it(story: Story) -> None:
    step = story.assessment()
    Step.objects.filter(pk=step.pk).update(lead_unit=story.district.park)
    assert record(asked(step), park_in(step, story)).on_behalf


@pytest.mark.parametrize("said", [{"words": "技术路线成熟", "score": 90}, {"words": "不可行"}])
def test_what_a_unit_said_itself_is_not_replaced_by_a_record(story: Story, said: dict[str, object]) -> None:
    step = story.assessment()
    row = story.answer(asked(step), **said)
    with pytest.raises(Refused, match="科技局") as refused:
        record(row, story.clerk, supersede=True)
    assert (refused.value.status, refused.value.unmet[0].code) == ("conflict", "given_in_person")
    assert asked(step).words == said["words"]


def test_a_veto_is_not_recorded_away(story: Story) -> None:
    step = story.open(story.ready_for_review(), "joint_review")
    row = story.answer(step.opinions.select_related("unit")[0], answer="veto", words="不符合规划")
    with pytest.raises(Refused):
        record(row, story.clerk, supersede=True, words="", answer="pass")
    assert Opinion.objects.get(step=step, aspect=row.aspect, unit=row.unit, in_force=True).answer == "veto"


def test_the_unit_puts_right_what_was_recorded_for_it(story: Story) -> None:
    step = story.assessment()
    row = record(asked(step), story.clerk)
    reviewer = story.person("science-technology")
    url = reverse("opinion", args=[row.pk])
    assert f"{url}?change=1" in factories.pages(reviewer).get(f"/steps/{step.pk}/").content.decode()
    story.answer(asked(step), TOMORROW, words="与复函原意不符，现予更正", supersede=True)
    assert (asked(step).on_behalf, asked(step).given_by) == (False, reviewer)


def test_a_record_takes_the_place_of_a_record(story: Story) -> None:
    step = story.assessment()
    record(asked(step), story.clerk, words="同意")
    record(asked(step), story.clerk, words="有条件同意", supersede=True)
    assert asked(step).words == "有条件同意"


def test_the_unit_is_told_what_was_entered_in_its_name(story: Story) -> None:
    row = record(asked(story.assessment()), story.clerk, words="技术可行")
    message = Message.objects.get(topic="step.recorded")
    assert message.tells["units"] == [row.unit_id]
    assert "技术可行" in message.text and "代录" in message.text


@pytest.mark.parametrize(("kind", "allowed"), [("other", False), (SCAN, True)])
def test_the_scan_is_a_paper_of_its_own_kind(story: Story, kind: str, allowed: bool) -> None:
    step = story.assessment()
    paper = attach(case=step.case, kind=kind, upload=upload(), by=story.clerk, on=TODAY)
    if allowed:
        assert record(asked(step), story.clerk, scan=paper).scan == paper
        return
    with pytest.raises(Refused) as refused:
        record(asked(step), story.clerk, scan=paper)
    assert (refused.value.unmet[0].field, refused.value.unmet[0].code) == ("scan", "wrong_kind")


def test_pages_offer_recording_to_whom_it_is_open(story: Story) -> None:
    step = story.assessment()
    url = reverse("opinion-on-behalf", args=[asked(step).pk])
    park = factories.pages(park_in(step, story))
    clerk = factories.pages(story.clerk)
    assert url in clerk.get(f"/steps/{step.pk}/").content.decode()
    assert url not in park.get(f"/steps/{step.pk}/").content.decode()
    assert (clerk.get(url).status_code, park.get(url).status_code) == (200, 403)


def test_rest_refuses_alike(story: Story) -> None:
    step = story.assessment()
    body = {"aspect": "technology", "words": "同意", "on_behalf": True, "scan": upload(PNG, "函.png")}
    url = f"/api/v1/steps/{step.pk}/opinions/"
    park = factories.api(park_in(step, story)).post(url, body, format="multipart")
    assert (park.status_code, park.data["unmet"][0]["code"]) == (403, "not_recorder")
    story.answer(asked(step), words="不可行")
    body |= {"supersede": True, "scan": upload(PNG, "函.png")}
    answer = factories.api(story.clerk).post(url, body, format="multipart")
    assert (answer.status_code, answer.data["unmet"][0]["code"]) == (409, "given_in_person")
