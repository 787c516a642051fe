"""From the signature to production over REST, under Tianmen's plan (003): handed over, planned, permitted,
started, reported, accepted, handed on, producing."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from projects.gates import reached_codes
from projects.models import Project
from tests import factories
from tests.documents.files import PDF
from tests.service.district import Served, signed
from tests.stories.test_story_rest import get, post

pytestmark = pytest.mark.django_db
API = "/api/v1"
SIGNED, STARTED, DONE = "2026-03-02", "2026-06-15", "2027-05-20"
GUARANTEE = "economy-information"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(noon(SIGNED), tick=False) as travelling:
        yield travelling


@pytest.fixture
def town(db: None, clock: Any) -> Served:
    return signed()


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+08:00")


OFFICES = (
    GUARANTEE, "government-services", "planning-natural-resources", "development-reform",
    "housing-construction", "market-regulation", "ecology-environment",
)  # fmt: skip


def callers(town: Served) -> dict[str, APIClient]:
    """Who acts in the story: the bureau, the park, and the offices by their codes."""
    offices = {code: factories.api(town.person("reviewer", code)) for code in OFFICES}
    park = factories.api(town.person("park_clerk", town.park.code))
    return {"clerk": factories.api(town.clerk), "park": park} | offices


def paper(caller: APIClient, project: int, kind: str) -> int:
    file = SimpleUploadedFile(f"{kind}.pdf", PDF + kind.encode(), content_type="application/pdf")
    answer = caller.post(
        f"{API}/projects/{project}/attachments/", {"kind": kind, "file": file}, format="multipart"
    )
    assert answer.status_code == 201, answer.content.decode()
    return int(answer.json()["id"])


def acknowledged(rule: str, who: dict[str, APIClient]) -> None:
    """Everybody to whom it went acknowledges, each for itself."""
    for caller in who.values():
        for handing in get(caller, "/handovers/?show=mine")["results"]:
            for receipt in handing["receipts"]:
                if handing["rule"] == rule and receipt["state"] == "waiting":
                    caller.post(
                        f"{API}/handovers/{handing['id']}/acknowledge/", {"receipt": receipt["id"]},
                        format="json",
                    )  # fmt: skip


def reach(caller: APIClient, project: int, milestone: str, **more: Any) -> None:
    post(caller, f"/projects/{project}/milestones/", {"milestone": milestone} | more)


def granted(who: dict[str, APIClient], project: int, *steps: str) -> None:
    """Applied for at one stroke with everything, and granted by the office of each."""
    body = {"project": project, "applications": [{"step": step} for step in steps]}
    for made in post(who["park"], "/permits/", body):
        verdict = {"verdict": "granted", "result": {"number": f"{made['id']}号"}}
        post(who[made["authority"]], f"/steps/{made['id']}/conclude/", verdict, status=200)


def done_on(caller: APIClient, plan: int) -> dict[str, str]:
    """The items of the plan that are done, with their days."""
    return {row["code"]: row["done_on"] for row in get(caller, f"/plans/{plan}/")["items"] if row["done_on"]}


def planned(town: Served, who: dict[str, APIClient]) -> int:
    """两单一表, counted back from the agreed days and sealed by its three sides."""
    project = town.project.pk
    days = {"start_on": "2026-10-20", "finish_on": "2027-12-31", "production_on": "2028-03-01"}
    plan = post(who["park"], "/plans/", {"project": project} | days)["id"]
    scan = paper(who["park"], project, "construction_plan")
    seals = (("park", {"side": "enterprise", "paper": scan}), ("park", {"side": "landing"}),
             (GUARANTEE, {"side": "guarantee"}))  # fmt: skip
    for caller, side in seals:
        post(who[caller], f"/plans/{plan}/seal/", side | {"signatory": "张三"}, status=200)
    return int(plan)


def test_from_the_signature_to_production_under_tianmen_s_plan(town: Served, clock: Any) -> None:
    who, pk = callers(town), town.project.pk
    # the team: who guarantees is missing until somebody is named
    missing = get(who["clerk"], f"/team/{pk}/")["missing"]
    post(who["clerk"], f"/team/{pk}/fill/", {"post": "lead_department", "unit": GUARANTEE})
    assert get(who["clerk"], f"/team/{pk}/")["missing"] < missing
    # handed over into construction, once both are there
    reach(who["clerk"], pk, "supplement_signed")
    assert get(who["clerk"], f"/handovers/?project={pk}")["results"] == []
    reach(who["clerk"], pk, "land_prepaid")
    (handed,) = get(who["clerk"], f"/handovers/?project={pk}")["results"]
    assert len(handed["receipts"]) == 3
    acknowledged("into_construction", who)
    assert get(who["clerk"], f"/handovers/{handed['id']}/")["completed_on"] == SIGNED
    # planned back from the agreed days, sealed by three sides
    plan = planned(town, who)
    assert get(who["park"], f"/plans/{plan}/")["sealed"] is True
    # permits: what waits for another is refused with its clause, the rest at one stroke
    early = post(who["park"], "/permits/",
                 {"project": pk, "applications": [{"step": "construction_permit"}]}, status=409)  # fmt: skip
    assert {item["code"] for item in early["unmet"]} == {"milestone:land_planned", "milestone:works_planned"}
    clock.move_to(noon("2026-04-10"))
    granted(who, pk, "company_opening", "project_filing", "environment_approval", "land_planning_permit")
    granted(who, pk, "works_planning_permit")
    granted(who, pk, "construction_permit")
    assert done_on(who["park"], plan)["construction_permit"] == "2026-04-10"
    # started: levelling the ground is not yet the start, piling is
    clock.move_to(noon(STARTED))
    start = {"project": pk, "milestone": "construction_started"}
    levelled = start | {"grounds": [{"code": "levelling", "on": "2026-06-01"}]}
    assert post(who["park"], "/recognitions/", levelled, status=409)["unmet"][0]["clause"] == "附件3"
    proof = paper(who["park"], pk, "start_proof")
    post(
        who["park"],
        "/recognitions/",
        start | {"grounds": [{"code": "piling", "on": STARTED, "evidence": proof}]},
    )
    assert done_on(who["park"], plan)["piling"] == STARTED
    # reported month by month; what falls behind is not taken without a reason
    clock.move_to(noon("2026-07-03"))
    report = {"project": pk, "month": "2026-06", "invested_fen": 10_000_000_00, "stage": "foundation"}
    post(who["park"], "/progress/", report | {"percent": 8})
    clock.move_to(noon("2026-08-03"))
    fallen = report | {"month": "2026-07", "percent": 5}
    assert who["park"].post(f"{API}/progress/", fallen, format="json").status_code in (400, 409)
    # completed, accepted in two parts, handed on to who serves producing firms
    clock.move_to(noon(DONE))
    reach(who["park"], pk, "works_completed")
    reach(who["park"], pk, "accepted", part_no=1, parts_total=2)
    assert len(get(who["clerk"], f"/handovers/?project={pk}")["results"]) == 1
    reach(who["park"], pk, "accepted", part_no=2, parts_total=2)
    acknowledged("into_operation", who)
    assert "handed_to_operating" in reached_codes(Project.objects.get(pk=pk))
    granted(who, pk, "completion_filing")
    reach(who["park"], pk, "in_production")
    assert get(who["clerk"], f"/projects/{pk}/")["batch"] == "producing"
    assert {"acceptance", "completion_filed"} <= set(done_on(who["park"], plan))
