"""What else befalls a project: stopped clocks, corrections, shelving, giving up, instructions, problems."""

from datetime import date, timedelta

from assignments import actions as assignments
from assignments import problems
from assignments.models import Assignment, Kind
from deadlines import actions as deadlines
from deadlines import calendars
from deadlines.models import Deadline, PauseRequest
from lifecycle.demo import words
from lifecycle.demo.walk import Walk
from projects import actions as projects


def pause(walk: Walk, on: date) -> None:
    """The clock stops with the head's approval while the firm mends its papers."""
    row = Deadline.objects.filter(case_id=walk.pk, rule="step:assessment").open().latest("pk")
    head = walk.people["head"]
    asked = deadlines.request_pause(
        deadline=row, reason=words.PAUSED, approved_by=head, by=walk.clerk, on=on, today=on
    )
    deadlines.approve_pause(request=asked, by=head, on=on)


def resume_clock(walk: Walk, on: date) -> None:
    row = Deadline.objects.filter(case_id=walk.pk, paused_from__isnull=False).latest("pk")
    deadlines.resume(deadline=row, by=walk.clerk, on=on)


def correct_day(walk: Walk, on: date) -> None:
    """The first talk was a working day earlier than was entered: its clock moves with it."""
    reached = walk.row.milestones.get(code="first_talk_registered", withdrawn_on__isnull=True)
    day = calendars.current().add_working(reached.on, -1)
    change = projects.Change(milestone="first_talk_registered", day=day)
    projects.correct(project=walk.row, change=change, by=walk.clerk, on=on, reason=words.CORRECTED_DAY)


def shelve(walk: Walk, on: date) -> None:
    projects.shelve(
        project=walk.row,
        by=walk.clerk,
        on=on,
        reason=walk.rng.choice(words.SHELVED),
        approved_by=walk.people["head"],
    )
    for asked in PauseRequest.objects.pending().filter(deadline__case=walk.pk):
        deadlines.approve_pause(request=asked, by=walk.people["head"], on=on)


def take_up(walk: Walk, on: date) -> None:
    projects.resume(project=walk.row, by=walk.clerk, on=on, reason="企业资金已落实")


def give_up(walk: Walk, on: date) -> None:
    projects.exit_project(
        project=walk.row, by=walk.people["head"], on=on, reason=walk.rng.choice(words.EXITED)
    )


def instruct(walk: Walk, on: date) -> None:
    """The leader writes an instruction to the park."""
    _issue(walk, on, Kind.INSTRUCTION, walk.rng.choice(words.INSTRUCTIONS), by="leader", days=20)


def raise_problem(walk: Walk, on: date) -> None:
    """The clerk hands a problem of the firm to the park; every other one the park takes a level up."""
    row = _issue(walk, on, Kind.PROBLEM, f"协调解决：{walk.rng.choice(words.PROBLEMS)}", by="clerk", days=14)
    if int(walk.row.case.code[-2:]) % 2:
        problems.raise_up(assignment=row, reason="涉及多个部门，园区无法单独解决", by=walk.park_clerk, on=on)


def _issue(walk: Walk, on: date, kind: str, title: str, *, by: str, days: int) -> Assignment:
    return assignments.issue(
        case=walk.row.case,
        kind=kind,
        unit=walk.park,
        title=title,
        by=walk.people[by],
        on=on,
        due_on=on + timedelta(days=days),
    )
