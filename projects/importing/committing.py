"""The commit: everything is worked out beforehand, then one short transaction of a few statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from cases.models import Case, CaseKind, Enterprise, Event, Part
from kernel.bulk import (
    Scratch,
    Sql,
    fetch,
    insert_history,
    insert_select,
    json_object,
    one_of,
    run,
    take_keys,
)
from kernel.clock import now
from policies.rulebook import current
from projects import hooks
from projects.actions.register import next_codes
from projects.importing import codes, pooling
from projects.importing.claims import Claim
from projects.importing.preparing import COLUMNS, INVESTOR, MONEY, Prepared, prepare
from projects.importing.updating import update_changed
from projects.models import ImportBatch, ImportRow, Money, Outcome, Project, ReachedMilestone
from projects.models.imports import Decision, ImportState
from projects.models.records import Precision

_TRIES = 3


class Moved(Exception):
    """Between preparing and locking, enterprises of this ledger came in by another way: work it out anew."""


def commit(batch: ImportBatch, claim: Claim) -> dict[str, int]:
    """Bring the checked rows in: all or none. Returns the counts by outcome.

    What somebody else brought in or changed since the check is neither doubled nor overwritten: such a
    row becomes a suspect. Raises Lost when another worker took the batch up.
    """
    for _try in range(_TRIES):
        try:
            return _commit(batch, claim)
        except Moved:
            continue
    raise Moved


def _commit(batch: ImportBatch, claim: Claim) -> dict[str, int]:
    policy_set, rules = current(batch.on)
    tables = prepare(batch, claim, (policy_set.pk, rules))
    try:
        with transaction.atomic(), _much_memory():
            locked = claim.lock()
            created = _bring_in(locked, policy_set.pk, tables)
            if created:
                hooks.tell_import(locked, rules)
            update_changed(locked)
            return _close(locked, created)
    finally:
        tables.drop()


@contextmanager
def _much_memory() -> Iterator[None]:
    """Let PostgreSQL only gather the entries of the search index; ``search.settle`` merges them later.

    Foreign keys are checked with each statement: put off to the commit, some two million checks queue up.
    """
    if connection.vendor != "postgresql":
        yield
        return
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET LOCAL work_mem = '64MB'")
    run("SET LOCAL gin_pending_list_limit = '1GB'")
    yield


def _bring_in(batch: ImportBatch, policy_set_id: int, tables: Prepared) -> int:
    """Insert what the scratch tables hold. The lock on the series of numbers keeps imports apart."""
    next_codes(batch.on, 0)
    if _moved(tables.coded):
        raise Moved
    _hold_back(batch)
    count = _number(batch)
    if count:
        _enterprises(batch, tables)
        _projects(batch, policy_set_id)
        _hanging(batch)
        pooling.note_pairs(batch)
        _remember(batch)
    return count


def _moved(coded: dict[int, str]) -> bool:
    """Whether an enterprise that this import would make, or a code it would give, has come in meanwhile."""
    by_code = "e.credit_code = i.credit_code AND i.credit_code <> ''"
    by_name = "e.normalized_name = i.normalized_name AND (i.credit_code = '' OR e.credit_code = '')"
    return codes.taken(coded) or any(
        fetch(f"SELECT 1 FROM import_investor i JOIN cases_enterprise e ON {same} LIMIT 1")  # noqa: S608
        for same in (by_code, by_name)
    )


def _hold_back(batch: ImportBatch) -> None:
    """Rows whose name came in since the check become suspects, unless a person let them in."""
    late = [
        row
        for (row,) in fetch(
            # The offset keeps it a look-up by index for each row: a join would read all projects.
            "SELECT t.row_id FROM import_project t WHERE t.let_in = 0 AND EXISTS ("
            "SELECT 1 FROM projects_project p"
            " WHERE p.normalized_name = t.normalized_name AND p.division <> '' LIMIT 1 OFFSET 0)"
        )
    ]
    message = [{"field": "name", "cell": "", "text": _("检查之后已有同名项目导入，未重复导入")}]
    for start in range(0, len(late), 500):
        part = late[start : start + 500]
        ImportRow.objects.filter(pk__in=part).update(outcome=Outcome.SUSPECT, messages=message)
        run(f"DELETE FROM import_project WHERE row_id IN ({', '.join(['%s'] * len(part))})", part)  # noqa: S608


def _number(batch: ImportBatch) -> int:
    """Give every row its primary key and the project its number; returns how many there are."""
    places = [place for (place,) in fetch("SELECT n FROM import_project ORDER BY n")]
    codes, keys = next_codes(batch.on, len(places)), take_keys(Case, len(places))
    numbers = Scratch("import_number", {"n": "bigint", "key": "bigint", "code": "text", "tails": "text"})
    numbers.fill(zip(places, keys, codes, map(_tails, codes), strict=True))
    numbers.index("n")
    return len(places)


def _tails(code: str) -> str:
    """The words under which search finds a number, as ``projects.search.words_of`` makes them."""
    parts = code.lower().split("-")
    return " ".join("-".join(parts[place:]) for place in range(len(parts)))


def _enterprises(batch: ImportBatch, tables: Prepared) -> None:
    used = [
        place
        for (place,) in fetch(
            "SELECT n FROM import_investor WHERE n IN (SELECT investor FROM import_project) ORDER BY n"
        )
    ]
    made = Scratch("import_made", {"n": "bigint", "key": "bigint"})
    made.fill(zip(used, take_keys(Enterprise, len(used)), strict=True))
    made.index("n")
    values = {"id": Sql("m.key")} | {name: Sql(f'i."{name}"') for name in INVESTOR}
    insert_select(Enterprise, values, "FROM import_investor i JOIN import_made m ON m.n = i.n ORDER BY i.n")
    where = one_of("t.id", "import_made")
    insert_history(Enterprise, kind="+", by=batch.user_id, reason=batch.filename, where=where)
    if tables.coded:
        batch.codes_given = codes.give(tables.coded, batch)


_JOINED = "FROM import_project t JOIN import_number u ON u.n = t.n"


def _projects(batch: ImportBatch, policy_set_id: int) -> None:
    """Cases and projects, with the history of the latter."""
    case = {
        "id": Sql("u.key"), "code": Sql("u.code"), "title": Sql("t.name"), "kind": CaseKind.PROJECT,
        "division": settings.DIVISION, "policy_set_id": policy_set_id, "policy_date": batch.on,
        "opened_on": batch.on,
    }  # fmt: skip
    insert_select(Case, case, f"{_JOINED} ORDER BY t.n")
    project = {
        "case_id": Sql("u.key"),
        "enterprise_id": Sql("COALESCE(t.enterprise_id, m.key)"),
        "search": Sql("t.words || ' ' || u.tails"),
        "division": settings.DIVISION,
        "from_ledger": True,
        "moved_on": batch.on,
        "version": 1,
    } | {name: Sql(f't."{name}"') for name in COLUMNS}
    insert_select(Project, project, f"{_JOINED} LEFT JOIN import_made m ON m.n = t.investor ORDER BY t.n")
    where = one_of("t.case_id", "import_number")
    insert_history(Project, kind="+", by=batch.user_id, reason=batch.filename, where=where)


def _hanging(batch: ImportBatch) -> None:
    """Parts, figures, milestones and the one event of each project, histories included."""
    by, reason = batch.user_id, batch.filename
    part = {"case_id": Sql("u.key"), "valid_from": batch.on}
    introducing = {"unit_id": Sql("t.introducing_unit_id"), "part": "introducing"}
    insert_select(Part, part | introducing, f"{_JOINED} ORDER BY t.n")
    landing = {"unit_id": Sql("t.landing_unit_id"), "part": "landing", "exclusive": True}
    insert_select(Part, part | landing, f"{_JOINED} WHERE t.landing_unit_id IS NOT NULL ORDER BY t.n")
    insert_history(Part, kind="+", by=by, reason=reason, where=one_of("t.case_id", "import_number"))
    money: dict[str, Any] = {name: Sql(f"f.{name}") for name in MONEY}
    money |= {"project_id": Sql("u.key"), "on": batch.on, "source": batch.filename, "recorded_by_id": by}
    money["evidence_outstanding"] = True
    insert_select(Money, money, "FROM import_money f JOIN import_number u ON u.n = f.n ORDER BY f.n")
    _milestones(batch)
    where = one_of("t.project_id", "import_number")
    insert_history(ReachedMilestone, kind="+", by=by, reason=reason, where=where)
    event = {
        "case_id": Sql("u.key"), "kind": "project.imported", "on": batch.on, "by_id": by,
        "unit_id": batch.unit_id,
        "data": json_object(file=batch.filename, row=Sql("t.excel_row"), **{"import": batch.pk}),
    }  # fmt: skip
    insert_select(Event, event, f"{_JOINED} ORDER BY t.n")


def _milestones(batch: ImportBatch) -> None:
    """What lies behind each project, on the day the ledger gives, else on the import's, "unknown"."""
    values = {
        "project_id": Sql("u.key"),
        "code": Sql("b.code"),
        "on": Sql("COALESCE(d.day, %s)", batch.on),
        "precision": Sql("COALESCE(d.precision, %s)", Precision.UNKNOWN.value),
        "evidence_outstanding": True,
        "recorded_by_id": batch.user_id,
    }
    source = (
        f"{_JOINED} JOIN import_behind b ON b.phase = t.phase"
        " LEFT JOIN import_day d ON d.n = t.n AND d.code = b.code ORDER BY t.n, b.place"
    )
    insert_select(ReachedMilestone, values, source)


def _remember(batch: ImportBatch) -> None:
    """Note on each staged row which project it became."""
    table = ImportRow._meta.db_table
    run(
        f"UPDATE {table} SET project_id = s.key, version_after = 1, outcome = %s"  # noqa: S608 (our own table)
        f" FROM (SELECT t.row_id, u.key {_JOINED}) AS s"
        f" WHERE {table}.id = s.row_id AND {table}.batch_id = %s",
        [Outcome.NEW.value, batch.pk],
    )


def _close(batch: ImportBatch, created: int) -> dict[str, int]:
    """Done: rows that a person left out are skipped, and the counts say what became of each row."""
    left_out = ImportRow.objects.filter(batch=batch, decision=Decision.SKIP)
    skipped = left_out.update(outcome=Outcome.SKIPPED)
    rows = ImportRow.objects.filter(batch=batch).order_by().values("outcome").annotate(count=Count("pk"))
    counts = dict.fromkeys(Outcome.values, 0) | {row["outcome"]: row["count"] for row in rows}
    counts[Outcome.SKIPPED] = batch.counts.get(Outcome.SKIPPED, 0) + skipped
    batch.state, batch.committed_at, batch.heartbeat_at = ImportState.DONE, now(), None
    batch.counts, batch.rows_done = counts, created + counts[Outcome.CHANGED]
    fields = ("state", "committed_at", "counts", "codes_given", "rows_done", "heartbeat_at")
    batch.save(update_fields=fields)
    return counts
