"""One ledger row as what it would make of a project: plain data, kept as JSON between check and commit."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from projects.ledgers.rows import LedgerRow
from projects.ledgers.values import Amount, Area, ParsedDate, first_day
from projects.models import AgreementGrade, Measure
from projects.models.records import Precision

SQUARE_METRES_PER_MU = Decimal(2000) / 3
_AMOUNTS = {
    "amount_total": Measure.TOTAL,
    "fixed_asset": Measure.FIXED_ASSET,
    "contract": Measure.CONTRACT,
    "output": Measure.OUTPUT,
    "tax": Measure.TAX,
    "paid_in": Measure.PAID_IN,
}
_DAYS = {
    "first_contact": "first_contact",
    "signed_on": "signed",
    "started_on": "started",
    "produced_on": "produced",
}
_TEXTS = (
    *("investor", "investor_origin", "credit_code", "park", "region", "industry", "content", "progress"),
    *("contact_person", "contact_phone", "external_id", "remark", "responsible_unit"),
)
_GRADES = (
    (("意向", "框架", "备忘"), AgreementGrade.INTENTION),
    (("合同",), AgreementGrade.CONTRACT),
    (("协议",), AgreementGrade.AGREEMENT),
)
Entry = dict[str, Any]


def entry_of(row: LedgerRow) -> Entry:
    """The row as JSON: texts, money as stated, days with precision, phase code, agreement grade."""
    values = row.values
    found: Entry = {
        name: values[name] for name in _TEXTS if isinstance(values.get(name), str) and values[name]
    }
    found["name"] = str(values.get("name") or "")[:200]
    found["phase"] = row.phase
    found["money"] = [
        _money(measure, values[code]) for code, measure in _AMOUNTS.items() if _stated(values.get(code))
    ]
    found["days"] = {
        short: _day(values[code]) for code, short in _DAYS.items() if _happened(values.get(code))
    }
    land = values.get("land_mu")
    if isinstance(land, Area) and land.reason is None:
        found["land_text"] = str(land.raw)
        if land.mu is not None:
            found["land"] = int((land.mu * SQUARE_METRES_PER_MU).quantize(Decimal(1), ROUND_HALF_UP))
    grade = _grade(str(values.get("agreement_kind") or ""))
    if grade:
        found["agreement_grade"] = grade
    return found


def _stated(amount: object) -> bool:
    return isinstance(amount, Amount) and amount.reason is None and amount.original is not None


def _money(measure: Measure, amount: Amount) -> dict[str, Any]:
    return {
        "measure": measure.value,
        "raw": str(amount.raw)[:100],
        "currency": amount.currency or "CNY",
        "original": f"{amount.original:f}" if amount.original is not None else "",
        "fen": amount.fen,
        "qualifier": amount.qualifier or "",
    }


def _happened(day: object) -> bool:
    return isinstance(day, ParsedDate) and day.reason is None and day.iso is not None


def _day(day: ParsedDate) -> list[str]:
    return [str(first_day(day.iso or "")), day.precision or Precision.DAY.value]


def _grade(text: str) -> str:
    """How binding the ledger says the agreement is; the weaker word wins ("框架协议" is an intention)."""
    return next((grade.value for keys, grade in _GRADES if any(key in text for key in keys)), "")


def figures(entry: Entry) -> dict[str, int | None]:
    """The stated figures in 分 by measure, None for foreign ones."""
    return {row["measure"]: row["fen"] for row in entry["money"]}


def day_of(entry: Entry, name: str) -> tuple[date, str] | None:
    found = entry["days"].get(name)
    return (date.fromisoformat(found[0]), found[1]) if found else None
