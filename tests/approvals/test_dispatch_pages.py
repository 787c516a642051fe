"""Pages and REST of 推荐与流转: what each shows and refuses, whom it serves, and that queries do not grow."""

import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Unit, User
from approvals.dispatching import actions
from approvals.models import Proposal, Step
from notices.models import Message
from projects import actions as projects
from projects.models import Project
from tests import factories
from tests.approvals.dispatching import assessed, consent, landed, parks, propose, recommend, the
from tests.approvals.story import TODAY, Story

API = "/api/v1"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def get(person: User, name: str, *args: Any, **query: Any) -> Any:
    return factories.pages(person).get(reverse(name, args=args), query)


def post(person: User, name: str, *args: Any, **data: Any) -> Any:
    return factories.pages(person).post(reverse(name, args=args), data)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def queries(person: User, name: str, *args: Any) -> int:
    browser, url = factories.pages(person), reverse(name, args=args)
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def filled(*units: Unit, **more: Any) -> dict[str, Any]:
    said = {"principles": ["resources"], "industry": "新材料", "reason": "上下游配套齐全"}
    return {"units": [unit.pk for unit in units]} | said | more


# ---- proposing


def test_the_form_asks_for_parks_principle_industry_and_reason_with_their_clauses(story: Story) -> None:
    project = assessed(story)
    page = text(get(story.clerk, "propose", project.pk, "dispatch"))
    for words in (
        "拟承接园区",
        "匹配原则",
        "信息对称",
        "资源最优",
        "亩产最高",
        "三(四)12",
        "三(二)5",
        "推荐理由",
    ):
        assert words in page
    answer = post(story.clerk, "propose", project.pk, "dispatch", **filled(*parks(story, 2)))
    step = Step.objects.get(case_id=project.pk, code="dispatch")
    assert answer.url == reverse("step", args=[step.pk])
    assert step.proposals.count() == 2


def test_the_form_suggests_parks_that_hold_the_same_industry(story: Story) -> None:
    first, second, _third = parks(story)
    for name, unit in (("甲", first), ("乙", second), ("丙", second)):
        row = story.district.project(f"{name}项目", industry_code="2651")
        projects.set_parts(project=row, part="landing", unit=unit, by=story.clerk, on=TODAY, produced=True)
    project = story.district.project(industry_code="2614")
    story.reach(project, "first_talk_registered", "assessed")
    page = text(get(story.clerk, "propose", project.pk, "dispatch"))
    assert re.search(rf"{second}（ ?2 个）、{first}（ ?1 个）", page)


def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(story: Story) -> None:
    project = assessed(story)
    answer = post(
        story.clerk, "propose", project.pk, "dispatch", **filled(story.district.park, principles=[])
    )
    assert (answer.status_code, "请至少选择一项匹配原则" in text(answer)) == (400, True)
    answer = post(story.clerk, "propose", project.pk, "dispatch", **filled(reason=""))
    assert answer.status_code == 400
    assert not Proposal.objects.exists()


def test_before_the_assessment_the_form_says_what_is_missing(story: Story) -> None:
    project = story.district.project()
    answer = get(story.clerk, "propose", project.pk, "dispatch")
    assert (answer.status_code, "尚未完成“研判评估可行”" in text(answer) or "启动前还差" in text(answer)) == (
        200,
        True,
    )
    answer = post(story.clerk, "propose", project.pk, "dispatch", **filled(story.district.park))
    assert answer.status_code == 409


def test_opening_the_step_leads_to_the_form(story: Story) -> None:
    project = assessed(story)
    answer = get(story.clerk, "step-open", project.pk, "dispatch")
    assert answer.url == reverse("propose", args=[project.pk, "dispatch"])
    assert get(story.clerk, "propose", project.pk, "first_talk").status_code == 404
    assert (
        get(story.person("district-government", "leader"), "propose", project.pk, "dispatch").status_code
        == 403
    )


def test_the_step_and_the_opinion_page_tell_who_is_proposed_and_why(story: Story) -> None:
    first, second, _third = parks(story)
    step = propose(story, assessed(story), first, second)
    page = text(get(story.clerk, "step", step.pk))
    assert page.count("园区已有上下游企业配套") == 2
    assert "增加拟承接园区" in page
    asked = get(story.person("district-government", "leader"), "opinion", the(step, "leader_consent").pk)
    assert (first.name in text(asked) or str(first) in text(asked)) is True
    assert "园区已有上下游企业配套" in text(asked)


def test_a_proposal_is_withdrawn_on_a_page_of_its_own(story: Story) -> None:
    step = propose(story, assessed(story), *parks(story, 2))
    row = step.proposals.order_by("pk")[0]
    assert post(story.clerk, "proposal-withdraw", row.pk, reason="").status_code == 400
    assert post(story.clerk, "proposal-withdraw", row.pk, reason="园区规划调整").url == f"/steps/{step.pk}/"
    page = text(get(story.clerk, "step", step.pk))
    assert "已撤回" in page and "园区规划调整" in page
    assert post(story.clerk, "proposal-withdraw", row.pk, reason="再撤").status_code == 409
    assert get(story.person("commerce"), "proposal-withdraw", row.pk).status_code == 404


# ---- the park answers


def test_the_park_finds_the_question_in_its_inbox_and_takes_or_declines_with_a_reason(story: Story) -> None:
    first, second, _third = parks(story)
    step = propose(story, assessed(story), first, second)
    taker, decliner = (story.person(unit.code, "park_clerk") for unit in (first, second))
    assert "承接意见" not in text(get(taker, "inbox"))
    consent(story, step)
    assert "承接意见" in text(get(taker, "inbox"))
    page = text(get(taker, "opinion", the(step, "park_answer", first).pk))
    assert "承接" in page and "不承接" in page
    bad = post(decliner, "opinion", the(step, "park_answer", second).pk, answer="decline", words="")
    assert (bad.status_code, "请填写理由" in text(bad)) == (400, True)
    post(decliner, "opinion", the(step, "park_answer", second).pk, answer="decline", words="用地不足")
    post(taker, "opinion", the(step, "park_answer", first).pk, answer="accept", words="")
    page = get(story.clerk, "step", step.pk)
    assert f'<option value="{first.pk}" selected>' in page.content.decode()
    answer = post(
        story.clerk, "step-conclude", step.pk, verdict="recommended", checks=["by_industry"], unit=first.pk
    )
    assert answer.status_code == 302
    assert Project.objects.get(pk=step.case_id).landing_unit == first


def test_a_park_that_is_not_its_own_does_not_answer_for_another(story: Story) -> None:
    first, second, _third = parks(story)
    step = propose(story, assessed(story), first, second)
    consent(story, step)
    row = the(step, "park_answer", first)
    assert (
        post(story.person(second.code, "park_clerk"), "opinion", row.pk, answer="accept").status_code == 403
    )


def test_a_question_taken_back_meanwhile_is_no_server_error(story: Story) -> None:
    park = story.district.park
    step = propose(story, assessed(story), park)
    consent(story, step)
    row = the(step, "park_answer")
    consent(story, step, answer="defer", words="再议", supersede=True)
    answer = post(story.person(park.code, "park_clerk"), "opinion", row.pk, answer="accept", step=step.pk)
    assert (answer.status_code, "已不再征求贵单位的意见" in text(answer)) == (409, True)
    assert "三(二)5" in text(answer)
    assert get(story.person(park.code, "park_clerk"), "opinion", row.pk).status_code == 404
    told = Message.objects.get(topic="step.unasked")
    assert (told.tells["units"], "不再征求贵单位的“承接意见”" in told.text) == ([park.pk], True)


# ---- the list and the chain


def test_a_park_sees_in_the_list_only_what_was_put_to_it(story: Story) -> None:
    first, second, _third = parks(story)
    step = propose(story, assessed(story), first)
    consent(story, step)
    assert "年产5万吨新材料项目" in text(get(story.person(first.code, "park_clerk"), "proposals"))
    assert "年产5万吨新材料项目" not in text(get(story.person(second.code, "park_clerk"), "proposals"))


def test_the_list_is_narrowed_by_park_state_and_kind(story: Story) -> None:
    first, second, _third = parks(story)
    step = propose(story, assessed(story), first, second)
    consent(story, step)
    story.answer(the(step, "park_answer", first), answer="decline", words="用地不足")
    shown = lambda **query: get(story.clerk, "proposals", **query).context["page"].shown  # noqa: E731
    assert [shown(), shown(unit=first.code), shown(state="declined"), shown(state="asked")] == [2, 1, 1, 1]
    assert [shown(kind="transfer"), shown(state="nonsense"), shown(unit="nobody")] == [0, 0, 0]
    page = text(get(story.clerk, "proposals"))
    assert "还剩" in page and "用地不足" in page


def test_the_pages_ask_the_database_as_often_however_many_rows(story: Story) -> None:
    first, second, third = parks(story)
    project = assessed(story)
    step = propose(story, project, first)
    consent(story, step)
    few = [
        queries(story.clerk, "proposals"),
        queries(story.clerk, "proposals-of", project.pk),
        queries(story.clerk, "step", step.pk),
    ]
    other = story.district.project("另一个项目")
    story.reach(other, "first_talk_registered", "assessed")
    more = propose(story, other, first, second, third)
    consent(story, more)
    propose(story, project, second, third)
    consent(story, step)
    many = [
        queries(story.clerk, "proposals"),
        queries(story.clerk, "proposals-of", project.pk),
        queries(story.clerk, "step", step.pk),
    ]
    assert many == few


def test_the_case_file_shows_the_chain_and_the_way_on(story: Story) -> None:
    project = landed(story)
    page = text(get(story.clerk, "project-detail", project.pk))
    assert "流转记录" in page and "推荐至承接平台" in page
    page = text(get(story.clerk, "proposals-of", project.pk))
    assert "承接园区移交" in page and "至今" in page
    assert (
        get(story.person(parks(story)[1].code, "park_clerk"), "proposals-of", project.pk).status_code == 404
    )


def test_the_transfer_form_names_one_park_and_who_holds_the_project(story: Story) -> None:
    old, new, _third = parks(story)
    project = landed(story, old)
    page = text(get(story.clerk, "propose", project.pk, "transfer"))
    assert f"现由{old}承接" in page and "接收园区" in page
    same = post(story.clerk, "propose", project.pk, "transfer", **filled(units=old.pk))
    assert (same.status_code, "移交须选择其他园区" in text(same)) == (400, True)
    answer = post(story.clerk, "propose", project.pk, "transfer", **filled(units=new.pk))
    assert answer.status_code == 302
    assert Step.objects.get(case_id=project.pk, code="transfer").is_running


def test_after_the_verdict_the_leader_s_page_says_how_consent_is_taken_back(story: Story) -> None:
    project = landed(story)
    step = Step.objects.get(case_id=project.pk, code="dispatch")
    leader = story.person("district-government", "leader")
    row = the(step, "leader_consent")
    answer = factories.pages(leader).post(
        reverse("opinion", args=[row.pk]) + "?change=1", {"answer": "reject", "words": "收回"}
    )
    assert (answer.status_code, "另启动一轮“推荐至承接平台”" in text(answer)) == (409, True)


# ---- REST


def body(row: Project, *units: Unit, **more: Any) -> dict[str, Any]:
    said = {"reason": "上下游配套齐全", "principles": ["yield"], "industry": "新材料"}
    rows = [{"unit": unit.code} | said for unit in units]
    return {"project": row.pk, "step": "dispatch", "suggestions": rows} | more


def test_rest_proposes_lists_and_withdraws(story: Story) -> None:
    first, second, _third = parks(story)
    project, clerk = assessed(story), factories.api(story.clerk)
    made = clerk.post(f"{API}/proposals/", body(project, first, second), format="json")
    assert (made.status_code, [row["state"] for row in made.json()]) == (201, ["waiting", "waiting"])
    step = made.json()[0]["step"]
    found = clerk.get(f"{API}/proposals/", {"step": step, "unit": first.code}).json()["results"]
    assert [(row["unit"], row["principles"], row["kind"]) for row in found] == [
        (first.code, ["yield"], "dispatch")
    ]
    one = clerk.post(f"{API}/proposals/{found[0]['id']}/withdraw/", {"reason": "调整"}, format="json")
    assert (one.status_code, one.json()["state"]) == (200, "withdrawn")
    again = clerk.post(f"{API}/proposals/{found[0]['id']}/withdraw/", {"reason": "调整"}, format="json")
    assert (again.status_code, again.json()["unmet"][0]["clause"]) == (409, "三(二)5")
    stranger = factories.api(story.person(first.code, "park_clerk"))
    assert stranger.get(f"{API}/proposals/").json()["results"] == []
    assert stranger.get(f"{API}/proposals/{found[0]['id']}/").status_code == 404


@pytest.mark.parametrize(
    "broken", [{"suggestions": []}, {"project": "x"}, {"step": ""}, {"suggestions": [{}]}]
)
def test_rest_says_what_is_wrong_with_broken_input(story: Story, broken: dict[str, Any]) -> None:
    answer = factories.api(story.clerk).post(
        f"{API}/proposals/", body(assessed(story), story.district.park, **broken), format="json"
    )
    assert answer.status_code == 400
    assert not Proposal.objects.exists()


def test_rest_opens_no_dispatch_without_a_proposal(story: Story) -> None:
    project = assessed(story)
    answer = factories.api(story.clerk).post(
        f"{API}/steps/", {"project": project.pk, "step": "dispatch"}, format="json"
    )
    item = answer.json()["unmet"][0]
    assert (answer.status_code, item["code"], item["clause"]) == (409, "no_proposal", "三(二)5")


def test_rest_hands_over_and_tells_the_chain(story: Story) -> None:
    old, new, third = parks(story)
    project, clerk = landed(story, old), factories.api(story.clerk)
    said = {"project": project.pk, "unit": new.code, "reason": "连片供地", "principles": ["resources"]}
    made = clerk.post(f"{API}/transfers/", said, format="json")
    assert made.status_code == 201
    (row,) = made.json()["proposals"]
    assert (row["from_unit"], row["unit"], row["kind"]) == (old.code, new.code, "transfer")
    second = clerk.post(f"{API}/transfers/", said | {"unit": third.code}, format="json")
    assert (second.status_code, second.json()["unmet"][0]["clause"]) == (400, "三(二)5")
    listed = clerk.get(f"{API}/transfers/", {"project": project.pk, "state": "running"}).json()["results"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert clerk.get(f"{API}/transfers/{made.json()['id']}/").json()["state"] == "running"
    chain = clerk.get(f"{API}/circulations/{project.pk}/").json()
    assert [(line["kind"], line["unit"], line["to_on"]) for line in chain][-2:] == [
        ("landed", old.code, None),
        ("offered", new.code, None),
    ]
    assert (
        factories.api(story.person(third.code, "park_clerk"))
        .get(f"{API}/circulations/{project.pk}/")
        .status_code
        == 404
    )


def test_rest_lists_ask_the_database_as_often_however_many_rows(story: Story) -> None:
    first, second, third = parks(story)
    clerk = factories.api(story.clerk)

    def asked(path: str) -> int:
        clerk.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert clerk.get(path).status_code == 200
        return len(captured)

    project = landed(story, first)
    propose(story, project, second, step="transfer")
    few = asked(f"{API}/proposals/"), asked(f"{API}/transfers/")
    other = story.district.project("另一个项目")
    story.reach(other, "first_talk_registered", "assessed")
    step = propose(story, other, second, third)
    consent(story, step)
    story.answer_all(step)
    recommend(story, step, third)
    propose(story, Project.objects.get(pk=other.pk), first, step="transfer")
    assert (asked(f"{API}/proposals/"), asked(f"{API}/transfers/")) == few


def test_the_park_s_withdrawn_answer_is_not_shown_as_its_answer(story: Story) -> None:
    park = story.district.park
    step = propose(story, assessed(story), park)
    consent(story, step)
    story.answer_all(step)
    row = step.proposals.get()
    actions.withdraw_proposal(proposal=row, by=story.clerk, on=TODAY, reason="企业不愿去")
    told = factories.api(story.clerk).get(f"{API}/proposals/{row.pk}/").json()
    assert (told["state"], told["answered_on"]) == ("withdrawn", None)
