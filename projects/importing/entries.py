"""One ledger row as what it would make of a project: plain data, kept as JSON between check and commit."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from projects import coded
from projects.ledgers.phases import NOT_SIGNED
from projects.ledgers.rows import LedgerRow
from projects.ledgers.values import Amount, Area, ParsedDate, first_day
from projects.models import AgreementGrade, Measure
from projects.models.records import Precision

SQUARE_METRES_PER_MU = Decimal(2000) / 3
AMOUNTS = {
    "amount_total": Measure.TOTAL,
    "fixed_asset": Measure.FIXED_ASSET,
    "contract": Measure.CONTRACT,
    "output": Measure.OUTPUT,
    "tax": Measure.TAX,
    "paid_in": Measure.PAID_IN,
}
DAYS = {
    "first_contact": "first_talk_registered",
    "signed_on": "signed",
    "started_on": "construction_started",
    "produced_on": "in_production",
}
"""The milestone whose day a column of dates gives."""
_TEXTS = (
    *("investor", "investor_origin", "credit_code", "park", "region", "industry", "content", "progress"),
    *("contact_person", "contact_phone", "external_id", "responsible_unit"),
    *("lead_source", *coded.TABLES),
)
TAKEN_OVER = frozenset(
    {"name", "phase", "agreement_kind", "land_mu", "jobs", "problems", "remark", *AMOUNTS, *DAYS, *_TEXTS}
)
"""The fields that end up in a project; the others are read and checked, and kept in the batch only."""
_GRADES = (
    (("意向", "框架", "备忘"), AgreementGrade.INTENTION),
    (("合同",), AgreementGrade.CONTRACT),
    (("协议",), AgreementGrade.AGREEMENT),
)
_NOTES = (("remark", "备注", "content"), ("problems", "存在问题", "progress"))
"""What has no place of its own in a project goes below the text it belongs to."""
_MOST_JOBS = 10_000_000
Entry = dict[str, Any]


def entry_of(row: LedgerRow) -> Entry:
    """The row as JSON: texts, money as stated, days with precision by milestone, phase code, grade."""
    values = row.values
    found: Entry = {name: text for name in _TEXTS if (text := values.get(name))}
    found["name"] = (values.get("name") or "")[:200]
    found["phase"] = row.phase
    found["money"] = [
        _money(measure, values[code]) for code, measure in AMOUNTS.items() if _stated(values.get(code))
    ]
    found["days"] = {
        milestone: _day(values[code]) for code, milestone in DAYS.items() if _happened(values.get(code))
    }
    return found | _land(values.get("land_mu")) | _rest(row)


def _rest(row: LedgerRow) -> Entry:
    found: Entry = {}
    values = row.values
    grade = (
        AgreementGrade.INTENTION if NOT_SIGNED in row.flags else _grade(values.get("agreement_kind") or "")
    )
    if grade:
        found["agreement_grade"] = str(grade)
    jobs = (values.get("jobs") or "").removesuffix("人")
    if jobs.isascii() and jobs.isdigit() and int(jobs) <= _MOST_JOBS:
        found["jobs"] = int(jobs)
    for name, label, target in _NOTES:
        if text := values.get(name):
            found[target] = "\n".join(filter(None, [values.get(target), f"{label}：{text}"]))
    return found


def _land(land: object) -> Entry:
    if not isinstance(land, Area) or land.reason is not None:
        return {}
    found: Entry = {"land_text": str(land.raw)[:100]}
    if land.mu is not None:
        found["land"] = int((land.mu * SQUARE_METRES_PER_MU).quantize(Decimal(1), ROUND_HALF_UP))
    return found


def _stated(amount: object) -> bool:
    return isinstance(amount, Amount) and amount.reason is None and amount.original is not None


def _money(measure: Measure, amount: Amount) -> dict[str, Any]:
    return {
        "measure": measure.value,
        "raw": str(amount.raw)[:100],
        "currency": amount.currency or "CNY",
        "original": f"{amount.original:f}",
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


def day_of(entry: Entry, milestone: str) -> tuple[date, str] | None:
    """The day that the ledger gives for a milestone, and how exact it is."""
    found = entry["days"].get(milestone)
    return (date.fromisoformat(found[0]), found[1]) if found else None
