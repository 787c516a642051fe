"""Figures: kept as stated, with currency, unit, day and evidence; the project caches the latest in 分."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from documents.models import Attachment
from kernel import money as kernel_money
from kernel.refusals import Refused
from projects import hooks
from projects.actions import saving
from projects.facts import derive, rules_of
from projects.models import Measure, Money, Project
from projects.permissions import lock, require_on

ABSURD_FEN = 1_000_000_000_000 * 100  # 1 万亿元: more than any district's yearly output


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure as somebody stated it, and the event it becomes."""

    measure: str
    raw: str
    on: date
    kind: str


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
) -> Money:
    """State a figure ("20亿元", "3000万" in USD with a rate). The row it replaces stays, superseded.

    ``paid_in`` adds up over its rows; every other measure has one figure in force. Raises Refused
    (invalid) for an unreadable, negative or absurd amount, or a foreign one with a malformed rate.
    """
    project = lock(project)
    require_on(by, Can.RECORD_MONEY, project)
    stated = Statement(measure, raw, on, "money.stated")
    return _state(
        project,
        stated,
        by,
        currency=currency,
        rate=rate,
        rate_on=rate_on,
        qualifier=qualifier,
        source=source,
        evidence=evidence,
        reason=reason,
    )


def restate(*, project: Project, measure: str, raw: str, by: User, on: date, reason: str) -> Money:
    """The figure of a correction: same row, other event. The caller has locked and checked."""
    return _state(project, Statement(measure, raw, on, "money.corrected"), by, reason=reason)


def fen_of(raw: str) -> int:
    """A yuan figure as written, in 分. Raises Refused (invalid) as ``set_money`` does."""
    return _fen(_amount(raw))


def _state(project: Project, stated: "Statement", by: User, currency: str = "CNY", **kept: Any) -> Money:
    measure, raw, on = stated.measure, stated.raw, stated.on
    if measure not in Measure.values:
        raise Refused.invalid("measure", _("未知的资金口径：%(measure)s") % {"measure": measure})
    original = _amount(raw)
    fen = _in_fen(original, currency, kept.get("rate", ""), kept.get("rate_on"))
    previous = None if measure == Measure.PAID_IN else _in_force(project, measure)
    row = Money.objects.create(
        project=project,
        measure=measure,
        raw=raw.strip(),
        currency=currency,
        original=f"{original:f}",
        fen=fen,
        on=on,
        supersedes=previous,
        recorded_by=by,
        **kept,
    )
    reason = kept.get("reason", "")
    cache(project, by, on, reason)
    label = str(Measure(measure).label)
    data = {"measure": label, "raw": row.raw, "before": previous.raw if previous else "—", "reason": reason}
    cases.record(case=project.case, kind=stated.kind, by=by, on=on, data=data)
    return row


def _amount(raw: str) -> Decimal:
    try:
        amount = kernel_money.parse_yuan(raw)
    except ValueError as error:
        raise Refused.invalid("raw", str(error)) from error
    if amount < 0:
        raise Refused.invalid("raw", _("金额不能为负数：%(raw)s") % {"raw": raw})
    if amount * 100 > ABSURD_FEN:
        raise Refused.invalid("raw", _("金额超过 1 万亿元，请核对单位：%(raw)s") % {"raw": raw})
    return amount


def _in_fen(original: Decimal, currency: str, rate: str, rate_on: date | None) -> int | None:
    """分, or None for a foreign amount without a rate: it is kept, but counts nowhere."""
    if currency == "CNY":
        return _fen(original)
    if not rate:
        return None
    if rate_on is None:
        raise Refused.invalid("rate_on", _("请填写汇率日期"))
    try:
        factor = Decimal(rate)
    except ArithmeticError as error:
        raise Refused.invalid("rate", _("汇率应为数字，如 7.1234")) from error
    if not factor.is_finite() or factor <= 0:
        raise Refused.invalid("rate", _("汇率应大于零"))
    return _fen((original * factor).quantize(Decimal("0.01")))


def _fen(amount: Decimal) -> int:
    try:
        return kernel_money.fen(amount)
    except ValueError as error:
        raise Refused.invalid("raw", str(error)) from error


def _in_force(project: Project, measure: str) -> Money | None:
    rows = Money.objects.filter(project=project, measure=measure, superseded_by__isnull=True)
    return rows.order_by("-id").first()


def cached_amounts(project: Project) -> dict[str, int | None]:
    """The figures in force by measure in 分, from the rows: what the project's caches must equal."""
    return cached_of(Money.objects.filter(project=project, superseded_by__isnull=True).order_by("id"))


def cached_of(rows: Iterable[Money]) -> dict[str, int | None]:
    """The same from the rows in force, oldest first: funds paid in add up, of others the last counts."""
    found: dict[str, int | None] = dict.fromkeys(Measure.values)
    for row in rows:
        if row.measure == Measure.PAID_IN and row.fen is not None:
            found[row.measure] = (found[row.measure] or 0) + row.fen
        elif row.measure != Measure.PAID_IN:
            found[row.measure] = row.fen
    return found


def cache(project: Project, by: User, on: date, reason: str = "") -> None:
    """Bring the project's caches and its class up to its rows, and tell whoever counts them."""
    for measure, fen in cached_amounts(project).items():
        setattr(project, f"{measure}_fen", fen)
    derive(project, rules_of(project))
    saving.save(project, by, reason)
    hooks.tell_money(project, by, on)
