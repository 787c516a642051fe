"""A pack's condition as a filter finds the projects of which the condition holds for certain, no others."""

from itertools import product

import pytest

from kernel.conditions import Condition, holds
from projects.facts import facts_of, section_of, section_span
from projects.models import Project
from projects.where import where
from tests import factories as make

pytestmark = pytest.mark.django_db

BASE = (
    {"field": "sector", "equals": "industry"},
    {"field": "sector", "one_of": ["industry", "service"]},
    {"field": "total", "at_least": "1亿元"},
    {"field": "total", "below": "1亿元"},
    {"field": "total", "present": True},
    {"field": "sector", "present": False},
    {"field": "landing_unit", "present": True},
    {"field": "green_channel", "equals": True},
    {"field": "green_channel", "equals": False},
    {"field": "industry_section", "equals": "C"},
    {"field": "industry_section", "one_of": ["A", "T"]},
    {"field": "industry_section", "present": True},
    {"field": "planning_year", "equals": 2026},
    {"field": "lead_channel", "equals": "x"},
)


@pytest.fixture
def projects() -> list[Project]:
    made = []
    values = product(("", "industry", "service"), (None, 5 * 10**9, 10**10), (False, True))
    codes = ("", "0111", "0610", "1320", "4390", "4400", "9701", "9801", "1300")
    for n, (sector, fen, green) in enumerate(values):
        fields = {"sector": sector, "total_fen": fen, "green_channel": green, "industry_code": codes[n % 9]}
        park = make.unit("park-a", kind="park") if n % 2 else None
        row = Project(
            case=make.case(),
            name=f"项目{n}",
            landing_unit=park,
            planning_year=2026 if n % 3 else None,
            **fields,
        )
        row.save()
        made.append(row)
    return made


def agree(condition: Condition, projects: list[Project]) -> None:
    found = set(Project.objects.filter(where(condition)).values_list("pk", flat=True))
    assert found == {row.pk for row in projects if holds(condition, facts_of(row)) is True}, condition


def test_every_comparison_its_opposite_and_every_pair_agree(projects) -> None:
    singles = [Condition.model_validate(one) for one in BASE]
    for one in singles:
        agree(one, projects)
        agree(Condition(none_of=(one,)), projects)
        agree(Condition(none_of=(Condition(none_of=(one,)),)), projects)
    for one, other in product(singles[:10], singles[:10]):
        agree(Condition(any_of=(one, Condition(none_of=(other,)))), projects)
        agree(Condition(all_of=(one, Condition(none_of=(other,)))), projects)
        agree(Condition(none_of=(Condition(any_of=(one, other)), other)), projects)
        agree(Condition(none_of=(Condition(all_of=(one, other)),)), projects)


def test_what_says_nothing_takes_in_all_and_nothing_to_choose_from_none(projects) -> None:
    agree(Condition(), projects)
    agree(Condition(any_of=()), projects)
    agree(Condition(all_of=()), projects)
    agree(Condition(none_of=(Condition(),)), projects)
    agree(Condition(field="unheard_of", equals="x"), projects)


def test_spans_of_sections_are_those_by_which_codes_are_read() -> None:
    for division in range(98):
        letter = section_of(f"{division:02}00")
        first, last = section_span(letter) or (1, 0)
        assert first <= division <= last
    assert section_span("Z") is None
