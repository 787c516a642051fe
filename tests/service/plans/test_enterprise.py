"""What the enterprise's page shows of the plan, and its tick."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.refusals import Refused
from service.models import PlanItem, PlanSeal, PlanTick
from service.plans import actions
from service.plans.enterprise import own_items, plan_context, tick_own
from service.portal.access import Speaker
from tests import factories
from tests.factories import sent as make_sent
from tests.law import TODAY
from tests.service.firms import session
from tests.service.plans.site import Site, site_in

pytestmark = pytest.mark.django_db


def speaking(site: Site) -> Speaker:
    return Speaker(site.firm, site.project, TODAY)


@pytest.fixture
def own_browser(site: Site, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The enterprise's own, on the test's day."""
    monkeypatch.setattr("service.portal.views.today", lambda: TODAY)
    client = Client()
    client.force_login(site.firm)
    return client


def test_before_there_is_a_plan_nothing_is_asked(site: Site) -> None:
    speaker = speaking(site)
    assert own_items(speaker) == []
    assert "还没有编制" in render_to_string("service/plans/enterprise.html", plan_context(speaker))


def test_the_twelve_tasks_are_asked_with_their_days_and_clause(site: Site) -> None:
    site.make()
    items = own_items(speaking(site))
    assert len(items) == 12
    assert all(item.due_on and item.clause == "附件2" and item.tickable for item in items)


def test_a_tick_of_its_own_is_not_marked_as_made_for_it(site: Site) -> None:
    site.make()
    speaker = speaking(site)
    tick_own(speaker, "firm_survey", "报告已出")
    row = PlanTick.objects.get()
    assert (row.on_behalf, row.note, row.on) == (False, "报告已出", TODAY)
    (done,) = (item for item in own_items(speaker) if item.done_on)
    assert (done.key, done.tickable) == ("firm_survey", False)


@pytest.mark.parametrize("key", ["force_plan", "piling", "nothing"])
def test_what_is_not_on_its_list_is_not_there(site: Site, key: str) -> None:
    site.make()
    with pytest.raises(Http404):
        tick_own(speaking(site), key, "")


def test_somebody_who_does_not_speak_for_it_is_refused(site: Site) -> None:
    site.make()
    with pytest.raises(Refused) as refused:
        tick_own(Speaker(factories.user(), site.project, TODAY), "firm_plan", "")
    assert refused.value.status == "forbidden"


def test_the_panel_shows_what_comes_next_and_who_has_sealed(site: Site) -> None:
    plan = site.seal_all(site.make())
    page = render_to_string("service/plans/enterprise.html", plan_context(speaking(site)))
    assert plan.current and "已签章生效" in page
    assert page.index("企业开办") < page.index("核准备案")
    assert page.count("2026-03-02") == 3


def test_it_changes_a_day_of_its_own_list_and_then_seals_by_itself(site: Site, own_browser: Client) -> None:
    site.make()
    url = f"/portal/{site.project.pk}/plan/"
    assert "起草中" in own_browser.get(url).content.decode()
    day = PlanItem.objects.get(code="firm_survey").planned_on
    assert day
    day -= timedelta(days=1)
    changed = {"name": "项目地勘", "planned_on": str(day), "timing": "", "goal": "", "note": ""}
    assert own_browser.post(f"{url}items/firm_survey/", changed).status_code == 302
    item = PlanItem.objects.get(code="firm_survey")
    assert (item.planned_on, item.by_hand) == (day, True)
    assert own_browser.post(f"{url}seal/", {"on": str(TODAY), "signatory": "王总"}).status_code == 302
    seal = PlanSeal.objects.get()
    assert (seal.side, seal.by, seal.on_behalf) == ("enterprise", site.firm, False)
    refused = own_browser.post(f"{url}items/firm_survey/", changed)
    assert refused.status_code == 409 and "签章" in refused.content.decode()


@pytest.mark.parametrize("page", ["items/force_plan/", "items/piling/", "items/nothing/"])
def test_what_the_task_force_keeps_is_not_the_enterprise_s_to_change(
    site: Site, own_browser: Client, page: str
) -> None:
    site.make()
    assert own_browser.get(f"/portal/{site.project.pk}/plan/{page}").status_code == 404


def test_without_a_plan_there_is_no_such_page(site: Site, own_browser: Client) -> None:
    assert own_browser.get(f"/portal/{site.project.pk}/plan/").status_code == 404


def test_the_list_stands_on_its_own_page_with_what_is_asked(site: Site, own_browser: Client) -> None:
    site.make()
    page = own_browser.get(f"/portal/{site.project.pk}/").content.decode()
    assert "项目计划" in page and f"/portal/{site.project.pk}/plan/" in page
    assert page.count("portal-tick") >= 12


OWN = {"name": "自建光伏", "planned_on": "2026-09-01", "timing": "", "goal": "", "note": ""}


def base(site: Site) -> str:
    return f"/portal/{site.project.pk}/plan/"


def test_it_reads_the_whole_version_that_it_is_to_seal(site: Site, own_browser: Client) -> None:
    site.make(
        figures=[actions.Figures(invest=Decimal(60_000_000), floor_area=12_000)],
        contacts={"landing": actions.Contact("李科", "13812345678")},
    )
    page = own_browser.get(base(site)).content.decode()
    for words in (
        "服务专班",
        "核准备案",
        "2026-10-20",
        "2028-03-01",
        "6,000万元",
        "12,000㎡",
        "李科",
        "138****5678",
    ):
        assert words in page, words
    assert "13812345678" not in page and "/projects/" not in page


def test_it_downloads_the_word_and_reads_the_sealed_plan_afterwards(site: Site, own_browser: Client) -> None:
    plan = site.make()
    answer = own_browser.get(f"{base(site)}word/")
    assert answer.status_code == 200 and make_sent(answer).startswith(b"PK")
    site.seal_all(plan)
    actions.revise_plan(plan=plan, by=site.planner, on=TODAY, reason="土地延期")
    assert "已签章生效" in own_browser.get(f"{base(site)}?v=1").content.decode()
    assert "土地延期" in own_browser.get(base(site)).content.decode()
    assert own_browser.get(f"{base(site)}?v=9").status_code == 404
    assert own_browser.get(f"{base(site)}word/?v=x").status_code == 404


def test_it_adds_to_its_own_list_and_takes_off_again(site: Site, own_browser: Client) -> None:
    plan = site.make()
    form = PlanItem.objects.get(version=plan.current, code="firm_survey").form
    assert own_browser.post(f"{base(site)}lists/{form}/add/", OWN).status_code == 302
    item = PlanItem.objects.get(name="自建光伏")
    assert (item.form, item.code) == (form, "own-1")
    assert own_browser.post(f"{base(site)}items/own-1/", {"remove": "1"}).status_code == 302
    assert not PlanItem.objects.filter(name="自建光伏").exists()


@pytest.mark.parametrize("form", ["task_force_list", "nothing"])
def test_it_adds_to_no_list_of_the_task_force(site: Site, own_browser: Client, form: str) -> None:
    site.make()
    assert own_browser.post(f"{base(site)}lists/{form}/add/", OWN).status_code == 404


def test_once_a_side_has_sealed_its_list_stands_and_no_shut_link_is_offered(
    site: Site, own_browser: Client
) -> None:
    plan = site.make()
    form = PlanItem.objects.get(version=plan.current, code="firm_survey").form
    actions.seal_plan(plan=plan, side="landing", by=site.planner, on=TODAY, signatory="张三", today=TODAY)
    answer = own_browser.post(f"{base(site)}lists/{form}/add/", OWN)
    assert answer.status_code == 409 and "/projects/" not in answer.content.decode()
    body = {"code": "firm_survey", "note": "x"}
    again = session(site.firm).post(f"/api/v1{base(site)}edit-item/", body, format="json")
    assert (again.status_code, again.json()["unmet"][0]["code"]) == (409, "being_sealed")
    assert "/projects/" not in str(again.json()["unmet"])
    assert "增加事项" not in own_browser.get(base(site)).content.decode()


def test_the_plan_is_read_kept_and_sealed_over_rest(site: Site) -> None:
    plan, caller = site.make(), session(site.firm)
    url = f"/api/v1/portal/{site.project.pk}/plan/"
    read = caller.get(url).json()
    own = [one for one in read["items"] if one["own"]]
    assert (read["number"], len(own), read["may_seal"]) == (1, 12, True)
    assert len(read["items"]) > 12 and "done_by" not in read["items"][0]
    form = own[0]["form"]
    body = {"form": form, "name": "自建光伏", "planned_on": "2026-09-01"}
    assert caller.post(f"{url}items/", body, format="json").status_code == 201
    body = {"code": "own-1", "note": "屋顶"}
    assert caller.post(f"{url}edit-item/", body, format="json").status_code == 200
    assert caller.post(f"{url}remove-item/", {"code": "own-1"}, format="json").status_code == 200
    assert caller.post(f"{url}edit-item/", {"code": "piling", "note": "x"}, format="json").status_code == 403
    sealed = caller.post(f"{url}seal/", {"signatory": "王总"}, format="json").json()
    assert (sealed["may_seal"], [one["sealed_on"] for one in sealed["sides"]].count(str(TODAY))) == (False, 1)
    assert caller.post(f"{url}seal/", {"signatory": "王总"}, format="json").status_code == 409
    assert make_sent(caller.get(f"{url}word/")).startswith(b"PK")
    assert PlanSeal.objects.get(version__plan=plan).on_behalf is False


def test_another_enterprise_reads_and_seals_nothing_of_it(site: Site) -> None:
    site.make()
    other = site_in(site.district, "别人的项目")
    for url in (base(site), f"{base(site)}word/", f"{base(site)}seal/", f"/api/v1{base(site)}"):
        assert factories.pages(other.firm).get(url).status_code == 404, url
    body = {"signatory": "王总"}
    assert session(other.firm).post(f"/api/v1{base(site)}seal/", body, format="json").status_code == 404
    assert session(other.firm).get(f"/api/v1{base(other)}").status_code == 404
    assert not PlanSeal.objects.exists()


def test_its_page_asks_a_constant_number_of_queries(site: Site, own_browser: Client) -> None:
    plan = site.make()
    form = PlanItem.objects.get(version=plan.current, code="firm_survey").form

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert own_browser.get(base(site)).status_code == 200
        return len(seen)

    queries()
    before = queries()
    for _one in range(3):
        own_browser.post(f"{base(site)}lists/{form}/add/", OWN)
    assert queries() == before
