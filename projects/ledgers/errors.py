"""The one exception of the ledger reader, and the notes it leaves on single cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


class LedgerError(Exception):
    """The file, sheet or mapping as a whole cannot be read.

    ``code`` is stable English for programs, ``message`` is for people (translated when raised), ``cell`` is
    an address such as ``D17`` where there is one.
    """

    def __init__(self, code: str, message: str, cell: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.cell = cell


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One cell that must not be imported as it stands; the rest of its row may be.

    ``code`` is a reason of reasons.py, error_cell, formula_without_result or no_name.
    """

    field: str
    cell: str
    message: str
    code: str


@lru_cache(maxsize=1024)
def column_letter(index: int) -> str:
    """The sheet's letters of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The column counted from 0 of its letters: A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def address(row: int, column: int) -> str:
    """The cell's address from a row and a column counted from 0: (16, 3) → D17."""
    return f"{column_letter(column)}{row + 1}"
