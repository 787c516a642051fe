"""Derivations as sentences.

“协议资金 20亿元 × 100%（市外，附件2 备注2） × 80%（牵头单位，附件2 备注2） = 16亿元”
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit
from kernel.money import show_fen
from projects.models import Origin
from scoring.models import Credit, CreditMeasure, Role


def percent(factor: str) -> str:
    """ "0.2" as "20%", exactly."""
    number = f"{Decimal(factor) * 100:f}"
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number}%"


def sentence(row: Credit) -> str:
    """How an entry comes about, from the operands kept with it, in the reader's language."""
    words = derivation(row.measure, row.formula)
    if row.reverses_id is None:
        return words
    return _("冲销第%(n)s号：%(words)s，记 %(amount)s") % {
        "n": row.reverses_id,
        "words": words,
        "amount": show_fen(row.after_fen),
    }


def derivation(measure: str, formula: Mapping[str, Any]) -> str:
    terms = [
        f"{CreditMeasure(measure).label} {show_fen(formula['before'])}",
        f"{percent(formula['factor'])}{_because(_why(formula), formula['factor_clause'])}",
    ]
    if formula["role"] != Role.SOLE:
        terms.append(_share(formula))
    return f"{' × '.join(terms)} = {show_fen(formula['after'])}"


def _why(formula: Mapping[str, Any]) -> str:
    origin = formula.get("origin")
    return str(Origin(origin).label) if origin in Origin.values else str(formula["why"])


def _share(formula: Mapping[str, Any]) -> str:
    several = formula["role"] == Role.SUPPORTING and formula["of"] > 1
    number = percent(formula["share"]) + (f" ÷ {formula['of']}" if several else "")
    return number + _because(str(Role(formula["role"]).label), formula["share_clause"])


def _because(what: str, clause: str) -> str:
    return _("（%(what)s，%(clause)s）") % {"what": what, "clause": clause} if clause else f"（{what}）"


def summary(rows: Iterable[Credit]) -> str:
    """What moved, unit by unit: “区招商投资局协议资金计分 +16亿元”."""
    moved: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        moved[row.unit_id, row.measure] += row.after_fen
    names = unit_names(unit for unit, _measure in moved)
    return "；".join(
        _("%(unit)s%(measure)s计分 %(amount)s")
        % {"unit": names[unit], "measure": CreditMeasure(measure).label, "amount": signed(amount)}
        for (unit, measure), amount in moved.items()
    )


def signed(amount: int) -> str:
    return f"+{show_fen(amount)}" if amount >= 0 else show_fen(amount)


def unit_names(units: Iterable[int]) -> dict[int, str]:
    return dict(Unit.objects.filter(pk__in=set(units)).values_list("pk", "name"))
