"""The docket and the minutes as Word, in the form of GB/T 9704."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext as _

from approvals.sittings.models import DocketItem, Sitting
from documents.official import Block, Heading, Official, Paragraph, Table, blocks_of, day_in_words
from documents.word import render
from kernel.language import house_language
from kernel.money import show_fen
from projects.models import Project

DOCKET_MM = (12, 66, 26, 26, 26)


@house_language()
def docket(sitting: Sitting, items: Sequence[DocketItem]) -> bytes:
    """议程: every item with project, amount, reporting unit and papers; only those given."""
    head = (_("序号"), _("议题"), _("总投资"), _("汇报单位"), _("材料"))
    figures = amounts(items)
    rows = [
        (
            str(place), f"{item.title}（{item.case.code}）", figures[item.case_id], str(item.reporting_unit),
            "；".join(paper.name for paper in item.papers.all()) or "—",
        )
        for place, item in enumerate(items, 1)
    ]  # fmt: skip
    blocks: list[Block] = [*_frame(sitting), Heading(_("上会议题")), Table((head, *rows), DOCKET_MM)]
    title = _("%(sitting)s议程") % {"sitting": sitting}
    return render(Official(title, "", "", sitting.body.name, sitting.planned_on, tuple(blocks)))


def amounts(items: Iterable[DocketItem]) -> dict[int, str]:
    """The investment of each item's project as it is shown, by key of the case; one query."""
    keys = [item.case_id for item in items]
    rows = Project.objects.filter(pk__in=keys).values_list("pk", "total_fen")
    return {key: show_fen(fen) for key, fen in rows}


def _frame(sitting: Sitting) -> list[Block]:
    day = day_in_words(sitting.held_on or sitting.planned_on)
    at = f" {sitting.planned_at:%H:%M}" if sitting.planned_at else ""
    lines = [_("时间：%(day)s") % {"day": f"{day}{at}"}]
    named = (
        (_("地点"), sitting.place),
        (_("主持"), sitting.chair),
        (_("出席"), sitting.attendees),
        (_("列席"), sitting.in_attendance),
        (_("记录"), sitting.secretary),
    )
    lines += [f"{label}：{' '.join(value.split())}" for label, value in named if value]
    return [Paragraph(line) for line in lines]


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def answer(sitting: Sitting, items: Sequence[DocketItem]) -> HttpResponse:
    """The docket, or once held the minutes, of the items given, as a download."""
    there = [row for row in items if not row.gone_as]
    what = _("纪要") if sitting.held_on else _("议程")
    name = quote(f"{sitting}{what}.docx")
    found = HttpResponse((minutes if sitting.held_on else docket)(sitting, there), content_type=WORD)
    found["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    found["Cache-Control"] = "private, no-store"
    return found


@house_language()
def minutes(sitting: Sitting, items: Sequence[DocketItem]) -> bytes:
    """会议纪要 of the items given: what was heard, what the meeting decided, what must change."""
    assert sitting.held_on is not None
    blocks = _frame(sitting)
    for item in items:
        blocks += _item(item)
    title = _("%(sitting)s纪要") % {"sitting": sitting}
    number, unit = sitting.minutes_number, sitting.body.name
    return render(Official(title, number, "", unit, sitting.held_on, tuple(blocks)))


def extract(sitting: Sitting, item: DocketItem) -> bytes:
    """节录: the part of the minutes that belongs into one case, and nothing of the others."""
    return minutes(sitting, [item])


def _item(item: DocketItem) -> list[Block]:
    heard = _("会议听取了%(unit)s关于%(title)s的汇报。") % {"unit": item.reporting_unit, "title": item.title}
    blocks: list[Block] = [Heading(item.title), Paragraph(heard), *blocks_of(item.words)]
    if item.changes:
        blocks += [Paragraph(_("须作如下修改：")), *blocks_of(item.changes)]
    blocks.append(Paragraph(_("审议结果：%(outcome)s。") % {"outcome": item.get_outcome_display()}))
    return blocks
