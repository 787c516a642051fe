"""A known project takes over what a ledger says anew: figures superseded, fields changed, one event."""

from typing import Any

from accounts.roles import Can
from cases import actions as cases
from projects.actions import money, saving
from projects.facts import derive, rules_of
from projects.importing.entries import Entry
from projects.models import ImportBatch, ImportRow, Money, Project
from projects.permissions import lock, require_on

_FIELDS = {
    "industry_text": "industry",
    "content": "content",
    "progress": "progress",
    "land_text": "land_text",
}
_FIELDS["agreement_grade"] = "agreement_grade"


def update_one(batch: ImportBatch, row: ImportRow) -> int:
    """Apply one staged change under the row's lock; 0 when the project was changed since to the same."""
    if row.project is None:
        return 0
    project = lock(row.project)
    require_on(batch.user, Can.EDIT_PROJECT, project)
    entry: Entry = row.values
    before = _apply_fields(project, entry, entry.get("changes", {}))
    replaced = _state_money(batch, project, entry, entry.get("changes", {}))
    if not before and not replaced:
        return 0
    for measure, fen in money.cached_amounts(project).items():
        setattr(project, f"{measure}_fen", fen)
    derive(project, rules_of(project))
    saving.save(project, batch.user, batch.filename)
    names = "、".join(str(Project._meta.get_field(name).verbose_name) for name in [*before, *replaced])
    data = {"file": batch.filename, "row": row.excel_row, "import": batch.pk, "fields": names}
    data |= {"changes": entry.get("changes", {})}
    cases.record(case=project.case, kind="project.import_updated", by=batch.user, on=batch.on, data=data)
    row.before, row.version_after = {"fields": before, "money": replaced}, project.version
    row.save(update_fields=["before", "version_after"])
    return 1


def _apply_fields(project: Project, entry: Entry, changes: dict[str, Any]) -> dict[str, str]:
    """Set the changed fields; what they held before, by field."""
    before = {}
    for column, name in _FIELDS.items():
        if column in changes and getattr(project, column) != entry[name]:
            before[column] = getattr(project, column)
            limit = Project._meta.get_field(column).max_length
            setattr(project, column, str(entry[name])[:limit])
    return before


def _state_money(
    batch: ImportBatch, project: Project, entry: Entry, changes: dict[str, Any]
) -> dict[str, int]:
    """New figures supersede the old; the keys of the new rows by cache column."""
    made = {}
    for figure in entry["money"]:
        measure = figure["measure"]
        if measure in changes and getattr(project, f"{measure}_fen") != figure["fen"]:
            last = Money.objects.filter(project=project, measure=measure, superseded_by__isnull=True)
            row = Money.objects.create(
                project=project,
                on=batch.on,
                source=batch.filename[:200],
                recorded_by=batch.user,
                supersedes=last.order_by("-id").first(),
                **figure,
            )
            made[f"{measure}_fen"] = row.pk
    return made
