"""The clock of the monthly report: one open clock, on the earliest month that is still missing."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from cases.models import Part
from deadlines import actions as deadlines
from deadlines.models import Deadline
from kernel.language import house_language
from policies.rulebook import Rulebook
from policies.schema import Limit, MonthlyReport
from projects.models import Project, ReachedMilestone
from service.models import COMMISSIONER, MonthlyProgress
from service.progress.months import earliest_missing, first_of, last_day

START = "progress_month"


def rule_name(rule: MonthlyReport) -> str:
    return f"progress:{rule.code}"


def building(project: Project, rule: MonthlyReport) -> tuple[date | None, date | None]:
    """From which day the project is built, and the day of its production; None while it has none."""
    wanted = (rule.from_milestone, rule.until_milestone)
    rows = ReachedMilestone.objects.filter(project=project, code__in=wanted, withdrawn_on__isnull=True)
    days = dict(rows.order_by("on").values_list("code", "on"))
    return days.get(rule.from_milestone), days.get(rule.until_milestone)


def settle(project: Project, rules: Rulebook, *, by: User, on: date) -> None:
    """Bring the clock in line with what is reported; the caller has just changed that, under the lock.

    A month missed is not asked for twice: the clock of the earliest missing month runs on, and the next one
    opens once that is reported, late or not.
    """
    rule = rules.monthly
    if rule is None:
        return
    reported = set(
        MonthlyProgress.objects.filter(project=project, in_force=True).values_list("month", flat=True)
    )
    wanted = _wanted(project, rule, reported)
    for clock in Deadline.objects.filter(case_id=project.pk, rule=rule_name(rule)).open():
        month = first_of(clock.started_on)
        if month == wanted:
            return
        if month in reported:
            deadlines.meet(deadline=clock, on=on, by=by)
        else:
            deadlines.cancel(deadline=clock, reason=_why(), by=by, on=on)
    if wanted is not None and project.is_running:
        _open(project, (rules, rule), wanted, by, on)


def _wanted(project: Project, rule: MonthlyReport, reported: set[date]) -> date | None:
    """The earliest month that is missing; of an old ledger's project only from its first report on."""
    started, produced = building(project, rule)
    if started is None:
        return None
    if project.from_ledger:
        if not reported:
            return None
        started = max(started, min(reported))
    return earliest_missing(started, produced, reported)


def _open(project: Project, law: tuple[Rulebook, MonthlyReport], month: date, by: User, on: date) -> None:
    """Due on the plan's day of the month after: the last day of the month is the event, and not counted."""
    rules, rule = law
    unit, user = _responsible(project, rule)
    with house_language():
        name = _("%(name)s（%(month)s）") % {"name": rule.name, "month": f"{month:%Y-%m}"}
    deadlines.open_deadline(
        case=project.case, rule=rule_name(rule), name=name, clause=rule.clause,
        limit=Limit(count=rule.due_day, unit="natural_day", roll_forward=rule.roll_forward),
        started_on=last_day(month), start_event=START, ladder=rules.escalation, responsible_unit=unit,
        responsible_user=user, policy_version_id=rule.source.id, by=by, on=on,
    )  # fmt: skip


def _responsible(project: Project, rule: MonthlyReport) -> tuple[Unit | None, User | None]:
    rows = Part.objects.filter(case_id=project.pk, part__in=rule.parts, valid_to__isnull=True)
    held = {row.part: row for row in rows.select_related("unit", "user")}
    first = next((held[code] for code in rule.parts if code in held), None)
    person = held.get(COMMISSIONER)
    return (first.unit if first else project.landing_unit), (person.user if person else None)


@house_language()
def _why() -> str:
    return _("建设起止时间变动，此月不再填报")
