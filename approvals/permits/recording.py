"""An application as it is stored when its step opens. The callers hold the lock and asked who may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import User
from approvals.models import Material, Permit, Step
from approvals.permits import clocks
from approvals.permits.owed import owed, waits
from approvals.permits.rules import green_channel, lacking, may_commit, permit_of, wanted
from approvals.readiness import Standing
from kernel.refusals import Refused
from policies.schema import Step as StepRule
from projects import actions as projects
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project, ReachedMilestone


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
    """Raises Refused: invalid for material that the guide does not know, or a commitment not provided; unmet
    for what only another permit gives."""
    names = {item.name for item in rule.guide.materials} if rule.guide else set()
    strange = sorted(set(application.handed or ()) - names)
    if strange:
        data = {"name": rule.name, "what": "、".join(strange)}
        raise Refused.invalid("handed", _("“%(name)s”的办事指南没有这些材料：%(what)s") % data)
    due = owed(rule, project)
    if early := [due[name] for name in sorted(set(application.handed or ()) & set(due))]:
        raise Refused(waits(early, rule, project))
    if application.by_commitment and not may_commit(rule, project):
        commitment = permit_of(rule).commitment
        message = _("“%(name)s”对本项目不适用告知承诺") % {"name": rule.name}
        clause = (commitment.clause if commitment else "") or rule.clause
        raise Refused.because(
            "no_commitment", message, clause=clause, field="by_commitment", status="invalid"
        )


def require_since_needs(rule: StepRule, project: Project, on: date) -> None:
    """Raises Refused (invalid) for an application dated before what it needs first was reached: its clock
    would have begun before anybody could apply."""
    codes = [*rule.needs.milestones, *([rule.opens_on.milestone] if rule.opens_on.milestone else [])]
    rows = ReachedMilestone.objects.filter(project=project, code__in=codes, withdrawn_on=None, on__gt=on)
    last = rows.order_by("on").last()
    if last is not None:
        data = {"name": rules_of(project).milestone(last.code).name, "day": last.on}
        raise Refused.invalid("on", _("申请日期不能早于“%(name)s”的日期 %(day)s") % data)


def begin(
    step: Step, rule: StepRule, at: Standing, application: Application | None, *, by: User, on: date
) -> None:
    """Store the permit beside its step, just opened; its clock starts once the material is complete, and in
    no case before what another permit gives is there.

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
    if permit.applied_on is not None:
        go_on(permit, rule, at.project, rows, by=by, on=on)


def go_on(
    permit: Permit, rule: StepRule, project: Project, rows: Sequence[Material], *, by: User, on: date
) -> None:
    """Accept an application with nothing needed missing; one whose clock counts from the application waits
    only for what other permits give."""
    missing = lacking(rows)
    if not missing:
        accept(permit, rule, project, whole_on(permit, rule, rows, on), by=by, on=on)
    elif permit_of(rule).counts_from == "application" and permit.step.open_clock() is None:
        due = owed(rule, project)
        if not any(row.name in due for row in missing):
            clocks.start(permit, rule, whole_on(permit, rule, rows, on), by, on)


def whole_on(permit: Permit, rule: StepRule, rows: Sequence[Material], on: date) -> date:
    """The day on which the last of what is there came: applied for, handed in, or given by a milestone."""
    names = {row.name for row in rows if row.needed and row.in_case}
    codes = {item.milestone for item in (rule.guide.materials if rule.guide else ()) if item.name in names}
    days = [permit.applied_on or on, *(row.handed_on for row in rows if row.needed and row.handed_on)]
    if wanted_codes := codes - {None}:
        given = ReachedMilestone.objects.filter(
            project_id=permit.case_id, code__in=wanted_codes, withdrawn_on=None
        )
        days += given.values_list("on", flat=True)
    return max(days)


def _materials(
    permit: Permit, rule: StepRule, at: Standing, application: Application | None, *, by: User, on: date
) -> list[Material]:
    by_commitment = bool(application and application.by_commitment)
    handed = application.handed if application else ()
    due = owed(rule, at.project, at.held.milestones)
    rows = []
    for place, line in enumerate(wanted(rule, at.held, by_commitment=by_commitment), 1):
        row = Material(permit=permit, place=place, name=line.name, needed=line.needed, in_case=line.in_case)
        comes = row.in_case or row.name in due
        if not comes and (line.needed if handed is None else line.name in handed):
            row.handed_on, row.handed_by = on, by
        rows.append(row)
    return rows


def accept(permit: Permit, rule: StepRule, project: Project, day: date, *, by: User, on: date) -> None:
    """受理: the material is complete on a day; the clock counts from it (or has since the application), and
    what the plan lets the first acceptance reach is reached, with the clocks between milestones."""
    permit.complete_on = day
    if permit.step.is_running and permit.step.open_clock() is None:
        clocks.start(permit, rule, day, by, on)
    permit.save()
    code = permit_of(rule).accepts
    if code and code not in reached_codes(project):
        projects.reach(project=project, milestone=code, by=by, on=day, note=permit.step.name, produced=True)
