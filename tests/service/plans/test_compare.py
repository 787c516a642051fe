"""What differs between two sealed versions is shown whole: wording and contacts, too."""

import pytest

from service.models import Plan
from service.plans import actions, queries
from service.plans.actions import Contact
from tests import factories
from tests.law import TODAY
from tests.service.plans.site import Site

pytestmark = pytest.mark.django_db


def changed(site: Site, plan: Plan) -> list[queries.Change]:
    new, old = queries.versions_of(plan)
    return queries.compare(old, new, site.district.rules.plans[0])


def second(site: Site, **contacts: Contact) -> Plan:
    """Sealed once, with contacts, and another version begun."""
    plan = site.seal_all(site.make(contacts=contacts))
    actions.revise_plan(plan=plan, by=site.planner, on=TODAY, reason="改动")
    return plan


def test_nothing_changed_is_nothing_said(site: Site) -> None:
    assert changed(site, second(site, landing=Contact("李四", "13812345678"))) == []


def test_changed_wording_shows_before_and_after(site: Site) -> None:
    plan = second(site)
    actions.edit_item(plan=plan, code="firm_utilities", by=site.planner, on=TODAY, name="水电气网报装及专线")
    (one,) = changed(site, plan)
    assert one.what == "水电气网报装及专线"
    assert one.before.startswith("水电气网报装：20") and one.after.startswith("水电气网报装及专线：20")


def test_changed_contacts_show_with_the_number_masked(site: Site) -> None:
    plan = second(site, landing=Contact("李四", "13812345678"), enterprise=Contact("王五", "13900001111"))
    actions.set_particulars(
        plan=plan, by=site.planner, on=TODAY,
        contacts={"landing": Contact("赵六", "13812345678"), "guarantee": Contact("钱七", "")},
    )  # fmt: skip
    found = {one.what: (one.before, one.after) for one in changed(site, plan)}
    assert found == {
        "落户地联络人": ("李四 138****5678", "赵六 138****5678"),
        "包保单位联络人": ("", "钱七"),
    }


def test_a_number_changed_where_it_is_hidden_is_said_to_have_changed(site: Site) -> None:
    plan = second(site, landing=Contact("李四", "13812345678"))
    said = {"landing": Contact("李四", "13899995678")}
    actions.set_particulars(plan=plan, by=site.planner, on=TODAY, contacts=said)
    (one,) = changed(site, plan)
    assert (one.before, one.after) == ("李四 138****5678", "李四 138****5678（号码有改动）")
    page = factories.pages(site.planner).get(f"/projects/{site.project.pk}/plan/compare/").content.decode()
    assert "号码有改动" in page and "13899995678" not in page
