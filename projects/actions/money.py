"""Figures: kept as stated, with currency, unit, day and evidence; the project caches the latest in 分."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from documents.models import Attachment
from kernel.refusals import Refused
from projects import hooks, stillness
from projects.actions import saving, sums
from projects.actions.sums import Sum
from projects.facts import derive, rules_of
from projects.models import Measure, Money, Project
from projects.permissions import lock, require_on


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure as somebody stated it: which, how much, for which day, and what stands behind it."""

    measure: str
    sum: Sum
    on: date
    qualifier: str = ""
    source: str = ""
    evidence: Attachment | None = None
    reason: str = ""
    adds: bool = False


@transaction.atomic
def set_money(
    *,
    project: Project,
    measure: str,
    raw: str,
    by: User,
    on: date,
    currency: str = "CNY",
    rate: str = "",
    rate_on: date | None = None,
    qualifier: str = "",
    source: str = "",
    evidence: Attachment | None = None,
    reason: str = "",
    adds: bool = False,
) -> Money:
    """State a figure ("20亿元", "3000万" in USD with a rate). The row it replaces stays, superseded.

    ``paid_in`` adds up over its rows; every other measure has one figure in force, to which ``adds`` puts an
    increment of the contract. Raises Refused (invalid) for an unknown measure, and as ``sums.read`` does.
    """
    project = lock(project)
    require_on(by, Can.RECORD_MONEY, project)
    if measure not in Measure.values:
        raise Refused.invalid("measure", _("未知的资金口径：%(measure)s") % {"measure": measure})
    amount = sums.read(raw, currency, rate, rate_on)
    stated = Statement(measure, amount, on, qualifier, source, evidence, reason, adds)
    previous = None if adds or measure == Measure.PAID_IN else in_force(project, measure)
    row = _write(project, stated, previous, by)
    _settle(project, row, "money.stated", by, on)
    stillness.moved(project, "money", by=by, on=on)
    return row


def restate(*, project: Project, row: Money, stated: Statement, by: User, on: date) -> Money:
    """The figure of a correction takes the place of a row. The caller has locked and checked."""
    made = _write(project, stated, row, by, wants_paper=outstanding(row, stated))
    _settle(project, made, "money.corrected", by, on)
    return made


def outstanding(row: Money, stated: Statement) -> bool:
    """What only a ledger says goes on wanting its paper until one comes along."""
    return row.evidence_outstanding and stated.evidence is None


def _write(
    project: Project, stated: Statement, previous: Money | None, by: User, *, wants_paper: bool = False
) -> Money:
    amount = stated.sum
    return Money.objects.create(
        project=project,
        measure=stated.measure,
        raw=amount.raw,
        currency=amount.currency,
        original=amount.original,
        fen=amount.fen,
        rate=amount.rate,
        rate_on=amount.rate_on,
        qualifier=stated.qualifier,
        on=stated.on,
        source=stated.source,
        evidence=stated.evidence,
        evidence_outstanding=wants_paper,
        adds=stated.adds,
        reason=stated.reason,
        supersedes=previous,
        recorded_by=by,
    )


def _settle(project: Project, row: Money, kind: str, by: User, on: date) -> None:
    """Caches, class and credit follow; one event. ``on`` is the day of the act."""
    cache(project, by, on, row.reason)
    label = Measure(row.measure).label
    before = row.supersedes.raw if row.supersedes else "—"
    data = {"measure": label, "raw": row.raw, "before": before, "reason": row.reason}
    cases.record(case=project.case, kind=kind, by=by, on=on, data=data)


def in_force(project: Project, measure: str) -> Money | None:
    """The figure of a measure that nothing has superseded; of several the latest."""
    rows = Money.objects.filter(project=project, measure=measure, superseded_by__isnull=True, adds=False)
    return rows.order_by("-id").first()


def cached_amounts(project: Project) -> dict[str, int | None]:
    """The figures in force by measure in 分, from the rows: what the project's caches must equal."""
    return cached_of(Money.objects.filter(project=project, superseded_by__isnull=True).order_by("id"))


def cached_of(rows: Iterable[Money]) -> dict[str, int | None]:
    """The same from the rows in force, oldest first: funds paid in and increments add up, of others the last
    counts."""
    found: dict[str, int | None] = dict.fromkeys(Measure.values)
    more: dict[str, int] = dict.fromkeys(Measure.values, 0)
    for row in rows:
        if not (row.adds or row.measure == Measure.PAID_IN):
            found[row.measure] = row.fen
        elif row.fen is not None:
            more[row.measure] += row.fen
            found[row.measure] = found[row.measure] or 0
    return {m: None if fen is None else fen + more[m] for m, fen in found.items()}


def cache(project: Project, by: User, on: date, reason: str = "") -> None:
    """Bring the project's caches and its class up to its rows, and tell whoever counts them."""
    for measure, fen in cached_amounts(project).items():
        setattr(project, f"{measure}_fen", fen)
    derive(project, rules_of(project))
    saving.save(project, by, reason)
    hooks.tell_money(project, by, on)
