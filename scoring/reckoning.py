"""From a project's facts to the credit it should stand for: who, how much, why. Writes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kernel.conditions import explain
from kernel.money import split
from policies.facts import labels
from policies.rulebook import Rulebook
from policies.schema import CreditRule, Weight
from scoring.models import Role

# Which fact of the project a measure counts (方案附件2 备注2: 实际协议资金, 实际到位资金).
FACT_OF = {"agreed_funds": "contract", "paid_in_funds": "paid_in"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure that counts: the money row it comes from, its 分, the day it counts for."""

    source: int
    fen: int
    on: date
    raw: str = ""
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An entry to stand. Equal lines (``formula`` aside) are the same entry."""

    unit: int
    measure: str
    on: date
    before: int
    factor: str
    role: str
    share: str
    after: int
    source: int
    clause: str
    policy_version: int

    def formula(self, weight: Weight, rule: CreditRule, amount: Amount, of: int) -> dict[str, Any]:
        """Every operand, so that the figure can be derived again by anybody at any time."""
        return {
            "raw": amount.raw,
            "before": self.before,
            "factor": self.factor,
            "factor_clause": weight.clause,
            "origin": weight.when.equals if weight.when.field == "origin" else None,
            "why": explain(weight.when, labels()),
            "weighted": weighted(self.before, weight.factor),
            "role": self.role,
            "share": self.share,
            "share_clause": rule.joint.clause if rule.joint and self.role != Role.SOLE else "",
            "of": of,
            "after": self.after,
            "evidence": amount.evidence,
            "policy": {"code": rule.source.code, "version": rule.source.version},
        }


def weighted(before: int, factor: Decimal) -> int:
    """分 times a factor, to the whole 分 (half up)."""
    return int((before * factor).to_integral_value(ROUND_HALF_UP))


def lines(
    measure: str,
    amounts: Iterable[Amount],
    rules: Rulebook,
    facts: Mapping[str, Any],
    units: Sequence[int],
) -> list[tuple[Line, dict[str, Any]]]:
    """What should stand for a measure. ``units``: the lead first, then the supporting ones.

    Nothing where the plan does not credit the measure, the origin is not known, or nobody introduced it.
    """
    rule, weight = rules.credit_for(measure), rules.weight(measure, facts)
    if rule is None or weight is None or not units:
        return []
    return [found for amount in amounts for found in _of_amount(rule, weight, amount, units)]


def _of_amount(
    rule: CreditRule, weight: Weight, amount: Amount, units: Sequence[int]
) -> list[tuple[Line, dict[str, Any]]]:
    total = weighted(amount.fen, weight.factor)
    shared = rule.joint is not None and len(units) > 1
    of = len(units) - 1 if shared else 0
    parts = _shares(rule, total, of)
    found = []
    for unit, (role, share, after) in zip(units, parts, strict=False):
        line = Line(
            unit=unit,
            measure=rule.measure,
            on=amount.on,
            before=amount.fen,
            factor=f"{weight.factor:f}",
            role=role,
            share=share,
            after=after,
            source=amount.source,
            clause=weight.clause,
            policy_version=rule.source.id,
        )
        found.append((line, line.formula(weight, rule, amount, of)))
    return found


def _shares(rule: CreditRule, total: int, of: int) -> list[tuple[str, str, int]]:
    """Role, share and 分 of each unit; the shares sum exactly (largest remainder)."""
    if rule.joint is None or not of:
        return [(Role.SOLE, "1", total)]
    lead, supporting = rule.joint.lead, rule.joint.supporting
    parts = split(total, [lead * of, *[supporting] * of])
    others = [(Role.SUPPORTING.value, f"{supporting:f}", part) for part in parts[1:]]
    return [(Role.LEAD.value, f"{lead:f}", parts[0]), *others]
