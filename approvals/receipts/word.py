"""The running slip as a Word file: who it is about, and every line in a table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from approvals.models import ReceiptSending
from approvals.receipts.permissions import rule_for
from approvals.receipts.rows import lines_of
from documents import word
from documents.official import Heading, Official, Paragraph, Table
from kernel.language import house_language
from projects.models import Project

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDTHS = (12, 24, 28, 30, 34, 28)
"""序号、日期、服务部门、事项、服务情况、办结情况; in mm, 156 together."""


@house_language()
def render(project: Project, on: date, unit: str, sending: ReceiptSending | None = None) -> bytes:
    """The slip as it stands, or as it was sent; ``unit`` signs it."""
    rule = rule_for(project)
    rows: Sequence[Mapping[str, Any]] = (
        sending.rows if sending else [line.as_dict() for line in lines_of(project)]
    )
    to = "、".join(sending.to) if sending else _("分管领导")
    firm = project.enterprise.name if project.enterprise else "—"
    blocks: list[Heading | Paragraph | Table] = [
        Heading(_("企业及项目")),
        Table(
            (
                (_("企业名称"), firm),
                (_("项目名称"), project.name),
                (_("承接单位"), str(project.landing_unit or "—")),
            ),
            (40, 116),
        ),
        Heading(_("各部门服务和手续办结情况")),
        Table((heads(), *(_row(number, row) for number, row in enumerate(rows, 1))), WIDTHS),
    ]
    if sending and sending.reason:
        blocks += [Heading(_("提请研究的问题")), Paragraph(sending.reason)]
    title = _("%(project)s%(name)s") % {"project": project.name, "name": rule.name}
    return word.render(Official(title, "", to, unit, sending.on if sending else on, tuple(blocks)))


def heads() -> tuple[str, ...]:
    return (_("序号"), _("日期"), _("服务部门"), _("事项"), _("服务情况"), _("办结情况"))


def _row(number: int, row: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(number), *(str(row[key]) for key in ("on", "unit", "matter", "service", "outcome")))


def answer(project: Project, on: date, unit: str, sending: ReceiptSending | None = None) -> HttpResponse:
    """The file as an answer to a browser."""
    response = HttpResponse(render(project, on, unit, sending), content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="receipt-{project.pk}.docx"'
    response["Cache-Control"] = "private, no-store"
    return response
