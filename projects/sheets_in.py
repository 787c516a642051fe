"""A small table handed in: our columns found by their headers, every filled line read as people read it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files import File
from django.utils.translation import gettext as _

from kernel.refusals import Refused
from projects.ledgers.errors import LedgerError, address
from projects.ledgers.reader import Sheet, Workbook

SEARCHED = 30
MOST_BYTES = 10 * 1_048_576
Said = dict[str, str]
"""What a line says by our names of the columns; ``line`` is its number, ``faults`` its broken cells."""


def read_lines(
    upload: "File[bytes]",
    headers: Mapping[str, str],
    needed: Collection[str],
    filled: Callable[[Said], bool],
    most: int,
) -> list[Said]:
    """The lines of the first visible sheet in which something is ``filled``.

    ``headers``: our names → the headers as they are written; those ``needed`` make the row of headers.
    Raises Refused (invalid): no table, no such row among the first thirty, more than ``most`` lines.
    """
    if not upload.size:
        raise Refused.invalid("file", _("文件是空的"), code="empty")
    if upload.size > MOST_BYTES:
        raise Refused.invalid("file", _("文件超过 %(most)s MB") % {"most": 10}, code="too_large")
    with NamedTemporaryFile(suffix=".xlsx") as kept:
        for piece in upload.chunks():
            kept.write(piece)
        kept.flush()
        try:
            with Workbook(Path(kept.name)) as book:
                found = list(_lines(book.sheet(book.visible_names[0]), headers, needed, filled, most))
        except LedgerError as error:
            raise Refused.invalid("file", error.message, code=error.code) from error
    if not found:
        raise Refused.invalid("file", _("表中没有填写的行"), code="empty")
    return found


def _lines(
    sheet: Sheet,
    headers: Mapping[str, str],
    needed: Collection[str],
    filled: Callable[[Said], bool],
    most: int,
) -> Iterator[Said]:
    columns: dict[int, str] = {}
    count = 0
    for number, cells in sheet.rows():
        texts = [_text(cell) for cell in cells]
        if not columns:
            columns = _columns(texts, headers, needed)
            if not columns and number >= SEARCHED:
                break
            continue
        said = {name: texts[place] for place, name in columns.items() if place < len(texts)}
        if not filled(said):
            continue
        count += 1
        if count > most:
            raise Refused.invalid("file", _("一次最多 %(most)s 行") % {"most": most}, code="too_many")
        yield said | {"line": str(number + 1), "faults": _broken(sheet, number, columns)}
    if not columns:
        names = "".join(f"“{headers[name]}”" for name in headers if name in needed)
        message = _("前 %(n)s 行中没有找到表头（须有%(names)s）") % {"n": SEARCHED, "names": names}
        raise Refused.invalid("file", message, code="no_header")


def _columns(texts: Sequence[str], headers: Mapping[str, str], needed: Collection[str]) -> dict[int, str]:
    """Where each of our columns stands, if this is the row of headers."""
    names = {header: name for name, header in headers.items()}
    found = {place: names[one] for place, one in enumerate(texts) if one in names}
    return found if set(needed) <= set(found.values()) else {}


def _broken(sheet: Sheet, number: int, columns: Mapping[int, str]) -> str:
    """Cells that hold an error or a formula without its result: never read as blank."""
    facts = sheet.facts
    bad = [
        place for place in columns
        if (number, place) in facts.errors or (number, place) in facts.uncached
    ]  # fmt: skip
    message = _("单元格 %(cell)s 是出错的公式或没有结果的公式")
    return "\n".join(message % {"cell": address(number, place)} for place in bad)


def _text(cell: object) -> str:
    """A cell as people read it: 12.0 is "12", a date its day."""
    if isinstance(cell, float):
        plain = f"{Decimal(repr(cell)):f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(cell).strip() if cell is not None else ""
