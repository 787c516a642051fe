"""Undoing an import: what nobody touched since goes back as it was; the rest is listed for people."""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import User
from cases import actions as cases
from cases.models import Case, Event, Part
from kernel.bulk import Scratch, Sql, insert_history, insert_select, json_object, one_of, run
from kernel.clock import now
from kernel.language import house_language
from projects import hooks
from projects.actions import money, saving
from projects.facts import derive, rules_of
from projects.importing import codes
from projects.importing.claims import Claim
from projects.importing.staging import chunked
from projects.models import ImportBatch, ImportRow, Money, Project
from projects.models.imports import ImportState
from projects.permissions import lock

CHUNK = 2000
_UNDONE = "SELECT key FROM import_undone"
_IMPORT = Cast(KeyTextTransform("import", "data"), BigIntegerField())
_BY_IMPORT = ("project.imported", "project.import_updated")


@transaction.atomic
def undo(claim: Claim) -> dict[str, Any]:
    """Void untouched new cases, restore untouched changed ones, in one transaction. Returns the report.

    ``kept``: rows whose project was touched since. Raises Lost when another worker took the batch up.
    """
    batch = claim.lock()
    by, on = batch.undone_by or batch.user, batch.undone_on or batch.on
    new, changed, kept = _sorted(batch, _lock(batch))
    _void(batch, new, by, on)
    for row in ImportRow.objects.filter(pk__in=changed).order_by("project_id").select_related("project"):
        _restore(batch, row, by, on)
    report = {"voided": len(new), "restored": len(changed), "kept": kept}
    if batch.codes_given:
        report["codes"] = codes.take_back(batch, by)
    batch.state, batch.undone_at, batch.heartbeat_at, batch.undo_report = (
        ImportState.UNDONE,
        now(),
        None,
        report,
    )
    batch.save(update_fields=["state", "undone_at", "heartbeat_at", "undo_report"])
    return report


def _lock(batch: ImportBatch) -> set[int]:
    """Lock the projects, then their cases, in the order of their keys; returns the cases that we have.

    Whoever works on a project holds it: we wait, and see what came of it. A case that somebody else holds
    is being written to at this moment, perhaps by who goes on to wait for its project: it counts as touched.
    """
    table = Scratch("import_undone", {"key": "bigint"})  # a table of known size: the rows' own may be unknown
    rows = ImportRow.objects.filter(batch=batch, version_after__isnull=False, project__isnull=False)
    table.fill([key] for key in rows.values_list("project_id", flat=True))
    table.index("key")
    skips = connection.features.has_select_for_update_skip_locked
    projects = Project.objects.select_for_update(of=("self",)).filter(pk__in=RawSQL(_UNDONE, []))  # noqa: S611
    list(projects.order_by("pk").values_list("pk", flat=True))
    cases = Case.objects.select_for_update(of=("self",), skip_locked=skips)
    found = cases.filter(pk__in=RawSQL(_UNDONE, []))  # noqa: S611 (our own words)
    return set(found.order_by("pk").values_list("pk", flat=True))


def _sorted(batch: ImportBatch, ours: set[int]) -> tuple[list[int], list[int], list[dict[str, int]]]:
    """Cases to void, rows to restore, and rows to keep because something else happened to their project.

    What follows of itself from an import, such as credit, is no touch.
    """
    last = Event.objects.filter(case_id=OuterRef("project_id")).exclude(kind__in=hooks.CONSEQUENCES)
    last = last.order_by("-pk")
    rows = ImportRow.objects.filter(batch=batch, version_after__isnull=False, project__isnull=False)
    rows = rows.annotate(
        version=F("project__version"),
        kind=Subquery(last.values("kind")[:1]),
        by_import=Subquery(last.values(number=_IMPORT)[:1]),
    ).order_by("excel_row")
    new, changed, kept = [], [], []
    columns = ("pk", "excel_row", "project_id", "before", "version_after", "version", "kind", "by_import")
    for key, number, project, before, after, version, kind, by_import in rows.values_list(*columns).iterator(
        CHUNK
    ):
        if project not in ours or version != after or kind not in _BY_IMPORT or by_import != batch.pk:
            kept.append({"row": number, "project": project})
        elif before is None:
            new.append(project)
        else:
            changed.append(key)
    return new, changed, kept


def _void(batch: ImportBatch, keys: list[int], by: User, on: date) -> None:
    """Close the cases for good: nobody plays a part in them any more, nobody sees them."""
    if not keys:
        return
    table = Scratch("import_void", {"key": "bigint"})
    table.fill([key] for key in keys)
    table.index("key")
    with house_language():
        reason = _("撤销导入：%(file)s") % {"file": batch.filename}
    run(f"UPDATE cases_case SET voided_on = %s WHERE {one_of('id', 'import_void')}", [on.isoformat()])  # noqa: S608
    run(f"UPDATE projects_project SET division = '' WHERE {one_of('case_id', 'import_void')}")  # noqa: S608
    run(
        "UPDATE cases_part SET valid_to = %s, reason = %s"  # noqa: S608 (our own words)
        f" WHERE valid_to IS NULL AND {one_of('case_id', 'import_void')}",
        [on.isoformat(), reason],
    )
    where = one_of("t.case_id", "import_void")
    insert_history(Part, kind="~", by=by.pk, reason=batch.filename, where=where)
    event = {
        "case_id": Sql("v.key"), "kind": "project.import_undone", "on": on, "by_id": by.pk,
        "unit_id": batch.unit_id, "data": json_object(file=batch.filename, **{"import": batch.pk}),
    }  # fmt: skip
    insert_select(Event, event, "FROM import_void v ORDER BY v.key")
    for part in chunked(keys, CHUNK):
        hooks.tell_void(part, by, on)


def _restore(batch: ImportBatch, row: ImportRow, by: User, on: date) -> None:
    """Give a changed project back what it held before."""
    assert row.project is not None
    project: Project = lock(row.project)
    kept = row.before or {}
    for name, value in kept.get("fields", {}).items():
        setattr(project, name, value)
    for key in kept.get("money", {}).values():
        _restate(Money.objects.select_related("supersedes").get(pk=key), by, on, batch.filename)
    for measure, fen in money.cached_amounts(project).items():
        setattr(project, f"{measure}_fen", fen)
    derive(project, rules_of(project))
    saving.save(project, by, batch.filename)
    data = {"file": batch.filename, "row": row.excel_row, "import": batch.pk}
    cases.record(case=project.case, kind="project.import_undone", by=by, on=on, data=data)
    if kept.get("money"):
        hooks.tell_money(project, by, on)


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
        rate=earlier.rate if earlier else "",
        rate_on=earlier.rate_on if earlier else None,
        qualifier=earlier.qualifier if earlier else "",
        evidence=earlier.evidence if earlier else None,
        evidence_outstanding=earlier.evidence_outstanding if earlier else True,
        on=earlier.on if earlier else on,
        source=source[:200],
        supersedes=made,
        recorded_by=by,
    )
