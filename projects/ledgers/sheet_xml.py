"""What calamine does not tell of an .xlsx sheet: error cells, formulas without a result, hidden rows and
columns, number formats that carry meaning. A plain sheet is only skimmed; one with any of these is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from .container import Limits, Package, corrupt
from .errors import column_index
from .workbook_xml import too_many_cells

_LAST: Final = True  # no more data follows
_OPEN: Final = re.compile(rb"<(?:\w+:)?sheetData\s*>")
_CLOSE: Final = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_ROW: Final = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
_REFERENCE: Final = re.compile(rb'<c r="([A-Z]+)')
_TWO_LETTERS: Final = re.compile(rb'<c r="[A-Z]{2}')
_LONGEST_HEAD: Final = 32 * 2**20  # bytes of a sheet outside its rows that are worth holding
# Any of these inside the rows asks for the full parse; a false alarm costs time only.
_SIGNS: Final = (b"<f", b't="e"', b"='", b"hidden=", b":c")


@dataclass(slots=True)
class SheetFacts:
    """Rows and columns are counted from 0. ``height`` counts formatted blank rows too."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncached: set[tuple[int, int]] = field(default_factory=set)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    height: int = 0


def read_facts(package: Package, part: str, styles: dict[str, str], limits: Limits) -> SheetFacts:
    """Skim or parse one sheet's XML; ``styles`` are the telling number formats by style index.

    Raises LedgerError (corrupt, zip_bomb, too_many_cells): a sheet whose used range would not fit in memory
    is refused before calamine opens it.
    """
    skimmed = _skim(package, part, styles, limits)
    return skimmed or _parse(package, part, styles, limits)


def _skim(package: Package, part: str, styles: dict[str, str], limits: Limits) -> SheetFacts | None:
    """Facts of a plain sheet: its head and tail parsed, its rows only searched. None: parse it in full."""
    signs = (*_SIGNS, *(f's="{index}"'.encode() for index in styles))
    outside, body, height, wide = bytearray(), _Body(), 0, False
    for chunk in package.stream(part):
        rows = body.feed(chunk, outside)
        if len(outside) > _LONGEST_HEAD:
            return None
        if not rows:
            continue
        numbers = [int(number) for number in _ROW.findall(rows)]
        if any(sign in rows for sign in signs) or len(numbers) != rows.count(b"<row"):
            return None
        if rows.count(b"<c") != rows.count(b'<c r="'):
            return None
        height = max(height, *numbers) if numbers else height
        wide = wide or bool(_TWO_LETTERS.search(rows))
    if not body.closed or height > limits.rows or height * 26 > limits.cells:
        return None
    if wide and height * 26 * 27 > limits.cells and not _narrow(package, part, height, limits):
        return None
    facts = _Parser(styles, limits).run([bytes(outside)])
    facts.height = height
    return facts


def _narrow(package: Package, part: str, height: int, limits: Limits) -> bool:
    columns: set[bytes] = set()
    rest = b""
    for chunk in package.stream(part):
        columns.update(_REFERENCE.findall(rest + chunk))
        rest = chunk[-16:]
    widest = max((column_index(letters.decode()) for letters in columns), default=0) + 1
    return height * widest <= limits.cells


class _Body:
    """Cuts a stream into what lies outside <sheetData> and whole tags of what lies inside."""

    def __init__(self) -> None:
        self.opened = self.closed = False
        self._rest = b""

    def feed(self, chunk: bytes, outside: bytearray) -> bytes:
        data = self._rest + chunk
        self._rest = b""
        if self.closed:
            outside += data
            return b""
        if not self.opened:
            match = _OPEN.search(data)
            cut = match.end() if match else max(len(data) - 64, 0)
            self.opened = bool(match)
            outside += data[:cut]
            data = data[cut:]
            if not match:
                self._rest = data
                return b""
        end = _CLOSE.search(data) if b"sheetData" in data else None
        if end:
            self.closed = True
            outside += data[end.start() :]
            return data[: end.start()]
        cut = max(data.rfind(b"<row"), data.rfind(b"<c "), data.rfind(b"</row"))
        cut = cut if cut > 0 else data.rfind(b"<")
        self._rest = data[cut:] if cut >= 0 else data
        return data[:cut] if cut >= 0 else b""


def _parse(package: Package, part: str, styles: dict[str, str], limits: Limits) -> SheetFacts:
    return _Parser(styles, limits).run(package.stream(part))


class _Parser:
    """One pass of expat over a sheet; document types are refused, so no entity can be declared.

    Millions of cells pass through here: a cell's place is worked out only when something in it matters, and
    ends of elements and text are listened to only inside cells with a formula or an error.
    """

    def __init__(self, styles: dict[str, str], limits: Limits) -> None:
        self._styles, self._limits = styles, limits
        self.facts = SheetFacts()
        self._row = -1
        self._column: int | None = -1
        self._cell: dict[str, str] = {}
        self._width = self._last_row = 0
        self._in_value = False
        self._text = ""
        self._columns: dict[str, int] = {}
        self._expat = expat.ParserCreate()
        self._handlers: dict[str, Callable[[dict[str, str]], None]] = {}
        self._value_name = self._cell_name = ""

    def run(self, chunks: Iterable[bytes]) -> SheetFacts:
        parser = self._expat
        parser.buffer_text = True
        parser.StartElementHandler = self._root
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            for chunk in chunks:
                parser.Parse(chunk)
            parser.Parse(b"", _LAST)
        except (expat.ExpatError, KeyError, ValueError) as error:
            raise corrupt() from error
        return self.facts

    def _refuse(self, *_arguments: object) -> None:
        raise corrupt()

    def _root(self, name: str, _attributes: dict[str, str]) -> None:
        """The root element tells the prefix that this file's writer puts before every name."""
        prefix = name[: name.find(":") + 1]
        handlers = {
            "c": self._on_cell, "v": self._on_value, "is": self._on_value, "f": self._on_formula,
            "row": self._on_row, "col": self._on_column,
        }  # fmt: skip
        self._handlers = {prefix + key: handler for key, handler in handlers.items()}
        self._value_name, self._cell_name = f"{prefix}v", f"{prefix}c"
        self._expat.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        handler = self._handlers.get(name)
        if handler:
            handler(attributes)

    def _on_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        self.facts.height = max(self.facts.height, self._row + 1)
        if _true(attributes.get("hidden")):
            self.facts.hidden_rows.add(self._row)

    def _on_column(self, attributes: dict[str, str]) -> None:
        if _true(attributes.get("hidden")):
            last = min(int(attributes["max"]), 1024)
            self.facts.hidden_columns.update(range(int(attributes["min"]) - 1, last))

    def _on_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._column = None
        else:
            self._column = self._place()[1] + 1
        self._cell = attributes
        if attributes.get("t") == "e":
            self._listen()

    def _place(self) -> tuple[int, int]:
        """Row and column of the current cell."""
        if self._column is not None:
            return self._row, self._column
        reference = self._cell["r"]
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_index(letters)
        return int(reference[len(letters) :]) - 1, column

    def _on_value(self, _attributes: dict[str, str]) -> None:
        row, column = self._place()
        if column >= self._width or row >= self._last_row:
            self._grow(row, column)
        style = self._cell.get("s")
        if style in self._styles:
            self.facts.formats[row, column] = self._styles[style]
        self._in_value = True

    def _on_formula(self, _attributes: dict[str, str]) -> None:
        self._listen()

    def _grow(self, row: int, column: int) -> None:
        self._width = max(self._width, column + 1)
        self._last_row = max(self._last_row, row + 1)
        if self._last_row > self._limits.rows or self._width * self._last_row > self._limits.cells:
            raise too_many_cells(self._limits)

    def _listen(self) -> None:
        self._text, self._in_value = "", False
        self._expat.EndElementHandler = self._on_end
        self._expat.CharacterDataHandler = self._on_text

    def _on_text(self, data: str) -> None:
        if self._in_value:
            self._text += data

    def _on_end(self, name: str) -> None:
        if name == self._value_name:
            self._in_value = False
        elif name == self._cell_name:
            self._expat.EndElementHandler = self._expat.CharacterDataHandler = None
            kind = self._cell.get("t")
            if kind == "e":
                self.facts.errors[self._place()] = self._text or "#ERROR!"
            elif not self._text and kind != "str":
                self.facts.uncached.add(self._place())


def _true(value: str | None) -> bool:
    return value in ("1", "true")
