"""The slip of a project line by line: what the permits say, and what was entered by hand, by day."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import EarlyHelp, Permit, ReceiptEntry
from approvals.permits.models import Stage
from kernel.language import house_language
from projects.models import Project

EM_DASH = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: day (ISO), department, matter, what was done, how far it got. ``entry``: its key, by hand."""

    on: str
    unit: str
    matter: str
    service: str
    outcome: str
    entry: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@house_language()
def lines_of(project: Project) -> list[Line]:
    """The whole slip, oldest first; three queries. In the deployment's language: it goes into the files."""
    permits = Permit.objects.filter(case_id=project.pk).for_reading()
    early = EarlyHelp.objects.filter(case_id=project.pk).select_related("unit")
    entries = ReceiptEntry.objects.filter(case_id=project.pk, struck_on__isnull=True).select_related("unit")
    found = [_permit(row) for row in permits] + [_early(row) for row in early]
    found += [_entry(row) for row in entries]
    return sorted(found, key=lambda line: (line.on, line.entry or 0))


def _permit(row: Permit) -> Line:
    step = row.step
    unit = str(step.lead_unit or EM_DASH)
    day = step.concluded_on or step.cancelled_on or row.complete_on or row.applied_on or step.opened_on
    return Line(str(day), unit, step.name, _service(row), _outcome(row))


def _service(row: Permit) -> str:
    parts = []
    if row.applied_on:
        agent = str(row.agent_unit or EM_DASH)
        parts.append(_("%(day)s 申请（%(agent)s代办）") % {"day": row.applied_on, "agent": agent})
    if row.green:
        parts.append(row.green)
    if row.by_commitment:
        parts.append(_("告知承诺"))
    if row.complete_on:
        parts.append(_("%(day)s 材料齐备") % {"day": row.complete_on})
    return "；".join(parts) or EM_DASH


def _outcome(row: Permit) -> str:
    step, clock = row.step, row.step.deadline
    if row.stage == Stage.GRANTED:
        number = _("，%(number)s") % {"number": row.number} if row.number else ""
        return _("%(day)s %(verdict)s%(number)s") % {
            "day": step.concluded_on, "verdict": step.verdict_name, "number": number
        }  # fmt: skip
    due = _("，截止 %(day)s") % {"day": clock.due_on} if clock is not None and clock.is_open else ""
    return f"{Stage(row.stage).label}{due}"


def _early(row: EarlyHelp) -> Line:
    unit = str(row.unit or EM_DASH)
    return Line(str(row.on), unit, row.name, _("提前帮：%(note)s") % {"note": row.note}, _("不计入时限"))


def _entry(row: ReceiptEntry) -> Line:
    return Line(str(row.on), str(row.unit), row.matter, row.service, row.outcome or EM_DASH, row.pk)
