"""An application as it is stored when its step opens. The callers hold the lock and asked who may."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import User
from approvals.models import Material, Permit, Step
from approvals.permits import clocks
from approvals.permits.rules import green_channel, lacking, may_commit, permit_of, wanted
from approvals.readiness import Standing
from kernel.refusals import Refused
from policies.schema import Step as StepRule
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What is applied for. ``handed``: names of materials of the guide; None: all that is needed.

    ``reason``: why it is applied for once more, where a round has been concluded.
    """

    step: str
    handed: Collection[str] | None = None
    by_commitment: bool = False
    reason: str = ""


def check(application: Application, rule: StepRule, project: Project) -> None:
    """Raises Refused (invalid) for material that the guide does not know, or a commitment not provided."""
    names = {item.name for item in rule.guide.materials} if rule.guide else set()
    strange = sorted(set(application.handed or ()) - names)
    if strange:
        data = {"name": rule.name, "what": "、".join(strange)}
        raise Refused.invalid("handed", _("“%(name)s”的办事指南没有这些材料：%(what)s") % data)
    if application.by_commitment and not may_commit(rule, project):
        commitment = permit_of(rule).commitment
        message = _("“%(name)s”对本项目不适用告知承诺") % {"name": rule.name}
        clause = (commitment.clause if commitment else "") or rule.clause
        raise Refused.because(
            "no_commitment", message, clause=clause, field="by_commitment", status="invalid"
        )


def begin(
    step: Step, rule: StepRule, at: Standing, application: Application | None, *, by: User, on: date
) -> None:
    """Store the permit beside its step, just opened; its clock starts once the material is complete.

    A step that the plan opened by itself has no application yet. One opened without a list counts as applied
    for with everything (``Application`` with ``handed`` None).
    """
    green = green_channel(at.project, at.rules)
    permit = Permit(step=step, case=step.case, code=step.code, green=green.name if green else "")
    if not step.opened_by_milestone:
        application = application or Application(step=rule.code)
        permit.applied_on, permit.applied_by, permit.agent_unit = on, by, acting_unit(by)
        permit.by_commitment = application.by_commitment
    permit.save(force_insert=True)
    rows = _materials(permit, rule, at, application, by=by, on=on)
    Material.objects.bulk_create(rows)
    if permit.applied_on is not None and not lacking(rows):
        accept(permit, rule, at.project, on, by=by, on=on)
    elif permit.applied_on is not None and permit_of(rule).counts_from == "application":
        clocks.start(permit, rule, on, by, on)


def _materials(
    permit: Permit, rule: StepRule, at: Standing, application: Application | None, *, by: User, on: date
) -> list[Material]:
    by_commitment = bool(application and application.by_commitment)
    handed = application.handed if application else ()
    rows = []
    for place, line in enumerate(wanted(rule, at.held, by_commitment=by_commitment), 1):
        row = Material(permit=permit, place=place, name=line.name, needed=line.needed, in_case=line.in_case)
        if not row.in_case and (line.needed if handed is None else line.name in handed):
            row.handed_on, row.handed_by = on, by
        rows.append(row)
    return rows


def accept(permit: Permit, rule: StepRule, project: Project, day: date, *, by: User, on: date) -> None:
    """受理: the material is complete on a day; the clock counts from it (or has since the application), and
    what the plan lets the first acceptance reach is reached, with the clocks between milestones."""
    permit.complete_on = day
    if permit.step.open_clock() is None:
        clocks.start(permit, rule, day, by, on)
    permit.save()
    code = permit_of(rule).accepts
    if code and code not in reached_codes(project):
        projects.reach(project=project, milestone=code, by=by, on=day, note=permit.step.name, produced=True)
