"""Suspects that a person let in: what each resembles goes into the review pool with the import."""

from typing import Any

from kernel.bulk import fetch
from kernel.language import house_language
from projects.importing.resembling import Alike
from projects.models import DuplicatePair, FoundBy, ImportBatch, ImportRow

AT_ONCE = 500


@house_language()
def told(alike: Alike) -> dict[str, Any]:
    """What a staged row keeps of its likeness."""
    verdict = alike.verdict
    return {
        "project": alike.key,
        "grade": verdict.grade.value if verdict.grade else "",
        "points": verdict.points,
        "reasons": [reason.as_dict() for reason in verdict.reasons],
    }


def note_pairs(batch: ImportBatch) -> None:
    """For every row let in in spite of a likeness, after the projects have their keys."""
    made = dict(
        fetch(
            "SELECT t.row_id, u.key FROM import_project t JOIN import_number u ON u.n = t.n"
            " WHERE t.let_in = 1"
        )
    )
    rows = ImportRow.objects.filter(pk__in=list(made), values__has_key="alike").values_list("pk", "values")
    pairs = [_pair(made[key], values["alike"], batch) for key, values in rows]
    DuplicatePair.objects.bulk_create(pairs, AT_ONCE, ignore_conflicts=True)


def _pair(key: int, alike: dict[str, Any], batch: ImportBatch) -> DuplicatePair:
    return DuplicatePair(
        first_id=min(key, alike["project"]),
        second_id=max(key, alike["project"]),
        grade=alike["grade"],
        points=alike["points"],
        reasons=alike["reasons"],
        found_on=batch.on,
        found_by=FoundBy.IMPORT,
    )
