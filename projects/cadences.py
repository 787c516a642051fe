"""经常性联系 (R025): one open clock for each cadence of the plan while its part is played in its phases."""

from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from accounts.access import units_of
from accounts.models import User
from cases.models import Part
from deadlines import actions as deadlines
from deadlines.models import Deadline
from kernel.language import house_language
from kernel.prepared import Kept
from policies.rulebook import Rulebook
from policies.schema import Cadence
from projects.models import Project

PREFIX = "cadence:"
START = "contact"


def rule_name(code: str) -> str:
    return f"{PREFIX}{code}"


def settle(project: Project, rules: Rulebook, *, by: User, on: date) -> None:
    """Bring the clocks in line with who plays the part, the phase, and whether the project is running.

    The caller has just changed one of these. A clock of another holder gives way to a new one from ``on``.
    """
    if not rules.cadences:
        return
    holders = _holders(project, rules)
    running = {row.rule: row for row in _open(project, rules)}
    for rule in rules.cadences:
        holder = holders.get(rule.part) if _applies(project, rule) else None
        clock = running.get(rule_name(rule.code))
        if clock and (holder is None or clock.responsible_user_id != holder.user_id):
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
    """A contact by the holder or a colleague meets the clocks whose channels count, and opens the next."""
    counting = {rule_name(rule.code): rule for rule in rules.cadences if channel in rule.channels}
    if not counting:
        return
    for clock in _open(project, rules):
        rule = counting.get(clock.rule)
        if rule is None or on <= clock.started_on or not _answers(clock, by):
            continue
        deadlines.meet(deadline=clock, on=on, by=by)
        if holder := _holders(project, rules).get(rule.part):
            _start(project, (rules, rule), holder, by, on)


def _applies(project: Project, rule: Cadence) -> bool:
    return project.shelved_on is None and project.exited_on is None and project.phase in rule.phases


def _answers(clock: Deadline, by: User) -> bool:
    return by.pk == clock.responsible_user_id or clock.responsible_unit_id in units_of(by)


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


def _start(project: Project, law: tuple[Rulebook, Cadence], holder: Part, by: User, on: date) -> None:
    rules, rule = law
    deadlines.open_deadline(
        case=project.case,
        rule=rule_name(rule.code),
        name=rule.name,
        clause=rule.clause,
        limit=rule.every.limit,
        started_on=on,
        start_event=START,
        ladder=rules.escalation,
        responsible_unit=holder.unit,
        responsible_user=holder.user,
        policy_version_id=rule.source.id,
        by=by,
        on=on,
    )


@house_language()
def _why(holder: Part | None) -> str:
    return _("首接服务责任人变更") if holder else _("不再适用经常性联系")
