"""Reading and checking: every row of the file becomes a staged row that says what will happen with it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.cn import uscc

from kernel.bulk import Rows
from kernel.refusals import Refused
from policies.rulebook import Rulebook, current
from projects import coded
from projects.importing import pooling
from projects.importing.claims import Claim
from projects.importing.entries import Entry, entry_of
from projects.importing.matching import Found, Matcher
from projects.ledgers.classify import SkippedRow
from projects.ledgers.container import Limits
from projects.ledgers.errors import address, column_letter
from projects.ledgers.mapping import Mapping
from projects.ledgers.rows import LedgerReading, LedgerRow, read_rows
from projects.likeness import DEFAULTS, points_of
from projects.models import ImportBatch, ImportRow, Outcome

CHUNK = 1000
_MOST_LETTERS = 32_000
T = TypeVar("T")
Message = dict[str, str]


def chunked(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def open_reading(path: Path, on: date, sheet: str = "", mapping: Mapping | None = None) -> LedgerReading:
    """The file as a mapping reads it (without one: as proposed). Raises LedgerError in words for people."""
    limits = Limits(file_bytes=settings.MAX_LEDGER_BYTES)
    return read_rows(path, sheet or None, mapping, today=on, limits=limits)


def stage(batch: ImportBatch, claim: Claim) -> dict[str, int]:
    """Check the whole file into staged rows and return the counts by outcome; begins anew each time.

    Raises LedgerError when the file, sheet or mapping cannot be read, Lost when another worker took over.
    """
    mapping = Mapping.from_json(batch.mapping) if batch.mapping else None
    reading = open_reading(Path(batch.file.path), batch.on, batch.sheet, mapping)
    _clear(batch, claim, max(reading.sheet.facts.height - reading.header.rows[-1], 0))
    counts: Counter[str] = Counter(dict.fromkeys(Outcome.values, 0))
    rules = _rules(batch.on)
    matcher = Matcher(batch.user, points_of(rules) if rules else DEFAULTS)
    done = 0
    for chunk in chunked(reading, CHUNK):
        staged = _checked(reading, chunk, matcher, rules)
        counts.update(row["outcome"] for row in staged)
        done += len(chunk)
        _write(batch, claim, staged, done)
    for part in chunked((_skipped(line) for line in reading.skipped), CHUNK):
        _write(batch, claim, part, done)
    counts[Outcome.SKIPPED] = sum(line.last_row - line.first_row + 1 for line in reading.skipped)
    return dict(counts)


def _rules(on: date) -> Rulebook | None:
    """What is in force; where nothing is, the commit says so and the check still compares."""
    try:
        return current(on)[1]
    except Refused:
        return None


def _checked(
    reading: LedgerReading, chunk: list[LedgerRow], matcher: Matcher, rules: Rulebook | None
) -> list[dict[str, Any]]:
    problems = {row.excel_row: _problems(reading, row) + _strange(reading, row, rules) for row in chunk}
    entries: dict[int, Entry] = {row.excel_row: entry_of(row) for row in chunk}
    whole = [(number, entry) for number, entry in entries.items() if not problems[number]]
    found = dict(zip((number for number, _entry in whole), matcher.match(whole), strict=True))
    for one in found.values():
        _word(one.changes, rules)
    return [
        _staged(reading, row, entries[row.excel_row], problems[row.excel_row], found.get(row.excel_row))
        for row in chunk
    ]


def _problems(reading: LedgerReading, row: LedgerRow) -> list[Message]:
    """Why the row must not come in: cells that cannot be read, and a credit code that is none."""
    found = [{"field": p.field, "cell": p.cell, "text": p.message} for p in row.problems]
    code = row.values.get("credit_code")
    if code:
        row.values["credit_code"] = plain = code.replace(" ", "").upper()
        if not uscc.is_valid(plain):
            cell = address(row.excel_row - 1, reading.mapping.by_field["credit_code"].index)
            text = _("统一社会信用代码“%(code)s”校验不通过，请核对营业执照") % {"code": code}
            found.append({"field": "credit_code", "cell": cell, "text": text})
    return found


def _strange(reading: LedgerReading, row: LedgerRow, rules: Rulebook | None) -> list[Message]:
    """Names that stand in none of the plan's lists; those that do become codes."""
    found = []
    for column in coded.TABLES:
        text = row.values.get(column)
        if not text:
            continue
        row.values[column], strange = coded.read(rules, column, text)
        if strange:
            cell = address(row.excel_row - 1, reading.mapping.by_field[column].index)
            found.append({"field": column, "cell": cell, "text": strange})
    return found


def _word(changes: dict[str, list[str]], rules: Rulebook | None) -> None:
    """Before and after of a column of codes, in the plan's words."""
    for column in coded.TABLES.keys() & changes.keys():
        known = coded.names(rules, column)
        changes[column] = [coded.said(known, text) for text in changes[column]]


def _staged(
    reading: LedgerReading, row: LedgerRow, entry: Entry, problems: list[Message], found: Found | None
) -> dict[str, Any]:
    messages, outcome, values = problems, Outcome.REJECTED, entry
    if found is not None:
        outcome = found.outcome
        messages = [{"field": name, "cell": "", "text": text} for name, text in found.messages]
        if outcome != Outcome.SAME:
            messages += _warnings(row)
        if found.changes:
            values = entry | {"changes": found.changes, "version": found.version}
        elif found.alike is not None:
            values = entry | {"alike": pooling.told(found.alike)}
    return {
        "excel_row": row.excel_row,
        "outcome": outcome.value,
        "raw": _raw(reading, row),
        "values": values,
        "messages": messages,
        "project_id": found.project if found else None,
    }


def _raw(reading: LedgerReading, row: LedgerRow) -> list[list[Any]]:
    """The cells by letter as they stand in the file: numbers as numbers, days as days, errors by name."""
    cells = [[letter, _cell(cell)] for letter, cell in row.raw.items()]
    for (number, column), error in reading.sheet.facts.errors.items() if row.problems else ():
        if number == row.excel_row - 1:
            cells.append([column_letter(column), error])
    return cells


def _cell(cell: object) -> str | int | float:
    if isinstance(cell, str):
        return cell[:_MOST_LETTERS]
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return str(cell.date())
    return str(cell)[:_MOST_LETTERS]


def _warnings(row: LedgerRow) -> list[Message]:
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
        "raw": [["A", line.text]] if line.text else [],
        "values": {},
        "messages": [message],
        "project_id": None,
    }


@transaction.atomic
def _clear(batch: ImportBatch, claim: Claim, total: int) -> None:
    """Begin anew, only while the batch is still ours: the rows of who took it over stay."""
    claim.beat(rows_done=0, rows_total=total)
    ImportRow.objects.filter(batch=batch).delete()


@transaction.atomic
def _write(batch: ImportBatch, claim: Claim, staged: list[dict[str, Any]], done: int) -> None:
    """One chunk, only while the batch is still ours."""
    claim.beat(rows_done=done)
    rows = Rows(ImportRow)
    for values in staged:
        rows.add(batch_id=batch.pk, **values)
    rows.insert()
