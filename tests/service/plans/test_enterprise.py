"""What the enterprise's page shows of the plan, and its tick."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.http import Http404
from django.template.loader import render_to_string

from accounts.models import User
from kernel.refusals import Refused
from projects.models import Project
from service.models import PlanTick
from service.plans.enterprise import own_items, plan_context, tick_own
from tests import factories
from tests.law import TODAY
from tests.service.plans.site import Site

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Somebody:
    user: User
    project: Project
    on: date = TODAY


def test_before_there_is_a_plan_nothing_is_asked(site: Site) -> None:
    speaker = Somebody(site.firm, site.project)
    assert own_items(speaker) == []
    assert "还没有编制" in render_to_string("service/plans/enterprise.html", plan_context(speaker))


def test_the_twelve_tasks_are_asked_with_their_days_and_clause(site: Site) -> None:
    site.make()
    items = own_items(Somebody(site.firm, site.project))
    assert len(items) == 12
    assert all(item.due_on and item.clause == "附件2" and item.tickable for item in items)


def test_a_tick_of_its_own_is_not_marked_as_made_for_it(site: Site) -> None:
    site.make()
    speaker = Somebody(site.firm, site.project)
    tick_own(speaker, "firm_survey", "报告已出")
    row = PlanTick.objects.get()
    assert (row.on_behalf, row.note, row.on) == (False, "报告已出", TODAY)
    (done,) = (item for item in own_items(speaker) if item.done_on)
    assert (done.key, done.tickable) == ("firm_survey", False)


@pytest.mark.parametrize("key", ["force_plan", "piling", "nothing"])
def test_what_is_not_on_its_list_is_not_there(site: Site, key: str) -> None:
    site.make()
    with pytest.raises(Http404):
        tick_own(Somebody(site.firm, site.project), key, "")


def test_somebody_who_does_not_speak_for_it_is_refused(site: Site) -> None:
    site.make()
    with pytest.raises(Refused) as refused:
        tick_own(Somebody(factories.user(), site.project), "firm_plan", "")
    assert refused.value.status == "forbidden"


def test_the_panel_shows_what_comes_next_and_who_has_sealed(site: Site) -> None:
    plan = site.seal_all(site.make())
    page = render_to_string("service/plans/enterprise.html", plan_context(Somebody(site.firm, site.project)))
    assert plan.current and "已签章生效" in page
    assert page.index("企业开办") < page.index("核准备案")
    assert page.count("2026-03-02") == 3
