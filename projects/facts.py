"""A project as the facts that a pack's conditions ask about, and what the pack makes of them."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.conf import settings

from policies.rulebook import Rulebook, rulebook
from projects.models import Batch, Measure, Origin, Project

# Section letters of GB/T 4754-2017 by the first two digits of the class code.
_LAST_DIVISIONS = (5, 12, 43, 46, 50, 52, 60, 62, 65, 69, 70, 72, 75, 79, 82, 83, 85, 90, 96, 97)
_SECTIONS = tuple(zip(_LAST_DIVISIONS, "ABCDEFGHIJKLMNOPQRST", strict=True))
_COPIED = (
    *("name", "content", "site", "industry_code", "planning_year", "jobs", "origin", "sector"),
    *("project_type", "agreement_grade", "land_mode", "green_channel", "small_low_risk", "special_fire"),
    "lead_channel",
)
COLUMNS = (
    {measure.value: f"{measure.value}_fen" for measure in Measure}
    | {name: name for name in _COPIED}
    | {"land": "land_square_metres", "enterprise": "enterprise_id"}
    | {"introducing_unit": "introducing_unit_id", "landing_unit": "landing_unit_id"}
)
"""Where each fact stands on the project; ``industry_section`` follows from the class code."""
_values = attrgetter(*COLUMNS.values())  # in one go: an import asks for the facts of every row


def facts_of(project: Project) -> dict[str, Any]:
    """The facts by the codes of ``policies.facts``; amounts in 分; what is not known is None or ""."""
    facts: dict[str, Any] = dict(zip(COLUMNS, _values(project), strict=True))
    facts["industry_section"] = section_of(project.industry_code)
    return facts


def section_of(industry_code: str) -> str:
    """The section letter (门类) of a four-digit class of GB/T 4754-2017; "" when there is none."""
    if not industry_code:
        return ""
    division = int(industry_code[:2])
    return next((letter for last, letter in _SECTIONS if division <= last), "")


def section_span(letter: str) -> tuple[int, int] | None:
    """The first and last two-digit division of a section, counted from 0; None for no section."""
    first = 0
    for last, name in _SECTIONS:
        if name == letter:
            return first, last
        first = last + 1
    return None


def sector_of(industry_code: str) -> str:
    """Industry (B–E, 二产), agriculture (A) or service, by section; "" without a code."""
    letter = section_of(industry_code)
    if not letter:
        return ""
    return "agriculture" if letter == "A" else "industry" if letter in "BCDE" else "service"


def origin_of(investor_division: str, country: str = "CN") -> str:
    """市外/区外市内/区内 from the investor's division code against the deployment's own; "" if unknown."""
    if country and country != "CN":
        return Origin.OUTSIDE_CITY
    if not investor_division:
        return ""
    own: str = settings.DIVISION
    if investor_division == own:
        return Origin.DISTRICT
    # A municipality is its two-digit province; elsewhere the prefecture's four digits count.
    width = 2 if own[:2] in {"11", "12", "31", "50"} else 4
    return Origin.CITY_OUTSIDE_DISTRICT if investor_division[:width] == own[:width] else Origin.OUTSIDE_CITY


def class_of(facts: dict[str, Any], rules: Rulebook) -> str:
    """The first class whose condition holds (R140–R144); "" for what the plan leaves unclassified."""
    found = rules.classify(facts)
    return found.code if found else ""


def batch_of(reached: Iterable[str], rules: Rulebook) -> str:
    """The last batch whose milestone is reached; the first one is where every project begins (R002)."""
    return rules.portfolio_of(reached) or Batch.RESERVE


def rules_of(project: Project) -> Rulebook:
    """The rules under which this case lives: the set recorded when it was opened."""
    return rulebook(project.case.policy_set_id)


def derive(project: Project, rules: Rulebook) -> None:
    """Set what is computed and never typed: origin, sector, class."""
    if project.enterprise is not None:
        origin = origin_of(project.enterprise.division_code, project.enterprise.country)
        project.origin = origin or project.origin
    project.sector = sector_of(project.industry_code) or project.sector
    project.project_class = class_of(facts_of(project), rules)
