"""Staged rows as people read them before deciding: what was understood, what will change, what is wrong."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from projects.importing.comparing import label_of, show_figure
from projects.importing.results import said
from projects.models import ImportBatch, ImportRow, Measure, Outcome, Phase
from projects.models.imports import Decision

UNCLEAR = "unclear"
"""The filter for rows whose phase the ledger does not tell: they come in as leads unless somebody says."""
_INVESTMENT = (Measure.TOTAL, Measure.FIXED_ASSET, Measure.CONTRACT)
TONES = {
    Outcome.NEW: "good", Outcome.CHANGED: "info", Outcome.SAME: "", Outcome.SUSPECT: "warn",
    Outcome.REJECTED: "bad", Outcome.SKIPPED: "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One staged row for a page or an API answer."""

    row: ImportRow
    number: int
    outcome: str
    label: str
    tone: str
    name: str
    investor: str
    facts: list[str]
    phase: str
    phase_label: str
    unclear: bool
    decision: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    project_code: str = ""

    @property
    def decidable(self) -> bool:
        """Whether a person may still say something of it."""
        return self.outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.SUSPECT)


def rows_of(batch: ImportBatch, outcome: str = "") -> QuerySet[ImportRow]:
    """The staged rows from the top, of one outcome or ``unclear``; an unknown word means all."""
    rows = ImportRow.objects.filter(batch=batch).order_by("excel_row").select_related("project__case")
    if outcome == UNCLEAR:
        return rows.filter(unclear())
    return rows.filter(outcome=outcome) if outcome in Outcome.values else rows


def unclear() -> Q:
    return Q(outcome__in=(Outcome.NEW, Outcome.SUSPECT), decided_phase="", values__phase=None)


def shown(row: ImportRow) -> Shown:
    entry = row.values
    phase = row.decided_phase or entry.get("phase") or ""
    outcome = Outcome(row.outcome)
    cells = dict(row.raw)
    return Shown(
        row=row,
        number=row.excel_row,
        outcome=row.outcome,
        label=str(outcome.label),
        tone=TONES[outcome],
        name=entry.get("name") or str(cells.get("A", "")),
        investor=entry.get("investor", ""),
        facts=_facts(entry),
        phase=phase,
        phase_label=str(Phase(phase).label) if phase else "",
        unclear=not phase and outcome in (Outcome.NEW, Outcome.SUSPECT),
        decision=str(Decision(row.decision).label) if row.decision else "",
        changes=[(label_of(name), before, after) for name, (before, after) in _changes(entry)],
        texts=[said(message) for message in row.messages],
        project_code=row.project.case.code if row.project else "",
    )


def _changes(entry: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return list(entry.get("changes", {}).items())


def _facts(entry: dict[str, Any]) -> list[str]:
    """Investment, park and the last day known, as far as they were understood."""
    stated = {figure["measure"]: figure for figure in entry.get("money", [])}
    money = [show_figure(stated[measure]) for measure in _INVESTMENT if measure in stated][:1]
    days = sorted(day for day, _precision in entry.get("days", {}).values())
    place = entry.get("park") or entry.get("region") or ""
    return [*money, *filter(None, [place]), *days[-1:]]


def summary(batch: ImportBatch, counts: dict[str, int] | None = None) -> str:
    """What a commit would do, or has done, in one sentence."""
    found = counts or batch.counts
    parts = [
        (_("新增 %(n)s 个项目"), Outcome.NEW),
        (_("更新 %(n)s 个项目"), Outcome.CHANGED),
        (_("%(n)s 行无变化"), Outcome.SAME),
        (_("%(n)s 行疑似重复，不导入"), Outcome.SUSPECT),
        (_("%(n)s 行被拒绝"), Outcome.REJECTED),
    ]
    said_ = [text % {"n": f"{found[outcome]:,}"} for text, outcome in parts if found.get(outcome)]
    return "；".join(said_) or _("没有可以导入的行")


def expected(batch: ImportBatch) -> dict[str, int]:
    """The counts by outcome as the decisions made so far would leave them."""
    counts = dict(batch.counts)
    decided = ImportRow.objects.filter(batch=batch).exclude(decision="").values_list("outcome", "decision")
    for outcome, decision in decided.order_by():
        counts[outcome] = counts.get(outcome, 0) - 1
        target = Outcome.NEW if decision == Decision.CREATE else Outcome.SKIPPED
        counts[target] = counts.get(target, 0) + 1
    return counts
