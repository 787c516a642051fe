"""What a batch knows of its sheet for the mapping step, and saved mappings fitted to another file."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from kernel.refusals import Refused
from projects.ledgers.errors import LedgerError, column_letter
from projects.ledgers.fields import heading_key
from projects.ledgers.mapping import ColumnMap, Mapping
from projects.ledgers.rows import LedgerReading
from projects.ledgers.texts import clean_text, is_blank
from projects.models import ImportBatch

SAMPLES, LOOKED_AT, LETTERS = 3, 200, 60


def describe(reading: LedgerReading) -> dict[str, Any]:
    """The heading as recognised, with the first different cells of every column; plain JSON."""
    header = reading.header
    columns: list[dict[str, Any]] = [
        {"index": column.index, "letter": column.letter, "heading": column.label, "hidden": column.hidden}
        for column in header.columns
    ]
    samples = _samples(reading, [column.index for column in header.columns])
    return {
        "sheets": list(reading.sheets),
        "rows": list(header.rows),
        "unit": header.unit or "",
        "title": header.title,
        "columns": [column | {"samples": samples[column["index"]]} for column in columns],
    }


def _samples(reading: LedgerReading, indexes: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {index: [] for index in indexes}
    body = (cells for number, cells in reading.sheet.rows() if number >= reading.header.rows[-1])
    for cells in islice(body, LOOKED_AT):
        for index, texts in found.items():
            if len(texts) < SAMPLES and index < len(cells) and not is_blank(cells[index]):
                text = clean_text(cells[index])[:LETTERS]
                if text not in texts:
                    texts.append(text)
    return found


def fitted(saved: Mapping, proposed: Mapping) -> Mapping:
    """A saved mapping laid over another file: each column by its heading, wherever it stands now.

    Columns that the saved mapping does not know are left out. Raises LedgerError (bad_mapping) when no
    column of the project's name is among those found.
    """
    known = {heading_key(column.heading): column for column in saved.columns if column.heading}
    columns = tuple(_fitted(column, known.get(heading_key(column.heading))) for column in proposed.columns)
    found = replace(proposed, columns=columns, phase=saved.phase or proposed.phase)
    found.check()
    return found


def _fitted(column: ColumnMap, known: ColumnMap | None) -> ColumnMap:
    if known is None:
        return replace(column, field=None, confidence=0.0)
    return replace(known, index=column.index, heading=column.heading, confidence=1.0)


def require_fit(mapping: Mapping, batch: ImportBatch) -> None:
    """Raises Refused (invalid) unless the mapping is one of this batch's sheet and its columns."""
    try:
        mapping.check()
    except LedgerError as error:
        raise Refused.invalid("mapping", error.message) from error
    if mapping.sheet != batch.sheet:
        raise Refused.invalid("mapping", _("列对应须针对工作表“%(name)s”") % {"name": batch.sheet})
    known = {column["index"]: column["heading"] for column in batch.header.get("columns", [])}
    for column in mapping.columns:
        if known.get(column.index) != column.heading:
            letter = column_letter(column.index)
            raise Refused.invalid("mapping", _("第 %(letter)s 列不在此表头中") % {"letter": letter})
