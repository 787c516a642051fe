"""经常性联系 (R025, R229, R230): one open clock for each timed cadence while its part is played.

However long nobody called, there is one clock: a missed week is missed, and asked for once.
"""

from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from accounts.access import units_of
from accounts.models import User
from cases.models import Part
from deadlines import actions as deadlines
from deadlines import calendars, turns
from deadlines.models import Deadline
from kernel.conditions import holds
from kernel.language import house_language
from kernel.prepared import Kept
from policies.rulebook import Rulebook
from policies.schema import Cadence, Limit
from projects.facts import facts_of
from projects.models import Project

PREFIX = "cadence:"
START = "contact"


def rule_name(code: str) -> str:
    return f"{PREFIX}{code}"


def rule_of(rules: Rulebook, clock: Deadline) -> Cadence | None:
    """The cadence that a clock was opened by; None where the case has moved to a plan without it."""
    return next((rule for rule in rules.cadences if rule_name(rule.code) == clock.rule), None)


def settle(project: Project, rules: Rulebook, *, by: User, on: date) -> None:
    """Bring the clocks in line with who plays the part, the phase, and whether the project is running.

    The caller has just changed one of these. A clock of another holder gives way to a new one from ``on``.
    """
    if not rules.cadences:
        return
    holders = _holders(project, rules)
    running = {row.rule: row for row in _open(project, rules)}
    for rule in rules.cadences:
        timed = rule.every is not None and applies(project, rule)
        holder = holders.get(rule.part) if timed else None
        clock = running.get(rule_name(rule.code))
        if clock and (holder is None or not _held_by(clock, holder)):
            deadlines.cancel(deadline=clock, reason=_why(holder), by=by, on=max(on, clock.started_on))
            clock = None
        if clock is None and holder is not None:
            _start(project, (rules, rule), holder, by, on)


def on_phase(project: Project, rules: Rulebook, before: str, *, by: User, on: date) -> None:
    """The same, where the project has moved on from the phase ``before``: nothing to ask if none notices."""
    if any((before in rule.phases) is not (project.phase in rule.phases) for rule in rules.cadences):
        settle(project, rules, by=by, on=on)


def on_part(project: Project, rules: Rulebook, part: str, *, by: User, on: date) -> None:
    """The same, where a part was given or ended that a cadence asks of."""
    if any(rule.part == part for rule in rules.cadences):
        settle(project, rules, by=by, on=on)


def heard(project: Project, rules: Rulebook, channel: str, *, by: User, on: date) -> None:
    """A contact by the holder or a colleague meets the clocks whose channels count, and opens the next.

    One that is told later than a contact after it meets the clock that the later one had met.
    """
    counting = {rule_name(rule.code): rule for rule in rules.cadences if channel in rule.channels}
    if not counting:
        return
    for clock in _open(project, rules):
        rule = counting.get(clock.rule)
        if rule is None or not _answers(clock, rule, by):
            continue
        if on <= clock.started_on:
            _heard_late(project, (rules, rule), by, on)
            continue
        deadlines.meet(deadline=clock, on=on, by=by)
        if holder := _holders(project, rules).get(rule.part):
            _start(project, (rules, rule), holder, by, on)


def _heard_late(project: Project, law: tuple[Rulebook, Cadence], by: User, on: date) -> None:
    """What was done without a network and told after a later contact: each counts for its own span."""
    rule = law[1]
    rows = Deadline.objects.filter(case_id=project.pk, rule=rule_name(rule.code), cancelled_on__isnull=True)
    over = rows.filter(started_on__lt=on, met_on__gt=on).order_by("met_on").first()
    if over is None or over.met_on is None or not _answers(over, rule, by):
        return
    later, (began, _limit) = over.met_on, _term(rule, on)
    if later <= max(began, over.due_on):
        return  # it was kept all the same
    deadlines.meet_earlier(deadline=over, met_on=on, by=by, on=on)
    if holder := _holders(project, law[0]).get(rule.part):
        between = _start(project, law, holder, by, on)
        deadlines.meet(deadline=between, on=later, by=by)


def applies(project: Project, rule: Cadence) -> bool:
    """Whether the cadence is asked of this project now. An unknown fact asks rather than forgets."""
    running = project.shelved_on is None and project.exited_on is None
    return running and project.phase in rule.phases and holds(rule.when, facts_of(project)) is not False


def on_facts(project: Project, rules: Rulebook, *, by: User, on: date) -> None:
    """The clocks again, where facts have changed that a cadence rests on."""
    if any(rule.when.fields() for rule in rules.cadences):
        settle(project, rules, by=by, on=on)


def _held_by(clock: Deadline, holder: Part) -> bool:
    if clock.responsible_user_id != holder.user_id:
        return False
    return holder.user_id is not None or clock.responsible_unit_id == holder.unit_id


def _answers(clock: Deadline, rule: Cadence, by: User) -> bool:
    if by.pk == clock.responsible_user_id:
        return True
    return rule.by == "unit" and clock.responsible_unit_id in units_of(by)


def _holders(project: Project, rules: Rulebook) -> dict[str, Part]:
    parts = tuple(sorted({rule.part for rule in rules.cadences}))
    return {row.part: row for row in _parts(parts).ask(case=project.pk)}


def _open(project: Project, rules: Rulebook) -> list[Deadline]:
    return _clocks(tuple(rule_name(rule.code) for rule in rules.cadences)).ask(case=project.pk)


@lru_cache(maxsize=50)
def _parts(codes: tuple[str, ...]) -> Kept[Part]:
    nothing = -1
    rows = Part.objects.filter(case_id=nothing, part__in=codes, valid_to__isnull=True)
    return Kept(rows.select_related("unit", "user").order_by("-id"), {"case": nothing}, planned=True)


@lru_cache(maxsize=50)
def _clocks(names: tuple[str, ...]) -> Kept[Deadline]:
    nothing = -1
    rows = Deadline.objects.filter(case_id=nothing, rule__in=names).open()
    return Kept(rows, {"case": nothing}, planned=True)


def _start(project: Project, law: tuple[Rulebook, Cadence], holder: Part, by: User, on: date) -> Deadline:
    rules, rule = law
    started_on, limit = _term(rule, on)
    return deadlines.open_deadline(
        case=project.case,
        rule=rule_name(rule.code),
        name=rule.name,
        clause=rule.clause,
        limit=limit,
        started_on=started_on,
        start_event=START,
        ladder=rules.escalation,
        responsible_unit=holder.unit,
        responsible_user=holder.user,
        policy_version_id=rule.source.id,
        by=by,
        on=on,
    )


def _term(rule: Cadence, on: date) -> tuple[date, Limit]:
    """From when on and how long the next contact may take: from ``on``, or the next week or month."""
    if rule.every is None or rule.counted == "rolling":
        return on, rule.limit
    turn = turns.after(calendars.current(), on, rule.every.unit)
    return turn.first - turns.DAY, Limit(count=turn.working_days, unit="working_day")


@house_language()
def _why(holder: Part | None) -> str:
    return _("联系责任人变更") if holder else _("不再适用经常性联系")
