"""The investors of a ledger as enterprises: those already kept are found, each other one is made once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cases.models import Enterprise
from kernel.names import sound
from kernel.text import normal
from projects.facts import origin_of
from projects.importing.entries import Entry
from projects.importing.origins import division_of

NO_CODE = "台账未填写信用代码"
KNOWN = ("pk", "name", "normalized_name", "credit_code", "division_code", "country")


@dataclass(slots=True)
class Investor:
    """An enterprise behind a row: kept already (``key``), or to be made as number ``place`` of the new."""

    name: str
    code: str
    division: str
    country: str = "CN"
    key: int | None = None
    place: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return origin_of(self.division, self.country)


class Investors:
    """Resolves chunk after chunk. A credit code decides; else the name does, and the oldest of that name.

    A stated code is added to an enterprise of the same name that has none yet: see ``coded``.
    """

    def __init__(self) -> None:
        self.new: list[Investor] = []
        self.coded: dict[int, str] = {}
        self._by_code: dict[str, Investor] = {}
        self._by_name: dict[str, list[Investor]] = {}
        self._asked: set[str] = set()

    def load(self, entries: Iterable[Entry]) -> None:
        """Read what is kept under the names and codes of these rows, in two queries."""
        rows = list(entries)
        names = {normal(row.get("investor", ""))[:200] for row in rows} - self._asked - {""}
        codes = {row["credit_code"] for row in rows if row.get("credit_code")} - self._asked
        self._asked |= names | codes
        found = list(Enterprise.objects.filter(normalized_name__in=names).values(*KNOWN)) if names else []
        found += Enterprise.objects.filter(credit_code__in=codes).values(*KNOWN) if codes else []
        for row in sorted(found, key=lambda kept: kept["pk"]):
            self._keep(row)

    def _keep(self, row: dict[str, Any]) -> None:
        same = self._by_name.setdefault(row["normalized_name"], [])
        if any(known.key == row["pk"] for known in same):
            return
        made = Investor(row["name"], row["credit_code"], row["division_code"], row["country"], row["pk"])
        same.append(made)
        if made.code:
            self._by_code[made.code] = made

    def of(self, entry: Entry) -> Investor | None:
        """The investor of a row whose chunk was loaded; None when it names none."""
        name, code = entry.get("investor", "")[:200], entry.get("credit_code", "")
        if not name:
            return None
        if code in self._by_code:
            return self._by_code[code]
        same = [row for row in self._by_name.get(normal(name)[:200], ()) if not code or not row.code]
        if not same:
            return self._make(name, code, entry)
        if code:
            self._give_code(same[0], code)
        return same[0]

    def _give_code(self, found: Investor, code: str) -> None:
        found.code = self._by_code.setdefault(code, found).code or code
        if found.key is None:
            found.fields |= {"credit_code": code, "no_code_reason": ""}
        else:
            self.coded[found.key] = code

    def _make(self, name: str, code: str, entry: Entry) -> Investor:
        origin = entry.get("investor_origin", "")[:100]
        made = Investor(name, code, division_of(origin), place=len(self.new))
        made.fields = {
            "name": name,
            "normalized_name": normal(name)[:200],
            "sound": sound(name),
            "credit_code": code,
            "no_code_reason": "" if code else NO_CODE,
            "division_code": made.division,
            "origin_text": origin,
            "contact_name": entry.get("contact_person", "")[:60],
            "contact_phone": entry.get("contact_phone", "")[:40],
        }
        self.new.append(made)
        self._by_name.setdefault(made.fields["normalized_name"], []).append(made)
        if code:
            self._by_code[code] = made
        return made
