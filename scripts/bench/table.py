"""Figures and how they are printed."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; ``most``/``least`` is its target, if the issue sets one."""

    name: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.least is None and self.most is None:
            return None
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    @property
    def target(self) -> str:
        if self.least is not None:
            return f"≥ {_plain(self.least)}"
        return f"≤ {_plain(self.most)}" if self.most is not None else ""

    def cells(self) -> tuple[str, ...]:
        verdict = {True: "yes", False: "NO", None: ""}[self.met]
        return self.name, f"{_plain(self.value)} {self.unit}".strip(), self.target, verdict, self.note


def _plain(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


HEADS = ("figure", "measured", "target", "met", "note")


def printed(figures: Iterable[Figure]) -> str:
    """A Markdown table."""
    rows = [HEADS, *(figure.cells() for figure in figures)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def interleaved(rounds: int, works: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Every work once a round, the rounds one after the other: what disturbs a machine disturbs all alike."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _round in range(rounds):
        for name, work in works.items():
            found[name].append(work())
    return found


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the ratios round by round."""
    return median(a / b for a, b in zip(over, under, strict=True))
