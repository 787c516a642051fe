"""A correction rests on what was read: whom somebody forestalled is told, and nothing is overwritten."""

from datetime import timedelta

import pytest

from kernel.refusals import Refused
from projects import actions
from projects.actions import Change
from projects.models import Money, Project, ReachedMilestone
from tests import factories as make
from tests.law import TODAY, District

DAY = TODAY - timedelta(days=3)


@pytest.fixture
def project(district: District) -> Project:
    row = district.project()
    actions.set_money(project=row, measure="total", raw="8亿元", by=district.clerk, on=TODAY)
    actions.reach(project=row, milestone="first_talk_registered", by=district.head, on=TODAY, produced=True)
    return Project.objects.select_related("case").get(pk=row.pk)


def correct(project: Project, by: object, change: Change, version: int | None) -> list[str]:
    fields = {"project": project, "by": by, "change": change, "on": TODAY, "reason": "登记有误"}
    return actions.correct(**fields, expected_version=version)


def test_a_correction_of_what_somebody_changed_meanwhile_is_told(
    district: District, project: Project
) -> None:
    correct(project, district.head, Change(measure="total", raw="9亿元"), project.version)
    with pytest.raises(Refused, match="总投资") as refused:
        correct(project, district.clerk, Change(measure="total", raw="7亿元"), project.version)
    assert refused.value.status == "conflict"
    assert Money.objects.get(project=project, measure="total", superseded_by=None).raw == "9亿元"


def test_a_corrected_day_counts_as_a_change(district: District, project: Project) -> None:
    change = Change(milestone="first_talk_registered", day=DAY)
    correct(project, district.head, change, project.version)
    with pytest.raises(Refused, match=str(DAY)):
        correct(project, district.clerk, Change(milestone=change.milestone, day=TODAY), project.version)
    assert ReachedMilestone.objects.get(project=project, code=change.milestone).on == DAY


def test_the_page_carries_the_version_and_previews_anew_after_a_conflict(
    district: District, project: Project
) -> None:
    browser, url = make.pages(district.clerk), f"/projects/{project.pk}/correct/"
    what = {"what": "money:total", "raw": "7亿元", "reason": "录入有误"}
    assert f'name="version" value="{project.version}"' in browser.get(url).content.decode()
    preview = browser.post(url, what | {"version": project.version})
    sent = what | {"version": project.version, "seen": preview.context["form"]["seen"].value()}
    correct(project, district.head, Change(measure="total", raw="9亿元"), None)
    refused = browser.post(url, sent)
    assert refused.status_code == 409
    assert "总投资" in refused.content.decode()
    now = Project.objects.get(pk=project.pk).version
    assert refused.context["form"]["version"].value() == str(now)
    again = browser.post(url, what | {"version": now, "seen": refused.context["form"]["seen"].value()})
    assert again.status_code == 200
    sent |= {"version": now, "seen": again.context["form"]["seen"].value()}
    assert browser.post(url, sent).status_code == 302
    assert Money.objects.get(project=project, measure="total", superseded_by=None).raw == "7亿元"
