"""Whoever is to seal, whose seal fell, whose tick was undone is told; a seal waits where work is listed."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices.actions import deliver
from notices.models import Message, Notice
from reports.agenda import agenda
from service.models import Plan
from service.plans import actions
from service.plans.waiting import waiting_seals
from service.portal import slots
from service.portal.access import Speaker
from tests import factories
from tests.law import TODAY
from tests.service.plans.site import Site, site_in

pytestmark = pytest.mark.django_db


def seal(site: Site, plan: Plan, side: str, by) -> None:
    actions.seal_plan(plan=plan, side=side, by=by, on=TODAY, signatory="张三", today=TODAY)


def told(topic: str) -> dict[str, list[int]]:
    rows = Message.objects.filter(topic=topic).order_by("pk")
    found: dict[str, list[int]] = {"users": [], "units": []}
    for row in rows:
        for key in found:
            found[key] += row.tells.get(key, [])
    return found


def asked(site: Site) -> list[str]:
    speaker = Speaker(site.firm, site.project, TODAY)
    return [one.item.title for one in slots.asked_of(speaker) if one.source == "plan-seal"]


def test_a_draft_is_told_to_every_side_each_on_its_own_pages(site: Site) -> None:
    site.make()
    found = told("service.plan_waits")
    assert (found["users"], sorted(found["units"])) == (
        [site.firm.pk], sorted([site.park.pk, site.guarantee.pk]),
    )  # fmt: skip
    urls = set(Message.objects.filter(topic="service.plan_waits").values_list("url", flat=True))
    assert urls == {f"/projects/{site.project.pk}/plan/", f"/portal/{site.project.pk}/plan/"}
    deliver(on=TODAY)
    assert Notice.objects.filter(user=site.firm, message__topic="service.plan_waits").count() == 1


def test_with_the_first_seal_the_others_are_awaited_and_told_once(site: Site) -> None:
    plan = site.make()
    Message.objects.all().delete()
    seal(site, plan, "landing", site.planner)
    assert told("service.plan_waits") == {"users": [site.firm.pk], "units": [site.guarantee.pk]}
    seal(site, plan, "enterprise", site.firm)
    assert told("service.plan_waits")["units"] == [site.guarantee.pk]


def test_whose_seal_fell_is_told_why_and_nobody_else(site: Site) -> None:
    plan = site.make()
    seal(site, plan, "enterprise", site.firm)
    seal(site, plan, "guarantee", site.guarantor)
    actions.take_back(plan=plan, by=site.planner, on=TODAY, reason="漏了一项")
    assert told("service.plan_voided") == {"users": [site.firm.pk], "units": [site.guarantee.pk]}
    assert all("漏了一项" in row.text for row in Message.objects.filter(topic="service.plan_voided"))


def test_another_version_is_told_again(site: Site) -> None:
    plan = site.seal_all(site.make())
    Message.objects.all().delete()
    actions.revise_plan(plan=plan, by=site.planner, on=TODAY, reason="用地调整")
    assert told("service.plan_waits")["users"] == [site.firm.pk]


def test_the_enterprise_is_told_that_its_tick_was_undone_but_not_by_itself(site: Site) -> None:
    plan = site.make()
    for code in ("firm_plan", "firm_survey"):
        actions.tick_item(plan=plan, code=code, by=site.firm, on=TODAY, today=TODAY)
    actions.untick_item(plan=plan, code="firm_plan", by=site.firm, on=TODAY, reason="填错")
    assert not Message.objects.filter(topic="service.plan_undone").exists()
    actions.untick_item(plan=plan, code="firm_survey", by=site.planner, on=TODAY, reason="未见报告")
    row = Message.objects.get(topic="service.plan_undone")
    assert (row.tells["users"], "未见报告" in row.text) == ([site.firm.pk], True)


def test_a_seal_waits_among_what_is_asked_of_the_enterprise_until_it_is_given(site: Site) -> None:
    assert asked(site) == []
    plan = site.make()
    assert asked(site) == ["签章：“两单一表”（第1版）"]
    seal(site, plan, "enterprise", site.firm)
    assert asked(site) == []


def test_a_seal_waits_on_the_workbench_of_the_unit_that_is_to_give_it(site: Site) -> None:
    plan = site.make()
    commissioner = factories.user("commissioner", unit=site.park)
    stranger = factories.user("reviewer", unit=site.district.unit("finance"))
    factories.part(site.project.case, "asked", site.district.unit("finance"))
    assert [one.side.code for one in waiting_seals(site.guarantor, 9)] == ["guarantee"]
    assert [one.side.code for one in waiting_seals(site.planner, 9)] == ["landing"]
    assert waiting_seals(commissioner, 9) == waiting_seals(stranger, 9) == []
    (task,) = [one for one in agenda(site.guarantor, TODAY).todo if "签章" in one.title]
    assert (task.url, task.clause) == (f"/projects/{site.project.pk}/plan/", "二(2)")
    seal(site, plan, "guarantee", site.guarantor)
    assert waiting_seals(site.guarantor, 9) == []


def test_what_no_longer_runs_waits_for_nobody(site: Site) -> None:
    site.make()
    type(site.project).objects.filter(pk=site.project.pk).update(
        shelved_on=date(2026, 3, 1), shelved_by=site.planner, shelved_reason="缓建"
    )
    assert waiting_seals(site.planner, 9) == []


def test_many_waiting_seals_cost_what_one_does(site: Site) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            waiting_seals(site.planner, 40)
        return len(seen)

    site.make()
    queries()
    before = queries()
    for number in range(3):
        site_in(site.district, f"{number}号项目").make()
    assert len(waiting_seals(site.planner, 40)) == 4
    assert queries() == before
