"""The ledger's pages: who sees which rows, filters, search, pages, views, board, export."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.models import AuditEntry
from accounts.roles import Role
from cases.models import Enterprise
from projects import actions, queries
from projects.models import Project, SavedView
from projects.queries import LedgerFilter
from projects.search import terms_of, words_of
from tests import factories as make
from tests.law import TODAY, District

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def browser(district: District) -> Client:
    """The bureau's clerk, signed in and past the first request's session writes."""
    client = make.pages(district.clerk)
    client.get("/projects/")
    return client


def names(response: Any) -> list[str]:
    return [row["name"] for row in response.context["page"].rows]


def text(response: Any) -> str:
    return response.content.decode()


def test_the_ledger_lists_the_newest_first(district: District, browser: Client) -> None:
    for name in ("甲项目", "乙项目", "丙项目"):
        district.project(name)
    assert names(browser.get("/projects/")) == ["丙项目", "乙项目", "甲项目"]


def test_a_park_sees_only_the_projects_in_which_it_plays_a_part(district: District) -> None:
    ours, theirs = district.project("我园项目"), district.project("他园项目")
    actions.set_parts(
        project=ours, part="landing", unit=district.park, by=district.clerk, on=TODAY, produced=True
    )
    client = make.pages(make.user("park_clerk", unit=district.park))
    assert names(client.get("/projects/")) == ["我园项目"]
    assert client.get(f"/projects/{ours.pk}/").status_code == 200
    assert client.get(f"/projects/{theirs.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_are_refused_the_ledger(district: District, role: Role) -> None:
    district.project()
    client = make.pages(make.user(role))
    assert client.get("/projects/").status_code == 403
    assert client.get("/projects/board/").status_code == 403
    assert client.get("/projects/export/").status_code == 403


def test_who_is_not_signed_in_is_led_to_the_sign_in(client: Client) -> None:
    for path in ("/projects/", "/projects/board/", "/projects/1/", "/projects/register/"):
        response = client.get(path)
        assert response.status_code == 302
        assert "next=" in response["Location"]


def test_filters_narrow_the_ledger(district: District, browser: Client) -> None:
    small, big, shelved = (district.project(name) for name in ("小项目", "大项目", "停项目"))
    actions.set_money(project=big, measure="total", raw="25亿元", by=district.clerk, on=TODAY)
    actions.set_parts(
        project=small, part="landing", unit=district.park, by=district.clerk, on=TODAY, produced=True
    )
    actions.shelve(project=shelved, by=district.clerk, on=TODAY, reason="等地")
    actions.advance(project=small, by=district.clerk, on=TODAY)
    assert names(browser.get("/projects/?phase=negotiation")) == ["小项目"]
    assert names(browser.get(f"/projects/?park={district.park.code}")) == ["小项目"]
    assert names(browser.get("/projects/?class=major")) == ["大项目"]
    assert names(browser.get("/projects/?state=shelved")) == ["停项目"]
    assert names(browser.get("/projects/?state=running")) == ["大项目", "小项目"]
    assert names(browser.get("/projects/?batch=signed")) == []
    assert names(browser.get("/projects/?origin=outside_city&phase=planning")) == ["停项目", "大项目"]
    assert names(browser.get(f"/projects/?unit={district.bureau.code}&q=大")) == ["大项目"]
    assert names(browser.get("/projects/?state=nonsense")) == []


def test_the_light_filter_finds_projects_with_late_clocks(district: District, browser: Client) -> None:
    late, fine = district.project("迟项目"), district.project("准项目")
    for project, days in ((late, 30), (fine, 1)):
        actions.reach(
            project=project, milestone="judged_good", by=district.clerk, on=TODAY - timedelta(days=days)
        )
    assert names(browser.get("/projects/?light=red")) == ["迟项目"]
    assert names(browser.get("/projects/?light=green")) == ["准项目"]


@pytest.mark.parametrize(
    "question",
    [
        "长寿",
        "长",
        "新材料",
        "园",
        "cs",
        "zs",
        "cqcs",
        "xcl",
        "csxcl",
        "CQCSXCLCYY",
        "华为",
        "hw",
        "长寿 华为",
        "ABC",
        "abc锂",
    ],
)
def test_any_fragment_or_pinyin_initials_find_a_project(district: District, question: str) -> None:
    firm = Enterprise.objects.create(name="华为ABC锂电技术有限公司", no_code_reason="尚未注册")
    actions.register(by=district.clerk, on=TODAY, name="重庆长寿新材料产业园", enterprise=firm)
    district.project("生物医药研发平台")
    found = queries.ledger_page(district.clerk, LedgerFilter(q=question))
    assert [row["name"] for row in found.rows] == ["重庆长寿新材料产业园"]


@pytest.mark.parametrize(
    "question", ["寿长", "产新", "zzz", "“”", "%", "_", "'", "\\", "长寿' OR 1=1", "\x00%"]
)
def test_what_is_not_there_finds_nothing_and_breaks_nothing(district: District, question: str) -> None:
    district.project("重庆长寿新材料产业园")
    assert queries.ledger_page(district.clerk, LedgerFilter(q=question)).rows == []


def test_a_project_is_found_by_the_tail_of_its_number(district: District, browser: Client) -> None:
    project = district.project("甲项目")
    district.project("乙项目")
    for question in (project.case.code, project.case.code[-5:], project.case.code[7:]):
        assert names(browser.get("/projects/", {"q": question})) == ["甲项目"]


def test_a_name_of_many_readings_is_found_by_each_of_them(district: District) -> None:
    district.project("长寿重庆长安物流有限公司调味品生产行业项目")
    for question in ("cscqca", "zscqca", "cawlyxgs", "wlyxgstwp", "schyxm", "scxyxm"):
        assert queries.ledger_page(district.clerk, LedgerFilter(q=question)).rows, question


def test_search_words_hold_no_empty_word() -> None:
    assert "" not in words_of("500102-2026-00001", ["——", "", "A"]).split(" ")
    assert terms_of("，。") == []


def _many(district: District, count: int) -> list[Project]:
    made = [district.project(f"第{number:03}号项目") for number in range(count)]
    for number, project in enumerate(made):
        if number % 3:
            raw = f"{number % 5 + 1}亿元"
            actions.set_money(project=project, measure="total", raw=raw, by=district.clerk, on=TODAY)
    return made


@pytest.mark.parametrize("order", ["-id", "id", "-total_fen", "total_fen", "-updated_at", "updated_at"])
def test_pages_by_cursor_show_every_row_once_forwards_and_backwards(district: District, order: str) -> None:
    whole = {project.pk for project in _many(district, 23)}
    pages, cursor = [], ""
    while True:
        page = queries.ledger_page(district.clerk, LedgerFilter(), order=order, cursor=cursor, size=5)
        pages.append(page)
        cursor = page.next
        if not cursor:
            break
    seen = [row["id"] for page in pages for row in page.rows]
    assert len(seen) == len(whole)
    assert set(seen) == whole
    back: list[Any] = []
    cursor = pages[-1].prev
    while cursor:
        page = queries.ledger_page(district.clerk, LedgerFilter(), order=order, cursor=cursor, size=5)
        back[:0] = [row["id"] for row in page.rows]
        cursor = page.prev
    assert back + [row["id"] for row in pages[-1].rows] == seen
    assert pages[0].prev == ""


def test_the_amount_order_is_by_amount_and_puts_the_unknown_last(district: District) -> None:
    _many(district, 9)
    amounts = [
        r["total_fen"] for r in queries.ledger_page(district.clerk, LedgerFilter(), order="-total_fen").rows
    ]
    known = [amount for amount in amounts if amount is not None]
    assert known == sorted(known, reverse=True)
    assert amounts[len(known) :] == [None] * 3


@pytest.mark.parametrize(
    "query", ["cursor=rubbish", "cursor=W10", "order=name", "updated_since=gestern", "year=abcd"]
)
def test_unreadable_parameters_are_refused_not_a_crash(browser: Client, query: str) -> None:
    assert browser.get(f"/projects/?{query}").status_code == 400


def test_a_cursor_of_another_order_is_refused(district: District, browser: Client) -> None:
    _many(district, 3)
    cursor = queries.ledger_page(district.clerk, LedgerFilter(), size=2).next
    assert browser.get(f"/projects/?cursor={cursor}&order=-total_fen").status_code == 400


def test_the_total_stops_at_the_cap(district: District, browser: Client, monkeypatch: Any) -> None:
    _many(district, 4)
    monkeypatch.setattr(queries, "CAP", 3)
    page = queries.ledger_page(district.clerk, LedgerFilter())
    assert (page.total, page.capped, page.total_text) == (3, True, "3+")
    assert "总投资 <span" not in text(browser.get("/projects/"))


def test_amounts_are_added_up_over_the_filter(district: District, browser: Client) -> None:
    for raw in ("1.5亿元", "5000万元"):
        project = district.project(f"{raw}项目")
        actions.set_money(project=project, measure="total", raw=raw, by=district.clerk, on=TODAY)
    assert '<span class="num">2亿元</span>' in text(browser.get("/projects/"))
    assert '<span class="num">1.5亿元</span>' in text(browser.get("/projects/?q=1.5亿"))


def test_a_sum_of_many_digits_is_rounded_and_told_exactly_on_demand(
    district: District, browser: Client
) -> None:
    project = district.project("零头项目")
    actions.set_money(project=project, measure="total", raw="1.23456789亿元", by=district.clerk, on=TODAY)
    assert '<span class="num" title="1.23456789亿元">约 1.2 亿元</span>' in text(browser.get("/projects/"))


def test_the_ledger_runs_ten_queries_at_most_whatever_the_size(
    district: District, browser: Client, django_assert_max_num_queries: Any
) -> None:
    _many(district, 2)
    with django_assert_max_num_queries(10) as few:
        browser.get(f"/projects/?phase=planning&q=项目&unit={district.bureau.code}&light=&class=")
    _many(district, 60)
    with django_assert_max_num_queries(10) as many:
        browser.get(f"/projects/?phase=planning&q=项目&unit={district.bureau.code}&light=&class=")
    assert len(many) == len(few)


def test_the_board_runs_a_constant_number_of_queries(
    district: District, browser: Client, django_assert_max_num_queries: Any
) -> None:
    _many(district, 3)
    with django_assert_max_num_queries(21) as few:
        browser.get("/projects/board/")
    _many(district, 30)
    with django_assert_max_num_queries(21) as many:
        response = browser.get("/projects/board/")
    assert len(many) == len(few)
    column = response.context["board"][0]
    assert (column["total"], len(column["cards"]), column["rest"]) == ("33", 12, 21)


def test_names_are_escaped(district: District, browser: Client) -> None:
    evil = '<script>alert("甲")</script>&'
    project = district.project(evil)
    pages = ("/projects/", "/projects/board/", f"/projects/{project.pk}/", f"/projects/{project.pk}/history/")
    for path in pages:
        html = text(browser.get(path))
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


FORM_COLUMNS = re.compile(r'<input type="hidden" name="shown" value="(\w+)">')


def test_choosing_columns_keeps_filter_and_order(district: District, browser: Client) -> None:
    body = {"columns": ["origin"], "origin": "outside_city", "order": "-total_fen"}
    assert browser.post("/projects/columns/", body)["Location"].endswith(
        "?origin=outside_city&order=-total_fen"
    )


def test_columns_are_chosen_and_remembered(district: District, browser: Client) -> None:
    district.project()
    browser.post("/projects/columns/", {"columns": ["origin", "jobs", "nonsense"]})
    heads = [str(head["label"]) for head in browser.get("/projects/").context["heads"]]
    assert heads == ["项目", "来源", "用工人数"]


def test_a_view_keeps_filter_order_and_columns_and_opens_again(district: District, browser: Client) -> None:
    district.project("甲项目")
    browser.post("/projects/columns/", {"columns": ["origin"]})
    browser.post("/projects/views/", {"name": "市外", "query": "origin=outside_city&order=-total_fen"})
    view = SavedView.objects.get()
    browser.post("/projects/columns/", {"columns": ["jobs"]})
    response = browser.get(f"/projects/views/{view.pk}/", follow=True)
    assert response.context["wanted"].origin == "outside_city"
    shown = FORM_COLUMNS.findall(text(response))
    browser.post(
        "/projects/views/", {"name": "市外", "query": "origin=outside_city&order=-total_fen", "shown": shown}
    )
    response = browser.get(f"/projects/views/{view.pk}/", follow=True)
    assert response.context["wanted"].origin == "outside_city"
    assert [str(head["label"]) for head in response.context["heads"]] == ["项目", "来源"]
    assert response.request["QUERY_STRING"].count("order=-total_fen") == 1
    browser.post(f"/projects/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_views_are_each_persons_own(district: District, browser: Client) -> None:
    browser.post("/projects/views/", {"name": "我的", "query": ""})
    view = SavedView.objects.get()
    other = make.pages(district.head)
    assert other.get(f"/projects/views/{view.pk}/").status_code == 404
    assert other.post(f"/projects/views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.exists()


def _sheet(response: Any) -> tuple[list[str], list[dict[str, Any]]]:
    content = BytesIO(b"".join(response.streaming_content))
    head, *rows = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    return [str(cell) for cell in head], [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_the_export_holds_the_filtered_ledger_with_amounts_in_wan(
    district: District, browser: Client
) -> None:
    said = {"content": "投资120000万元", "progress": "找刘经理13812345678"}
    project = district.project("重庆长寿新材料产业园", jobs=120, planning_year=2027, **said)
    actions.set_money(project=project, measure="total", raw="1.23456789亿元", by=district.clerk, on=TODAY)
    Enterprise.objects.update(contact_name="刘经理", contact_phone="13812345678")
    district.project("生物医药研发平台")
    response = browser.get("/projects/export/?q=长寿")
    head, rows = _sheet(response)
    assert "总投资（万元）" in head
    (row,) = rows
    assert row["项目编号"] == project.case.code
    assert row["项目名称"] == "重庆长寿新材料产业园"
    assert row["总投资（万元）"] == 12345.6789
    assert (row["用工人数"], row["谋划年度"]) == (120, 2027)
    assert row["联系电话"] == "138****5678"
    assert (row["建设内容"], row["进展"]) == ("投资120000万元", "找刘经理138****5678")
    assert row["建档日期"] == TODAY
    entry = AuditEntry.objects.get(kind="ledger.exported")
    assert (entry.user, entry.detail["rows"], entry.detail["q"]) == (district.clerk, 1, "长寿")


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"])
def test_no_name_becomes_a_formula_in_the_export(district: District, browser: Client, name: str) -> None:
    from openpyxl import load_workbook

    district.project(name)
    answer: Any = browser.get("/projects/export/")
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    cell = sheet["B2"]
    assert cell.data_type == "s"
    assert str(cell.value).strip() == name.strip()


def test_an_empty_export_still_has_its_header(browser: Client) -> None:
    head, rows = _sheet(browser.get("/projects/export/?q=没有"))
    assert head[:2] == ["项目编号", "项目名称"]
    assert all(not any(row.values()) for row in rows)


def test_who_may_not_export_is_refused(district: District) -> None:
    client = make.pages(make.user("reviewer", unit=district.unit("ecology-environment")))
    assert client.get("/projects/export/").status_code == 403
    assert "导出" not in text(client.get("/projects/"))
