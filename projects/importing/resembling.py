"""What a ledger's new rows resemble: read for a whole chunk in three statements, compared in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cases.models import Enterprise
from kernel.names import sound
from projects.importing.entries import Entry, figures
from projects.likeness import Grade, Lead, Points, Verdict, compare
from projects.models import Measure, Project

COMPARED = ("sound", "enterprise__name", "enterprise__sound", "total_fen", "site", "introducing_unit__name")
"""The columns that a comparison needs beside name, number and credit code."""
SUSPICIOUS = (Grade.SURE, Grade.LIKELY)
MOST = 50
"""As many of one sound or one investor are compared, the newest: an investor may have hundreds."""


@dataclass(frozen=True, slots=True)
class Alike:
    """The likest there is: the key of a project (or the number of a row above), and why."""

    key: int
    verdict: Verdict
    name: str = ""
    code: str = ""
    unit: str = ""


class Resembling:
    """Leads to compare with, found by how their name or their investor's sounds."""

    def __init__(self, points: Points, rows: Sequence[dict[str, Any]] = ()) -> None:
        self.points, self.rows = points, rows
        self._by_name: dict[str, list[tuple[Lead, Alike]]] = {}
        self._by_firm: dict[str, list[tuple[Lead, Alike]]] = {}

    @classmethod
    def read(cls, entries: Sequence[Entry], points: Points, columns: Iterable[str]) -> "Resembling":
        """What the database holds of the same sound as these rows' names and investors, oldest first."""
        valid = Project.objects.exclude(division="")
        named = valid.filter(sound__in=_sounds(entries, "name")).values(*columns)
        firms = Enterprise.objects.filter(sound__in=_sounds(entries, "investor")).values_list("pk", flat=True)
        keys = list(firms)
        rows = {row["pk"]: row for row in named}
        if keys:
            rows |= {row["pk"]: row for row in valid.filter(enterprise__in=keys).values(*columns)}
        found = cls(points, [rows[key] for key in sorted(rows)])
        for row in found.rows:
            found._keep(_kept(row), row["sound"], row["enterprise__sound"] or "", Alike(
                row["pk"], Verdict(None), row["name"], row["case__code"], row["introducing_unit__name"] or ""
            ))  # fmt: skip
        return found

    def add(self, entry: Entry, number: int) -> None:
        """A row of the file itself, for the rows below it."""
        self._keep(_lead(entry), sound(entry["name"]), "", Alike(number, Verdict(None)))

    def _keep(self, lead: Lead, name: str, firm: str, which: Alike) -> None:
        if name:
            self._by_name.setdefault(name, []).append((lead, which))
        if firm:
            self._by_firm.setdefault(firm, []).append((lead, which))

    def likest(self, entry: Entry) -> Alike | None:
        """What the row resembles most, if so much that a person must look."""
        near = self._by_name.get(sound(entry["name"]), [])[-MOST:]
        near = near + self._by_firm.get(sound(entry.get("investor", "")), [])[-MOST:]
        if not near:
            return None
        lead = _lead(entry)
        graded = [(compare(lead, theirs, self.points), which) for theirs, which in near]
        verdict, which = max(graded, key=lambda pair: (pair[0].points, -pair[1].key))
        if verdict.grade not in SUSPICIOUS:
            return None
        return Alike(which.key, verdict, which.name, which.code, which.unit)


def _sounds(entries: Iterable[Entry], field: str) -> set[str]:
    return {sound(entry.get(field, "")) for entry in entries} - {""}


def _lead(entry: Entry) -> Lead:
    stated = figures(entry)
    return Lead(
        name=entry["name"],
        investor=entry.get("investor", ""),
        credit_code=entry.get("credit_code", ""),
        total_fen=stated.get(Measure.TOTAL.value),
        site=entry.get("park") or entry.get("region") or "",
    )


def _kept(row: dict[str, Any]) -> Lead:
    return Lead(
        name=row["name"],
        investor=row["enterprise__name"] or "",
        credit_code=row["enterprise__credit_code"] or "",
        total_fen=row["total_fen"],
        site=row["site"],
    )
