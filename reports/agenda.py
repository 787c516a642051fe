"""What somebody must do, from every corner of the product, in one order: by when.

Reads only; a fixed number of statements however much there is to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import can, units_of
from accounts.models import User
from accounts.roles import Can
from approvals import queries as approvals
from approvals.models import Opinion, Step
from assignments.models import UNDONE, Assignment, Kind, State
from deadlines.models import Deadline
from deadlines.queries import pause_requests
from deadlines.showing import Shown, light_of
from projects.claim_traces import waiting
from projects.models import ClaimHandover
from service.handing.pushing import CLOCK as HANDING
from service.plans.waiting import waiting_seals
from service.team.roster import PREFIX as POST

MOST = 40
OWN_CLOCKS = ("step:", "task:", "assignment:")
"""Clocks that belong to something listed for itself: a step, a task, an assignment."""
SOON_DAYS = 3


DUTY, SUPERVISED, URGED, CLOCK = range(4)
"""What of several lines about one clock is shown: every duty itself, else the sharpest reminder."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do (or to wait for): what, in which case, by when, and where to do it."""

    title: str
    case: str
    url: str
    kind: str
    due: date | None
    light: Shown | None
    provisional: bool = False
    clause: str = ""
    note: str = ""
    clock: int | None = None
    weight: int = DUTY

    def tone(self, today: date) -> str:
        """late, soon or "": the edge that a list shows before the words."""
        if self.light and self.light[0] == "red":
            return "late"
        near = self.due is not None and (self.due - today).days <= SOON_DAYS
        return "soon" if near and self.light and self.light[0] != "paused" else ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """``todo``: mine to do; ``waiting``: what others owe before I can go on."""

    todo: list[Task]
    waiting: list[Task]


def agenda(user: User, today: date) -> Agenda:
    """Everything that waits for this person or for the units the person acts for, most urgent first."""
    steps: list[Any] = list(approvals.leading(user)[:MOST])  # with_counts adds asked and given
    ready = [step for step in steps if step.given >= step.asked]
    todo = [
        *_stops(user, today),
        *_handovers(user),
        *_conflicts(user, today),
        *_opinions(approvals.waiting(user)[:MOST], today),
        *(_step(step, _("作出结论"), today) for step in ready),
        *_assignments(_mine(user), today),
        *(_judged(row, today) for row in _reported(user)),
        *_seals(user),
        *_clocks(user, today),
    ]
    waiting = [_asked(step, today) for step in steps if step.given < step.asked]
    waiting += [_handed(row, today) for row in _handed_out(user)]
    return Agenda(sorted(_once(todo), key=_urgency), sorted(waiting, key=_urgency))


def _stops(user: User, today: date) -> list[Task]:
    """Stops that the person was asked to grant: to be decided while the clock is still in time."""
    if not can(user, Can.APPROVE_PAUSE):
        return []
    return [
        Task(
            title=_("批准停表：%(name)s") % {"name": row.deadline.name},
            case=row.deadline.case.title,
            url=reverse("pause-requests"),
            kind=_("停表审批"),
            clause=row.deadline.clause,
            note=str(row.by),
            **_by(row.deadline, today) | {"clock": None},
        )
        for row in pause_requests(user).filter(approver=user)[:MOST]
    ]


def _seals(user: User) -> list[Task]:
    """Plans that wait for the seal of a unit of the person's."""
    return [
        Task(
            title=_("签章：%(plan)s（第%(n)s版）") % {"plan": row.rule.name, "n": row.version.number},
            case=row.project.name,
            url=reverse("plan", args=[row.project.pk]),
            kind=_("计划签章"),
            due=None,
            light=None,
            clause=row.rule.clause,
            note=row.side.name,
        )
        for row in waiting_seals(user, MOST)
    ]


def _handovers(user: User) -> list[Task]:
    """The first receiver's responsibility, offered to this person."""
    if not can(user, Can.RECORD_CONTACT):
        return []
    rows = (
        ClaimHandover.objects.visible_to(user)
        .pending_for(user)
        .select_related("claim__project", "proposed_by")
    )
    return [
        Task(
            title=_("答复首接服务责任移交"),
            case=row.claim.project.name,
            url=reverse("project-detail", args=[row.claim.project_id]) + "#panel-claim",
            kind=_("首接移交"),
            due=None,
            light=None,
            clause=row.claim.clause,
            note=str(row.proposed_by),
        )
        for row in rows[:MOST]
    ]


def _conflicts(user: User, today: date) -> list[Task]:
    """Claims that stand against each other, for whoever rules on them."""
    if not can(user, Can.RULE_ON_CLAIMS):
        return []
    return [
        Task(
            title=_("裁定首接认领争议"),
            case=row.project.name,
            url=reverse("claim-rule", args=[row.pk]),
            kind=_("认领裁定"),
            due=None,
            light=None,
            clause=row.clause,
        )
        for row in waiting(user, today, MOST)
    ]


def _once(tasks: list[Task]) -> list[Task]:
    """A missed day is one line: the duty, or the sharpest reminder of it; not the clock and each 催办 too."""
    best: dict[int, int] = {}
    for task in tasks:
        if task.clock is not None:
            best[task.clock] = min(task.weight, best.get(task.clock, CLOCK))
    return [task for task in tasks if task.clock is None or task.weight in (DUTY, best[task.clock])]


def _urgency(task: Task) -> tuple[bool, date]:
    return task.due is None, task.due or date.max


def _opinions(rows: Iterable[Opinion], today: date) -> list[Task]:
    """One line for each step and unit, however many aspects are asked."""
    grouped: dict[tuple[int, int], list[Opinion]] = {}
    for row in rows:
        grouped.setdefault((row.step_id, row.unit_id), []).append(row)
    return [_opinion(found, today) for found in grouped.values()]


def _opinion(rows: list[Opinion], today: date) -> Task:
    first, step = rows[0], rows[0].step
    names = "、".join(row.aspect_name for row in rows)
    return Task(
        title=_("出具意见：%(names)s") % {"names": names},
        case=step.case.title,
        url=reverse("opinion", args=[first.pk]),
        kind=step.name,
        clause=step.clause,
        note=str(first.unit),
        **_by(step.deadline, today),
    )


def _by(clock: Deadline | None, today: date) -> dict[str, Any]:
    """By when; nothing presses any more where the clock has ended (a report that waits to be struck off)."""
    if clock is None or not clock.is_open:
        return {"due": None, "light": None}
    light = light_of(clock, today)
    return {"due": clock.due_on, "light": light, "provisional": clock.provisional, "clock": clock.pk}


def _step(step: Step, what: str, today: date) -> Task:
    return Task(
        title=f"{what}：{step.name}",
        case=step.case.title,
        url=reverse("step", args=[step.pk]),
        kind=_("牵头办结"),
        clause=step.clause,
        **_by(step.deadline, today),
    )


def _asked(step: Any, today: date) -> Task:
    return Task(
        title=step.name,
        case=step.case.title,
        url=reverse("step", args=[step.pk]),
        kind=_("征求意见"),
        clause=step.clause,
        note=_("已出具 %(given)s/%(asked)s") % {"given": step.given, "asked": step.asked},
        **_by(step.deadline, today),
    )


REMINDERS = {Kind.SUPERVISE.value: SUPERVISED, Kind.URGE.value: URGED}


def _mine(user: User) -> Iterable[Assignment]:
    """Handed to the person, or to a unit of the person's and to nobody by name."""
    if not can(user, Can.REPORT_ASSIGNMENT):
        return ()
    rows = Assignment.objects.visible_to(user).undone()
    ours = Q(user=user) | Q(user__isnull=True, unit__in=units_of(user))
    return rows.filter(ours, state__in=(State.ISSUED, State.ACCEPTED)).for_list().most_pressing_first()[:MOST]


def _assignments(rows: Iterable[Assignment], today: date) -> list[Task]:
    return [_assignment(row, str(row.get_state_display()), today) for row in rows]


def _assignment(row: Assignment, note: str, today: date, title: str = "") -> Task:
    return Task(
        title=title or row.title,
        case=row.case.title,
        url=reverse("assignment", args=[row.pk]),
        kind=str(row.get_kind_display()),
        clause=row.clause,
        note=note,
        weight=REMINDERS.get(row.kind, DUTY) if row.alarm_id else DUTY,
        **_by(row.deadline, today),
    )


def _issued(user: User) -> Q:
    """What the person, or the person's unit, handed out to another one."""
    units = units_of(user)
    return Q(issued_by=user) | Q(issued_unit__in=units) & ~Q(unit__in=units)


def _reported(user: User) -> Iterable[Assignment]:
    if not can(user, Can.CLOSE_ASSIGNMENT):
        return ()
    rows = Assignment.objects.visible_to(user).filter(_issued(user), state=State.REPORTED)
    return rows.for_list().order_by("reported_on", "id")[:MOST]


def _judged(row: Assignment, today: date) -> Task:
    title = _("核对反馈并销号：%(title)s") % {"title": row.title}
    return _assignment(row, str(row.unit), today, title)


def _handed_out(user: User) -> Iterable[Assignment]:
    rows = Assignment.objects.visible_to(user).filter(_issued(user), state__in=UNDONE)
    return rows.exclude(user=user).for_list().most_pressing_first()[:MOST]


def _handed(row: Assignment, today: date) -> Task:
    who = " ".join(str(x) for x in (row.unit, row.user) if x)
    return _assignment(row, who, today)


def _clocks(user: User, today: date) -> list[Task]:
    """Open clocks for which the person or a unit of the person's answers, and that stand for themselves."""
    mine = Q(responsible_unit__in=units_of(user)) | Q(responsible_user=user)
    rows = Deadline.objects.visible_to(user).open().filter(mine, past=False, paused_from__isnull=True)
    for prefix in OWN_CLOCKS:
        rows = rows.exclude(rule__startswith=prefix)
    found = rows.select_related("case", "responsible_unit").order_by(F("due_on").asc(), "id")[:MOST]
    return [
        Task(
            title=row.name,
            case=row.case.title,
            url=_way(row),
            kind=_("期限"),
            clause=row.clause,
            note=str(row.responsible_unit or ""),
            weight=CLOCK,
            **_by(row, today),
        )
        for row in found
    ]


def _way(row: Deadline) -> str:
    """Where the duty of a clock is done, if a page of its own is for that."""
    if row.rule.startswith(HANDING):
        return reverse("handings")
    if row.rule.startswith(POST):
        return reverse("team", args=[row.case_id])
    return reverse("project-detail", args=[row.case_id]) + "#panel-clocks"
