"""The plan's pages: made, read, changed, ticked, sealed, compared; the panel; the wall chart."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lifecycle.demo.papers import paper
from projects.models import Project
from service.models import Plan, PlanItem, PlanSeal, PlanTick
from service.plans import actions
from tests import factories
from tests.law import TODAY
from tests.service.plans.site import DAYS, Site, open_site, site_in

pytestmark = pytest.mark.django_db
FIELDS = {f"{code}_on": str(day) for code, day in DAYS.items()}


def url(site: Site, *rest: str) -> str:
    return "/".join([f"/projects/{site.project.pk}/plan", *rest]) + "/"


def test_a_plan_is_made_with_one_form(site: Site) -> None:
    browser = factories.pages(site.planner)
    assert "编制" in browser.get(url(site)).content.decode()
    asked = FIELDS | {"whole_invest": "60000", "whole_workshop": "4", "year": "2026", "year_invest": "20000"}
    asked |= {"contact_landing": "李四", "phone_landing": "13812345678"}
    answer = browser.post(url(site, "make"), asked)
    assert answer.status_code == 302
    page = browser.get(url(site)).content.decode()
    for words in (
        "项目建设服务专班任务清单",
        "开挖基础（打桩）正式施工",
        "6亿元，厂房4栋",
        "2026-10-20",
        "附件3",
    ):
        assert words in page
    assert "13812345678" not in page


def test_days_that_cannot_be_met_come_back_on_the_form_with_the_input_kept(site: Site) -> None:
    asked = FIELDS | {"start_on": "2026-05-08", "contact_landing": "李四"}
    answer = factories.pages(site.planner).post(url(site, "make"), asked)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "关键路径" in page and "最早可能为" in page
    assert 'value="李四"' in page
    assert not Plan.objects.exists()


def test_nonsense_in_the_form_is_an_answer_and_no_fault(site: Site) -> None:
    asked = FIELDS | {"start_on": "明天", "whole_invest": "-5", "whole_office": "x"}
    answer = factories.pages(site.planner).post(url(site, "make"), asked)
    assert answer.status_code == 400
    assert answer.content.decode().count("field-error") >= 3


def test_who_makes_no_plan_sees_no_form(site: Site) -> None:
    stranger = factories.user("reviewer", unit=site.district.unit("finance"))
    factories.part(site.project.case, "asked", site.district.unit("finance"))
    browser = factories.pages(stranger)
    assert browser.get(url(site)).status_code == 200
    assert browser.get(url(site, "make")).status_code == 403


def test_a_project_out_of_sight_has_no_plan(site: Site) -> None:
    site.make()
    outside = factories.pages(factories.user("park_clerk", unit=factories.unit("far", kind="park")))
    assert outside.get(url(site)).status_code == 404
    assert factories.pages(site.firm).get(url(site)).status_code == 404


def test_items_are_changed_added_ticked_and_taken_off(site: Site) -> None:
    plan, browser = site.make(), factories.pages(site.planner)
    body = {"name": "核准备案", "planned_on": "2026-05-25", "timing": "", "goal": "", "note": "加急"}
    assert browser.post(url(site, "items", "filed"), body).status_code == 302
    row = PlanItem.objects.get(version=plan.current, code="filed")
    assert (row.planned_on, row.by_hand, row.note) == (date(2026, 5, 25), True, "加急")
    more = {"name": "协调临时用电", "planned_on": "", "timing": "每月", "goal": "", "note": ""}
    assert browser.post(url(site, "lists", "task_force_list", "add"), more).status_code == 302
    done = browser.post(url(site, "items", "force_plan", "done"), {"on": str(TODAY), "note_text": ""})
    assert done.status_code == 302
    assert browser.post(url(site, "items", "force_plan", "undone"), {"reason": "误点"}).status_code == 302
    assert PlanTick.objects.get().withdrawn_reason == "误点"
    assert browser.post(url(site, "items", "own-1"), {"remove": "1", **more}).status_code == 302
    assert not PlanItem.objects.filter(code="own-1").exists()
    assert browser.get(url(site, "items", "nothing")).status_code == 404


def test_sealing_by_form_and_a_change_compared(site: Site) -> None:
    plan = site.make()
    browser = factories.pages(site.planner)
    said = {"on": str(TODAY), "signatory": "张三"}
    refused = browser.post(url(site, "seal", "enterprise"), said)
    assert refused.status_code == 400 and "扫描件" in refused.content.decode()
    scan = paper("签章页")
    assert browser.post(url(site, "seal", "enterprise"), said | {"upload": scan}).status_code == 302
    assert browser.post(url(site, "seal", "landing"), said).status_code == 302
    assert browser.get(url(site, "seal", "guarantee")).status_code == 403
    other = factories.pages(site.guarantor)
    assert other.post(url(site, "seal", "guarantee"), said).status_code == 302
    assert "已签章生效" in browser.get(url(site)).content.decode()
    assert (
        browser.post(url(site, "items", "filed"), {"name": "核准备案", "timing": "尽快"}).status_code == 409
    )
    assert browser.post(url(site, "revise"), {"reason": "土地晚交"}).status_code == 302
    days = FIELDS | {"start_on": "2026-11-20"}
    assert browser.post(url(site, "days"), days).status_code == 302
    page = browser.get(url(site, "compare")).content.decode()
    assert "2026-10-20" in page and "2026-11-20" in page and "土地晚交" in page
    old = browser.get(url(site) + "?v=1").content.decode()
    assert "2026-10-20" in old
    assert browser.get(url(site) + "?v=9").status_code == 404
    assert PlanSeal.objects.filter(version__plan=plan).count() == 3


def test_figures_and_contacts_are_changed_by_form(site: Site) -> None:
    site.make()
    browser = factories.pages(site.planner)
    assert browser.get(url(site, "particulars")).status_code == 200
    body = {"whole_invest": "60000.5", "whole_area": "42000", "year": "2027", "year_invest": "100"}
    assert browser.post(url(site, "particulars"), body).status_code == 302
    rows = Plan.objects.get().versions.get().targets.all()
    assert [(row.year, row.invest_fen) for row in rows] == [(0, 60_000_500_000), (2027, 100_000_000)]


def test_the_page_costs_the_same_however_long_its_history(site: Site) -> None:
    plan = site.make()
    browser = factories.pages(site.planner)
    browser.get(url(site))
    with CaptureQueriesContext(connection) as few:
        browser.get(url(site))
    site.seal_all(plan)
    for number in range(3):
        actions.revise_plan(plan=plan, by=site.planner, on=TODAY, reason=f"变更{number}")
        actions.add_item(
            plan=plan, form="task_force_list", by=site.planner, on=TODAY, name="更多", timing="每月"
        )
        site.seal_all(plan)
    with CaptureQueriesContext(connection) as many:
        browser.get(url(site))
    assert len(many) <= len(few) + 2  # the sealed days, and who sealed


def test_the_panel_says_what_is_late_and_next_with_one_query(site: Site, rf) -> None:
    from django.template.loader import render_to_string

    from service.plans.panel import context

    request = rf.get("/")
    request.user = site.planner
    Project.objects.filter(pk=site.project.pk).update(phase="construction")
    project = Project.objects.select_related("case").get(pk=site.project.pk)
    empty = render_to_string(
        "service/plans/panel.html", context(request, project) | {"project": project}, request
    )
    assert "还没有编制" in empty and "二(2)" in empty
    plan = site.make()
    past: dict[str, Any] = {"on": TODAY, "planned_on": date(2026, 2, 20), "accept_late": "已先行办理"}
    actions.edit_item(plan=plan, code="filed", by=site.planner, **past)
    with CaptureQueriesContext(connection) as asked:
        shown = context(request, project)
    assert sum("service_plan" in query["sql"] for query in asked) == 1
    page = render_to_string("service/plans/panel.html", shown | {"project": project}, request)
    assert "逾期 1 项，最长 10 天" in page
    assert "核准备案" in page


def test_the_wall_shows_the_latest_behind_first_and_filters(site: Site) -> None:
    first, second = site, site_in(site.district, "落后的项目")
    plans = [one.make() for one in (first, second)]
    past: dict[str, Any] = {"on": TODAY, "planned_on": date(2026, 2, 20), "accept_late": "已先行办理"}
    actions.edit_item(plan=plans[1], code="filed", by=second.planner, **past)
    browser = factories.pages(site.district.clerk)
    page = browser.get("/plans/wall/").content.decode()
    assert page.index("落后的项目") < page.index("年产5万吨新材料项目")
    assert "晚 10 天" in page
    late = browser.get(f"/plans/wall/?park={site.park.code}&state=late").content.decode()
    assert "落后的项目" in late and "年产5万吨新材料项目" not in late
    for asked in ("?park=nowhere", "?state=sealed", "?state=dancing"):
        assert "没有符合条件的计划" in browser.get(f"/plans/wall/{asked}").content.decode()


def test_the_wall_shows_only_what_is_in_sight_and_running(site: Site) -> None:
    site.make()
    outside = factories.pages(factories.user("park_clerk", unit=factories.unit("far", kind="park")))
    assert "年产5万吨" not in outside.get("/plans/wall/").content.decode()
    Project.objects.filter(pk=site.project.pk).update(
        shelved_on=TODAY, shelved_by=site.planner, shelved_reason="x"
    )
    assert "年产5万吨" not in factories.pages(site.district.clerk).get("/plans/wall/").content.decode()


def test_the_wall_costs_the_same_for_one_project_and_for_four(site: Site) -> None:
    site.make()
    browser = factories.pages(site.district.clerk)
    browser.get("/plans/wall/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/plans/wall/")
    for number in range(3):
        site_in(site.district, f"项目{number}").make()
    with CaptureQueriesContext(connection) as many:
        browser.get("/plans/wall/")
    assert len(few) == len(many), "\n".join(query["sql"] for query in many)


def test_under_fulings_own_plan_the_pages_show_its_lists() -> None:
    site = open_site([])
    site.make()
    page = factories.pages(site.planner).get(url(site)).content.decode()
    for words in ("审批和建设节点清单", "水电气讯联合报装", "项目建设倒排工期表"):
        assert words in page
