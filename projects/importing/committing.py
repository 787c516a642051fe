"""The commit: everything computed beforehand, then one transaction of a few statements per thousand rows."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models import Case, CaseKind, Enterprise, Event, Part
from kernel.bulk import Rows, insert_all
from kernel.clock import now
from kernel.text import normal
from policies.rulebook import Rulebook, current
from projects.actions.register import next_codes
from projects.facts import batch_of, class_of
from projects.importing import past
from projects.importing.entries import Entry, figures
from projects.importing.places import Places
from projects.importing.staging import CHUNK, chunked
from projects.importing.updating import update_one
from projects.models import ImportBatch, ImportRow, Money, Outcome, Phase, Project, ReachedMilestone
from projects.models.imports import Decision, ImportState
from projects.search import words_of

NO_CODE = "台账未填写信用代码"


@dataclass
class Prepared:
    """One future project: its plain columns, search words of its names, and what hangs on it."""

    row_id: int
    excel_row: int
    project: dict[str, Any]
    words: str
    investor: dict[str, Any] | None
    money: list[dict[str, Any]] = field(default_factory=list)
    milestones: list[tuple[str, Any, str]] = field(default_factory=list)


def commit(batch: ImportBatch) -> dict[str, int]:
    """Bring the checked rows in: all or none. Returns how many were created and updated.

    What another import brought in since the check is not doubled: such a row becomes a suspect. Calling
    again for a batch that is done does nothing.
    """
    policy_set, rules = current(batch.on)
    with TemporaryFile() as spool:
        _prepare(batch, policy_set.pk, rules, spool)
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if locked.state != ImportState.COMMITTING:
                return {}
            created = sum(_bring_in(batch, policy_set.pk, chunk) for chunk in _chunks(spool))
            updated = sum(update_one(batch, row) for row in _changed(batch))
            return _close(locked, created, updated)


def wanted(batch: ImportBatch) -> Any:
    """The staged rows that become projects: new ones not left out, suspects that a person let in."""
    new = Q(outcome=Outcome.NEW) & ~Q(decision=Decision.SKIP)
    return ImportRow.objects.filter(new | Q(outcome=Outcome.SUSPECT, decision=Decision.CREATE), batch=batch)


def _changed(batch: ImportBatch) -> Iterator[ImportRow]:
    rows = ImportRow.objects.filter(batch=batch, outcome=Outcome.CHANGED).exclude(decision=Decision.SKIP)
    return rows.order_by("excel_row").iterator(CHUNK)


def _prepare(batch: ImportBatch, policy_set_id: int, rules: Rulebook, spool: IO[bytes]) -> None:
    places = Places(batch.on)
    rows = wanted(batch).order_by("excel_row").only("pk", "excel_row", "values", "decided_phase")
    done = 0
    for chunk in chunked(rows.iterator(CHUNK)):
        prepared = [_one(batch, (policy_set_id, rules), places, row) for row in chunk]
        pickle.dump(prepared, spool, protocol=pickle.HIGHEST_PROTOCOL)
        done += len(chunk)
        ImportBatch.objects.filter(pk=batch.pk).update(rows_done=done, heartbeat_at=now())
    spool.seek(0)


def _chunks(spool: IO[bytes]) -> Iterator[list[Prepared]]:
    """What was written to the spool a moment ago by this very process."""
    while True:
        try:
            yield pickle.load(spool)  # noqa: S301 (our own temporary file)
        except EOFError:
            return


def _one(batch: ImportBatch, law: tuple[int, Rulebook], places: Places, row: ImportRow) -> Prepared:
    """The project a row becomes. A phase that the ledger does not tell and nobody decided is the first."""
    (policy_set_id, rules), entry = law, row.values
    phase = row.decided_phase or entry.get("phase") or Phase.PLANNING.value
    behind = past.behind(policy_set_id, phase)
    park = places.park(entry.get("park", ""))
    introducing = places.unit(entry.get("responsible_unit", "")) or batch.unit_id
    stated = figures(entry)
    project = {
        "name": entry["name"],
        "normalized_name": normal(entry["name"])[:200],
        "phase": phase,
        "batch": batch_of(behind, rules),
        "project_class": class_of(stated, rules),
        "agreement_grade": entry.get("agreement_grade", "none"),
        "industry_text": entry.get("industry", "")[:100],
        "landing_unit_id": park,
        "introducing_unit_id": introducing,
        "land_square_metres": entry.get("land"),
        "land_text": entry.get("land_text", "")[:100],
        "content": entry.get("content", ""),
        "site": "" if park else (entry.get("park") or entry.get("region") or "")[:200],
        "progress": entry.get("progress", ""),
        "from_ledger": True,
        "version": 1,
        **{f"{measure}_fen": fen for measure, fen in stated.items()},
    }
    investor = _investor(entry)
    words = words_of("", [entry["name"], investor["name"] if investor else ""])
    return Prepared(
        row.pk, row.excel_row, project, words, investor, entry["money"], past.days(entry, behind, batch.on)
    )


def _investor(entry: Entry) -> dict[str, Any] | None:
    name = entry.get("investor", "").strip()[:200]
    if not name:
        return None
    code = entry.get("credit_code", "")
    return {
        "name": name,
        "normalized_name": normal(name)[:200],
        "credit_code": code[:18],
        "no_code_reason": "" if code else NO_CODE,
        "origin_text": entry.get("investor_origin", "")[:100],
        "contact_name": entry.get("contact_person", "")[:60],
        "contact_phone": entry.get("contact_phone", "")[:40],
    }


def _bring_in(batch: ImportBatch, policy_set_id: int, chunk: list[Prepared]) -> int:
    """Insert one chunk; returns how many came in. The lock on the code series keeps imports apart."""
    codes = next_codes(batch.on, len(chunk))
    chunk = _still_new(batch, chunk)
    if not chunk:
        return 0
    enterprises = _enterprises(batch, [row.investor for row in chunk if row.investor])
    cases = Rows(Case)
    for row, code in zip(chunk, codes, strict=False):
        cases.add(
            kind=CaseKind.PROJECT.value, code=code, title=row.project["name"], division=settings.DIVISION,
            policy_set_id=policy_set_id, policy_date=batch.on, opened_on=batch.on,
        )  # fmt: skip
    keys = list(cases.number())
    projects = Rows(Project)
    for row, code, key in zip(chunk, codes, keys, strict=False):
        investor = enterprises.get(row.investor["normalized_name"]) if row.investor else None
        search = f"{row.words} {words_of(code, [])}"
        projects.add(case_id=key, enterprise_id=investor, search=search, **row.project)
    history = projects.history(batch.user)
    insert_all([cases, projects, history, *_hanging(batch, chunk, keys)])
    _remember([(row.row_id, key) for row, key in zip(chunk, keys, strict=True)])
    return len(chunk)


def _hanging(batch: ImportBatch, chunk: list[Prepared], keys: list[int]) -> list[Rows]:
    """Parts, figures, milestones and the one event of each project, histories included."""
    parts, money, milestones, events = Rows(Part), Rows(Money), Rows(ReachedMilestone), Rows(Event)
    by, unit, source = batch.user_id, batch.unit_id, batch.filename[:200]
    for row, key in zip(chunk, keys, strict=True):
        parts.add(
            case_id=key, unit_id=row.project["introducing_unit_id"], part="introducing", valid_from=batch.on
        )
        if row.project["landing_unit_id"]:
            parts.add(
                case_id=key,
                unit_id=row.project["landing_unit_id"],
                part="landing",
                valid_from=batch.on,
                exclusive=True,
            )
        for figure in row.money:
            money.add(project_id=key, on=batch.on, source=source, recorded_by_id=by, **figure)
        for code, day, precision in row.milestones:
            milestones.add(
                project_id=key,
                code=code,
                on=day,
                precision=precision,
                evidence_outstanding=True,
                recorded_by_id=by,
            )
        data = {"file": batch.filename, "row": row.excel_row, "import": batch.pk}
        events.add(case_id=key, kind="project.imported", on=batch.on, by_id=by, unit_id=unit, data=data)
    parts.number()
    milestones.number()
    return [parts, parts.history(batch.user), money, milestones, milestones.history(batch.user), events]


def _still_new(batch: ImportBatch, chunk: list[Prepared]) -> list[Prepared]:
    """Without the rows that another import brought in since the check: those become suspects."""
    names = [row.project["normalized_name"] for row in chunk]
    known = Project.objects.filter(normalized_name__in=names, case__voided_on__isnull=True)
    there = set(known.values_list("normalized_name", flat=True))
    if not there:
        return chunk
    decided = ImportRow.objects.filter(pk__in=[row.row_id for row in chunk], decision=Decision.CREATE)
    let_in = set(decided.values_list("pk", flat=True))
    late = [row for row in chunk if row.project["normalized_name"] in there and row.row_id not in let_in]
    message = [{"field": "name", "cell": "", "text": _("检查之后已有同名项目导入，未重复导入")}]
    ids = [row.row_id for row in late]
    ImportRow.objects.filter(pk__in=ids).update(outcome=Outcome.SUSPECT, messages=message)
    return [row for row in chunk if row.row_id not in set(ids)]


def _enterprises(batch: ImportBatch, wanted: list[dict[str, Any]]) -> dict[str, int]:
    """Keys of the investors by normalised name; those not yet kept are created."""
    by_name = {row["normalized_name"]: row for row in wanted}
    kept = _kept_enterprises(list(by_name), [row["credit_code"] for row in wanted if row["credit_code"]])
    missing = [row for name, row in by_name.items() if name not in kept]
    if missing:
        rows = Rows(Enterprise)
        for row in missing:
            rows.add(**row)
        kept |= dict(zip((row["normalized_name"] for row in missing), rows.number(), strict=True))
        insert_all([rows.history(batch.user), rows])
    return kept


def _kept_enterprises(names: list[str], codes: list[str]) -> dict[str, int]:
    rows = Enterprise.objects.filter(normalized_name__in=names).order_by("-pk")
    return dict(rows.values_list("normalized_name", "pk"))


def _remember(pairs: list[tuple[int, int]]) -> None:
    """Note on each staged row which project it became, in one statement."""
    places = ", ".join(["(%s, %s)"] * len(pairs))
    table = ImportRow._meta.db_table
    sql = (
        f"UPDATE {table} SET project_id = v.column2, version_after = 1 "  # noqa: S608 (our own table, numbers only)
        f"FROM (VALUES {places}) AS v WHERE {table}.id = v.column1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [number for pair in pairs for number in pair])


def _close(batch: ImportBatch, created: int, updated: int) -> dict[str, int]:
    batch.state, batch.committed_at = ImportState.DONE, now()
    batch.counts = {**batch.counts, "imported": created, "changed": updated}
    batch.rows_done = created + updated
    batch.save(update_fields=["state", "committed_at", "counts", "rows_done"])
    return {"created": created, "updated": updated}
