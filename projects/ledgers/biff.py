"""What calamine does not tell of an .xls (BIFF8 in an OLE container): error cells, hidden rows and columns,
and whether the file is encrypted or carries macros. Layout after [MS-CFB] and [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .container import Limits, corrupt, encrypted, macros_refused
from .sheet_xml import SheetFacts
from .workbook_xml import too_many_cells

_END: Final = 0xFFFFFFFC  # sector numbers from here on are no sectors
_ERRORS: Final = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}
_FILEPASS: Final = 0x2F
_BOUNDSHEET: Final = 0x85
_BOF: Final = 0x0809
_EOF: Final = 0x0A
_FORMULA: Final = 0x06
_BOOLERR: Final = 0x0205
_ROW: Final = 0x0208
_COLINFO: Final = 0x7D
_CELLS: Final = frozenset({0x06, 0xFD, 0x0203, 0x027E, 0x0204, 0x0205})  # one row, one column each


def read_biff(path: Path, limits: Limits) -> dict[str, SheetFacts]:
    """Facts by sheet name; LedgerError (encrypted, macro, corrupt, too_many_cells)."""
    data = path.read_bytes()
    try:
        streams = _streams(data)
        if "EncryptedPackage" in streams or "EncryptionInfo" in streams:
            raise encrypted()
        if "_VBA_PROJECT_CUR" in streams or "_VBA_PROJECT" in streams:
            raise macros_refused()
        entry = streams.get("Workbook") or streams.get("Book")
        if entry is None:
            raise corrupt()
        return _sheets(_Container(data).read(*entry), limits)
    except (struct.error, IndexError) as error:
        raise corrupt() from error


class _Container:
    """The chains of sectors of an OLE file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise corrupt()
        self._size = 1 << shift
        self.directory, self.cutoff = struct.unpack_from("<I4xI", data, 48)
        self._mini_fat_start = struct.unpack_from("<I", data, 60)[0]
        self._fat = self._table(self._fat_sectors())

    def _fat_sectors(self) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        following, seen = struct.unpack_from("<I", self._data, 68)[0], set()
        while following < _END and following not in seen:
            seen.add(following)
            numbers = struct.unpack_from(f"<{self._size // 4}I", self._data, self._at(following))
            sectors += numbers[:-1]
            following = numbers[-1]
        return [sector for sector in sectors if sector < _END]

    def _table(self, sectors: list[int]) -> list[int]:
        table: list[int] = []
        for sector in sectors:
            table += struct.unpack_from(f"<{self._size // 4}I", self._data, self._at(sector))
        return table

    def _at(self, sector: int) -> int:
        return (sector + 1) * self._size

    def chain(self, sector: int) -> bytes:
        parts: list[bytes] = []
        seen: set[int] = set()
        while sector < _END:
            if sector in seen:
                raise corrupt()
            seen.add(sector)
            parts.append(self._data[self._at(sector) : self._at(sector) + self._size])
            sector = self._fat[sector]
        return b"".join(parts)

    def read(self, start: int, size: int) -> bytes:
        """A stream; small ones lie in the mini stream, whose chain starts at the root entry."""
        if size >= self.cutoff:
            return self.chain(start)[:size]
        directory = self.chain(self.directory)
        mini = self.chain(struct.unpack_from("<I", directory, 116)[0])
        raw = self.chain(self._mini_fat_start)
        fat = struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
        parts: list[bytes] = []
        while start < _END and len(parts) <= len(fat):
            parts.append(mini[start * 64 : start * 64 + 64])
            start = fat[start]
        return b"".join(parts)[:size]


def _streams(data: bytes) -> dict[str, tuple[int, int]]:
    directory = _Container(data).chain(struct.unpack_from("<I", data, 48)[0])
    found = {}
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        if 2 <= length <= 64:
            name = directory[at : at + length - 2].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", directory, at + 116)
            found[name] = (start, size)
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheets(stream: bytes, limits: Limits) -> dict[str, SheetFacts]:
    found: dict[str, SheetFacts] = {}
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _BOUNDSHEET:
            found[_short_text(body[6:])] = _facts(stream, struct.unpack_from("<I", body)[0], limits)
        elif kind == _EOF:
            break
    return found


def _short_text(body: bytes) -> str:
    length, wide = body[0], body[1] & 1
    return body[2 : 2 + length * 2].decode("utf-16-le") if wide else body[2 : 2 + length].decode("latin-1")


def _facts(stream: bytes, at: int, limits: Limits) -> SheetFacts:
    facts, width, depth = SheetFacts(), 0, 0
    for kind, body in _records(stream, at):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            break
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            width, facts.height = max(width, column + 1), max(facts.height, row + 1)
            error = _error_of(kind, body)
            if error:
                facts.errors[row, column] = error
        elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            facts.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLINFO and struct.unpack_from("<H", body, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", body)
            facts.hidden_columns.update(range(first, last + 1))
    if width * facts.height > limits.cells:
        raise too_many_cells(limits)
    return facts


def _error_of(kind: int, body: bytes) -> str | None:
    if kind == _BOOLERR and body[7]:
        return _ERRORS.get(body[6], "#ERROR!")
    if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _ERRORS.get(body[8], "#ERROR!")
    return None
