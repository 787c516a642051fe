"""Clocks that run between two milestones (``[[limits]]`` of a pack): started, met, moved, stopped."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from cases.models import Part
from deadlines import actions as deadlines
from deadlines.models import Deadline
from kernel.conditions import holds
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import OverallLimit
from projects.facts import facts_of, rules_of
from projects.models import Project


def rule_name(code: str) -> str:
    return f"limit:{code}"


def on_reached(project: Project, milestone: str, rules: Rulebook, by: User, on: date) -> None:
    """Meet the clocks that end with this milestone and start those that begin with it.

    An old ledger's past does not come this way: nothing starts for what is long over (存量补录).
    """
    ending = [rule_name(row.code) for row in rules.limits_met_by(milestone)]
    if ending:
        for deadline in Deadline.objects.filter(case_id=project.pk, rule__in=ending).open():
            deadlines.meet(deadline=deadline, on=on, by=by)
    starting = rules.limits_started_by(milestone)
    if starting:
        facts = facts_of(project)
        for row in starting:
            if holds(row.when, facts):
                _start(project, row, rules, by, on)


def _start(project: Project, row: OverallLimit, rules: Rulebook, by: User, on: date) -> None:
    deadlines.open_deadline(
        case=project.case,
        rule=rule_name(row.code),
        name=row.name,
        clause=row.clause,
        limit=row.limit,
        started_on=on,
        start_event=row.starts_on,
        ladder=rules.escalation,
        responsible_unit=_responsible(project, row),
        policy_version_id=row.source.id,
        by=by,
        on=on,
    )


def _responsible(project: Project, row: OverallLimit) -> Unit | None:
    if row.responsible_units:
        return Unit.objects.filter(code__in=row.responsible_units).first()
    parts = Part.objects.filter(case_id=project.pk, part__in=row.responsible_parts, valid_to__isnull=True)
    held = {part.part: part.unit for part in parts.select_related("unit")}
    return next((held[code] for code in row.responsible_parts if code in held), project.landing_unit)


def started_by(project: Project, milestone: str) -> "list[Deadline]":
    """Clocks still open that began with this milestone: what a correction or withdrawal moves."""
    return list(Deadline.objects.filter(case_id=project.pk, start_event=milestone).open())


def on_withdrawn(project: Project, milestone: str, reason: str, by: User, on: date) -> None:
    """What the milestone had met runs again; what it had started falls away."""
    for deadline in met_by(project, milestone):
        deadlines.reopen(deadline=deadline, reason=reason, by=by, on=on)
    for deadline in started_by(project, milestone):
        deadlines.cancel(deadline=deadline, reason=reason, by=by, on=on)


def moved_by(project: Project, milestone: str) -> list[Deadline]:
    """Clocks that began with this milestone, met ones too: a corrected day measures them anew."""
    rows = Deadline.objects.filter(case_id=project.pk, start_event=milestone, cancelled_on__isnull=True)
    return list(rows.order_by("pk"))


def met_by(project: Project, milestone: str) -> list[Deadline]:
    """Clocks that this milestone met: a corrected day is the day they were met."""
    ending = [rule_name(row.code) for row in rules_of(project).limits_met_by(milestone)]
    rows = Deadline.objects.filter(case_id=project.pk, rule__in=ending, met_on__isnull=False)
    return list(rows.order_by("pk"))


def on_corrected(project: Project, milestone: str, day: date, *, by: User, on: date, reason: str) -> None:
    """Clocks that began with the milestone begin on the new day; those it met are met on it."""
    for deadline in moved_by(project, milestone):
        deadlines.restart(deadline=deadline, started_on=day, by=by, on=on)
    for deadline in met_by(project, milestone):
        deadlines.reopen(deadline=deadline, reason=reason, by=by, on=on)
        deadlines.meet(deadline=deadline, on=day, by=by)


def stop_all(project: Project, reason: str, approved_by: User | None, by: User, on: date) -> None:
    """Stop what still runs in time when a project is shelved. Raises Refused when nobody approved."""
    running = list(
        Deadline.objects.filter(case_id=project.pk, paused_from__isnull=True, due_on__gte=on).open()
    )
    if running and approved_by is None:
        message = _("项目有 %(n)s 个期限正在计时，搁置须经批准，请指定批准人") % {"n": len(running)}
        raise Refused.because("shelving_needs_approval", message, field="approved_by")
    for deadline in running:
        if approved_by is not None:
            deadlines.pause(deadline=deadline, reason=reason, approved_by=approved_by, by=by, on=on)


def run_all(project: Project, since: date, by: User, on: date) -> None:
    """Let the clocks run again that stopped with the shelving; a stop of its own stays."""
    for deadline in Deadline.objects.filter(case_id=project.pk, paused_from=since).open():
        deadlines.resume(deadline=deadline, by=by, on=on)


def cancel_all(project: Project, reason: str, by: User, on: date) -> None:
    for deadline in Deadline.objects.filter(case_id=project.pk).open():
        deadlines.cancel(deadline=deadline, reason=reason, by=by, on=on)
