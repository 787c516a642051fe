"""A version is what the library would have written, in one statement."""

from typing import Any

from simple_history.models import HistoricalRecords

from projects.models import Project
from projects.models.project import STILLNESS
from tests.law import District

OWN = {"history_id", "history_date"}  # of each row, whoever writes it


def values(row: Any) -> dict[str, Any]:
    fields = row._meta.concrete_fields
    return {field.attname: getattr(row, field.attname) for field in fields if field.name not in OWN}


def test_it_holds_what_the_library_would_have_kept(district: District) -> None:
    project = district.project(planning_year=2027)
    project._history_user, project._change_reason = district.clerk, "改名"  # type: ignore[attr-defined]
    project.name = "改过的名称"
    project.save()
    ours = project.history.first()
    left_out = ["search", "normalized_name", "sound", "division", "talk_stage", *STILLNESS]
    records = HistoricalRecords(excluded_fields=left_out)
    records.manager_name, records.cls = "history", Project
    records.m2m_models = {}
    records.create_historical_record(project, "~")
    theirs = project.history.first()
    assert ours.pk != theirs.pk
    assert values(ours) == values(theirs)
    assert (ours.history_user, ours.history_change_reason) == (district.clerk, "改名")


def test_a_version_costs_one_statement(district: District, django_assert_num_queries: Any) -> None:
    project = district.project()
    with django_assert_num_queries(2):  # the row and its version
        project.save(update_fields=["site"])


def test_nobody_stands_in_for_a_program(district: District) -> None:
    project = Project.objects.get(pk=district.project().pk)
    project.save()
    assert project.history.first().history_user is None
