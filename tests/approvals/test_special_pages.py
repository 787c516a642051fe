"""Pages of reports: list, draft, issue, the leader's form, and what a click by the wrong person does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from approvals.models import Instruction, SpecialReport
from approvals.special import actions, instructing
from tests.approvals.special import Told
from tests.approvals.story import Story
from tests.documents.files import PNG, upload
from tests.factories import TODAY, pages, sent

LIST = "/special-reports/"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


@pytest.fixture
def told(story: Story) -> Told:
    return Told.begin(story)


def text(response: Any) -> str:
    return response.content.decode()


def test_the_whole_way_from_the_case_file_to_the_issued_report(told: Told) -> None:
    browser = pages(told.clerk)
    file = text(browser.get(f"/projects/{told.project.pk}/"))
    new = f"/projects/{told.project.pk}/special-report/new/"
    assert new in file
    edit = browser.post(new, follow=True)
    assert "修改专报草稿" in text(edit)
    assert "8亿元" in text(edit)
    row = SpecialReport.objects.get()
    fields = {one["code"]: one["text"] for one in row.body} | {"assessment": "（一）正在评估"}
    data = {"title": "关于新材料项目的报告", "addressee": row.addressee, "version": row.version, **fields}
    shown = browser.post(f"{LIST}{row.pk}/edit/", data, follow=True)
    assert "关于新材料项目的报告" in text(shown)
    done = browser.post(f"{LIST}{row.pk}/issue/", {"on": TODAY}, follow=True)
    assert "涪招专报〔2026〕1号" in text(done)
    assert f"{LIST}{row.pk}/edit/" not in text(done)
    assert "涪招专报〔2026〕1号" in text(browser.get(f"/projects/{told.project.pk}/"))


def test_what_is_missing_is_said_on_the_page_with_a_link(told: Told) -> None:
    row = told.draft()
    response = pages(told.clerk).post(f"{LIST}{row.pk}/issue/", {"on": TODAY})
    assert response.status_code == 409
    assert "“研判评估情况”一节没有内容" in text(response)
    assert f"{LIST}{row.pk}/edit/#id_assessment" in text(response)


def test_before_the_judgement_the_page_says_what_comes_first(story: Story) -> None:
    project = story.district.project()
    response = pages(story.clerk).post(f"/projects/{project.pk}/special-report/new/")
    assert response.status_code == 409
    assert "尚未完成“初步研判情况较好”" in text(response)


def test_a_colleagues_change_meanwhile_is_not_overwritten(told: Told) -> None:
    row = told.draft()
    told.say(row)
    data = {"title": "别的", "addressee": "区委", "version": 1}
    response = pages(told.clerk).post(f"{LIST}{row.pk}/edit/", data)
    assert response.status_code == 409
    assert "已被他人修改" in text(response)


def test_the_leader_reads_and_instructs_on_the_reports_own_page(told: Told) -> None:
    row, browser = told.issued(), pages(told.leader)
    page = text(browser.get(f"{LIST}{row.pk}/"))
    assert "作出批示" in page
    assert "10个工作日内反馈" in page
    finance = told.story.district.unit("finance")
    data = {"text": "请财政局研究。", "units": [finance.pk]}
    done = text(browser.post(f"{LIST}{row.pk}/instruct/", data, follow=True))
    assert "请财政局研究。" in done
    assert "待签收" in done
    assert "2026-03-16" in done


def test_an_instruction_without_a_unit_comes_back_with_its_words(told: Told) -> None:
    row = told.issued()
    response = pages(told.leader).post(f"{LIST}{row.pk}/instruct/", {"text": "请研究。"})
    assert response.status_code == 400
    assert "请研究。" in text(response)
    assert not Instruction.objects.exists()


def test_the_clerk_enters_a_written_instruction_with_its_scan(told: Told) -> None:
    row, browser = told.issued(), pages(told.clerk)
    page = text(browser.get(f"{LIST}{row.pk}/"))
    assert "代录批示" in page
    assert 'action="/special-reports/' not in page  # the leader's own form is the leader's
    data = {
        "leader": told.leader.pk, "given_on": TODAY, "text": "抓紧。", "due_on": "2026-03-31",
        "units": [told.story.district.unit("finance").pk], "scan": upload(PNG, "批示.png"),
    }  # fmt: skip
    done = text(browser.post(f"{LIST}{row.pk}/record/", data, follow=True))
    assert f"{told.clerk.name}代录" in done
    assert "2026-03-31" in done


def test_a_led_visit_is_offered_and_linked(told: Told) -> None:
    row, browser = told.issued(), pages(told.clerk)
    contact = told.project.contacts.get()
    done = browser.post(
        f"{LIST}{row.pk}/visit/", {"contact": contact.pk, "leader": told.leader.pk}, follow=True
    )
    assert "率队考察已登记" in text(done)
    assert "杭州" in text(done)


def test_voiding_asks_for_a_reason_and_shows_who_did_it(told: Told) -> None:
    row, browser = told.issued(), pages(told.story.district.head)
    assert browser.post(f"{LIST}{row.pk}/void/", {"reason": ""}).status_code == 400
    done = text(browser.post(f"{LIST}{row.pk}/void/", {"reason": "数据有误"}, follow=True))
    assert "作废：数据有误" in done
    assert "作出批示" not in text(pages(told.leader).get(f"{LIST}{row.pk}/"))


def test_the_word_file_is_handed_out_and_the_download_is_audited(told: Told) -> None:
    row = told.draft()
    browser = pages(told.leader)
    assert browser.get(f"{LIST}{row.pk}/word/").status_code == 404
    told.issue(told.say(row))
    response = browser.get(f"{LIST}{row.pk}/word/")
    assert sent(response).startswith(b"PK")
    assert "wordprocessingml" in response["Content-Type"]
    assert AuditEntry.objects.filter(kind="document.downloaded", user=told.leader).exists()


def test_strangers_see_nothing_and_others_only_read(told: Told) -> None:
    row = told.issued()
    stranger = pages(told.story.person("commerce"))
    for path in ("", "edit/", "issue/", "void/", "word/", "record/", "visit/"):
        assert stranger.get(f"{LIST}{row.pk}/{path}").status_code == 404
    reader = pages(told.story.person("party-office"))  # told by the plan, so it may read
    assert reader.get(f"{LIST}{row.pk}/").status_code == 200
    for path in ("issue/", "void/", "record/", "visit/"):
        assert reader.get(f"{LIST}{row.pk}/{path}").status_code == 403
    assert reader.post(f"{LIST}{row.pk}/instruct/", {"text": "办"}).status_code == 403


def test_a_project_under_a_plan_without_reports_has_no_panel(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = replace(told.story.district.rules, reports={})
    monkeypatch.setattr("approvals.special.rules.rules_of", lambda project: none)
    browser = pages(told.clerk)
    assert "special-report" not in text(browser.get(f"/projects/{told.project.pk}/panels/steps/"))
    assert browser.get(f"/projects/{told.project.pk}/panels/special_reports/").status_code == 404
    refused = browser.get(f"/projects/{told.project.pk}/special-report/new/")
    assert refused.status_code == 409


def test_the_list_is_filtered_by_year_and_state(told: Told) -> None:
    told.issued()
    draft = Told.begin(told.story, "草稿中的项目").draft()
    browser = pages(told.leader)
    everything = text(browser.get(LIST))
    assert "涪招专报〔2026〕1号" in everything
    assert draft.title in everything
    only = text(browser.get(f"{LIST}?state=draft"))
    assert draft.title in only
    assert "涪招专报〔2026〕1号" not in only
    assert "没有符合条件的专报" in text(browser.get(f"{LIST}?year=2024"))
    assert "没有符合条件的专报" in text(browser.get(f"{LIST}?year=abc&state=nonsense"))


def test_list_and_report_take_a_constant_number_of_queries(told: Told) -> None:
    row, browser = told.issued(), pages(told.leader)
    unit = told.story.district.unit("finance")

    def counted(path: str) -> int:
        browser.get(path)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(path).status_code == 200
        return len(found)

    def another() -> None:
        instructing.instruct(report=row, by=told.leader, on=TODAY, text="请办。", units=[unit])

    another()
    first = counted(LIST), counted(f"{LIST}{row.pk}/")
    for number in range(3):
        another()
        Told.begin(told.story, f"又一项目{number}").issued()
    assert (counted(LIST), counted(f"{LIST}{row.pk}/")) == first


def test_the_menu_shows_reports_to_bureau_and_leaders(told: Told) -> None:
    for person, there in ((told.clerk, True), (told.leader, True), (told.story.person("finance"), False)):
        html = text(pages(person).get("/inbox/"))
        assert ('href="/special-reports/"' in html) is there


def test_drafting_again_leads_to_the_report_that_is_there(told: Told) -> None:
    row = actions.draft_report(project=told.project, by=told.clerk, on=TODAY, today=TODAY)
    response = pages(told.clerk).post(f"/projects/{told.project.pk}/special-report/new/")
    assert response.status_code == 409
    assert f"{LIST}{row.pk}/" in text(response)
