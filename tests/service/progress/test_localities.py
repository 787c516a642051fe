"""The same machine under other plans: what they name is there, what they do not is not."""

from datetime import date

import pytest
from django.test import Client

from kernel.refusals import Refused
from projects import actions
from projects.models import Project, ReachedMilestone
from service.progress.dating import state_day
from service.progress.recognising import Fact, recognise
from tests import factories as make
from tests import lives
from tests.law import District, open_district
from tests.service.progress import site

pytestmark = pytest.mark.django_db
TIANMEN, GUIZHOU = "elsewhere/tianmen-construction-2024", "elsewhere/guizhou-landing-2021"


def project(district: District, *reached: str) -> Project:
    row = district.project()
    for code in reached:
        lives.lay_down(row, code, district.clerk)
    Project.objects.filter(pk=row.pk).update(phase="construction")
    return Project.objects.select_related("case").get(pk=row.pk)


def test_in_guizhou_size_and_statistics_are_reached_with_their_proof_after_production() -> None:
    district = open_district(packs=[GUIZHOU])
    row = project(district, "signed", "construction_started")
    said = {"project": row, "by": district.clerk, "on": site.TODAY}
    with pytest.raises(Refused) as refused:
        actions.reach(milestone="above_scale", **said)
    assert refused.value.codes == ["milestone:in_production", "document:statistics_proof"]
    lives.lay_down(row, "in_production", district.clerk)
    proof = lives.paper(row, "statistics_proof", district.clerk)
    for code in ("in_statistics", "above_scale"):
        actions.reach(milestone=code, evidence=proof, **said)
    rows = ReachedMilestone.objects.filter(project=row, code__in=("in_statistics", "above_scale"))
    assert {(one.evidence, one.on) for one in rows} == {(proof, site.TODAY)}


def test_a_plan_without_recognition_and_reports_lets_the_start_be_recorded_by_hand() -> None:
    district = open_district(packs=[GUIZHOU])
    row = project(district, "signed")
    actions.reach(project=row, milestone="construction_started", by=district.clerk, on=site.TODAY)
    with pytest.raises(Refused) as refused:
        site.report(row, by=district.clerk)
    assert refused.value.codes == ["not_in_plan"]
    with pytest.raises(Refused) as refused:
        state_day(
            project=row, reading="start_development_reform", day=site.TODAY, by=district.clerk, on=site.TODAY
        )
    assert refused.value.codes == ["not_in_plan"]
    browser: Client = make.pages(district.clerk)
    assert browser.get(f"/projects/{row.pk}/panels/progress/").status_code == 404
    assert browser.get(f"/projects/{row.pk}/progress/").status_code == 404


def test_in_tianmen_the_months_have_stages_of_their_own_and_the_firm_does_not_report() -> None:
    district = open_district(packs=[TIANMEN])
    row = project(district, "signed")
    proof = lives.paper(row, "start_proof", district.clerk)
    facts = [Fact("piling", date(2026, 2, 12), proof)]
    recognise(project=row, milestone="construction_started", facts=facts, by=district.clerk, on=site.TODAY)
    made = site.report(row, by=district.clerk, stage="equipment", percent=60)
    assert made.stage == "equipment"
    with pytest.raises(Refused) as refused:
        site.report(row, by=district.clerk, stage="topped_out", month=site.MARCH)
    assert refused.value.unmet[0].field == "stage"
