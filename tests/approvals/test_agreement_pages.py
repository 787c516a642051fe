"""The pages of agreements: form from the pack, preview before saving, versions, compare, clauses, review."""

import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import AgreementVersion, Opinion, Step
from assignments.models import Assignment, Kind
from documents.actions import attach
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Project
from tests import factories
from tests.approvals.story import Story, settled
from tests.documents.files import upload
from tests.factories import TODAY

PLAIN = {"term_content": "年产5万吨新材料生产线", "term_total_investment": "8亿元"}


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


@pytest.fixture
def browser(story: Story) -> Client:
    return factories.pages(story.clerk)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def form(*promised: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    """The fields of the form as a browser sends them."""
    rows = [*promised, ("", "", "")]
    fields = {"grade": "agreement", "commitments-TOTAL_FORMS": len(rows), "commitments-INITIAL_FORMS": 0}
    for place, (unit, what, by) in enumerate(rows):
        line = f"commitments-{place}"
        fields |= {f"{line}-unit": unit, f"{line}-what": what, f"{line}-by": by}
    return fields | PLAIN | more


def newest(project: Project) -> AgreementVersion:
    return AgreementVersion.objects.filter(agreement__case_id=project.pk).latest("pk")


def sealed(answer: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert found
    return found[1]


def answer(story: Story, step: Step, aspect: str, said: str, words: str = "") -> Any:
    """The unit asked answers on its page."""
    row = Opinion.objects.select_related("unit").get(step=step, aspect=aspect, in_force=True)
    role = "leader" if row.unit.kind == "leadership" else "reviewer"
    fields = {"answer": said, "words": words, "agreement_version": newest_of(step)}
    url = reverse("opinion", args=[row.pk])
    return factories.pages(story.person(row.unit.code, role)).post(url, fields)


def newest_of(step: Step) -> Any:
    return Step.objects.get(pk=step.pk).agreement_version_id


def test_vetoed_changed_asked_again_passed_decided_signed_and_handed_over(
    story: Story, browser: Client
) -> None:
    """The whole story on pages: one department's veto, and only its aspect is asked again."""
    project = story.district.project()
    projects.set_money(project=project, measure="total", raw="8亿元", by=story.clerk, on=TODAY)
    projects.set_parts(
        project=project, part="landing", unit=story.district.park, by=story.clerk, on=TODAY, produced=True
    )
    story.reach(project, "first_talk_registered", "assessed", "dispatched")
    made = browser.post(
        reverse("agreement-new", args=[project.pk]),
        form(
            ("finance", "兑现设备奖补", "2026-05-29"),
            title="投资协议", upload=upload(name="协议.pdf"), term_emission="COD 120吨/年",
        ),
    )  # fmt: skip
    agreement = newest(project).agreement
    assert made.status_code == 302
    assert made["Location"] == reverse("agreement", args=[agreement.pk])
    settled(story, project)

    browser.post(reverse("step-open", args=[project.pk, "joint_review"]))
    step = Step.objects.get(case_id=project.pk, code="joint_review")
    assert answer(story, step, "environment", "veto", "排放超标").status_code == 302
    for aspect in ("energy", "safety"):
        answer(story, step, aspect, "pass")
    concluded = browser.post(reverse("step-conclude", args=[step.pk]), {"verdict": "passed"})
    assert concluded.status_code == 409
    assert "排放超标" in text(concluded)

    url = reverse("agreement-revise", args=[agreement.pk])
    fields = form(("finance", "兑现设备奖补", "2026-05-29"), term_emission="COD 20吨/年", version=1)
    shown = browser.post(url, fields | {"upload": upload(name="协议2.pdf")})
    assert "重新征求环保（区生态环境局），其余意见沿用" in text(shown)
    assert newest(project).number == 1
    saved = browser.post(url, fields | {"upload": upload(name="协议2.pdf"), "seen": sealed(shown)})
    assert saved.status_code == 302, text(saved)
    waiting = step.opinions.filter(in_force=True, given_on=None).values_list("aspect", flat=True)
    assert list(waiting) == ["environment"]

    answer(story, step, "environment", "pass")
    done = browser.post(
        reverse("step-conclude", args=[step.pk]),
        {"verdict": "passed", "agreement_version": newest(project).pk},
    )
    assert done.status_code == 302
    browser.post(reverse("step-open", args=[project.pk, "decision"]))
    decision = Step.objects.get(case_id=project.pk, code="decision")
    story.answer_all(decision)
    browser.post(reverse("step-conclude", args=[decision.pk]), {"verdict": "approved"})
    attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
    projects.set_money(project=project, measure="contract", raw="8亿元", by=story.clerk, on=TODAY)
    projects.edit(project=project, by=story.clerk, on=TODAY, changes={"agreement_grade": "agreement"})
    browser.post(reverse("signing-new", args=[project.pk]), {"on": TODAY, "currency": "CNY"})
    assert "signed" in reached_codes(project)
    duty = Assignment.objects.get(case_id=project.pk, kind=Kind.COMMITMENT)
    assert (duty.title, duty.unit.code) == ("兑现设备奖补", "finance")
    assert "已签订" in text(browser.get(reverse("agreement", args=[agreement.pk])))


def test_an_unreadable_term_stays_on_the_form_with_what_was_typed(story: Story, browser: Client) -> None:
    project = story.district.project()
    url = reverse("agreement-new", args=[project.pk])
    page = browser.post(url, form(title="协议", upload=upload(), term_total_investment="很多钱"))
    assert page.status_code == 400
    assert "投资总额：无法识别的金额" in text(page)
    assert "很多钱" in page.content.decode()
    assert not AgreementVersion.objects.exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [(("", "奖补", ""), "单位和事项须一并填写"), (("finance", "", ""), "单位和事项须一并填写"),
     (("nobody", "奖补", ""), "选择一个有效的选项"), (("finance", "奖补", "2026-02-31"), "有效的日期"),
     (("finance", "奖补", "2020-01-01"), "承诺期限应晚于")],
)  # fmt: skip
def test_half_a_commitment_is_refused_in_its_line(
    story: Story, browser: Client, row: tuple[str, str, str], words: str
) -> None:
    url = reverse("agreement-new", args=[story.district.project().pk])
    page = browser.post(url, form(row, title="协议", upload=upload()))
    assert (page.status_code, words in text(page)) == (400, True)
    assert not AgreementVersion.objects.exists()


def test_a_form_cut_off_is_no_error_of_the_server(story: Story, browser: Client) -> None:
    url = reverse("agreement-new", args=[story.district.project().pk])
    assert browser.post(url, {"grade": "agreement"}).status_code == 400


def test_the_form_is_filled_with_what_the_project_knows(story: Story, browser: Client) -> None:
    project = story.district.project(content="年产1万吨铝材")
    projects.set_money(project=project, measure="total", raw="8亿元", by=story.clerk, on=TODAY)
    page = browser.get(reverse("agreement-new", args=[project.pk])).content.decode()
    assert "年产1万吨铝材" in page
    assert 'value="8亿元"' in page


def test_whoever_saves_on_an_older_version_is_told(story: Story, browser: Client) -> None:
    version = story.draft(story.district.project())
    story.revise(version, jobs="200")
    url = reverse("agreement-revise", args=[version.agreement_id])
    page = browser.post(url, form(upload=upload(name="新.pdf"), term_jobs="300", version=1))
    assert (page.status_code, "协议已被修改" in text(page)) == (409, True)


def test_two_versions_stand_side_by_side_with_what_the_change_touches(story: Story, browser: Client) -> None:
    version = story.draft(story.district.project(), emission="COD 120吨/年")
    story.revise(version, emission="COD 20吨/年")
    page = text(browser.get(reverse("agreement-compare", args=[version.agreement_id]), {"a": 1, "b": 2}))
    for words in ("COD 120吨/年", "COD 20吨/年", "有改动", "联合预审·环保", "投资协议审议·园区党工委会"):
        assert words in page


@pytest.mark.parametrize("query", [{"a": "1", "b": "9"}, {"a": "x", "b": "²"}, {"a": "0"}, {"a": "9" * 40}])
def test_a_version_that_is_not_there_breaks_nothing(story: Story, browser: Client, query: Any) -> None:
    version = story.draft(story.district.project())
    answered = browser.get(reverse("agreement-compare", args=[version.agreement_id]), query)
    assert answered.status_code in (200, 404)
    assert browser.get(reverse("agreement", args=[version.agreement_id]), {"v": "9" * 40}).status_code == 404


def test_the_clauses_carry_the_values_and_name_the_gaps(story: Story, browser: Client) -> None:
    version = story.draft(story.district.project(), content="{grade}生产线")
    page = text(browser.get(reverse("agreement-print", args=[version.agreement_id])))
    assert "项目投资总额8亿元" in page
    assert "{grade}生产线" in page  # what people typed is never a place to fill
    assert "＿＿＿＿" in page
    assert "固定资产投资" in page


def test_strangers_find_no_agreement(story: Story) -> None:
    version = story.draft(story.district.project())
    stranger = factories.pages(story.person("meteorology"))
    for name in (
        "agreement",
        "agreement-compare",
        "agreement-print",
        "agreement-revise",
        "agreement-give-up",
    ):
        assert stranger.get(reverse(name, args=[version.agreement_id])).status_code == 404


def test_who_is_asked_reads_the_agreement_and_changes_nothing(story: Story) -> None:
    project = story.ready_for_review()
    story.open(project, "joint_review")
    reader = factories.pages(story.person("ecology-environment"))
    agreement = newest(project).agreement_id
    page = reader.get(reverse("agreement", args=[agreement]))
    assert (page.status_code, "登记新版本" in text(page)) == (200, False)
    assert reader.get(reverse("agreement-revise", args=[agreement])).status_code == 403


def test_giving_up_asks_why(story: Story, browser: Client) -> None:
    version = story.draft(story.district.project())
    url = reverse("agreement-give-up", args=[version.agreement_id])
    assert browser.post(url, {"reason": ""}).status_code == 400
    assert browser.post(url, {"reason": "企业撤资"}).status_code == 302
    assert "已放弃" in text(browser.get(reverse("agreement", args=[version.agreement_id])))


def test_pages_ask_as_often_for_many_versions_as_for_few(story: Story, browser: Client) -> None:
    project = story.ready_for_review()
    version = newest(project)
    urls = [
        reverse("agreement", args=[version.agreement_id]),
        reverse("agreement-compare", args=[version.agreement_id]),
        reverse("project-panel", args=[project.pk, "agreement"]),
    ]  # fmt: skip

    def asked() -> list[int]:
        counts = []
        for url in urls:
            browser.get(url)
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(url).status_code == 200
            counts.append(len(captured))
        return counts

    story.revise(version, jobs="1")
    few = asked()
    for number in range(2, 7):
        story.revise(version, jobs=str(number))
    assert asked() == few
