"""Numbered documents: the next number of a series, the rendered file kept, the document voided.

Steps of the actions of the apps above, which have asked who may and record the one event.
"""

from collections.abc import Callable
from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import Unit, User
from cases.actions import take_numbers
from cases.models import Case
from documents.actions import attach
from documents.models import IssuedDocument
from policies.schema import Series

Render = Callable[[str], bytes]
"""Makes the file from the number as it is written."""


@transaction.atomic
def issue_document(
    *, case: Case, series: Series, title: str, unit: Unit, render: Render, by: User, on: date
) -> IssuedDocument:
    """Take the next number of the series and keep what ``render`` makes under it as a paper of the case.

    The series is locked until the transaction ends, and what is rolled back gives its number back: no gaps,
    no doubles. The year is that of ``on`` (Asia/Shanghai). Raises Refused as ``attach`` does.
    """
    year, number, written = next_number(series, case.division, unit, on)
    file = ContentFile(render(written), name=f"{written} {title}.docx")
    paper = attach(case=case, kind=series.document, upload=file, by=by, on=on, note=written)
    return IssuedDocument.objects.create(
        case=case,
        kind=series.document,
        series=series.code,
        division=case.division,
        year=year,
        number=number,
        text_number=written,
        title=title,
        on=on,
        unit=unit,
        by=by,
        attachment=paper,
    )


def next_number(series: Series, division: str, unit: Unit, on: date) -> tuple[int, int, str]:
    """Year (0 where it never restarts), number, and both as written; the series stays locked till the end."""
    year = on.year if series.restarts == "yearly" else 0
    whose = f"-{unit.pk}" if series.by_unit else ""
    (number,) = take_numbers(f"{series.code}-{division}{whose}-{year}")
    return year, number, series.written(year, number, str(unit))


@transaction.atomic
def void_document(*, document: IssuedDocument, by: User, on: date, reason: str) -> IssuedDocument:
    """Void it with its file, which stays, marked as withdrawn. The caller holds the case's lock."""
    document.voided_on, document.voided_by, document.voided_reason = on, by, reason
    document.save(update_fields=["voided_on", "voided_by", "voided_reason"])
    paper = document.attachment
    if paper.withdrawn_on is None:
        paper.withdrawn_on, paper.withdrawn_by, paper.withdrawn_reason = on, by, reason
        paper.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_reason"])
    return document
