"""From the signature to production over REST, under Fuling's own plan (000)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from tests import factories
from tests.law import open_district
from tests.stories.life import AUTHORITIES, GRANTED, Life
from tests.stories.test_construction_rest import done_on, noon, paper, reach
from tests.stories.test_story_rest import get, post

pytestmark = pytest.mark.django_db
SIGNED, PERMITTED, STARTED, REPORTED, DONE = (
    "2026-03-20",
    "2026-06-10",
    "2026-06-15",
    "2026-07-03",
    "2027-05-20",
)
OFFICES = {*AUTHORITIES.values(), "meteorology"}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(noon(SIGNED), tick=False) as travelling:
        yield travelling


@pytest.fixture
def life(db: None, clock: Any) -> Life:
    """A project that has walked the real way to its signature."""
    found = Life(open_district())
    found.signed()
    return found


def callers(life: Life) -> dict[str, APIClient]:
    found = {code: factories.api(life.person(code)) for code in OFFICES}
    people = {"clerk": life.clerk, "park": life.park_clerk, "commissioner": life.commissioner}
    return found | {name: factories.api(person) for name, person in people.items()}


def served(life: Life, who: dict[str, APIClient]) -> None:
    """On into construction; the park is the service body, and names its one commissioner."""
    here = f"/projects/{life.pk}"
    assert post(who["clerk"], f"{here}/advance/", status=200)["phase"] == "construction"
    (step,) = get(who["clerk"], f"/steps/?project={life.pk}&code=service_body&state=running")["results"]
    park = {"verdict": "named", "checks": ["where_it_settles"], "named": [{"unit": life.district.park.code}]}
    post(who["clerk"], f"/steps/{step['id']}/conclude/", park, status=200)
    one = {"user": life.commissioner.username, "unit": life.district.park.code}
    post(who["park"], f"{here}/commissioner/", one)
    other = factories.user("commissioner", unit=life.district.park)
    again = post(who["park"], f"{here}/commissioner/", one | {"user": other.username}, status=409)
    assert again["unmet"][0]["clause"] == "三(四)8"


def planned(life: Life, who: dict[str, APIClient]) -> int:
    """倒排工期 from the agreed days; days that cannot be met are refused; both sides seal."""
    days = {"start_on": "2026-12-01", "finish_on": "2028-06-30", "production_on": "2028-12-01"}
    soon = {"start_on": "2026-03-25", "finish_on": "2026-04-01", "production_on": "2026-04-02"}
    refused = who["park"].post("/api/v1/plans/", {"project": life.pk} | soon, format="json")
    assert refused.status_code in (400, 409), refused.content.decode()
    plan = post(who["park"], "/plans/", {"project": life.pk} | days)["id"]
    scan = paper(who["park"], life.pk, "construction_plan")
    for side in ({"side": "enterprise", "paper": scan}, {"side": "landing"}):
        post(who["park"], f"/plans/{plan}/seal/", side | {"signatory": "张三"}, status=200)
    assert get(who["park"], f"/plans/{plan}/")["sealed"] is True
    return int(plan)


def permitted(life: Life, who: dict[str, APIClient], *codes: str) -> None:
    """Applied for at one stroke, each granted by its office with a number."""
    body = {"project": life.pk, "applications": [{"step": code} for code in codes]}
    for made in post(who["commissioner"], "/permits/", body):
        verdict = GRANTED.get(made["code"], "granted")
        said = {"verdict": verdict, "result": {"number": f"涪许〔2026〕{made['id']}号"}}
        post(who[made["authority"]], f"/steps/{made['id']}/conclude/", said, status=200)


def accepted(life: Life, who: dict[str, APIClient], stage: int) -> None:
    """A stage: asked of three offices side by side, registered along with it."""
    post(who["park"], f"/acceptances/{stage}/apply/", {"along": True})
    (step,) = get(who["park"], f"/steps/?project={life.pk}&code=joint_acceptance&state=running")["results"]
    for row in get(who["park"], f"/steps/{step['id']}/")["opinions"]:
        post(who[row["unit"]], f"/steps/{step['id']}/opinions/", {"aspect": row["aspect"], "answer": "pass"})
    post(who["housing-construction"], f"/steps/{step['id']}/conclude/", {"verdict": "passed"}, status=200)


def test_from_the_signature_to_production_under_fuling_s_plan(life: Life, clock: Any) -> None:
    who, pk = callers(life), life.pk
    clock.move_to(datetime.combine(life.day + timedelta(days=7), datetime.min.time()))
    served(life, who)
    plan = planned(life, who)
    clock.move_to(noon(PERMITTED))
    permitted(life, who, "company_opening")
    permitted(life, who, "project_filing", "environment_assessment", "energy_review", "safety_review")
    permitted(life, who, "land_grant")
    permitted(life, who, "planning_permit")
    permitted(life, who, "construction_permit")
    assert done_on(who["park"], plan)["permit"] == PERMITTED
    # the start rests on piling, shown by a paper
    clock.move_to(noon(STARTED))
    proof = paper(who["commissioner"], pk, "start_proof")
    ground = {"code": "piling", "on": STARTED, "evidence": proof}
    start = {"project": pk, "milestone": "construction_started", "grounds": [ground]}
    post(who["commissioner"], "/recognitions/", start)
    assert get(who["clerk"], f"/projects/{pk}/")["batch"] == "started"
    clock.move_to(noon(REPORTED))
    report = {"project": pk, "month": "2026-06", "invested_fen": 10_000_000_00, "stage": "foundation"}
    post(who["commissioner"], "/progress/", report | {"percent": 8})
    # an element is needed, its owner answers, it is met
    want = {"element": "power", "amount": "4000", "words": "双回路"}
    (need,) = post(who["commissioner"], "/elements/", {"project": pk, "wants": [want]})
    met = post(who["commissioner"], f"/elements/{need['id']}/meet/", {"result": "已接通"}, status=200)
    assert met["state"] == "met"
    # not producing before it is accepted; accepted in two stages, each registered along with it
    clock.move_to(noon(DONE))
    reach(who["park"], pk, "works_completed")
    early = post(who["park"], f"/projects/{pk}/milestones/", {"milestone": "in_production"}, status=409)
    assert "milestone:accepted" in {item["code"] for item in early["unmet"]}
    halls = [{"project": pk, "name": name, "scope": "厂房及配套"} for name in ("一期厂房", "二期厂房")]
    for stage in [post(who["park"], "/acceptances/", hall)["id"] for hall in halls]:
        accepted(life, who, stage)
    for made in get(who["park"], f"/permits/?project={pk}&matter=property_registration")["results"]:
        said = {"verdict": "registered", "result": {"number": f"不动产权第{made['id']}号"}}
        post(who[made["authority"]], f"/steps/{made['id']}/conclude/", said, status=200)
    reach(who["park"], pk, "in_production")
    assert get(who["clerk"], f"/projects/{pk}/")["batch"] == "producing"


def test_the_firm_follows_its_project_over_rest_and_finds_no_other(life: Life, clock: Any) -> None:
    who = callers(life)
    clock.move_to(datetime.combine(life.day + timedelta(days=7), datetime.min.time()))
    served(life, who)
    here = f"/projects/{life.pk}/enterprise-accounts/"
    post(who["commissioner"], here, {"username": "longjianye", "name": "龙建业", "phone": "13900001111"})
    firm = User.objects.get(username="longjianye")
    assert firm.is_enterprise and not firm.memberships.exists()
    User.objects.filter(pk=firm.pk).update(must_change_password=False)
    caller: Any = factories.pages(firm)
    assert get(caller, f"/portal/{life.pk}/")["name"] == life.project.name
    other = life.district.project("别家的新材料项目", on=life.day)
    for path in (f"/portal/{other.pk}/", f"/projects/{life.pk}/", f"/steps/?project={life.pk}", "/permits/"):
        assert caller.get(f"/api/v1{path}").status_code in (403, 404), path
