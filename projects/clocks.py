"""Clocks that run between two milestones (``[[limits]]`` of a pack): started, met, moved, stopped."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.roles import Can
from cases.models import Part
from deadlines import actions as deadlines
from deadlines.actions import Opening
from deadlines.models import Deadline
from deadlines.saving import due_words
from deadlines.wording import due_text
from kernel.conditions import holds
from kernel.language import house_language
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import OverallLimit
from policies.spans import span_text
from projects import hooks
from projects.facts import facts_of, rules_of
from projects.hooks import Proposal
from projects.models import Project
from projects.permissions import require_on


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
    deadlines.open_many(openings=[_opening(project, row, rules, on)], by=by, on=on)


def _opening(project: Project, row: OverallLimit, rules: Rulebook, started_on: date) -> Opening:
    return Opening(
        case=project.case,
        rule=rule_name(row.code),
        name=row.name,
        clause=row.clause,
        limit=row.limit,
        started_on=started_on,
        start_event=row.starts_on,
        ladder=rules.escalation,
        responsible_unit=_responsible(project, row),
        policy_version_id=row.source.id,
    )


def _responsible(project: Project, row: OverallLimit) -> Unit | None:
    if row.responsible_units:
        return Unit.objects.filter(code__in=row.responsible_units).first()
    parts = Part.objects.filter(case_id=project.pk, part__in=row.responsible_parts, valid_to__isnull=True)
    held = {part.part: part.unit for part in parts.select_related("unit")}
    return next((held[code] for code in row.responsible_parts if code in held), project.landing_unit)


def asked_facts(rules: Rulebook) -> set[str]:
    """The facts on which it depends what limit a project has."""
    return set().union(*(row.when.fields() for row in rules.limits))


def on_facts(project: Project, by: User, on: date) -> None:
    """After facts changed: a clock whose limit does not hold any more gives way to the one that does, from
    the same day; where none does, the duty falls away."""
    rules = rules_of(project)
    for clock, limit in _switches(project, rules, facts_of(project)):
        day = max(on, clock.started_on)
        if limit is None:
            deadlines.cancel(deadline=clock, reason=_why(None), by=by, on=day)
            continue
        reason = _why(limit) + _late_words(clock, on)
        opening = _opening(project, limit, rules, clock.started_on)
        opening = replace(opening, name=(opening.name + _mark(clock, rules, on))[:120])
        deadlines.replace(deadline=clock, opening=opening, reason=reason, by=by, on=day)


def _is_late(clock: Deadline, on: date) -> bool:
    return not clock.paused_from and clock.due_on < on


@house_language()
def _late_words(clock: Deadline, on: date) -> str:
    return _("；改换时已逾期（截止 %(due)s）") % {"due": clock.due_on} if _is_late(clock, on) else ""


@house_language()
def _mark(clock: Deadline, rules: Rulebook, on: date) -> str:
    """Lateness is not wiped by another limit: the name of the clock that follows says what had run out,
    and carries on what was said before."""
    own = next((row.name for row in rules.limits if rule_name(row.code) == clock.rule), clock.name)
    told = clock.name.removeprefix(own)
    return told or (_("（原期限 %(due)s 已逾期）") % {"due": clock.due_on} if _is_late(clock, on) else "")


def chosen_by_facts(project: Project) -> bool:
    """Whether a limit runs that the project's facts have chosen and may exchange."""
    rules = [rule_name(row.code) for row in rules_of(project).limits if row.when.fields()]
    return Deadline.objects.filter(case_id=project.pk, rule__in=rules, past=False).open().exists()


def require_reason(project: Project, facts: Mapping[str, object], reason: str, by: User) -> None:
    """What would exchange a running limit is a correction. Raises Refused: forbidden for who may not correct;
    invalid, with the clause, without a reason."""
    found = _switches(project, rules_of(project), facts)
    if not found:
        return
    require_on(by, Can.CORRECT_PROJECT, project)
    if not reason.strip():
        clock = found[0][0]
        message = _("“%(name)s”正在计时，此项变更将改换期限，须说明理由") % {"name": clock.name}
        raise Refused.because("needs_reason", message, clause=clock.clause, field="reason", status="invalid")


@house_language()
def _why(limit: OverallLimit | None) -> str:
    """Why a clock gives way, as it is stored."""
    if limit is None:
        return _("项目情况变更，此项期限不再适用")
    names = {"name": limit.name, "limit": span_text(limit.limit)}
    return _("项目情况变更，改按“%(name)s”（%(limit)s）自同一起算日计时") % names


def on_preview(proposal: Proposal) -> list[str]:
    """Which limits a correction of facts would change, and until when they would run; writes nothing."""
    found = _switches(proposal.project, rules_of(proposal.project), proposal.facts_after)
    return [_switch_text(clock, limit) for clock, limit in found]


def _switch_text(clock: Deadline, limit: OverallLimit | None) -> str:
    if limit is None:
        return _("%(name)s：不再适用") % {"name": clock.name}
    due = deadlines.preview_replace(clock, limit.limit)
    words = {"old": clock.name, "was": due_words(clock), "name": limit.name, "limit": span_text(limit.limit)}
    until = due_text(due.on, provisional=due.provisional)
    return _("%(old)s（截止 %(was)s）→ %(name)s（%(limit)s，截止 %(until)s）") % (words | {"until": until})


def _switches(
    project: Project, rules: Rulebook, facts: Mapping[str, object]
) -> list[tuple[Deadline, OverallLimit | None]]:
    """Running clocks whose limit does not hold by these facts, each with the one between the same milestones
    that does. An unknown fact changes nothing."""
    lapsed = {rule_name(row.code): row for row in rules.limits if holds(row.when, facts) is False}
    if not lapsed:
        return []
    running = Deadline.objects.filter(case_id=project.pk, rule__in=lapsed, past=False).open().order_by("pk")
    return [(clock, _instead(lapsed[clock.rule], rules, facts)) for clock in running]


def _instead(gone: OverallLimit, rules: Rulebook, facts: Mapping[str, object]) -> OverallLimit | None:
    same = [row for row in rules.limits_started_by(gone.starts_on) if row.meets_on == gone.meets_on]
    return next((row for row in same if row.when.fields() and holds(row.when, facts)), None)


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


def ask_to_stop(
    project: Project, reason: str, approved_by: User | None, *, by: User, on: date, today: date
) -> None:
    """Ask that what still runs in time stop when a project is shelved; it runs on until that is granted.

    What is past its due day today runs on in any case. Raises Refused when nobody is asked to approve.
    """
    rows = Deadline.objects.filter(case_id=project.pk, paused_from__isnull=True, due_on__gte=today)
    running = list(rows.open().order_by("pk"))
    if not running:
        return
    if approved_by is None:
        message = _("项目有 %(n)s 个期限正在计时，搁置须经批准，请指定批准人") % {"n": len(running)}
        raise Refused.because("shelving_needs_approval", message, field="approved_by")
    deadlines.request_pauses(
        deadlines=running, reason=reason, approved_by=approved_by, by=by, on=on, today=today
    )


def run_all(project: Project, since: date, by: User, on: date) -> None:
    """Let the clocks run again that stopped with the shelving; a stop of its own stays. What was asked for
    then and not granted yet is moot."""
    deadlines.withdraw_pauses(case_id=project.pk, since=since, by=by, on=on)
    stopped = Deadline.objects.filter(case_id=project.pk, paused_from=since).open()
    deadlines.resume_all(deadlines=stopped, by=by, on=on)


def cancel_all(project: Project, reason: str, by: User, on: date) -> None:
    for deadline in Deadline.objects.filter(case_id=project.pk).open():
        deadlines.cancel(deadline=deadline, reason=reason, by=by, on=on)


def register() -> None:
    """The limits of a project follow its facts, whoever changes them."""
    hooks.on_money(on_facts)
    hooks.on_preview(on_preview)
