"""What the office does between the projects: the daily sweep, answers to 催办, reading notices."""

from collections.abc import Collection, Iterable
from datetime import date, time, timedelta
from random import Random

from accounts.models import Unit, User
from approvals.models import Opinion
from approvals.sittings import actions as sitting_actions
from approvals.sittings import queries as sittings
from assignments import actions as assignments
from assignments.models import Assignment, Kind
from assignments.permissions import may_judge
from deadlines.models import Alarm, Deadline
from deadlines.sweep import sweep
from lifecycle.demo import talking, words
from lifecycle.demo.people import People
from notices import actions as notices
from notices.models import Notice
from projects.cadences import PREFIX
from service.queries import own_projects

PATIENCE, WEEK, QUIET = timedelta(days=3), timedelta(days=7), timedelta(days=20)
AT_ONCE = 1000


def sweep_where_due(on: date) -> None:
    """Alarms are raised, on the days on which any is due."""
    if Alarm.objects.filter(raised_at__isnull=True, on__lte=on).exists():
        sweep(on)


def answer_what_was_urged(people: People, rng: Random, on: date) -> None:
    """Once a week: what came some days ago is answered more often than not."""
    urged = Assignment.objects.undone().filter(kind__in=(Kind.URGE, Kind.PROBLEM, Kind.INSTRUCTION))
    recent = urged.filter(issued_on__gt=on - PATIENCE - WEEK, issued_on__lte=on - PATIENCE)
    for row in recent.select_related("unit", "issued_by").order_by("pk"):
        person = people.answers.get(row.unit.code)
        if person is not None and rng.random() < 0.6:
            _answer(row, person, people, rng, on)


def _answer(row: Assignment, person: User, people: People, rng: Random, on: date) -> None:
    assignments.report(assignment=row, report=rng.choice(words.REPORTS), by=person, on=on)
    if row.unit.code != "investment-bureau" and rng.random() < 0.8:  # nobody strikes off what is one's own
        judge = people["inspector"] if row.kind == Kind.INSTRUCTION else people["clerk"]
        if row.kind == Kind.PROBLEM and row.issued_by is not None:
            judge = row.issued_by
        if may_judge(judge, row):
            assignments.close(assignment=row, by=judge, on=on)


def keep_in_touch(people: People, rng: Random, on: date) -> None:
    """Once a week: commissioners call most firms that they have not heard from for some weeks."""
    for person in people.commissioners.values():
        for project in own_projects(person):
            silent = project.last_contact is None or project.last_contact < on - QUIET  # type: ignore[attr-defined]
            if silent and rng.random() < 0.6:
                talking.call(project, person, rng, on)


def plan_sittings(people: People, today: date) -> None:
    """What waits for a body stands on the docket of its next sitting, in the week to come."""
    clerk = people["clerk"]
    for place, (body, rows) in enumerate(_by_body(sittings.waiting(clerk)).items()):
        meeting = sitting_actions.plan_sitting(
            body=body, by=clerk, on=today, planned_on=today + timedelta(days=3 + place % 4),
            planned_at=time(9, 30), place=words.MEETING_ROOM, chair=words.chair_of(rows[0].aspect),
            secretary="办公室", in_attendance="区招商投资局、区发展改革委、区司法局",
        )  # fmt: skip
        for row in rows[: len(rows) - (place == 0)]:  # one still waits to be listed
            sitting_actions.add_item(sitting=meeting, opinion=row, by=clerk, on=today)


def _by_body(rows: Iterable[Opinion]) -> dict[Unit, list[Opinion]]:
    found: dict[Unit, list[Opinion]] = {}
    for row in rows:
        found.setdefault(row.unit, []).append(row)
    return found


def keep_leads_warm(rng: Random, on: date) -> None:
    """Once a week: first receivers call most firms whose month is nearly over."""
    due = Deadline.objects.filter(rule__startswith=PREFIX, due_on__lte=on + WEEK).open()
    for clock in due.select_related("responsible_user").order_by("pk"):
        if rng.random() < 0.8:
            talking.keep_warm(clock, rng, on)


def deliver(on: date) -> None:
    """Everything in the outbox goes to the inboxes."""
    while notices.deliver(on=on, limit=AT_ONCE):
        pass


def read_all(people: Collection[User]) -> None:
    """Everybody has read what there is."""
    newest = Notice.objects.order_by("-pk").values_list("pk", flat=True).first()
    for person in people if newest else ():
        notices.mark_all_read(by=person, until=newest or 0)
