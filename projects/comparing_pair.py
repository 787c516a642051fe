"""Two projects side by side: what people look at before they say whether it is one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from documents.models import Attachment
from kernel.money import show_fen
from kernel.phones import mask, mask_in_prose
from projects.facts import rules_of
from projects.models import ContactRecord, DuplicatePair, Measure, Money, Project, ReachedMilestone


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on both sides; ``differs`` where both say something and not the same.

    ``always``: two entries never share it, so that it tells nothing.
    """

    label: str
    left: str
    right: str
    always: bool = False

    @property
    def differs(self) -> bool:
        return not self.always and bool(self.left) and bool(self.right) and self.left != self.right


def lines(pair: DuplicatePair) -> list[Line]:
    """Fields, amounts, contacts, papers and milestones of both; five statements."""
    one, two = pair.first, pair.second
    sides = _plain(one), _plain(two)
    own = (_("编号"), _("建档日期"))
    found = [Line(label, sides[0][label], sides[1][label], always=label in own) for label in sides[0]]
    found += [
        Line(str(measure.label), _fen(one, measure), _fen(two, measure))
        for measure in Measure
        if _fen(one, measure) or _fen(two, measure)
    ]
    return [*found, *_counted(one.pk, two.pk), *_milestones(one, two)]


def _plain(row: Project) -> dict[str, str]:
    firm = row.enterprise
    return {
        _("编号"): row.case.code,
        _("项目名称"): row.name,
        _("投资企业"): firm.name if firm else "",
        _("统一社会信用代码"): firm.credit_code if firm else "",
        _("企业联系人"): f"{firm.contact_name} {mask(firm.contact_phone)}".strip() if firm else "",
        _("引进单位"): str(row.introducing_unit or ""),
        _("承接园区"): str(row.landing_unit or ""),
        _("选址"): mask_in_prose(row.site),
        _("行业"): row.industry_text,
        _("建设内容"): mask_in_prose(row.content),
        _("阶段"): row.get_phase_display(),
        _("建档日期"): str(row.case.opened_on),
    }


def _fen(row: Project, measure: Measure) -> str:
    fen = getattr(row, f"{measure.value}_fen")
    return show_fen(fen) if fen is not None else ""


def _counted(one: int, two: int) -> list[Line]:
    keys = (one, two)
    rows = (
        ContactRecord.objects.filter(project__in=keys)
        .values("project")
        .annotate(n=Count("pk"), last=Max("on"))
    )
    contacts = {
        row["project"]: _("%(n)s次，最近 %(day)s") % {"n": row["n"], "day": row["last"]}
        for row in rows.order_by()
    }
    papers = _number(Attachment.objects.filter(case__in=keys), "case")
    figures = _number(Money.objects.filter(project__in=keys), "project")
    return [
        Line(_("对接记录"), contacts.get(one, ""), contacts.get(two, "")),
        Line(_("资金记录"), figures.get(one, ""), figures.get(two, "")),
        Line(_("材料"), papers.get(one, ""), papers.get(two, "")),
    ]


def _number(rows: Any, by: str) -> dict[int, str]:
    return {row[by]: str(row["n"]) for row in rows.order_by().values(by).annotate(n=Count("pk"))}


def _milestones(one: Project, two: Project) -> list[Line]:
    rows = ReachedMilestone.objects.filter(project__in=(one.pk, two.pk), withdrawn_on__isnull=True)
    days: dict[tuple[int, str], str] = {}
    for project, code, on in rows.order_by("pk").values_list("project_id", "code", "on"):
        days[project, code] = str(on)
    known = rules_of(one).milestones
    codes = sorted(
        {code for _project, code in days}, key=lambda code: list(known).index(code) if code in known else 0
    )
    return [
        Line(
            known[code].name if code in known else code,
            days.get((one.pk, code), ""),
            days.get((two.pk, code), ""),
        )
        for code in codes
    ]


def absorbed(project: Project) -> list[dict[str, Any]]:
    """What was merged into a project, with how much each brings along; four statements at most."""
    rows = list(
        Project.objects.filter(merged_into=project).select_related("case", "merged_by").order_by("pk")
    )
    keys = [row.pk for row in rows]
    if not keys:
        return []
    counts = (
        _number(ContactRecord.objects.filter(project__in=keys), "project"),
        _number(Money.objects.filter(project__in=keys), "project"),
        _number(Attachment.objects.filter(case__in=keys), "case"),
    )
    return [
        {"row": row}
        | dict(zip(("contacts", "figures", "papers"), (n.get(row.pk, "0") for n in counts), strict=True))
        for row in rows
    ]
