"""Pairs of leads with the answer to "is it one?", from the office's ledgers, and what the search makes of it.

`python -m scripts.bench.doubles` writes the labelled set anew; it is small and kept with the tests. Every
lead of the ledgers is spelt in ways in which it comes a second time (``SAME``) and in ways in which another
one looks like it (``OTHER``).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

DATA = Path(__file__).parents[2] / "tests" / "data"
LABELLED = DATA / "duplicates" / "labelled.json"
LEADS = 60
SAME, OTHER = True, False
_HOMOPHONES = dict(
    zip(
        "华锐源新峰汇宝诚材电铝力动能机器城业智光",
        "化瑞原鑫锋惠保城才店吕利洞农基气诚叶志广",
        strict=True,
    )
)
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_OTHER_FIRMS = ("宏图远大实业有限公司", "江苏启航新能源股份有限公司", "成都天府云计算有限公司")


@dataclass(frozen=True, slots=True)
class Row:
    """A lead as somebody writes it, the ledger's lead it is laid beside, how it was made, and the answer."""

    of: int
    kind: str
    same: bool
    name: str
    investor: str
    fen: int | None


def ledger_leads() -> list[dict[str, Any]]:
    """The leads of the two ledgers that name their investor, as the ledgers' own expectations have them."""
    known = json.loads((DATA / "ledgers" / "expected.json").read_text())
    rows = [row for name, sheet in known.items() if not name.startswith("_") for row in sheet["rows"]]
    named = [row for row in rows if row["investor"]]
    return [
        {"name": row["name"], "investor": row["investor"], "fen": _fen(row["amount"]["yuan"])}
        for row in named[:LEADS]
    ]


def _fen(yuan: int | None) -> int | None:
    return yuan * 100 if yuan else None


def variants(leads: list[dict[str, Any]]) -> Iterator[Row]:
    for of, lead in enumerate(leads):
        yield from _again(of, **lead)
        yield from _others(of, **lead)
    yield from _neighbours(leads)


def _again(of: int, name: str, investor: str, fen: int | None) -> Iterator[Row]:
    """The same lead, written another way."""
    bare = re.sub(r"(建设|生产)?(基地)?项目$", "", name)
    firm = re.sub(r"(股份|有限|责任)*公司$|集团$", "", investor)
    near = fen * 105 // 100 if fen else None
    yield Row(of, "suffix dropped", SAME, bare, firm, fen)
    yield Row(of, "place and form added", SAME, f"重庆市涪陵区{name}", f"重庆{firm}有限责任公司", fen)
    yield Row(of, "full width and blanks", SAME, " ".join(name.translate(_WIDE)), investor, near)
    yield Row(of, "homophone in the name", SAME, _slip(name), investor, fen)
    yield Row(of, "homophone in the investor", SAME, name, _slip(investor), fen)
    yield Row(
        of, "one character lost", SAME, name[: len(name) // 2] + name[len(name) // 2 + 1 :], investor, near
    )
    yield Row(of, "words put in", SAME, f"{bare}产业化建设项目", investor, fen)
    yield Row(of, "first phase", SAME, f"{bare}一期项目", investor, fen)


def _slip(text: str) -> str:
    """One character that sounds the same; the text itself where there is none to slip on."""
    place = next((at for at, character in enumerate(text) if character in _HOMOPHONES), None)
    return text if place is None else text[:place] + _HOMOPHONES[text[place]] + text[place + 1 :]


def _others(of: int, name: str, investor: str, fen: int | None) -> Iterator[Row]:
    """Another lead that looks like it."""
    bare = re.sub(r"(建设|生产)?(基地)?项目$", "", name)
    other = _OTHER_FIRMS[of % len(_OTHER_FIRMS)]
    yield Row(of, "next phase", OTHER, f"{bare}四期项目", investor, fen)
    yield Row(of, "extension", OTHER, f"{bare}扩建项目", investor, fen * 2 if fen else None)
    yield Row(of, "same name, another investor", OTHER, name, other, fen * 3 if fen else None)
    yield Row(of, "another work of the investor", OTHER, "智慧冷链物流园项目", investor, fen)
    if re.search(r"\d", name):
        yield Row(of, "another size", OTHER, re.sub(r"\d+", "777", name, count=1), investor, fen)


def _neighbours(leads: list[dict[str, Any]]) -> Iterator[Row]:
    """The ledgers' own leads beside each other: all different."""
    for of, following in enumerate(leads[1:]):
        yield Row(
            of, "the next of the ledger", OTHER, following["name"], following["investor"], following["fen"]
        )


def load() -> tuple[list[dict[str, Any]], list[Row]]:
    """The labelled set: the leads, and the rows laid beside them."""
    kept = json.loads(LABELLED.read_text())
    return kept["leads"], [Row(*row) for row in kept["rows"]]


def write() -> None:
    leads = ledger_leads()
    rows = [[row.of, row.kind, row.same, row.name, row.investor, row.fen] for row in variants(leads)]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    heads = ",\n".join(json.dumps(lead, ensure_ascii=False) for lead in leads)
    LABELLED.parent.mkdir(exist_ok=True)
    LABELLED.write_text(f'{{"leads": [\n{heads}\n],\n"rows": [\n{lines}\n]}}\n')


@dataclass(frozen=True, slots=True)
class Measured:
    """How the search did: of what it called sure or likely how much was right, of what is one how much it
    found, seconds of each question, and the rows that it got wrong."""

    precision: float
    recall: float
    seconds: list[float]
    wrong: list[Row]


def measure(by: Any, on: Any, every: int = 1) -> Measured:
    """Register the ledgers' leads in this database, then ask of every row. ``every``: of so many rows
    one is asked. Seconds are those of one question."""
    from projects import actions
    from projects.actions import EnterpriseData
    from projects.duplicates import candidates
    from projects.likeness import DEFAULTS, Grade, Lead
    from projects.models import Project

    leads, rows = load()
    keys = []
    for lead in leads:
        firm = EnterpriseData(lead["investor"], no_code_reason="尚未注册")
        project = actions.register(by=by, on=on, name=lead["name"], enterprise=firm)
        Project.objects.filter(pk=project.pk).update(total_fen=lead["fen"])
        keys.append(project.pk)
    hits, calls, seconds, wrong = 0, 0, [], []
    asked = rows[::every]
    for row in asked:
        begun = perf_counter()
        found = candidates(Lead(row.name, row.investor, total_fen=row.fen), DEFAULTS)
        seconds.append(perf_counter() - begun)
        called = any(
            one.project.pk == keys[row.of] and one.verdict.grade in (Grade.SURE, Grade.LIKELY)
            for one in found
        )
        hits, calls = hits + (called and row.same), calls + called
        if called is not row.same:
            wrong.append(row)
    same = sum(row.same for row in asked)
    return Measured(hits / max(calls, 1), hits / same, seconds, wrong)


if __name__ == "__main__":
    write()
