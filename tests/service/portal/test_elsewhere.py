"""The same enterprise under four localities' plans: what it sees, whom it asks, within how long."""

from datetime import date

import pytest

from kernel.refusals import Refused
from policies.schema import RequestRule
from projects import actions as projects
from projects.models import Project
from service.portal import opening, requesting, showing
from service.portal.access import Speaker
from tests import factories as make
from tests.law import District, open_district
from tests.service.portal.conftest import MONDAY, ready

pytestmark = pytest.mark.django_db
PACKS = {
    "fuling": ("fuling-lifecycle-2024", "fuling-promotion-2021"),
    "tianmen": ("elsewhere/tianmen-construction-2024",),
    "optimisation": ("elsewhere/optimisation-2022",),
    "guizhou": ("elsewhere/guizhou-landing-2021",),
}


def told(place: str, phase: str = "construction") -> tuple[District, Speaker]:
    """A project in a phase of the locality's plan, its enterprise with an account."""
    district = open_district(packs=PACKS[place])
    row = district.project()
    projects.set_parts(
        project=row, part="landing", unit=district.park, by=district.clerk, on=MONDAY, produced=True
    )
    Project.objects.filter(pk=row.pk).update(phase=phase)
    row = Project.objects.select_related("case").get(pk=row.pk)
    made = opening.open_account(project=row, username="firm", name="冯达", by=district.clerk, on=MONDAY)
    return district, Speaker(ready(made.account.user), row, MONDAY)


def asked(speaker: Speaker, kind: str) -> requesting.EnterpriseRequest:
    return requesting.raise_request(
        project=speaker.project, kind=kind, title="道路未通", text="材料车进不来", by=speaker.user, on=MONDAY
    )


@pytest.mark.parametrize("place", PACKS)
def test_its_pages_open_under_every_plan(place) -> None:
    _district, speaker = told(place)
    browser, here = make.pages(speaker.user), f"/portal/{speaker.project.pk}/"
    for page in ("", "guide/", "papers/", "requests/", "requests/new/"):
        assert browser.get(f"{here}{page}").status_code == 200, page
    assert {"signed"} <= {mark.code for mark in showing.marks(speaker)}


@pytest.mark.parametrize(
    ("place", "kinds"),
    [("fuling", {"consultation", "problem", "complaint", "acceptance_guidance"}),
     ("tianmen", {"problem", "acceptance_guidance"}),
     ("optimisation", {"complaint", "problem"}),
     ("guizhou", {"problem"})],
)  # fmt: skip
def test_each_plan_offers_its_own_kinds_of_request(place, kinds) -> None:
    _district, speaker = told(place)
    assert {rule.code for rule in requesting.offered(speaker.project)} == kinds


def test_complaints_go_to_the_office_that_the_plan_names() -> None:
    _district, speaker = told("optimisation")
    row = asked(speaker, "complaint")
    assert (row.assignment.unit.code, row.assignment.kind) == ("investment-bureau", "complaint")
    assert row.clause == "二"
    assert row.assignment.deadline is not None
    assert row.assignment.deadline.due_on == date(2026, 3, 16)


def test_in_tianmen_the_guarantee_unit_coordinates_and_before_there_is_one_the_landing_place() -> None:
    district, speaker = told("tianmen")
    assert asked(speaker, "problem").assignment.unit == district.park
    unit = district.unit("economy-information")
    projects.set_parts(project=speaker.project, part="guarantee", unit=unit, by=district.clerk, on=MONDAY)
    assert asked(speaker, "problem").assignment.unit == unit


def test_in_tianmen_guidance_before_acceptance_is_for_the_time_of_building() -> None:
    _district, speaker = told("tianmen", phase="landing")
    with pytest.raises(Refused) as refused:
        asked(speaker, "acceptance_guidance")
    assert refused.value.codes == ["not_offered"]


def test_a_plan_that_says_nothing_of_the_enterprise_shows_it_its_own_papers_and_no_more() -> None:
    district, speaker = told("guizhou")
    rules = speaker.rules
    object.__setattr__(rules, "portals", ())
    object.__setattr__(rules, "requests", {})
    page = make.pages(speaker.user).get(f"/portal/{speaker.project.pk}/").content.decode()
    assert speaker.project.name in page
    assert "签订" not in page
    assert district.park.name not in page
    assert make.pages(speaker.user).get(f"/portal/{speaker.project.pk}/requests/new/").status_code == 409


def test_a_request_without_anybody_to_answer_it_is_no_sound_rule() -> None:
    with pytest.raises(ValueError, match="request_to_nobody"):
        RequestRule.model_validate({"code": "x", "name": "x", "clause": "一"})
