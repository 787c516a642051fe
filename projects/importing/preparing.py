"""Before the commit: every row worked out in full into scratch tables of this connection. Locks nothing."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import orjson
from django.db.models import Max, TextField
from django.db.models.functions import Cast

from accounts.access import see_all, units_of
from kernel.bulk import Scratch
from kernel.names import sound
from kernel.text import normal
from policies.rulebook import Rulebook
from projects.facts import batch_of, class_of, facts_of, sector_of
from projects.importing import past
from projects.importing.claims import Claim
from projects.importing.comparing import stated_fields
from projects.importing.entries import Entry, figures
from projects.importing.investors import Investor, Investors
from projects.importing.places import Places
from projects.importing.staging import CHUNK
from projects.models import ImportBatch, ImportRow, Measure, Outcome, Phase, Project
from projects.models.imports import Decision
from projects.search import words_of
from projects.stages import stage_of

_MEASURES = {f"{measure.value}_fen": "bigint" for measure in Measure}
COLUMNS = {
    "name": "text", "normalized_name": "text", "sound": "text", "phase": "text", "batch": "text",
    "project_class": "text", "origin": "text",
    "sector": "text", "agreement_grade": "text", "industry_text": "text",
    "landing_unit_id": "bigint", "introducing_unit_id": "bigint", "land_square_metres": "bigint",
    "land_text": "text", "content": "text", "site": "text", "progress": "text", "jobs": "bigint",
    "talk_stage": "text", "lead_channel": "text", "lead_source": "text",
    "target_classes": "text", "lead_tags": "text", **_MEASURES,
}  # fmt: skip
"""Columns of a project that are worked out here; ``enterprise_id``, number and search words come later."""
INVESTOR = {
    "name": "text", "normalized_name": "text", "sound": "text", "credit_code": "text",
    "no_code_reason": "text", "division_code": "text", "origin_text": "text",
    "contact_name": "text", "contact_phone": "text",
}  # fmt: skip
MONEY = {
    "measure": "text", "raw": "text", "currency": "text", "original": "text", "fen": "bigint",
    "qualifier": "text",
}  # fmt: skip
_DEFAULTS = {
    field.attname: field.get_default()
    for field in Project._meta.concrete_fields
    if field.attname not in ("case_id", "created_at", "updated_at")
}


class Prepared:
    """The scratch tables of one commit: ``n`` is the place of a row in the import, from 0."""

    def __init__(self) -> None:
        at = {"n": "bigint", "row_id": "bigint", "excel_row": "bigint", "let_in": "bigint"}
        investor = {"enterprise_id": "bigint", "investor": "bigint", "words": "text"}
        self.projects = Scratch("import_project", at | investor | COLUMNS)
        self.money = Scratch("import_money", {"n": "bigint", **MONEY})
        self.days = Scratch("import_day", {"n": "bigint", "code": "text", "day": "date", "precision": "text"})
        self.behind = Scratch("import_behind", {"phase": "text", "code": "text", "place": "bigint"})
        self.new = Scratch("import_investor", {"n": "bigint", **INVESTOR})
        self.coded: dict[int, str] = {}

    def drop(self) -> None:
        for table in (self.projects, self.money, self.days, self.behind, self.new):
            table.drop()


def wanted(batch: ImportBatch) -> Any:
    """The staged rows that become projects: new ones not left out, suspects that a person let in."""
    rows = ImportRow.objects.filter(batch=batch)
    new = rows.filter(outcome=Outcome.NEW).exclude(decision=Decision.SKIP)
    return new | rows.filter(outcome=Outcome.SUSPECT, decision=Decision.CREATE)


def prepare(batch: ImportBatch, claim: Claim, law: tuple[int, Rulebook]) -> Prepared:
    """Work out all rows of the batch. Raises Lost when another worker took the batch up."""
    tables, investors, worker = Prepared(), Investors(), _Worker(batch, law)
    place = 0
    for chunk in _chunks(batch):
        investors.load(entry for _row, _number, entry, _phase, _let_in in chunk)
        lines = [worker.line(place + at, row, investors) for at, row in enumerate(chunk)]
        place += len(chunk)
        tables.projects.fill([line for line, _money, _days in lines])
        tables.money.fill([row for _line, money, _days in lines for row in money])
        tables.days.fill([row for _line, _money, days in lines for row in days])
        claim.beat(rows_done=place)
    policy_set, _rules = law
    tables.behind.fill(
        (phase, code, at) for phase in Phase.values for at, code in enumerate(past.behind(policy_set, phase))
    )
    tables.new.fill([made.place, *(made.fields[name] for name in INVESTOR)] for made in investors.new)
    tables.coded = investors.coded
    for table, column in ((tables.projects, "n"), (tables.money, "n"), (tables.days, "n"), (tables.new, "n")):
        table.index(column)
    return tables


_Staged = tuple[int, int, Entry, str, bool]


def _chunks(batch: ImportBatch) -> Iterator[list[_Staged]]:
    """The wanted rows from the top, by their places in the sheet: no cursor stays open while other
    statements run, and no chunk sorts all the rows that are still to come."""
    last = ImportRow.objects.filter(batch=batch).aggregate(last=Max("excel_row"))["last"] or 0
    text = Cast("values", TextField())  # orjson reads it three times as fast as the field does
    columns = ("pk", "excel_row", text, "decided_phase", "decision")
    for first in range(0, last + 1, CHUNK):
        rows = wanted(batch).filter(excel_row__gte=first, excel_row__lt=first + CHUNK)
        yield [
            (key, number, orjson.loads(entry), phase, decision == Decision.CREATE)
            for key, number, entry, phase, decision in rows.order_by("excel_row").values_list(*columns)
        ]


class _Worker:
    """Works out single rows under one law; what repeats from row to row is looked up once."""

    def __init__(self, batch: ImportBatch, law: tuple[int, Rulebook]) -> None:
        self.batch, self.law, self.places = batch, law, Places(batch.on)
        self.wide, self.own = see_all(batch.user), units_of(batch.user)
        self._stands: dict[str, tuple[str, str]] = {}

    def line(self, place: int, row: _Staged, investors: Investors) -> tuple[list[Any], Any, Any]:
        """The row's line in each scratch table: project, figures, days."""
        key, number, entry, decided, let_in = row
        # A phase that the ledger does not tell and nobody decided is the first.
        phase = decided or entry.get("phase") or Phase.PLANNING.value
        investor = investors.of(entry)
        project = self._project(entry, phase, investor)
        words = words_of("", [entry["name"], investor.name if investor else ""])
        line: list[Any] = [place, key, number, int(let_in), investor.key if investor else None]
        line += [investor.place if investor else None, words, *(project[name] for name in COLUMNS)]
        money = [(place, *(figure[name] for name in MONEY)) for figure in entry["money"]]
        days = [(place, *day) for day in past.days(entry, past.behind(self.law[0], phase))]
        return line, money, days

    def _project(self, entry: Entry, phase: str, investor: Investor | None) -> dict[str, Any]:
        park = self.places.park(entry.get("park", ""))
        reached, stage = self._reached(phase)
        project = _DEFAULTS | stated_fields(entry)
        project |= {f"{measure}_fen": fen for measure, fen in figures(entry).items()}
        project |= {
            "name": entry["name"],
            "normalized_name": normal(entry["name"])[:200],
            "sound": sound(entry["name"]),
            "phase": phase,
            "batch": reached,
            "talk_stage": stage,
            "origin": investor.origin if investor else "",
            "landing_unit_id": park,
            "introducing_unit_id": self._introducing(entry, park),
            "site": "" if park else (entry.get("park") or entry.get("region") or "")[:200],
        }
        # What a condition may ask of the enterprise is only whether there is one.
        project["enterprise_id"] = (investor.key or -1) if investor else None
        project["sector"] = sector_of(project["industry_code"])
        project["project_class"] = class_of(facts_of(SimpleNamespace(**project)), self.law[1])  # type: ignore[arg-type]
        return project

    def _reached(self, phase: str) -> tuple[str, str]:
        """Batch and stage of the talks that follow from what lies behind a phase."""
        if phase not in self._stands:
            policy_set, rules = self.law
            done = past.behind(policy_set, phase)
            self._stands[phase] = str(batch_of(done, rules)), stage_of(done, rules)
        return self._stands[phase]

    def _introducing(self, entry: Entry, park: int | None) -> int:
        """The unit that the ledger names, unless the project would leave its importer's sight."""
        stated = self.places.unit(entry.get("responsible_unit", ""))
        if stated and (self.wide or stated in self.own or park in self.own):
            return stated
        return self.batch.unit_id
