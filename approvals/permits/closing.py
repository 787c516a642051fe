"""How a permit ends with its step: what a favourable verdict wants, its result, the word to the agent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Material, Permit, Step
from approvals.permits.owed import owed, waits
from approvals.permits.rules import is_permit, lacking
from cases.models import Part
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.language import house_language
from kernel.refusals import Refused, Unmet
from notices.actions import post
from policies.schema import Step as StepRule
from projects.gates import reached_codes
from projects.models import Project

COMMISSIONER = "commissioner"
LONGEST_NUMBER = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was granted: number as on the paper, its file, and until when it holds (None: for good)."""

    number: str = ""
    paper: Attachment | None = None
    valid_until: date | None = None

    @property
    def empty(self) -> bool:
        return not (self.number.strip() or self.paper or self.valid_until)


def permit_behind(step: Step) -> Permit | None:
    """The permit of a step, with the step as its own; None for other steps and for those of old."""
    if not is_permit(step):
        return None
    permit = Permit.objects.select_related("applied_by", "agent_unit").filter(pk=step.pk).first()
    if permit is not None:
        permit.step = step
    return permit


def missing(step: Step, rule: StepRule, project: Project, jointly: Collection[str] = ()) -> list[Unmet]:
    """What a verdict that grants wants of the application: complete material, each missing line by name.

    ``jointly``: milestones reached in the same stroke; what they give is there with them.
    """
    permit = permit_behind(step)
    if permit is None:
        return []
    rows = list(permit.materials.all())
    listed = {row.name for row in rows if row.needed}
    comes = {row.name for row in owed(rule, project).values() if row.milestone in jointly}
    due = owed(rule, project, [*reached_codes(project), *jointly])
    found = waits([row for name, row in due.items() if name in listed], rule, project)
    if permit.complete_on is not None:
        return found
    absent = [row for row in lacking(rows) if row.name not in comes and row.name not in due]
    return found + (_absent(absent, step, rule) if lacking(rows) else [_not_applied(step, rule)])


def _not_applied(step: Step, rule: StepRule) -> Unmet:
    url = reverse("permit", args=[step.pk])
    return Unmet("not_applied", _("“%(name)s”尚未申请") % {"name": step.name}, rule.clause, url)


def _absent(rows: Sequence[Material], step: Step, rule: StepRule) -> list[Unmet]:
    url, clause = reverse("permit", args=[step.pk]), rule.guide.clause if rule.guide else rule.clause
    return [
        Unmet(f"material:{row.place}", _("缺少材料“%(name)s”") % {"name": row.name}, clause, url)
        for row in rows
    ]


def require_another(step: Step, by: User) -> None:
    """Raises Refused (forbidden): nobody decides on what they applied for; another of the same unit does."""
    permit = permit_behind(step)
    if permit is not None and permit.applied_by_id == by.pk:
        message = _("“%(name)s”由您本人申请，须由%(unit)s其他人员作出结论")
        data = {"name": step.name, "unit": step.lead_unit or "—"}
        raise Refused.because("own_application", message % data, clause=step.clause, status="forbidden")


def check(step: Step, result: Result | None, on: date) -> None:
    """Raises Refused (invalid) for a result that cannot be: of another case, run out, or of no permit."""
    if result is None or result.empty:
        return
    if not is_permit(step):
        raise Refused.invalid("number", _("“%(name)s”不是行政许可，没有文号") % {"name": step.name})
    if len(result.number.strip()) > LONGEST_NUMBER:
        raise Refused.invalid("number", _("文号最多 %(most)s 字") % {"most": LONGEST_NUMBER})
    require_of_case(result.paper, step.case_id)
    if result.valid_until is not None and result.valid_until < on:
        raise Refused.invalid("valid_until", _("有效期不能早于办结日期 %(day)s") % {"day": on})


def settle(step: Step, result: Result | None, on: date) -> None:
    """The permit closes with its step, which the caller has concluded; its agent and commissioner are told
    (办结告知, 002 三(三)5)."""
    permit = permit_behind(step)
    if permit is None:
        return
    permit.closed_on = on
    if result is not None:
        keep(permit, result)
    touch(permit)
    _tell(permit)


def keep(permit: Permit, result: Result) -> None:
    """The result as it is stored; the caller saves."""
    permit.number = result.number.strip()
    permit.paper, permit.valid_until = result.paper, result.valid_until


def drop(step: Step, on: date) -> None:
    """The permit closes with a step that was cancelled."""
    permit = permit_behind(step)
    if permit is not None:
        permit.closed_on = on
        touch(permit)


def touch(permit: Permit) -> None:
    """Save with the next version."""
    permit.version += 1
    permit.save()


@house_language()
def _tell(permit: Permit) -> None:
    step = permit.step
    data = {"title": step.case.title, "name": step.name, "verdict": step.verdict_name}
    text = _("【办结告知】“%(title)s”%(name)s：%(verdict)s") % data
    if permit.number:
        text += _("，文号%(number)s") % {"number": permit.number}
    post(
        key=f"permit:{step.pk}:closed", topic="permit.closed", case=step.case, text=text,
        url=f"/permits/{step.pk}/", users=concerned(permit),
        units=[permit.agent_unit_id] if permit.agent_unit_id else [],
    )  # fmt: skip


def concerned(permit: Permit) -> list[int]:
    """The agent, and whoever serves the project as its commissioner."""
    held = Part.objects.filter(case_id=permit.case_id, part=COMMISSIONER, valid_to__isnull=True)
    people = {key for key in held.values_list("user_id", flat=True) if key}
    return sorted(people | ({permit.applied_by_id} if permit.applied_by_id else set()))
