"""A plan that contradicts itself: refused when the day is typed and at the first seal, shown red (R212)."""

from datetime import date, timedelta
from typing import Any

import pytest

from kernel.refusals import Refused
from service.models import Plan, PlanItem, PlanSeal
from service.plans import actions
from service.plans.standing import standing
from tests import factories
from tests.law import TODAY
from tests.service.firms import session
from tests.service.plans.site import DAYS, Site

pytestmark = pytest.mark.django_db


def edit(site: Site, plan: Plan, code: str, day: date, **more: Any) -> PlanItem:
    return actions.edit_item(plan=plan, code=code, by=site.planner, on=TODAY, planned_on=day, **more)


def refused_by(act: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def seal(site: Site, plan: Plan, on: date = TODAY, **more: Any) -> PlanSeal:
    return actions.seal_plan(
        plan=plan, side="landing", by=site.planner, on=on, signatory="张三", today=on, **more
    )


def day_of(plan: Plan, code: str) -> date:
    found = PlanItem.objects.get(version=plan.current, code=code).planned_on
    assert found
    return found


def test_a_day_earlier_than_possible_is_refused_with_the_earliest_one_and_the_critical_path(site) -> None:
    plan = site.make()
    refused = refused_by(lambda: edit(site, plan, "works_permit", TODAY + timedelta(days=1)))
    assert "too_early:works_permit" in refused.codes and refused.status == "unmet"
    text = next(one.message for one in refused.unmet if one.code == "too_early:works_permit")
    assert "最早可能为 2026" in text and " → " in text and "关键路径" in text
    assert not PlanItem.objects.filter(version=plan.current, by_hand=True).exists()


def test_a_day_before_what_it_comes_after_is_refused_from_either_end(site) -> None:
    plan = site.make()
    first, then = "filed", "works_permit"
    refused = refused_by(lambda: edit(site, plan, first, day_of(plan, then) + timedelta(days=1)))
    assert any(code.startswith("before_other:") for code in refused.codes)
    refused = refused_by(lambda: edit(site, plan, then, day_of(plan, first) - timedelta(days=1)))
    assert any(code.startswith("before_other:works_permit") for code in refused.codes)


def test_the_node_of_an_agreed_day_does_not_part_from_it(site) -> None:
    plan = site.make()
    refused = refused_by(lambda: edit(site, plan, "piling", DAYS["start"] + timedelta(days=10)))
    assert "off_agreed_day:piling" in refused.codes


def test_accepted_with_a_reason_it_stands_is_shown_with_it_and_may_be_sealed(site) -> None:
    plan = site.make()
    day = DAYS["start"] + timedelta(days=10)
    edit(site, plan, "piling", day, accept_late="企业要求推迟")
    plan.refresh_from_db()
    found = standing(plan, plan.current, site.district.rules.plans[0], TODAY).doubts
    assert found and {one.reason for one in found} == {"企业要求推迟"}
    page = factories.pages(site.planner).get(f"/projects/{site.project.pk}/plan/").content.decode()
    assert "日期有矛盾" in page and "企业要求推迟" in page
    actions.set_particulars(plan=plan, by=site.planner, on=TODAY)
    assert seal(site, plan).pk


def test_another_day_is_another_doubt(site) -> None:
    plan = site.make()
    edit(site, plan, "piling", DAYS["start"] + timedelta(days=10), accept_late="企业要求推迟")
    refused = refused_by(lambda: edit(site, plan, "piling", DAYS["start"] + timedelta(days=20)))
    assert "off_agreed_day:piling" in refused.codes


def test_what_is_changed_without_its_day_is_not_asked_about(site) -> None:
    plan = site.make()
    actions.edit_item(plan=plan, code="piling", by=site.planner, on=TODAY, note="打桩以首桩为准")
    assert not PlanItem.objects.get(version=plan.current, code="piling").by_hand


def test_the_first_seal_is_refused_once_the_days_cannot_be_met_any_more(site) -> None:
    plan, later = site.make(), date(2026, 9, 1)
    refused = refused_by(lambda: seal(site, plan, later))
    assert any(code.startswith("too_early:") for code in refused.codes)
    assert not PlanSeal.objects.exists()
    assert seal(site, plan, later, accept_late="各方同意抢工").pk
    plan.current.refresh_from_db()
    assert plan.current.frame["accepted"]["piling"]["reason"] == "各方同意抢工"


def test_the_second_seal_asks_no_more(site) -> None:
    plan = site.make()
    seal(site, plan)
    assert actions.seal_plan(
        plan=plan, side="enterprise", by=site.firm, on=date(2026, 9, 1), signatory="王总",
        today=date(2026, 9, 1),
    ).pk  # fmt: skip


def test_what_is_done_contradicts_nothing(site) -> None:
    plan = site.make()
    actions.tick_item(plan=plan, code="firm_survey", by=site.firm, on=TODAY, today=TODAY)
    assert edit(site, plan, "firm_survey", TODAY).planned_on == TODAY


def test_agreed_days_accepted_late_are_accepted_for_the_items_counted_back_from_them(site) -> None:
    soon = {"start": date(2026, 4, 1), "finish": date(2027, 12, 31), "production": date(2028, 3, 1)}
    plan = site.make(agreed=soon, accept_late="市级重点，边建边补")
    found = standing(plan, plan.current, site.district.rules.plans[0], TODAY).doubts
    assert found and all(one.reason for one in found)
    assert seal(site, plan).pk


def test_a_new_count_asks_about_the_days_kept_by_hand(site) -> None:
    plan = site.make()
    edit(site, plan, "works_permit", day_of(plan, "works_permit") - timedelta(days=1))
    sooner = {code: day - timedelta(days=60) for code, day in DAYS.items()}
    asked = {"plan": plan, "by": site.planner, "on": TODAY, "agreed": sooner}
    refused = refused_by(lambda: actions.set_days(**asked))
    assert all(code.startswith(("before_other:", "cannot_be_met:")) for code in refused.codes)
    actions.set_days(**asked, keep_by_hand=False, accept_late="提前开工")


def test_the_page_keeps_the_input_and_asks_for_the_reason(site) -> None:
    plan, browser = site.make(), factories.pages(site.planner)
    url = f"/projects/{site.project.pk}/plan/items/piling/"
    body = {"name": "打桩", "planned_on": "2026-11-02", "timing": "", "goal": "", "note": ""}
    answer = browser.post(url, body)
    assert answer.status_code == 409 and "与约定的日期 2026-10-20 不一致" in answer.content.decode()
    assert browser.post(url, body | {"accept_late": "企业要求"}).status_code == 302
    assert day_of(plan, "piling") == date(2026, 11, 2)


def test_over_rest_it_is_a_problem_and_then_a_doubt_with_its_reason(site) -> None:
    plan, caller = site.make(), factories.api(site.planner)
    url = f"/api/v1/plans/{plan.pk}/"
    body = {"code": "piling", "planned_on": "2026-11-02"}
    answer = caller.post(f"{url}edit-item/", body, format="json")
    assert answer.status_code == 409 and "off_agreed_day:piling" in str(answer.json()["unmet"])
    caller.post(f"{url}edit-item/", body | {"accept_late": "企业要求"}, format="json")
    (one, *_rest) = caller.get(url).json()["doubts"]
    assert (one["kind"], one["code"], one["reason"]) == ("off_agreed_day", "piling", "企业要求")


def test_the_enterprise_sees_the_contradictions_before_it_seals(site) -> None:
    plan = site.make()
    edit(site, plan, "piling", DAYS["start"] + timedelta(days=10), accept_late="企业要求推迟")
    browser = factories.pages(site.firm)
    assert "日期有矛盾" in browser.get(f"/portal/{site.project.pk}/plan/").content.decode()
    read = session(site.firm).get(f"/api/v1/portal/{site.project.pk}/plan/").json()
    assert read["doubts"][0]["code"] == "piling"


def test_a_year_without_a_calendar_is_marked_as_provisional(site) -> None:
    far = {"start": date(2026, 10, 20), "finish": date(2026, 11, 20), "production": date(2026, 12, 20)}
    refused = refused_by(lambda: site.make(agreed=far))
    assert all("（暂定）" in one.message for one in refused.unmet if "最早可能为 2027" in one.message)
    assert any("最早可能为 2027" in one.message for one in refused.unmet)
