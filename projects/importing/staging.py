"""Reading and checking: every row of the file becomes a staged row that says what will happen with it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kernel.bulk import Rows, take_keys
from kernel.clock import now
from projects.importing.entries import Entry, entry_of
from projects.importing.matching import Found, Matcher
from projects.ledgers.classify import SkippedRow
from projects.ledgers.container import Limits
from projects.ledgers.mapping import Mapping
from projects.ledgers.rows import LedgerReading, LedgerRow, read_rows
from projects.models import ImportBatch, ImportRow, Outcome

CHUNK = 1000
T = TypeVar("T")


def chunked(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def open_reading(path: Path, batch: ImportBatch) -> LedgerReading:
    """The file as the batch's mapping reads it. Raises LedgerError in words for people."""
    mapping = Mapping.from_json(batch.mapping) if batch.mapping else None
    limits = Limits(file_bytes=settings.MAX_LEDGER_BYTES)
    return read_rows(path, batch.sheet or None, mapping, today=batch.on, limits=limits)


def stage(batch: ImportBatch, path: Path) -> dict[str, int]:
    """Check the whole file into staged rows and return the counts by outcome; begins anew each time.

    Raises LedgerError when the file, sheet or mapping cannot be read.
    """
    reading = open_reading(path, batch)
    ImportRow.objects.filter(batch=batch).delete()
    counts: Counter[str] = Counter(dict.fromkeys(Outcome.values, 0))
    matcher = Matcher(batch.user)
    done = 0
    for chunk in chunked(reading):
        staged = _checked(chunk, matcher)
        _write(batch, staged)
        counts.update(row["outcome"] for row in staged)
        done += len(chunk)
        ImportBatch.objects.filter(pk=batch.pk).update(rows_done=done, heartbeat_at=now())
    skipped = [_skipped(line) for line in reading.skipped]
    for part in chunked(skipped):
        _write(batch, part)
    counts[Outcome.SKIPPED] = sum(line.last_row - line.first_row + 1 for line in reading.skipped)
    return dict(counts)


def _checked(chunk: list[LedgerRow], matcher: Matcher) -> list[dict[str, Any]]:
    entries: dict[int, Entry] = {row.excel_row: entry_of(row) for row in chunk}
    whole = [(row.excel_row, entries[row.excel_row]) for row in chunk if not row.problems]
    found = dict(zip((number for number, _entry in whole), matcher.match(whole), strict=True))
    return [_staged(row, entries[row.excel_row], found.get(row.excel_row)) for row in chunk]


def _staged(row: LedgerRow, entry: Entry, found: Found | None) -> dict[str, Any]:
    messages = [{"field": p.field, "cell": p.cell, "text": p.message} for p in row.problems]
    if found is not None:
        messages += [{"field": name, "cell": "", "text": text} for name, text in found.messages]
        messages += _warnings(row) if found.outcome == Outcome.NEW else []
    return {
        "excel_row": row.excel_row,
        "outcome": (found.outcome if found else Outcome.REJECTED).value,
        "raw": [[letter, str(cell)] for letter, cell in row.raw.items()],
        "values": entry | ({"changes": found.changes} if found and found.changes else {}),
        "messages": messages,
        "project_id": found.project if found else None,
    }


def _warnings(row: LedgerRow) -> list[dict[str, str]]:
    """What the row says unclearly; it comes in all the same."""
    pairs = zip(row.flags, row.warnings, strict=True)
    return [{"field": flag.partition(":")[0], "cell": "", "text": text} for flag, text in pairs]


def _skipped(line: SkippedRow) -> dict[str, Any]:
    where = (
        _("第%(a)s–%(b)s行") % {"a": line.first_row, "b": line.last_row}
        if line.last_row > line.first_row
        else ""
    )
    message = {"field": "", "cell": where, "text": line.reason_text}
    return {
        "excel_row": line.first_row,
        "outcome": Outcome.SKIPPED.value,
        "raw": [["A", line.text]],
        "values": {},
        "messages": [message],
        "project_id": None,
    }


@transaction.atomic
def _write(batch: ImportBatch, staged: list[dict[str, Any]]) -> None:
    rows = Rows(ImportRow)
    for key, values in zip(take_keys(ImportRow, len(staged)), staged, strict=True):
        rows.add(id=key, batch_id=batch.pk, **values)
    rows.insert()
