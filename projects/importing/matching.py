"""Which project a ledger row is: known, known under another investor, or new. In chunks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from kernel.money import show_fen
from kernel.text import normal
from projects.importing.entries import Entry, figures
from projects.models import Measure, Outcome, Phase, Project, ReachedMilestone

_FIELDS = {
    "industry": "industry_text",
    "content": "content",
    "progress": "progress",
    "land_text": "land_text",
    "agreement_grade": "agreement_grade",
}
_KNOWN = (
    "pk",
    "name",
    "normalized_name",
    "enterprise__normalized_name",
    "phase",
    "version",
    *_FIELDS.values(),
)
_DAYS = {"signed": "signed", "started": "construction_started", "produced": "in_production"}


@dataclass(frozen=True, slots=True)
class Found:
    """What will happen with a row, and why; ``changes`` are field → [before, after] for people."""

    outcome: Outcome
    project: int | None = None
    messages: list[tuple[str, str]] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)


class Matcher:
    """Matches chunk after chunk of one file; remembers the file's own rows to see a row twice."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._seen: dict[tuple[str, str], int] = {}

    def match(self, rows: Sequence[tuple[int, Entry]]) -> list[Found]:
        """The outcome of each (excel row, entry), in the same order."""
        known = self._known({normal(entry["name"])[:200] for _row, entry in rows})
        days = _days_of(row["pk"] for found in known.values() for row in found)
        visible = self._visible(row["pk"] for found in known.values() for row in found)
        return [self._one(number, entry, known, visible, days) for number, entry in rows]

    def _known(self, names: set[str]) -> dict[str, list[dict[str, Any]]]:
        money = [f"{measure.value}_fen" for measure in Measure]
        rows = Project.objects.filter(normalized_name__in=names, case__voided_on__isnull=True)
        found: dict[str, list[dict[str, Any]]] = {}
        for row in rows.order_by("pk").values(*_KNOWN, *money):
            found.setdefault(row["normalized_name"], []).append(row)
        return found

    def _visible(self, ids: Iterable[int]) -> set[int]:
        wanted = list(ids)
        if not wanted:
            return set()
        return set(Project.objects.visible_to(self.user).filter(pk__in=wanted).values_list("pk", flat=True))

    def _one(
        self,
        number: int,
        entry: Entry,
        known: dict[str, list[dict[str, Any]]],
        visible: set[int],
        days: dict[tuple[int, str], date],
    ) -> Found:
        name, investor = normal(entry["name"])[:200], normal(entry.get("investor", ""))
        earlier = self._seen.setdefault((name, investor), number)
        if earlier != number:
            return _suspect(None, _("与第%(row)s行的项目名称和投资方相同") % {"row": earlier})
        candidates = known.get(name, [])
        same = [row for row in candidates if _same_investor(row["enterprise__normalized_name"], investor)]
        if not candidates:
            return Found(Outcome.NEW)
        if len(same) != 1:
            other = candidates[0]
            return _suspect(
                other["pk"] if other["pk"] in visible else None,
                _("已有同名项目，但投资方不同或不止一个，请核对"),
            )
        if same[0]["pk"] not in visible:
            return _suspect(None, _("其他单位已有同名同投资方的项目，请先与其核对"))
        return _compared(same[0], entry, days)


def _suspect(project: int | None, message: str) -> Found:
    return Found(Outcome.SUSPECT, project, [("name", message)])


def _same_investor(known: str | None, stated: str) -> bool:
    return not known or not stated or known == stated


def _days_of(ids: Iterable[int]) -> dict[tuple[int, str], date]:
    rows = ReachedMilestone.objects.filter(
        project_id__in=list(ids), code__in=_DAYS.values(), withdrawn_on__isnull=True
    )
    return {(project, code): on for project, code, on in rows.values_list("project_id", "code", "on")}


def _compared(row: dict[str, Any], entry: Entry, days: dict[tuple[int, str], date]) -> Found:
    changes = {
        column: [str(row[column] or "—"), str(entry[name])]
        for name, column in _FIELDS.items()
        if name in entry and entry[name] != row[column]
    }
    for measure, fen in figures(entry).items():
        before = row[f"{measure}_fen"]
        if fen is not None and fen != before:
            changes[measure] = [show_fen(before), show_fen(fen)]
    messages = _not_taken_over(row, entry, days)
    return Found(Outcome.CHANGED if changes else Outcome.SAME, row["pk"], messages, changes)


def _not_taken_over(
    row: dict[str, Any], entry: Entry, days: dict[tuple[int, str], date]
) -> list[tuple[str, str]]:
    """What a ledger says but an import never does: move a phase, change the day of a milestone."""
    messages = []
    phases = list(Phase)
    stated = entry.get("phase")
    if stated and phases.index(Phase(stated)) > phases.index(Phase(row["phase"])):
        text = _("台账所记阶段“%(phase)s”在系统之后，请在项目档案中办理") % {"phase": Phase(stated).label}
        messages.append(("phase", text))
    for short, code in _DAYS.items():
        stated_day, kept = entry["days"].get(short), days.get((row["pk"], code))
        if stated_day and kept and str(kept) != stated_day[0]:
            messages.append(
                (
                    f"{short}_on",
                    _("台账日期 %(a)s 与系统 %(b)s 不同，请用“更正”") % {"a": stated_day[0], "b": kept},
                )
            )
    return messages
