"""Guidance before acceptance: on request, free, no clock; land and certificate as one act."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from deadlines.models import Deadline
from kernel.refusals import Refused
from notices.models import Message
from projects.models import Project, ReachedMilestone
from service.acceptance.guiding import ask_guidance, give_guidance, withdraw_guidance
from service.acceptance.land import deliver_land
from service.models import Guidance, LandDelivery
from tests import factories as make
from tests import lives
from tests.documents.files import upload
from tests.law import open_district
from tests.service.firms import firm_of
from tests.service.progress import site

pytestmark = pytest.mark.django_db
TODAY = site.TODAY


def ask(row: Project, by: User | None = None, **more: Any) -> Guidance:
    unit = more.pop("unit", None) or make.unit("housing-construction")
    fields = {"rule": "before_acceptance", "matter": "消防验收需准备哪些材料"} | more
    return ask_guidance(project=row, unit=unit, by=by or site.colleague(), on=TODAY, **fields)


def refused_by(act: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def test_the_park_asks_and_the_department_advises_without_any_clock() -> None:
    row = site.started()
    clocks = Deadline.objects.count()
    asked = ask(row)
    reviewer = make.user("reviewer", unit=asked.unit)
    given = give_guidance(guidance=asked, words="须附消防检测报告", by=reviewer, on=TODAY)
    assert (given.state, given.given_on, Deadline.objects.count()) == ("given", TODAY, clocks)
    assert Message.objects.filter(topic__startswith="guidance.").count() == 2


def test_the_enterprises_own_account_asks() -> None:
    row = site.started()
    assert ask(row, firm_of(row)).by_enterprise


def test_nobody_is_advised_who_did_not_ask() -> None:
    """There is no way to write guidance down but on a request."""
    asked = ask(site.started())
    withdraw_guidance(guidance=asked, by=asked.asked_by, on=TODAY, reason="已自行解决")
    reviewer = make.user("reviewer", unit=asked.unit)
    assert refused_by(lambda: give_guidance(guidance=asked, words="x", by=reviewer, on=TODAY)).codes == [
        "withdrawn"
    ]


def test_the_same_unit_is_asked_once_at_a_time() -> None:
    row = site.started()
    asked = ask(row)
    assert refused_by(lambda: ask(row)).codes == ["already_asked"]
    reviewer = make.user("reviewer", unit=asked.unit)
    give_guidance(guidance=asked, words="见附件", by=reviewer, on=TODAY)
    assert refused_by(lambda: give_guidance(guidance=asked, words="再答", by=reviewer, on=TODAY)).codes == [
        "already_given"
    ]
    assert ask(row).pk != asked.pk


@pytest.mark.parametrize(
    ("change", "field"),
    [({"matter": " "}, "matter"), ({"rule": "coffee"}, "rule"), ({"unit": "tax"}, "unit")],
)
def test_a_request_without_sense_is_refused_at_its_field(change, field) -> None:
    row = site.started()
    if "unit" in change:
        change = {"unit": make.unit(change["unit"])}
    assert refused_by(lambda: ask(row, **change)).unmet[0].field == field


def test_another_unit_neither_asks_nor_advises() -> None:
    row = site.started()
    asked = ask(row)
    other = site.department(row, "economy-information")
    assert refused_by(lambda: give_guidance(guidance=asked, words="x", by=other, on=TODAY)).codes == [
        "not_asked"
    ]
    assert refused_by(lambda: ask(row, other)).codes == ["not_asking"]
    assert refused_by(lambda: withdraw_guidance(guidance=asked, by=other, on=TODAY, reason="x")).codes == [
        "not_asker"
    ]


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), TODAY - timedelta(days=1)])
def test_the_day_of_the_guidance_lies_between_request_and_today(day) -> None:
    asked = ask(site.started())
    reviewer = make.user("reviewer", unit=asked.unit)
    refused = refused_by(lambda: give_guidance(guidance=asked, words="x", by=reviewer, on=TODAY, day=day))
    assert refused.unmet[0].field == "day"


def test_in_tianmen_the_guarantee_unit_invites_once_the_works_are_completed() -> None:
    district = open_district(packs=["elsewhere/tianmen-construction-2024"])
    row = district.project()
    unit = district.unit("economy-information")
    make.part(row.case, "guarantee", unit)
    by = make.user("park_clerk", unit=unit)
    body = {"rule": "early_invitation", "unit": district.unit("housing-construction")}
    refused = refused_by(lambda: ask(row, by, **body))
    assert (refused.codes, refused.unmet[0].clause) == (["milestone:works_completed"], "二(5)")
    lives.lay_down(row, "works_completed", district.clerk)
    assert ask(row, by, **body).clause == "二(5)"


def land(row: Project, by: User | None = None, **more: Any) -> LandDelivery:
    days = {"delivered_on": date(2026, 2, 26), "certificate_on": date(2026, 2, 26)}
    fields = days | {"certificate_no": "渝（2026）涪陵区不动产权第000123号", "upload": upload()} | more
    return deliver_land(project=row, by=by or site.colleague(), on=TODAY, **fields)


def test_land_and_certificate_of_one_day_are_one_act_and_reach_the_milestone() -> None:
    row = site.ready()
    made = land(row, area=66_667)
    done = ReachedMilestone.objects.get(project=row, code="land_delivered")
    assert (done.on, done.evidence, made.reason) == (date(2026, 2, 26), made.certificate, "")
    assert made.certificate.kind == "property_certificate"


def test_on_two_days_the_reason_is_asked_for_and_the_later_one_counts() -> None:
    row = site.ready()
    later = {"certificate_on": date(2026, 2, 28)}
    refused = refused_by(lambda: land(row, **later))
    assert (refused.codes, refused.unmet[0].clause) == (["not_same_day"], "三(五)12")
    made = land(row, reason="税费缴纳跨日", **later)
    assert made.reached.on == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"delivered_on": TODAY + timedelta(days=1)}, "delivered_on"),
        ({"certificate_no": " "}, "certificate_no"),
        ({"upload": None}, "upload"),
    ],
)
def test_an_incomplete_delivery_is_refused_and_leaves_nothing(change, field) -> None:
    row = site.ready()
    assert refused_by(lambda: land(row, **change)).unmet[0].field == field
    assert not LandDelivery.objects.exists() and not row.case.attachments.filter(kind="property_certificate")


def test_it_is_delivered_once() -> None:
    row = site.ready()
    land(row)
    assert refused_by(lambda: land(row)).status == "conflict"
