"""Pages of steps: what each shows, what it refuses, and that its queries do not grow with its rows."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Unit, User
from approvals import actions
from approvals.models import Opinion, Step
from projects import actions as projects
from projects.models import Project
from tests import factories
from tests.approvals.story import DUE, Story, bind, settled, sign
from tests.documents.files import PNG, upload
from tests.factories import TODAY


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def get(person: User, name: str, *args: Any, **query: Any) -> Any:
    return factories.pages(person).get(reverse(name, args=args), query)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def queries(person: User, name: str, *args: Any, **query: Any) -> int:
    browser, url = factories.pages(person), reverse(name, args=args)
    browser.get(url, query)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url, query).status_code == 200
    return len(captured)


def opinion(step: Step, aspect: str = "return") -> Opinion:
    return step.opinions.select_related("unit").get(aspect=aspect, in_force=True)


# ---- inbox


def test_the_inbox_lists_what_is_asked_of_my_unit_with_its_last_day(story: Story) -> None:
    story.assessment()
    page = text(get(story.person("finance"), "inbox"))
    assert "算代价" in page and "算回报" in page and str(DUE) in page
    assert "看技术" not in page


def test_the_inbox_is_empty_for_who_is_asked_nothing(story: Story) -> None:
    story.assessment()
    assert "没有待出具的意见" in text(get(story.person("meteorology"), "inbox"))


def test_what_is_answered_moves_to_the_second_tab(story: Story) -> None:
    step = story.assessment()
    story.answer(opinion(step), words="回报率约百分之九")
    person = story.person("finance")
    assert "算回报" not in text(get(person, "inbox"))
    assert "回报率约百分之九" in text(get(person, "inbox", tab="done"))


def test_the_third_tab_lists_what_my_unit_leads(story: Story) -> None:
    step = story.assessment()
    assert step.case.title in text(get(story.clerk, "inbox", tab="lead"))
    assert step.case.title not in text(get(story.person("finance"), "inbox", tab="lead"))


def test_late_ones_are_counted_and_lit_red(story: Story) -> None:
    story.assessment()
    with time_machine.travel(f"{DUE + timedelta(days=2)}T02:00:00+00:00"):
        page = get(story.person("finance"), "inbox")
    assert "超期 2" in text(page)
    assert "light-red" in page.content.decode()


def test_a_shelved_project_waits_in_nobodys_inbox(story: Story) -> None:
    step = story.assessment()
    project = Project.objects.get(pk=step.case_id)
    projects.shelve(project=project, by=story.clerk, on=TODAY, reason="重组", approved_by=story.district.head)
    assert "没有待出具的意见" in text(get(story.person("finance"), "inbox"))


def test_an_unknown_tab_and_a_wild_page_number_show_the_first(story: Story) -> None:
    story.assessment()
    assert get(story.person("finance"), "inbox", tab="x", page="-3").status_code == 200


@pytest.mark.parametrize("tab", ["todo", "done", "lead"])
def test_the_inbox_costs_the_same_for_one_and_for_many(story: Story, tab: str) -> None:
    def one_more(n: int) -> None:
        step = story.assessment(story.district.project(f"项目{n}"))
        story.answer(opinion(step))

    person = story.clerk if tab == "lead" else story.person("finance")
    one_more(0)
    few = queries(person, "inbox", tab=tab)
    for n in range(1, 6):
        one_more(n)
    assert queries(person, "inbox", tab=tab) == few
    assert few <= 14


# ---- step page


def test_the_step_page_shows_opinions_by_group_with_clock_and_clause(story: Story) -> None:
    step = story.assessment()
    story.answer(opinion(step, "technology"), words="技术成熟", score=88)
    page = text(get(story.clerk, "step", step.pk))
    for words in ("五看", "两算", "技术成熟", "88", "三(二)5", str(DUE), "1/8", "作出结论"):
        assert words in page


def test_only_the_lead_sees_the_form_to_conclude(story: Story) -> None:
    step = story.assessment()
    assert (
        reverse("step-conclude", args=[step.pk])
        not in get(story.person("finance"), "step", step.pk).content.decode()
    )


def test_who_does_not_see_the_case_gets_404(story: Story) -> None:
    step = story.assessment()
    row = opinion(step)
    stranger = story.person("meteorology")
    for name, pk in (
        ("step", step.pk),
        ("step-sheet", step.pk),
        ("step-cancel", step.pk),
        ("opinion", row.pk),
    ):
        assert get(stranger, name, pk).status_code == 404, name


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_see_no_step(story: Story, role: str) -> None:
    assert get(factories.user(role), "step", story.assessment().pk).status_code == 404


def test_a_stranger_is_sent_to_sign_in(story: Story, client: Any) -> None:
    assert client.get(reverse("step", args=[story.assessment().pk])).status_code == 302
    assert client.get(reverse("inbox")).status_code == 302


def test_late_missing_and_entered_opinions_are_marked(story: Story) -> None:
    step = story.assessment()
    actions.record_on_behalf(
        opinion=opinion(step, "technology"), scan=upload(PNG), by=story.clerk, on=TODAY, words="可行"
    )
    after = DUE + timedelta(days=1)
    story.answer(opinion(step), after)
    with time_machine.travel(f"{after}T02:00:00+00:00"):
        page = text(get(story.clerk, "step", step.pk))
    for words in ("代录", "扫描件", "逾期", "超期未出具"):
        assert words in page


def test_the_step_page_costs_the_same_for_few_and_for_many_opinions(story: Story) -> None:
    step = story.assessment()
    few = queries(story.clerk, "step", step.pk)
    for code in ("commerce", "transport", "health", "education"):
        unit = Unit.objects.get(code=code)
        row = actions.ask(step=step, aspect="market", unit=unit, by=story.clerk, on=TODAY)
        story.answer(row)
        story.answer(row, words="修改后的意见", supersede=True)
    assert queries(story.clerk, "step", step.pk) == few
    assert few <= 28


def test_concluding_on_the_page_redirects_and_shows_the_verdict(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    browser = factories.pages(story.clerk)
    answer = browser.post(
        reverse("step-conclude", args=[step.pk]),
        {"verdict": "feasible", "reason": "各方均认为可行"},
        follow=True,
    )
    assert answer.redirect_chain == [(reverse("step", args=[step.pk]), 302)]
    assert "各方均认为可行" in text(answer)


def test_a_refused_conclusion_says_what_is_missing_and_keeps_the_words(story: Story) -> None:
    step = story.assessment()
    answer = factories.pages(story.clerk).post(
        reverse("step-conclude", args=[step.pk]), {"verdict": "feasible", "reason": "先定下来"}
    )
    assert answer.status_code == 409
    assert "先定下来" in answer.content.decode()
    assert "尚未就“看技术”出具意见" in text(answer)


def test_the_second_to_conclude_on_the_page_learns_of_the_first(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    story.conclude(step, "feasible")
    answer = factories.pages(story.district.head).post(
        reverse("step-conclude", args=[step.pk]), {"verdict": "not_feasible", "reason": "不同意"}
    )
    assert answer.status_code == 409
    assert "已由" in text(answer)


def test_registering_the_first_talk_on_the_page_names_one_person(story: Story) -> None:
    step = story.open(story.district.project(), "first_talk")
    url = reverse("step-conclude", args=[step.pk])
    browser = factories.pages(story.clerk)
    refused = browser.post(url, {"verdict": "registered", "checks": ["first_talk_held"]})
    assert refused.status_code == 409
    assert "须确定“首接服务责任人”" in text(refused)
    done = {
        "verdict": "registered",
        "checks": ["first_talk_held", "clear_intention"],
        "person": story.clerk.pk,
    }
    assert browser.post(url, done).status_code == 302
    assert step.case.parts.get(part="first_contact").user == story.clerk


def test_whoever_made_the_first_contact_is_proposed(story: Story) -> None:
    project = story.district.project()
    projects.record_contact(
        project=project,
        by=story.clerk,
        on=TODAY,
        today=TODAY,
        channel="phone",
        with_whom="王总",
        matter="介绍园区",
    )
    step = story.open(project, "first_talk")
    page = get(story.clerk, "step", step.pk).content.decode()
    assert re.search(rf'<option value="{story.clerk.pk}" selected', page)


def test_steps_that_wait_for_each_other_are_concluded_on_one_page(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = ("joint_review", "decision")
    project = settled(story, story.ready_for_review())
    first, second = (story.open(project, code) for code in pair)
    for step in (first, second):
        story.answer_all(step)
    bind(monkeypatch, *pair)
    browser, url = factories.pages(story.clerk), reverse("step-conclude", args=[first.pk])
    alone = browser.post(url, {"verdict": "passed"})
    assert alone.status_code == 409
    assert "一并办结" in text(alone)
    assert browser.post(url, {"verdict": "passed", f"verdict_{second.pk}": "approved"}).status_code == 302
    second.refresh_from_db()
    assert second.verdict == "approved"


def test_one_more_unit_is_asked_on_the_page(story: Story) -> None:
    step = story.assessment()
    commerce = Unit.objects.get(code="commerce")
    answer = factories.pages(story.clerk).post(
        reverse("step-ask", args=[step.pk]), {"aspect": "market", "unit": commerce.pk}
    )
    assert answer.status_code == 302
    assert step.opinions.filter(unit=commerce, aspect="market").exists()


def test_cancelling_on_the_page_asks_for_a_reason(story: Story) -> None:
    step = story.assessment()
    browser, url = factories.pages(story.clerk), reverse("step-cancel", args=[step.pk])
    assert browser.post(url, {"reason": " "}).status_code == 400
    assert browser.post(url, {"reason": "误启动"}).status_code == 302
    assert "误启动" in text(get(story.clerk, "step", step.pk))


def test_a_department_cannot_cancel_on_the_page(story: Story) -> None:
    step = story.assessment()
    answer = factories.pages(story.person("finance")).post(
        reverse("step-cancel", args=[step.pk]), {"reason": "不想办"}
    )
    assert answer.status_code == 403


# ---- opinion form


def test_the_opinion_form_shows_what_is_known_and_asks_it_of_nobody(story: Story) -> None:
    project = story.district.project(content="年产5万吨", site="白涛A-12地块")
    projects.set_money(project=project, measure="total", raw="12.6亿元", by=story.clerk, on=TODAY)
    step = story.assessment(project)
    page = get(story.person("finance"), "opinion", opinion(step).pk)
    for words in ("12.6亿元", "白涛A-12地块", "年产5万吨", str(DUE), "三(二)5", "看技术"):
        assert words in text(page)
    inputs = set(re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', page.content.decode()))
    assert inputs <= {"csrfmiddlewaretoken", "words", "score", "q", "language", "next"}


def test_giving_an_opinion_on_the_page(story: Story) -> None:
    row = opinion(story.assessment())
    browser = factories.pages(story.person("finance"))
    answer = browser.post(reverse("opinion", args=[row.pk]), {"words": "三年可收回奖补", "score": "75"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.words, row.score, row.given_on) == ("三年可收回奖补", 75, TODAY)


def test_a_wrong_score_is_shown_at_its_field_with_the_words_kept(story: Story) -> None:
    row = opinion(story.assessment())
    answer = factories.pages(story.person("finance")).post(
        reverse("opinion", args=[row.pk]), {"words": "三年可收回奖补", "score": "150"}
    )
    assert answer.status_code == 400
    assert "0 到 100" in text(answer)
    assert "三年可收回奖补" in answer.content.decode()


def test_who_was_not_asked_gets_403_on_the_form(story: Story) -> None:
    row = opinion(story.assessment())
    assert get(story.person("science-technology"), "opinion", row.pk).status_code == 403


def test_a_given_opinion_is_changed_only_on_purpose(story: Story) -> None:
    row = story.answer(opinion(story.assessment()))
    person = story.person("finance")
    assert get(person, "opinion", row.pk).status_code == 302
    assert "原意见留存" in text(get(person, "opinion", row.pk, change=1))
    browser = factories.pages(person)
    refused = browser.post(reverse("opinion", args=[row.pk]), {"words": "后来者"})
    assert refused.status_code == 409
    changed = browser.post(f"{reverse('opinion', args=[row.pk])}?change=1", {"words": "后来者"})
    assert changed.status_code == 302
    assert opinion(row.step).words == "后来者"


def test_a_paper_is_entered_on_the_page_with_its_scan(story: Story) -> None:
    row = opinion(story.assessment())
    browser, url = factories.pages(story.clerk), reverse("opinion-on-behalf", args=[row.pk])
    fields = {"words": "同意", "given_on": str(TODAY)}
    assert browser.post(url, fields).status_code == 400
    assert browser.post(url, fields | {"scan": upload(PNG, "函.png")}).status_code == 302
    row.refresh_from_db()
    assert row.on_behalf


def test_a_department_does_not_reach_the_form_for_others(story: Story) -> None:
    row = opinion(story.assessment(), "technology")
    assert get(story.person("finance"), "opinion-on-behalf", row.pk).status_code == 403


# ---- opening, sheet, panel


def test_the_page_to_open_says_what_is_missing_and_whom_it_will_ask(story: Story) -> None:
    project = story.district.project()
    page = text(get(story.clerk, "step-open", project.pk, "joint_review"))
    assert "尚未完成“推荐至承接平台”" in page
    assert "区生态环境局" in page
    answer = factories.pages(story.clerk).post(reverse("step-open", args=[project.pk, "joint_review"]))
    assert answer.status_code == 409


def test_opening_on_the_page_leads_to_the_step(story: Story) -> None:
    project = story.district.project()
    answer = factories.pages(story.clerk).post(reverse("step-open", args=[project.pk, "first_talk"]))
    step = Step.objects.get(case_id=project.pk, code="first_talk")
    assert answer["Location"] == reverse("step", args=[step.pk])


def test_a_further_round_asks_for_the_reason_on_the_page(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    story.conclude(step, "more_work")
    browser, url = factories.pages(story.clerk), reverse("step-open", args=[step.case_id, "assessment"])
    assert browser.post(url, {}).status_code == 400
    assert browser.post(url, {"reason": "补充材料"}).status_code == 302


def test_a_step_the_plan_does_not_have_is_404(story: Story) -> None:
    assert get(story.clerk, "step-open", story.district.project().pk, "coffee").status_code == 404


def test_the_sheet_carries_title_units_words_scores_and_room_to_sign(story: Story) -> None:
    step = story.assessment()
    story.answer(opinion(step), words="三年可收回奖补", score=75)
    page = text(get(story.person("finance"), "step-sheet", step.pk))
    for words in ("“5+2”项目研判评估意见单", "三年可收回奖补", "75", "☐ 可行", "签字", "三(二)5"):
        assert words in page


def test_the_panel_tells_for_each_step_where_it_stands(story: Story) -> None:
    step = story.assessment()
    story.answer(opinion(step))
    page = text(get(story.clerk, "project-panel", step.case_id, "steps"))
    for words in ("首谈信息登记表", "1/8", "尚未完成“签订投资协议”"):
        assert words in page
    permits = text(get(story.clerk, "project-panel", step.case_id, "permits"))
    for words in ("尚未完成“签订投资协议”", "区住房城乡建委", "三(四)9"):
        assert words in permits


def test_the_panel_offers_to_open_only_to_whom_the_plan_names(story: Story) -> None:
    project = story.ready_for_review()
    url = reverse("step-open", args=[project.pk, "joint_review"])
    assert url in get(story.clerk, "project-panel", project.pk, "steps").content.decode()
    reader = story.person("district-government", "leader")
    assert url not in get(reader, "project-panel", project.pk, "steps").content.decode()


def test_the_panel_costs_the_same_with_and_without_steps(story: Story) -> None:
    bare, full = story.district.project("没有程序"), story.ready_for_review()
    story.answer_all(story.open(full, "joint_review"))
    few = queries(story.clerk, "project-panel", bare.pk, "steps")
    assert queries(story.clerk, "project-panel", full.pk, "steps") == few
    assert few <= 16


# ---- service guides


def permit(story: Story, code: str = "construction_permit", *there: str) -> tuple[Project, Step]:
    project = sign(story, story.ready_for_review())
    story.reach(project, *there)
    return project, story.open(project, code)


def test_a_permit_tells_the_applicant_once_and_in_full(story: Story) -> None:
    project, step = permit(story)
    for page in (
        get(story.clerk, "step", step.pk),
        get(story.clerk, "step-open", project.pk, "energy_review"),
    ):
        words = text(page)
        assert "办事指南" in words and "办理程序" in words and "审查标准" in words and "四(二)" in words
    assert "质量安全措施和资金落实承诺书" in text(get(story.clerk, "step", step.pk))


def test_what_the_case_holds_is_not_asked_for_again(story: Story) -> None:
    project, step = permit(story)
    assert "建设工程规划许可证 档案中已有" not in text(get(story.clerk, "step", step.pk))
    story.reach(project, "planning_permitted")
    words = text(get(story.clerk, "step", step.pk))
    assert "建设工程规划许可证 档案中已有，不再收取" in words
    assert "由档案带出，不再填报" in words


def test_a_permit_runs_against_its_own_limit(story: Story) -> None:
    _project, step = permit(story, "construction_permit", "planning_permitted", "land_granted")
    assert step.deadline is not None and step.deadline.count == 7


def test_a_step_without_guide_shows_none(story: Story) -> None:
    assert "办事指南" not in text(get(story.clerk, "step", story.assessment().pk))
