"""A plan may leave phases out: a project passes through them all the same, and its pages name them."""

from typing import Any

import pytest
from django.test import Client

from policies.schema import PHASES
from projects import actions
from projects.models import Project, ReachedMilestone
from tests.law import TODAY, open_district

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("pack", "missing"),
    [
        ("elsewhere/tianmen-construction-2024", {"planning"}),
        ("elsewhere/optimisation-2022", {"planning", "production"}),
    ],
)
def test_a_project_lives_through_phases_that_its_plan_leaves_out(pack: str, missing: set[str]) -> None:
    district = open_district(packs=[pack])
    assert {code for code in PHASES if code not in {row.code for row in district.rules.phases}} == missing
    project = district.project()
    browser = Client()
    browser.force_login(district.clerk)
    for phase in PHASES[1:]:
        assert _shown(browser, project).status_code == 200
        _open_the_gate(district, project, phase)
        actions.advance(project=project, by=district.clerk, on=TODAY)
        assert Project.objects.get(pk=project.pk).phase == phase
    page = _shown(browser, project)
    assert page.status_code == 200
    said = browser.get(f"/projects/{project.pk}/timeline/").content.decode()
    assert "由谋划生成进入洽谈" in said


def _shown(browser: Client, project: Project) -> Any:
    return browser.get(f"/projects/{project.pk}/")


def _open_the_gate(district: Any, project: Project, phase: str) -> None:
    gate = district.rules.phase(phase).gate
    if gate is None:
        return
    if "total" in gate.fields:
        actions.set_money(project=project, measure="total", raw="8亿元", by=district.clerk, on=TODAY)
    for code in gate.milestones:
        ReachedMilestone.objects.create(project=project, code=code, on=TODAY, recorded_by=district.clerk)
