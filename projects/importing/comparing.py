"""What a ledger says of a known project, against what the system holds: taken over, or only pointed out."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kernel.money import show_fen
from kernel.text import normal
from projects import coded
from projects.importing.entries import DAYS, Entry
from projects.models import Measure, Phase, Project
from projects.models.records import Precision, said

FIELDS = {
    "industry_text": "industry",
    "content": "content",
    "progress": "progress",
    "land_text": "land_text",
    "land_square_metres": "land",
    "agreement_grade": "agreement_grade",
    "jobs": "jobs",
    "lead_source": "lead_source",
} | {column: column for column in coded.TABLES}
"""Columns of the project that an import may change, and the word for them in an entry."""
InForce = dict[tuple[int, str], list[dict[str, Any]]]
Days = dict[tuple[int, str], tuple[date, str]]
"""By project and milestone: its day, and how exactly it is known."""
_ORDER = [phase.value for phase in Phase]
_MILESTONE_COLUMNS = {milestone: column for column, milestone in DAYS.items()}


def compared(
    row: dict[str, Any], entry: Entry, days: Days, money: InForce
) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """Changes (column or measure → [before, after] in words) and remarks (field, text)."""
    changes = {
        column: [_said(column, row[column]), _said(column, value)]
        for column, value in stated_fields(entry).items()
        if value != row[column]
    }
    messages: list[tuple[str, str]] = []
    for figure in entry["money"]:
        _compare_figure(figure, money.get((row["pk"], figure["measure"]), []), changes, messages)
    return changes, messages + _not_taken_over(row, entry, days)


def stated_fields(entry: Entry) -> dict[str, Any]:
    """What the ledger states of the fields that an import may change, cut to what the columns hold."""
    found = {column: entry[name] for column, name in FIELDS.items() if entry.get(name) not in (None, "")}
    for column in ("industry_text", "land_text", "lead_source"):
        if column in found:
            found[column] = found[column][:100]
    return found


def _said(column: str, value: Any) -> str:
    if value in (None, ""):
        return "—"
    choices = dict(Project._meta.get_field(column).flatchoices)
    return str(choices.get(value, value))


def _compare_figure(
    figure: dict[str, Any],
    kept: list[dict[str, Any]],
    changes: dict[str, list[str]],
    messages: list[tuple[str, str]],
) -> None:
    measure, booked = figure["measure"], _booked(kept)
    if booked:
        if not _adds_up(kept, figure):
            total = show_fen(sum(row["fen"] or 0 for row in kept))
            held = show_figure(kept[0]) if len(kept) == 1 else total
            messages.append((measure, booked % {"a": show_figure(figure), "b": held}))
    elif not kept or not _equal(kept[0], figure):
        changes[measure] = [show_figure(kept[0]) if kept else "—", show_figure(figure)]


def _booked(kept: list[dict[str, Any]]) -> str:
    """What to tell of another figure where a ledger must not replace the one in force; "" where it may.

    Payments are booked one by one, and a paper outweighs a ledger: only a person replaces these.
    """
    if (
        any(row["measure"] == Measure.PAID_IN and not row["evidence_outstanding"] for row in kept)
        or len(kept) > 1
    ):
        return _("台账为%(a)s，系统已分笔登记共%(b)s，请逐笔登记")
    if any(row["evidence_id"] for row in kept):
        return _("台账为%(a)s，系统有佐证的数据为%(b)s，请用“更正”")
    return ""


def _adds_up(kept: list[dict[str, Any]], stated: dict[str, Any]) -> bool:
    return bool(
        _equal(kept[0], stated) if len(kept) == 1 else sum(row["fen"] or 0 for row in kept) == stated["fen"]
    )


def _equal(kept: dict[str, Any], stated: dict[str, Any]) -> bool:
    if kept["currency"] != stated["currency"]:
        return False
    if stated["currency"] == "CNY":
        return bool(kept["fen"] == stated["fen"])
    return bool(kept["original"]) and Decimal(kept["original"]) == Decimal(stated["original"])


def show_figure(row: dict[str, Any]) -> str:
    """A figure for people; a foreign one in its own currency."""
    if row["currency"] == "CNY":
        return show_fen(row["fen"])
    return f"{row['currency']} {Decimal(row['original']):,f}" if row["original"] else "—"


def label_of(name: str) -> str:
    """What a changed column or measure is called."""
    if name in Measure.values:
        return str(Measure(name).label)
    return str(Project._meta.get_field(name).verbose_name)


def _not_taken_over(row: dict[str, Any], entry: Entry, days: Days) -> list[tuple[str, str]]:
    """What a ledger says but an import never does: rename, move a phase, change the day of a milestone."""
    messages = []
    if normal(entry["name"])[:200] != row["normalized_name"]:
        text = _("台账名称与系统“%(name)s”不同，名称不更新") % {"name": row["name"]}
        messages.append(("name", text))
    stated = entry.get("phase")
    if stated and _ORDER.index(stated) > _ORDER.index(row["phase"]):
        text = _("台账所记阶段“%(phase)s”在系统之后，请在项目档案中办理") % {"phase": Phase(stated).label}
        messages.append(("phase", text))
    for milestone, (day, precision) in entry["days"].items():
        kept = days.get((row["pk"], milestone))
        if kept and (kept[1] == Precision.UNKNOWN or str(kept[0]) != day):
            names = {"a": said(date.fromisoformat(day), precision), "b": said(*kept)}
            text = _("台账日期 %(a)s 与系统 %(b)s 不同，请用“更正”") % names
            messages.append((_MILESTONE_COLUMNS[milestone], text))
    if entry.get("investor") and not row["enterprise__normalized_name"]:
        messages.append(("investor", _("系统中尚未填写投资方，请在项目档案中补填")))
    return messages
