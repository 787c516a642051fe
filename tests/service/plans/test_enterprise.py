"""What the enterprise's page shows of the plan, and its tick."""

from datetime import date

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import User
from kernel.refusals import Refused
from service.models import PlanItem, PlanSeal, PlanTick
from service.plans.enterprise import own_items, plan_context, tick_own
from service.portal.access import Speaker
from tests import factories
from tests.law import TODAY
from tests.service.plans.site import Site

pytestmark = pytest.mark.django_db


def speaking(site: Site) -> Speaker:
    return Speaker(site.firm, site.project, TODAY)


@pytest.fixture
def own_browser(site: Site, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The enterprise's own, on the test's day; its account is one of an enterprise."""
    monkeypatch.setattr("service.portal.views.today", lambda: TODAY)
    User.objects.filter(pk=site.firm.pk).update(is_enterprise=True)
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
    changed = {"name": "项目地勘", "planned_on": "2026-05-08", "timing": "", "goal": "", "note": ""}
    assert own_browser.post(f"{url}items/firm_survey/", changed).status_code == 302
    item = PlanItem.objects.get(code="firm_survey")
    assert (item.planned_on, item.by_hand) == (date(2026, 5, 8), True)
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
