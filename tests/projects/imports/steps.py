"""The steps of an import in one call each, on ledgers made for one test."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File

from accounts.models import User
from projects.actions import imports
from projects.models import ImportBatch, ImportRow, Project
from tests import factories
from tests.projects.ledgers.books import HEADINGS, book

DATA = Path(__file__).parents[2] / "data" / "ledgers"
SIGNED, TALKING = DATA / "ledger-signed-2021-2025.xlsx", DATA / "ledger-negotiating.xlsx"
TODAY = factories.TODAY
FIRST_ROW = 4
"""Excel row of the first project of ``ledger``."""


def ledger(
    path: Path, lines: Sequence[Sequence[object]], more: Sequence[str] = (), title: str = "在谈项目"
) -> Path:
    """序号 项目名称 投资方 总投资（亿元） 片区 签约时间 进展情况, then the columns named ``more``."""
    return book(path, [["项目台账"], ["单位：亿元"], [*HEADINGS, *more], *lines], title=title)


def row(number: int, name: str, *cells: object) -> list[object]:
    """One line of ``ledger``; cells left out stay empty."""
    line = [number, name, *cells]
    return line + [None] * (len(HEADINGS) - len(line))


def upload(by: User, path: Path, on: date = TODAY, **options: Any) -> ImportBatch:
    with path.open("rb") as stream:
        return imports.upload(by=by, file=File(stream, name=path.name), on=on, **options)


def work(batch: ImportBatch) -> ImportBatch:
    """Do what a worker would."""
    imports.run(batch.pk)
    batch.refresh_from_db()
    return batch


def checked(by: User, path: Path, **options: Any) -> ImportBatch:
    batch = upload(by, path, **options)
    imports.check(batch=batch, by=by, enqueue=False)
    return work(batch)


def commit(batch: ImportBatch, on: date = TODAY) -> ImportBatch:
    imports.commit(batch=batch, by=batch.user, on=on, enqueue=False)
    return work(batch)


def undo(batch: ImportBatch, on: date = TODAY) -> ImportBatch:
    imports.undo(batch=batch, by=batch.user, on=on, enqueue=False)
    return work(batch)


def imported(by: User, path: Path) -> ImportBatch:
    return commit(checked(by, path))


def outcomes(batch: ImportBatch) -> dict[int, str]:
    """Outcome by Excel row, of the rows that look like projects."""
    rows = ImportRow.objects.filter(batch=batch).exclude(outcome="skipped")
    return dict(rows.values_list("excel_row", "outcome"))


def texts(batch: ImportBatch, number: int) -> str:
    staged = ImportRow.objects.get(batch=batch, excel_row=number)
    return "；".join(f"{m['cell']} {m['text']}" for m in staged.messages)


def project(name: str) -> Project:
    return Project.objects.select_related("case", "enterprise").get(name=name)
