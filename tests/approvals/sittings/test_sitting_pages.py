"""Pages of sittings: plan, list, put on the docket, hold, and what the step's page says of it."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals.sittings.models import Sitting
from tests.approvals.sittings.docket import decision, hold, item_of, listed, newest, planned, the
from tests.approvals.story import TODAY, TOMORROW, Story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def clerk(story: Story) -> Client:
    return browser(story.clerk)


def read(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_sitting_from_plan_to_minutes_on_the_pages(story: Story, clerk: Client) -> None:
    step = decision(story)
    assert step.case.title in read(clerk, "sittings", query="?tab=waiting")
    plan = {"body": story.district.park.pk, "planned_on": TODAY, "chair": "党工委书记", "place": "会议室"}
    answer = clerk.post(reverse("sitting-plan"), plan)
    sitting = Sitting.objects.get()
    assert answer["Location"] == reverse("sitting", args=[sitting.pk])
    clerk.post(answer["Location"], {"opinion": the(step).pk})
    (item,) = sitting.items.all()
    assert step.case.title not in read(clerk, "sittings", query="?tab=waiting")
    assert str(sitting) in read(clerk, "step", step.pk)
    said = {
        "held_on": TODAY, f"outcome-{item.pk}": "approve", f"words-{item.pk}": "会议原则同意",
    }  # fmt: skip
    held = clerk.post(reverse("sitting-hold", args=[sitting.pk]), said)
    assert held.status_code == 302
    page = read(clerk, "sitting", sitting.pk)
    assert "党工纪〔2026〕1号" in page and "会议原则同意" in page
    assert "党工纪〔2026〕1号" in read(clerk, "step", step.pk)
    word = clerk.get(reverse("sitting-word", args=[sitting.pk]))
    assert word["Content-Type"].endswith("wordprocessingml.document")


def test_what_is_wrong_with_a_ruling_stands_at_its_field_and_the_input_stays(
    story: Story, clerk: Client
) -> None:
    item = listed(story, decision(story))
    said = {"held_on": TODAY, f"outcome-{item.pk}": "amended", f"words-{item.pk}": "请完善后再签"}
    answer = clerk.post(reverse("sitting-hold", args=[item.sitting_id]), said)
    page = answer.content.decode()
    assert (answer.status_code, "须写明修改什么" in page, "请完善后再签" in page) == (400, True, True)


def test_a_missing_paper_is_named_on_the_docket_with_its_clause(story: Story, clerk: Client) -> None:
    step = decision(story)
    step.case.attachments.update(withdrawn_on=TODAY, withdrawn_by=story.clerk, withdrawn_reason="误")
    answer = clerk.post(reverse("sitting", args=[planned(story).pk]), {"opinion": the(step).pk})
    page = answer.content.decode()
    assert (answer.status_code, "上会前须有材料" in page, "三(三)7" in page) == (409, True, True)


def test_items_are_moved_postponed_and_taken_off(story: Story, clerk: Client) -> None:
    item, later = listed(story, decision(story)), planned(story, on=TOMORROW)
    clerk.post(reverse("sitting", args=[item.sitting_id]), {"up": item.pk})
    to = reverse("docket-postpone", args=[item.sitting_id, item.pk])
    assert str(later) in clerk.get(to).content.decode()
    assert clerk.post(to, {"to": later.pk, "reason": "书记出差"}).status_code == 302
    moved = later.items.get()
    clerk.post(reverse("docket-take-off", args=[later.pk, moved.pk]), {"reason": "材料待补"})
    assert item_of(moved).gone_as == "taken_off"
    assert "材料待补" in read(clerk, "sitting", later.pk)


def test_a_sitting_is_changed_and_cancelled_by_who_keeps_it(story: Story, clerk: Client) -> None:
    sitting = planned(story)
    change = {"planned_on": TOMORROW, "chair": "副书记", "expected": sitting.version}
    assert clerk.post(reverse("sitting-change", args=[sitting.pk]), change).status_code == 302
    stale = clerk.post(reverse("sitting-change", args=[sitting.pk]), change)
    assert (stale.status_code, "已被他人修改" in stale.content.decode()) == (409, True)
    leader = browser(story.person("district-government", "leader"))
    assert leader.get(reverse("sitting-cancel", args=[sitting.pk])).status_code == 403
    clerk.post(reverse("sitting-cancel", args=[sitting.pk]), {"reason": "改期"})
    assert "已取消" in read(clerk, "sitting", sitting.pk)


def test_a_stranger_finds_no_sitting(story: Story) -> None:
    sitting = planned(story)
    stranger = browser(story.person("gaoxin-park", "park_clerk"))
    for name in ("sitting", "sitting-hold", "sitting-word", "sitting-cancel", "sitting-change"):
        assert stranger.get(reverse(name, args=[sitting.pk])).status_code == 404
    assert str(sitting) not in read(stranger, "sittings")


def test_the_answer_form_leads_to_the_step_where_a_sitting_decides(story: Story) -> None:
    step = decision(story)
    office = browser(story.person(story.district.park.code, "park_clerk"))
    answer = office.get(reverse("opinion", args=[the(step).pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("step", args=[step.pk]))
    page = read(office, "step", step.pk)
    assert "待上会" in page and "出具意见</a>" not in page


def test_changes_wanted_are_shown_and_recorded_as_made(story: Story, clerk: Client) -> None:
    step = decision(story)
    hold(story, listed(story, step), "amended", "明确投产时间")
    page = read(clerk, "step", step.pk)
    assert "修改尚未落实" in page and "登记落实" in page
    url = reverse("opinion-followed", args=[the(step).pk])
    assert "明确投产时间" in clerk.get(url).content.decode()
    assert clerk.post(url, {"note": "已写入附件"}).status_code == 302
    assert "已写入附件" in read(clerk, "step", step.pk)
    revise = read(clerk, "agreement-revise", newest(step.case.project).agreement_id)
    assert "按会议意见修改" not in revise


def test_the_revision_offers_as_decided_while_changes_are_wanted(story: Story, clerk: Client) -> None:
    step = decision(story)
    agreement = newest(step.case.project).agreement_id
    assert "按会议意见修改" not in read(clerk, "agreement-revise", agreement)
    hold(story, listed(story, step), "amended", "明确投产时间")
    assert "按会议意见修改" in read(clerk, "agreement-revise", agreement)


def test_the_list_takes_as_many_statements_for_many_sittings_as_for_one(
    story: Story, clerk: Client, django_assert_max_num_queries: Any
) -> None:
    item = listed(story, decision(story))
    read(clerk, "sittings")
    with django_assert_max_num_queries(14) as first:
        read(clerk, "sittings")
    for _n in range(12):
        planned(story)
    with django_assert_max_num_queries(len(first.captured_queries)):
        read(clerk, "sittings")
    assert item.is_open


def test_filters_narrow_the_list(story: Story, clerk: Client) -> None:
    mine, other = planned(story), planned(story, story.district.unit("party-standing-committee"))
    page = read(clerk, "sittings", query=f"?body={mine.body.code}&state=planned")
    assert str(mine) in page and str(other) not in page
    assert str(mine) not in read(clerk, "sittings", query="?state=held")
    assert str(mine) not in read(clerk, "sittings", query="?state=nonsense")
