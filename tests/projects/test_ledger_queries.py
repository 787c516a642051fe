"""The ledger's kept queries answer what the plain queryset answers, for everybody and every filter."""

from typing import Any

import pytest

from accounts.models import User
from cases.models import Case, Part
from projects import queries
from projects.models import Project
from projects.queries import LedgerFilter
from tests.law import TODAY, District

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(district: District) -> dict[str, User]:
    """Somebody of every scope, and projects in which their units play parts."""
    park = district.person("park_clerk", district.park.code)
    commissioner = district.person("commissioner", district.park.code)
    rows = [district.project(f"第{number}号项目", planning_year=2027 + number % 3) for number in range(8)]
    for row in rows[:3]:
        Part.objects.create(case=row.case, unit=district.park, part="landing", valid_from=TODAY)
        Project.objects.filter(pk=row.pk).update(landing_unit=district.park, total_fen=row.pk * 100)
    Part.objects.create(
        case=rows[1].case, unit=district.park, user=commissioner, part="commissioner", valid_from=TODAY
    )
    return {
        "bureau": district.clerk,
        "park": park,
        "commissioner": commissioner,
        "administrator": district.person("system_admin", "investment-bureau"),
    }


FILTERS: list[dict[str, Any]] = [
    {}, {"phase": "planning"}, {"park": "?"}, {"park": "nowhere"}, {"year": "2028"}, {"state": "running"},
    {"state": "unknown"}, {"light": "red"}, {"light": "unknown"}, {"q": "第1号"},
    {"unit": "investment-bureau"},
]  # fmt: skip


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("who", ["bureau", "park", "commissioner", "administrator"])
def test_a_page_holds_what_the_filter_leaves(
    people: dict[str, User], district: District, who: str, summed: bool
) -> None:
    for _again in range(2):
        for said in FILTERS:
            fields = {name: district.park.code if text == "?" else text for name, text in said.items()}
            wanted = LedgerFilter(**fields)
            page = queries.ledger_page(people[who], wanted, size=3, summed=summed)
            rows = list(queries.ledger(people[who], wanted).order_by("-pk"))
            assert [row["id"] for row in page.rows] == [row.pk for row in rows][:3], fields
            assert page.total == len(rows)
            if summed:
                assert page.sums["total_fen"] == sum(row.total_fen or 0 for row in rows)


def test_what_changed_since_the_last_question_is_seen(people: dict[str, User], district: District) -> None:
    assert queries.ledger_page(district.clerk, LedgerFilter(phase="planning")).total == 8
    district.project("又一个项目")
    assert queries.ledger_page(district.clerk, LedgerFilter(phase="planning")).total == 9


def test_a_project_carries_the_division_of_its_case(people: dict[str, User]) -> None:
    for project in Project.objects.select_related("case"):
        assert project.division == project.case.division


def test_a_project_without_division_is_nobodys_but_the_case_is_kept(people: dict[str, User]) -> None:
    project = Project.objects.order_by("-pk")[0]
    Project.objects.filter(pk=project.pk).update(division="")
    assert project.pk not in {row["id"] for row in queries.ledger_page(people["bureau"], LedgerFilter()).rows}
    assert Case.objects.filter(pk=project.pk).exists()
