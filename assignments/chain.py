"""The chain of the plan up which a problem climbs: who collects it, who takes it next, and its trail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from assignments.models import Assignment, Kind
from cases.models import Case, CaseKind, Part
from kernel.refusals import Refused
from policies.rulebook import rulebook
from policies.schema import Matter, ProblemLevel

FALLBACK = ("commissioner", "service_body", "landing", "introducing")
"""Who collects where the plan names nobody: whoever serves the project."""
TRAIL = 60


@dataclass(frozen=True, slots=True)
class Rise:
    """The level that takes the problem next, and who holds it."""

    level: ProblemLevel
    unit: Unit
    user: User | None


def collector(case: Case, matter: Matter | None, on: date) -> tuple[Unit, User | None]:
    """Whoever collects such matters of this case. Raises Refused (unmet) where nobody does."""
    named = matter is not None and (matter.to_parts or matter.to_units)
    parts, units = (matter.to_parts, matter.to_units) if matter and named else (FALLBACK, ())
    found = _holder(case, parts, units, on)
    if found is None:
        message = _("还没有受理此类事项的单位，请先指明承办单位")
        clause = matter.clause if matter else ""
        raise Refused.because("nobody_collects", message, clause=clause, field="unit")
    return found


def next_up(row: Assignment, on: date) -> Rise:
    """The next level that somebody other than the present one holds.

    Raises Refused: conflict where the plan has no chain or the problem is at its top; unmet for a vacant
    level.
    """
    levels = rulebook(row.case.policy_set_id).problem_levels
    if not levels:
        raise Refused.conflict(_("所适用的制度没有问题提请协调的层级"), code="no_chain")
    codes = [level.code for level in levels]
    for level in levels[codes.index(row.level) + 1 if row.level in codes else 0 :]:
        found = _holder(row.case, level.to_parts, level.to_units, on)
        if found is None:
            raise _vacant(row, level)
        if found[0].pk != row.unit_id:
            return Rise(level, *found)
    raise Refused.conflict(_("已是最高协调层级"), code="at_the_top")


def _vacant(row: Assignment, level: ProblemLevel) -> Refused:
    url = reverse("team", args=[row.case_id]) if row.case.kind == CaseKind.PROJECT else ""
    message = _("“%(level)s”尚未确定由谁承担") % {"level": level.name}
    return Refused.because("level_vacant", message, clause=level.clause, url=url)


def _holder(
    case: Case, parts: Iterable[str], units: Iterable[str], on: date
) -> tuple[Unit, User | None] | None:
    """The first of the parts that is held, else the first of the units in force."""
    rows = Part.objects.filter(case=case, part__in=list(parts), valid_to__isnull=True)
    held = {row.part: row for row in rows.select_related("unit", "user").order_by("-id")}
    first = next((held[code] for code in parts if code in held), None)
    if first is not None:
        return first.unit, first.user
    there = {unit.code: unit for unit in Unit.objects.in_force(on).filter(code__in=list(units))}
    unit = next((there[code] for code in units if code in there), None)
    return (unit, None) if unit else None


def level_name(row: Assignment) -> str:
    levels = rulebook(row.case.policy_set_id).problem_levels
    return next((level.name for level in levels if level.code == row.level), row.level)


def trail(row: Assignment) -> list[Assignment]:
    """The problem from where it was registered to what was decided: one query, oldest first; [] where it was
    never raised."""
    kinds = (Kind.PROBLEM, Kind.COMPLAINT, Kind.DECISION)
    if row.kind not in kinds:
        return []
    rows = Assignment.objects.filter(Q(case=row.case_id), kind__in=kinds).for_list().order_by("-id")[:TRAIL]
    found = _joined(row, list(rows))
    return found if any(one.level for one in found) else []


def _joined(row: Assignment, rows: list[Assignment]) -> list[Assignment]:
    """Those that hang together with the row, up and down."""
    keys = {row.pk}
    while True:
        more = {one.pk for one in rows if one.parent_id in keys}
        more |= {one.parent_id for one in rows if one.pk in keys and one.parent_id}
        if more <= keys:
            return [one for one in reversed(rows) if one.pk in keys]
        keys |= more
