"""Reads of scoring: what of a project counts, totals by unit, years."""

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Min, Q, QuerySet, Sum

from accounts.models import User
from cases.models import Part
from kernel.numbers import whole
from policies.rulebook import Rulebook
from projects.models import Batch, Measure, Money, Project, ReachedMilestone
from scoring.models import Credit, CreditMeasure, CreditQuerySet
from scoring.reckoning import FACT_OF, Amount

LEAD, SUPPORTING = "introducing", "supporting"
FIRST_YEAR, LAST_YEAR = 1990, 2100


def signing(rules: Rulebook) -> str:
    """The milestone from which a project counts as signed, by the plan's portfolio; "" if it has none."""
    return next((row.from_milestone or "" for row in rules.portfolio if row.code == Batch.SIGNED), "")


def signed_on(project: Project, rules: Rulebook) -> date | None:
    """The day of signing; None while it is not reached, or only stated by an old ledger without its paper
    (“实际协议资金”: what counts must be evidenced)."""
    rows = ReachedMilestone.objects.filter(project=project, code=signing(rules), withdrawn_on__isnull=True)
    found = rows.filter(evidence_outstanding=False).order_by("-on").values_list("on", flat=True)
    return found.first()


def amounts(
    project: Project,
    signed: date | None,
    restated: Mapping[int, tuple[int | None, date, bool]] = MappingProxyType({}),
) -> dict[str, list[Amount]]:
    """What counts for each measure: the agreed figure in force once signed, what later signings add to it and
    every payment on their own days.
    A payment that only a ledger says counts once somebody shows its paper.

    ``restated``: rows taken as a correction would have them, their 分, day and want of evidence by key. What
    has no figure in 分, or was put right to nothing, counts nowhere.
    """
    rows = Money.objects.filter(project=project, measure__in=FACT_OF.values(), superseded_by__isnull=True)
    found: dict[str, list[Amount]] = {measure: [] for measure in FACT_OF}
    added: list[Amount] = []
    for row in rows.order_by("id"):
        kept = row.fen, row.on, row.evidence_outstanding
        row.fen, row.on, row.evidence_outstanding = restated.get(row.pk, kept)
        if not row.fen:
            continue
        if row.measure == Measure.PAID_IN:
            if not row.evidence_outstanding:
                found["paid_in_funds"].append(_amount(row, row.on))
        elif row.adds and signed is not None:
            added.append(_amount(row, row.on))
        elif signed is not None:
            found["agreed_funds"] = [_amount(row, signed)]
    found["agreed_funds"] += added
    return found


def _amount(row: Money, on: date) -> Amount:
    return Amount(row.pk, row.fen or 0, on, row.raw, row.evidence_id is not None)


def credited(projects: Collection[int]) -> list[int]:
    """Those of some projects for which credit stands."""
    rows = Credit.objects.standing().filter(case_id__in=projects).order_by("case_id")
    return list(rows.values_list("case_id", flat=True).distinct())


def credited_units(project: Project) -> list[int]:
    """The introducing unit first, then the supporting ones, each once; [] where nobody introduced it."""
    parts = Part.objects.filter(case_id=project.pk, part__in=(LEAD, SUPPORTING), valid_to__isnull=True)
    rows = list(parts.order_by("id").values_list("part", "unit_id"))
    lead = next((unit for part, unit in rows if part == LEAD), project.introducing_unit_id)
    if lead is None:
        return []
    return list(dict.fromkeys([lead, *(unit for part, unit in rows if part == SUPPORTING)]))


def filtered(user: User | AnonymousUser, asked: Mapping[str, str]) -> CreditQuerySet:
    """Entries shown to a user by unit code, year, measure and project; unknown ones filter nothing."""
    rows: CreditQuerySet = Credit.objects.shown_to(user)
    if unit := asked.get("unit", ""):
        rows = rows.filter(unit__code=unit)
    if asked.get("measure") in CreditMeasure.values:
        rows = rows.filter(measure=asked["measure"])
    if project := asked.get("project", ""):
        rows = rows.filter(case_id=whole(project) or 0)
    year = year_of(asked.get("year", ""))
    return rows.filter(on__range=(date(year, 1, 1), date(year, 12, 31))) if year else rows


def year_of(text: str) -> int | None:
    year = whole(text) or 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def years(user: User | AnonymousUser, today: date) -> list[int]:
    """The years that have entries, the latest first; this year always."""
    first = Credit.objects.shown_to(user).aggregate(first=Min("on"))["first"] or today
    return list(range(today.year, min(first.year, today.year) - 1, -1))


def by_unit(rows: QuerySet[Credit]) -> list[dict[str, Any]]:
    """Totals in 分 by unit, ranked by agreed funds, then paid-in; equal sums share a rank. One query."""
    agreed, paid = Q(measure=CreditMeasure.AGREED), Q(measure=CreditMeasure.PAID_IN)
    standing = Q(reverses__isnull=True, reversed_by__isnull=True)
    units = rows.order_by().values("unit__code", "unit__name", "unit__kind")
    totals = units.annotate(
        agreed=Sum("after_fen", filter=agreed, default=0),
        paid_in=Sum("after_fen", filter=paid, default=0),
        projects=Count("case", filter=standing, distinct=True),
        entries=Count("id"),
    )
    return _ranked([dict(row) for row in totals.order_by("-agreed", "-paid_in", "unit__code")])


def _ranked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before: tuple[int, int] | None = None
    for place, row in enumerate(rows, 1):
        key = (row["agreed"], row["paid_in"])
        row["rank"] = rows[place - 2]["rank"] if key == before else place
        before = key
    return rows
