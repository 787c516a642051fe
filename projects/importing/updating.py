"""Known projects take over what a ledger says anew: figures superseded, fields changed, one event each."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.roles import Can
from cases.models import Event
from kernel.bulk import Rows, Scratch, dumps, insert_history, one_of, run
from kernel.clock import now
from projects import clocks, hooks, stillness
from projects.actions.money import cached_of
from projects.facts import derive, rules_of
from projects.importing.comparing import FIELDS, label_of, stated_fields
from projects.importing.entries import Entry
from projects.importing.staging import chunked
from projects.models import ImportBatch, ImportRow, Measure, Money, Outcome, Project
from projects.models.imports import Decision
from projects.models.project import STILLNESS
from projects.permissions import among

CHUNK = 500
_TEXT = (
    *(name for name in FIELDS if name not in ("land_square_metres", "jobs")),
    "project_class",
    "origin",
    "sector",
)
_NUMBERS = ("land_square_metres", "jobs", "version", *(f"{measure.value}_fen" for measure in Measure))


@dataclass(slots=True)
class Change:
    """One project as the ledger changes it, and what it held before."""

    row: ImportRow
    project: Project
    fields: dict[str, Any] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)


def update_changed(batch: ImportBatch) -> int:
    """Apply every staged change in the caller's transaction; returns how many projects changed.

    A project changed since the check, or on which the importer no longer works, is left alone and
    its row becomes a suspect.
    """
    rows = ImportRow.objects.filter(batch=batch, outcome=Outcome.CHANGED).exclude(decision=Decision.SKIP)
    keys = list(rows.order_by("project_id").values_list("pk", flat=True))
    return sum(_apply(batch, chunk) for chunk in chunked(keys, CHUNK))


def _apply(batch: ImportBatch, keys: list[int]) -> int:
    rows = list(ImportRow.objects.filter(pk__in=keys).order_by("project_id"))
    found = Project.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    projects = found.select_related("case", "enterprise").in_bulk([row.project_id for row in rows])
    visible = _changeable(batch, list(projects))
    kept = _in_force(projects)
    money = Figures(batch)
    changes: list[Change] = []
    for row in rows:
        project = projects.get(row.project_id or 0)
        if project is None or project.pk not in visible or project.version != row.values.get("version"):
            _leave(row)
            continue
        changes.append(_changed(Change(row, project), money, kept))
    money.insert()
    _write(batch, changes)
    for change in changes:
        if change.money:
            hooks.tell_money(change.project, batch.user, batch.on)
        elif not clocks.asked_facts(rules_of(change.project)).isdisjoint(change.fields):
            clocks.on_facts(change.project, batch.user, batch.on)
    return len(changes)


def _changeable(batch: ImportBatch, keys: list[int]) -> set[int]:
    return among(batch.user, Can.EDIT_PROJECT, keys)


def _in_force(projects: dict[Any, Project]) -> dict[int, list[Money]]:
    rows = Money.objects.filter(project_id__in=projects, superseded_by__isnull=True).order_by("pk")
    found: dict[int, list[Money]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return found


def _leave(row: ImportRow) -> None:
    text = _("检查之后项目已被他人修改，未更新；请重新检查后再导入")
    row.outcome, row.messages = Outcome.SUSPECT, [{"field": "name", "cell": "", "text": text}]
    row.save(update_fields=["outcome", "messages"])


def _changed(change: Change, money: "Figures", kept: dict[int, list[Money]]) -> Change:
    """Set what the check found changed on the project in memory; new figures are gathered in ``money``."""
    entry: Entry = change.row.values
    project, names = change.project, entry.get("changes", {})
    for column, value in stated_fields(entry).items():
        if column in names:
            change.fields[column] = getattr(project, column)
            setattr(project, column, value)
    figures = kept.setdefault(project.pk, [])
    for figure in entry["money"]:
        if figure["measure"] in names:
            money.state(change, figure, figures)
    for measure, fen in cached_of(figures).items():
        setattr(project, f"{measure}_fen", fen)
    derive(project, rules_of(project))
    project.version += 1
    return change


class Figures:
    """The new figures of one chunk, inserted together; each takes the place of the one in force."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch, self.rows = batch, Rows(Money)
        self._of: list[tuple[Change, str]] = []

    def state(self, change: Change, figure: dict[str, Any], figures: list[Money]) -> None:
        last = next((row for row in figures if row.measure == figure["measure"] and not row.adds), None)
        self.rows.add(
            project_id=change.project.pk, on=self.batch.on, source=self.batch.filename,
            recorded_by_id=self.batch.user_id, supersedes_id=last.pk if last else None,
            evidence_outstanding=True, **figure,
        )  # fmt: skip
        if last is not None:
            figures.remove(last)
        figures.append(Money(measure=figure["measure"], fen=figure["fen"]))
        self._of.append((change, figure["measure"]))

    def insert(self) -> None:
        for (change, measure), key in zip(self._of, self.rows.number(), strict=True):
            change.money[measure] = key
        self.rows.insert()


def _write(batch: ImportBatch, changes: list[Change]) -> None:
    """Projects, their history, events and the notes for an undo: a few statements for all."""
    if not changes:
        return
    woken = stillness.many_moved([one.project for one in changes if one.money], "money", batch.on)
    columns = {"key": "bigint", **dict.fromkeys(_TEXT, "text"), **dict.fromkeys(_NUMBERS, "bigint")}
    columns |= dict.fromkeys(STILLNESS, "date")
    table = Scratch("import_change", columns)
    table.fill(
        [change.project.pk, *(getattr(change.project, name) for name in (*_TEXT, *_NUMBERS, *STILLNESS))]
        for change in changes
    )
    sets = ", ".join(f'"{name}" = s."{name}"' for name in (*_TEXT, *_NUMBERS, *STILLNESS))
    run(
        f"UPDATE projects_project SET updated_at = %s, {sets} FROM import_change s"  # noqa: S608 (our own names)
        " WHERE projects_project.case_id = s.key",
        [Project._meta.get_field("updated_at").get_db_prep_save(now(), connection)],
    )
    where = one_of("t.case_id", "import_change")
    insert_history(Project, kind="~", by=batch.user_id, reason=batch.filename, where=where)
    _events(batch, changes, {project.pk for project in woken})
    _note(batch, changes)


def _events(batch: ImportBatch, changes: list[Change], woken: set[int]) -> None:
    events = Rows(Event)
    for change in changes:
        if change.project.pk in woken:
            events.add(
                case_id=change.project.pk, kind=stillness.WOKEN, on=batch.on, by_id=batch.user_id,
                unit_id=batch.unit_id, data=stillness.woken_data("money"),
            )  # fmt: skip
        said = change.row.values.get("changes", {})
        data = {
            "file": batch.filename, "row": change.row.excel_row, "import": batch.pk,
            "fields": "、".join(map(label_of, said)), "changes": said,
        }  # fmt: skip
        events.add(
            case_id=change.project.pk, kind="project.import_updated", on=batch.on, by_id=batch.user_id,
            unit_id=batch.unit_id, data=data,
        )  # fmt: skip
    events.insert()


def _note(batch: ImportBatch, changes: list[Change]) -> None:
    notes = Scratch("import_note", {"id": "bigint", "before": "json", "version": "bigint"})
    notes.fill(
        (change.row.pk, dumps({"fields": change.fields, "money": change.money}), change.project.version)
        for change in changes
    )
    run(
        "UPDATE projects_importrow SET before = s.before, version_after = s.version"
        " FROM import_note s WHERE projects_importrow.id = s.id AND projects_importrow.batch_id = %s",
        [batch.pk],
    )
