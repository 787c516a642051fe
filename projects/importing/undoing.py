"""Undoing an import: what nobody touched since goes back as it was; the rest is listed for people."""

from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Subquery

from accounts.models import User
from cases import actions as cases
from cases.models import Case, Event, Part
from kernel.bulk import Rows
from projects.actions import money, saving
from projects.importing.staging import CHUNK, chunked
from projects.models import ImportBatch, ImportRow, Money, Project
from projects.permissions import lock


def undo(batch: ImportBatch, by: User, on: date) -> dict[str, Any]:
    """Void untouched new cases, restore untouched changed ones. ``kept``: rows that were touched since."""
    rows = ImportRow.objects.filter(batch=batch, version_after__isnull=False).order_by("excel_row")
    touched = set(_touched(batch).values_list("pk", flat=True))
    mine = [row for row in rows.select_related("project") if row.pk not in touched]
    new = [row.project_id for row in mine if row.before is None and row.project_id]
    for chunk in chunked(new, CHUNK):
        _void(batch, chunk, by, on)
    changed = [row for row in mine if row.before is not None]
    for row in changed:
        _restore(batch, row, by, on)
    kept = [{"row": row.excel_row, "project": row.project_id} for row in rows if row.pk in touched]
    return {"voided": len(new), "restored": len(changed), "kept": kept}


def _touched(batch: ImportBatch) -> Any:
    """Rows whose project was saved again, or had anything happen to it, after the import."""
    rows = ImportRow.objects.filter(batch=batch, version_after__isnull=False, project__isnull=False)
    own = Event.objects.filter(case_id=OuterRef("project_id"), data__import=batch.pk)
    last = Event.objects.filter(case_id=OuterRef("project_id")).order_by("-pk")
    rows = rows.annotate(
        last_event=Subquery(last.values("pk")[:1]), own_event=Subquery(own.order_by("-pk").values("pk")[:1])
    )
    saved = rows.exclude(project__version=F("version_after")).values("pk")
    happened = rows.exclude(last_event=F("own_event")).values("pk")
    return ImportRow.objects.filter(pk__in=saved.union(happened))


def _void(batch: ImportBatch, case_ids: list[int], by: User, on: date) -> None:
    Case.objects.filter(pk__in=case_ids).update(voided_on=on)
    open_parts = Part.objects.filter(case_id__in=case_ids, valid_to__isnull=True)
    open_parts.update(valid_to=on, reason=batch.filename[:300])
    events = Rows(Event)
    for case_id in case_ids:
        data = {"file": batch.filename, "import": batch.pk}
        events.add(
            case_id=case_id,
            kind="project.import_undone",
            on=on,
            by_id=by.pk,
            unit_id=batch.unit_id,
            data=data,
        )
    events.insert()


def _restore(batch: ImportBatch, row: ImportRow, by: User, on: date) -> None:
    assert row.project is not None
    project: Project = lock(row.project)
    kept = row.before or {}
    for name, value in kept.get("fields", {}).items():
        setattr(project, name, value)
    for key in kept.get("money", {}).values():
        _restate(Money.objects.get(pk=key), by, on, batch.filename)
    for measure, fen in money.cached_amounts(project).items():
        setattr(project, f"{measure}_fen", fen)
    saving.save(project, by, batch.filename)
    data = {"file": batch.filename, "row": row.excel_row, "import": batch.pk}
    cases.record(case=project.case, kind="project.import_undone", by=by, on=on, data=data)


def _restate(made: Money, by: User, on: date, source: str) -> None:
    """The figure before the import is stated again; figures are never deleted."""
    earlier = made.supersedes
    Money.objects.create(
        project=made.project,
        measure=made.measure,
        raw=earlier.raw if earlier else "—",
        currency=earlier.currency if earlier else made.currency,
        original=earlier.original if earlier else "",
        fen=earlier.fen if earlier else None,
        on=on,
        source=source[:200],
        supersedes=made,
        recorded_by=by,
    )
