"""The library of leads: channels, classes and tags of the plan, by every door; the page and its figures."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kernel.refusals import Refused
from projects import actions, coded, dormancy, leads, queries
from projects.models import Project
from projects.queries import LedgerFilter
from tests import factories
from tests.law import TODAY, District
from tests.projects.test_stillness import DAY, RUNS_OUT, contact


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel("2026-04-10T02:00:00Z", tick=False):
        yield


def again(row: Project) -> Project:
    return Project.objects.get(pk=row.pk)


def test_codes_are_kept_in_the_order_of_the_plan(district: District) -> None:
    row = district.project(
        lead_channel="business",
        lead_tags=["supply_land", "high_tech"],
        target_classes=["priority", "invited"],
    )
    row = again(row)
    assert (row.lead_channel, row.lead_tags) == ("business", "high_tech,supply_land")
    assert row.target_classes == "invited,priority"


@pytest.mark.parametrize("field", ["lead_channel", "target_classes", "lead_tags"])
def test_a_code_that_the_plan_does_not_list_is_refused_with_those_it_does(
    district: District, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        district.project(**{field: "hearsay" if field == "lead_channel" else ["hearsay"]})
    (item,) = refused.value.unmet
    assert item.field == field
    assert next(iter(coded.names(district.rules, field).values())) in item.message
    assert item.clause.startswith("三")
    assert not Project.objects.exists()


def test_editing_changes_marks_and_the_same_again_changes_nothing(district: District) -> None:
    row = district.project(lead_tags=["high_tech"])
    same = actions.edit(project=row, by=district.clerk, on=TODAY, changes={"lead_tags": ["high_tech"]})
    assert same.version == row.version
    more = actions.edit(
        project=row, by=district.clerk, on=TODAY, changes={"lead_tags": ["fund_industry", "high_tech"]}
    )
    assert more.lead_tags == "high_tech,fund_industry"


def test_a_code_of_an_older_plan_may_stay(district: District) -> None:
    row = district.project()
    Project.objects.filter(pk=row.pk).update(lead_tags="gone")
    row = actions.edit(project=row, by=district.clerk, on=TODAY, changes={"lead_tags": ["gone", "high_tech"]})
    assert row.lead_tags == "high_tech,gone"


def found(district: District, **wanted: str) -> list[Project]:
    return list(queries.ledger(district.clerk, LedgerFilter.read(wanted)).order_by("pk"))


def test_the_ledger_is_filtered_by_channel_class_tag_and_stillness(district: District) -> None:
    here = district.project(
        lead_channel="fund", target_classes=["priority"], lead_tags=["high_tech", "supply_tax"]
    )
    district.project("另一个项目", lead_channel="visit", lead_tags=["high_technology"[:9]])
    assert found(district, channel="fund") == [here]
    assert found(district, target="priority") == [here]
    assert found(district, tag="supply_tax") == [here]
    assert found(district, tag="high") == found(district, tag="supply") == []
    contact(here, district.clerk, RUNS_OUT)
    assert here not in found(district, still_days="30")
    assert len(found(district, still_days="30")) == 1
    assert found(district, stillness="nonsense") == []


def test_an_unreadable_number_of_days_is_refused_in_words(district: District) -> None:
    answer = factories.pages(district.clerk).get("/leads/?still_days=viele")
    assert (answer.status_code, "天数" in answer.content.decode()) == (400, True)


def test_the_page_lists_the_stillest_first_and_offers_to_explain(district: District) -> None:
    still, fresh = district.project(), district.project("另一个项目", on=RUNS_OUT)
    for row in (still, fresh):
        actions.reach(
            project=row, milestone="first_talk_registered", by=district.clerk, on=row.moved_on, produced=True
        )
    dormancy.sweep(RUNS_OUT + DAY)
    page = factories.pages(district.clerk).get("/leads/").content.decode()
    assert page.index(still.name) < page.index(fresh.name)
    assert f"/projects/{still.pk}/stillness/" in page
    assert f"/projects/{fresh.pk}/stillness/" not in page
    reader = factories.pages(district.person("leader", "investment-bureau")).get("/leads/").content.decode()
    assert still.name in reader
    assert f"/projects/{still.pk}/stillness/" not in reader


@pytest.mark.parametrize("address", ["/leads/", "/projects/board/?by=stage", "/projects/"])
def test_a_page_asks_as_much_of_ten_leads_as_of_two(district: District, address: str) -> None:
    browser = factories.pages(district.clerk)

    def more(names: range) -> None:
        for number in names:
            row = district.project(f"第{number}号新材料项目", lead_channel="fund", lead_tags=["high_tech"])
            actions.reach(
                project=row, milestone="first_talk_registered", by=district.clerk, on=TODAY, produced=True
            )
            contact(row, district.clerk, TODAY)
        dormancy.sweep(RUNS_OUT + DAY)

    more(range(2))
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    more(range(2, 10))
    with CaptureQueriesContext(connection) as many:
        browser.get(address)
    assert len(many) == len(few)


def test_channels_tell_what_they_yield(district: District) -> None:
    first, second = district.project(lead_channel="fund"), district.project("另一个", lead_channel="fund")
    Project.objects.filter(pk=first.pk).update(batch="started")
    Project.objects.filter(pk=second.pk).update(batch="negotiating")
    rows = {row.code: row for row in leads.yields(district.clerk, district.rules)}
    assert (rows["fund"].reserve, rows["fund"].negotiating, rows["fund"].signed) == (0, 1, 1)
    assert (rows["fund"].share, rows["leader"].share) == ("50.0%", "—")
    stranger = district.person("park_clerk", "baitao-park")
    assert all(row.total == 0 for row in leads.yields(stranger, district.rules))


def test_the_page_of_channels_leads_to_their_projects(district: District) -> None:
    district.project(lead_channel="fund")
    browser = factories.pages(district.clerk)
    whole = browser.get("/leads/yields/").content.decode()
    part = browser.get("/leads/yields/", headers={"HX-Request": "true"}).content.decode()
    for page in (whole, part):
        assert "/projects/?channel=fund&amp;batch=reserve" in page
    assert "<html" in whole and "<html" not in part


def test_registering_on_the_page_keeps_channel_and_tags(district: District) -> None:
    answer = factories.pages(district.clerk).post(
        "/projects/register/",
        {
            "name": "锂电回收项目", "project_type": "new", "on": "2026-04-10", "country": "CN",
            "lead_channel": "association", "lead_source": "市新能源协会张秘书长",
            "lead_tags": ["high_value", "supply_plant"],
            "introducing_unit": district.bureau.pk,
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    row = Project.objects.get(name="锂电回收项目")
    assert (row.lead_channel, row.lead_source) == ("association", "市新能源协会张秘书长")
    assert row.lead_tags == "high_value,supply_plant"
    case_file = factories.pages(district.clerk).get(f"/projects/{row.pk}/").content.decode()
    assert "行业协会" in case_file
    assert "高附加值、厂房" in case_file


def test_the_edit_page_offers_the_lists_and_keeps_what_is_ticked(district: District) -> None:
    row = district.project(lead_channel="fund", lead_tags=["high_tech"])
    browser = factories.pages(district.clerk)
    form = browser.get(f"/projects/{row.pk}/edit/").context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items() if value is not False}
    answer = browser.post(f"/projects/{row.pk}/edit/", data | {"lead_tags": ["high_tech", "high_growth"]})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert (again(row).lead_channel, again(row).lead_tags) == ("fund", "high_tech,high_growth")


def test_the_export_gives_names_and_days(district: District) -> None:
    district.project(
        lead_channel="fund", lead_tags=["high_tech", "supply_tax"], lead_source="王总13812345678"
    )
    browser = factories.pages(district.clerk)
    book = load_workbook(BytesIO(factories.sent(browser.get("/projects/export/?channel=fund"))))
    head, line = list(book.active.iter_rows(values_only=True))[:2]  # type: ignore[union-attr]
    told = dict(zip(head, line, strict=True))
    assert (told["线索渠道"], told["标签"]) == ("基金公司", "高科技含量、税收")
    assert "138****5678" in str(told["具体来源"])
    assert str(told["最近进展"])[:10] == str(TODAY)


def test_rest_takes_codes_and_gives_them_back(district: District) -> None:
    caller = factories.api(district.clerk)
    said = {
        "name": "智能装备项目",
        "lead_channel": "leader",
        "lead_tags": ["high_tech"],
        "target_classes": [],
    }
    made = caller.post("/api/v1/projects/", said, format="json").json()
    assert (made["lead_channel"], made["lead_tags"], made["target_classes"]) == ("leader", ["high_tech"], [])
    url = f"/api/v1/projects/{made['id']}/"
    answer = caller.patch(url, {"lead_channel": "hearsay"}, format="json")
    assert (answer.status_code, "领导资源招商" in answer.content.decode()) == (400, True)
    (row,) = caller.get("/api/v1/projects/?tag=high_tech&leads=1").json()["results"]
    assert (row["lead_tags"], row["moved_on"], row["dormant_on"]) == (["high_tech"], "2026-04-10", None)


def test_rest_pages_by_the_last_movement(district: District) -> None:
    for number in range(3):
        district.project(f"第{number}个项目", on=TODAY + number * DAY)
    caller, names, url = factories.api(district.clerk), [], "/api/v1/projects/?order=moved_on&page_size=1"
    while url:
        page = caller.get(url).json()
        names += [row["name"] for row in page["results"]]
        url = page["next"]
    assert names == ["第0个项目", "第1个项目", "第2个项目"]


def test_rest_explains_and_wakes(district: District) -> None:
    row = district.project()
    actions.reach(project=row, milestone="first_talk_registered", by=district.clerk, on=TODAY, produced=True)
    dormancy.sweep(RUNS_OUT + DAY)
    caller, url = factories.api(district.clerk), f"/api/v1/projects/{row.pk}/"
    assert caller.get(f"{url}stillness/").json()["state"] == "dormant"
    late = caller.post(f"{url}explain/", {"reason": "重组", "until": "2027-01-01"}, format="json")
    assert (late.status_code, "三(二)4" in late.content.decode()) == (400, True)
    said = caller.post(f"{url}explain/", {"reason": "企业重组，电话13812345678"}, format="json")
    assert (said.status_code, said.json()["until"]) == (201, "2026-05-10")
    told = caller.get(f"{url}stillness/").json()
    assert (told["state"], told["dormant_on"], len(told["explanations"])) == ("explained", None, 1)
    assert "138****5678" in told["explanations"][0]["reason"]
    refused = caller.post(f"{url}wake/", {"reason": "来电"}, format="json")
    assert (refused.status_code, refused.json()["unmet"][0]["code"]) == (409, "not_dormant")
    stranger = factories.api(district.person("park_clerk", "baitao-park"))
    assert stranger.post(f"{url}explain/", {"reason": "重组"}, format="json").status_code == 404
    yielded = caller.get("/api/v1/leads/summary/").json()
    assert {line["code"] for line in yielded} == set(coded.names(district.rules, "lead_channel"))


def test_the_page_explains_and_shows_it_in_the_case_file(district: District) -> None:
    row = district.project()
    actions.reach(project=row, milestone="first_talk_registered", by=district.clerk, on=TODAY, produced=True)
    dormancy.sweep(RUNS_OUT + DAY)
    browser = factories.pages(district.clerk)
    assert "标为休眠" in browser.get(f"/projects/{row.pk}/").content.decode()
    url = f"/projects/{row.pk}/stillness/"
    assert "说明原因" in browser.get("/leads/").content.decode()
    empty = browser.post(url, {"reason": "", "on": "2026-04-10"})
    assert empty.status_code == 400
    assert browser.post(url, {"reason": "环评未出", "on": "2026-04-10"}).status_code == 302
    case_file = browser.get(f"/projects/{row.pk}/").content.decode()
    assert "停滞说明" in case_file
    assert "环评未出" in case_file
    assert "标为休眠" not in case_file.split("大事记")[0]


def test_the_page_wakes_a_dormant_lead(district: District) -> None:
    row = district.project()
    dormancy.sweep(TODAY + 120 * DAY)
    assert again(row).dormant_on
    with time_machine.travel("2026-07-10T02:00:00Z", tick=False):
        browser = factories.pages(district.clerk)
        assert browser.post(f"/projects/{row.pk}/wake/", {"reason": "企业来电"}).status_code == 302
    assert again(row).dormant_on is None


def board(district: District, query: str = "") -> dict[str, list[str]]:
    page: Any = factories.pages(district.clerk).get(f"/projects/board/?by=stage{query}")
    return {
        column["code"]: [card["row"]["name"] for card in column["cards"]] for column in page.context["board"]
    }


def test_the_board_of_negotiation_stands_by_the_furthest_stage(district: District) -> None:
    row = district.project()
    assert board(district)["none"] == [row.name]
    for code in ("first_talk_registered", "assessed"):
        actions.reach(project=row, milestone=code, by=district.clerk, on=TODAY, produced=True)
    assert board(district)["assessed"] == [row.name]
    actions.withdraw(
        project=row, milestone="assessed", by=district.head, on=TODAY, reason="评估有误", produced=True
    )
    assert board(district)["first_talk_registered"] == [row.name]
    assert list(board(district))[-1] == "signed"


def test_a_card_says_since_when_and_what_is_missing(district: District) -> None:
    row = district.project()
    actions.reach(project=row, milestone="first_talk_registered", by=district.clerk, on=TODAY, produced=True)
    page: Any = factories.pages(district.clerk).get("/projects/board/?by=stage&stage=first_talk_registered")
    (column,) = page.context["board"]
    (card,) = column["cards"]
    assert (card["days"], card["talks"].more) == (39, 0)
    assert "投资企业" in card["talks"].blocked or card["talks"].blocked == "条件已齐"
    assert "本阶段 39 天" in page.content.decode()


def test_shelved_leads_leave_the_board_unless_asked_for(district: District) -> None:
    row = district.project()
    actions.shelve(project=row, by=district.head, on=TODAY, reason="暂缓")
    assert board(district)["none"] == []
    assert board(district, "&state=shelved")["none"] == [row.name]


def test_the_migration_finds_movements_and_stages_of_what_is_there(district: District) -> None:
    from importlib import import_module

    from django.apps import apps

    row, bare = district.project(), district.project("另一个项目")
    for code in ("first_talk_registered", "assessed"):
        actions.reach(project=row, milestone=code, by=district.clerk, on=TODAY + DAY, produced=True)
    Project.objects.update(moved_on="2020-01-01", talk_stage="")
    migration = import_module("projects.migrations.0018_last_movement")
    for step in (migration.look_back, migration.place):
        step(apps, None)
    assert (again(row).moved_on, again(row).talk_stage) == (TODAY + DAY, "assessed")
    assert (again(bare).moved_on, again(bare).talk_stage) == (TODAY, "")
