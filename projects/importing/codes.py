"""Credit codes that a ledger knows of known enterprises: given where there is none, taken back by an undo."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from accounts.models import User
from cases.models import Enterprise
from kernel.bulk import Scratch, fetch, insert_history, one_of, run
from kernel.clock import now
from projects.models import ImportBatch, ImportRow, Project

_TABLE = "import_code"
_KEYS = f"SELECT key FROM {_TABLE}"  # noqa: S608 (a table of our own)
Given = dict[str, list[str]]
"""By key of the enterprise: the code, and why it had none before."""


def taken(coded: dict[int, str]) -> bool:
    """Whether another enterprise came by one of these codes meanwhile."""
    if not coded:
        return False
    _fill((key, code, "") for key, code in coded.items())
    other = "e.credit_code = s.code AND e.id <> s.key"
    return bool(fetch(f"SELECT 1 FROM {_TABLE} s JOIN cases_enterprise e ON {other} LIMIT 1"))  # noqa: S608


def give(coded: dict[int, str], batch: ImportBatch) -> Given:
    """Write the codes of those enterprises that still have none; returns which, for an undo."""
    _fill((key, code, "") for key, code in coded.items())
    given = {key: why for key, code, why in _locked() if not code}
    _write(((key, coded[key], "") for key in given), batch.user, batch.filename)
    return {str(key): [coded[key], why] for key, why in given.items()}


def take_back(batch: ImportBatch, by: User) -> dict[str, Any]:
    """Take back the codes that still stand as given, save where a project that the undo keeps rests on them.

    Returns how many went, and the names of the enterprises that keep theirs.
    """
    given: Given = batch.codes_given
    _fill((int(key), code, why) for key, (code, why) in given.items())
    rows = ImportRow.objects.filter(batch=batch, before__isnull=True, version_after__isnull=False)
    kept = Project.objects.filter(pk__in=rows.values("project"), case__voided_on__isnull=True)
    used = set(kept.order_by().values_list("enterprise_id", flat=True))
    back = [key for key, code, _why in _locked() if code == given[str(key)][0] and key not in used]
    _write(((key, "", given[str(key)][1]) for key in back), by, batch.filename)
    names = Enterprise.objects.filter(pk__in={int(key) for key in given} - set(back)).order_by("pk")
    return {"taken_back": len(back), "kept": list(names.values_list("name", flat=True))}


def _fill(rows: Iterable[tuple[int, str, str]]) -> None:
    table = Scratch(_TABLE, {"key": "bigint", "code": "text", "why": "text"})
    table.fill(rows)
    table.index("key")


def _locked() -> list[tuple[int, str, str]]:
    """Key, code and reason of the enterprises in the table, locked in the order of their keys."""
    rows = Enterprise.objects.select_for_update(no_key=True).filter(pk__in=RawSQL(_KEYS, []))  # noqa: S611
    return list(rows.order_by("pk").values_list("pk", "credit_code", "no_code_reason"))


def _write(rows: Iterable[tuple[int, str, str]], by: User, reason: str) -> None:
    _fill(rows)
    run(
        "UPDATE cases_enterprise SET credit_code = s.code, no_code_reason = s.why, updated_at = %s"  # noqa: S608
        f" FROM {_TABLE} s WHERE cases_enterprise.id = s.key",
        [Enterprise._meta.get_field("updated_at").get_db_prep_save(now(), connection)],
    )
    insert_history(Enterprise, kind="~", by=by.pk, reason=reason, where=one_of("t.id", _TABLE))
