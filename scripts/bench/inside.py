"""What is measured or prepared inside the product's own process, on the database of the environment.

`python -m scripts.bench.inside FUNCTION ARGUMENT …` prints the function's answer as JSON on its last line.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

FUNCTIONS: dict[str, Callable[..., Any]] = {}


def asked(function: Callable[..., Any]) -> Callable[..., Any]:
    FUNCTIONS[function.__name__] = function
    return function


@asked
def create(name: str) -> str:
    """A database of this name."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    return name


@asked
def callers() -> dict[str, str]:
    """A REST token and a session of the bureau's clerk."""
    from django.test import Client

    from accounts.models import User
    from accounts.tokens import issue

    clerk = User.objects.get(username="clerk")
    browser = Client()
    browser.force_login(clerk)
    return {"token": issue(clerk), "session": browser.cookies["sessionid"].value}


@asked
def filters(least: str) -> list[str]:
    """Some combinations of phase, park and class that leave at least so many projects, as queries."""
    from django.db.models import Count

    from projects.models import Project

    rows = Project.objects.exclude(landing_unit=None).exclude(project_class="").order_by()
    found = rows.values_list("phase", "landing_unit__code", "project_class").annotate(number=Count("pk"))
    enough = sorted(row[:3] for row in found if row[3] >= int(least))
    return [
        f"phase={phase}&park={park}&class={code}" for phase, park, code in enough[:: len(enough) // 12 + 1]
    ]


@asked
def advancing(count: str) -> list[int]:
    """Projects that may enter the next phase at once: planned, with an investor."""
    from projects.models import Project

    rows = Project.objects.filter(phase="planning", enterprise__isnull=False).running()
    return list(rows.order_by("pk").values_list("pk", flat=True)[: int(count)])


@asked
def histories(*lengths: str) -> dict[str, int]:
    """Projects far on, given so many events, contacts, figures and versions each: length → project."""
    from projects.models import Project

    rows = Project.objects.filter(phase="production").order_by("pk")
    found = dict(zip(map(int, lengths), rows, strict=False))
    for length, project in found.items():
        _lengthen(project, length)
    return {str(length): project.pk for length, project in found.items()}


def _lengthen(project: Any, length: int) -> None:
    from accounts.models import User
    from cases.models import Event
    from kernel.clock import now, today
    from projects.models import ContactRecord, Money, Project

    on, clerk = today(), User.objects.get(username="clerk")
    said: dict[str, Any] = {"channel": "电话", "with": "王经理", "matter": "询问进展"}
    contact = {"on": on, "channel": "phone", "with_whom": "王经理", "matter": "询问进展", "by": clerk}
    figure = {"measure": "paid_in", "raw": "1万元", "original": "10000", "fen": 1_000_000, "on": on}
    version = Project.history.model
    kept = {field.attname: getattr(project, field.attname) for field in version.tracked_fields}
    made: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Event, {"case_id": project.pk, "kind": "contact.recorded", "on": on, "data": said}),
        (ContactRecord, {"project": project, **contact}),
        (Money, {"project": project, "recorded_by": clerk, **figure}),
        (version, kept | {"history_date": now(), "history_type": "~", "history_user": clerk}),
    )
    for model, fields in made:
        model.objects.bulk_create([model(**fields) for _number in range(length)])


@asked
def inboxes() -> dict[str, str]:
    """Of the unit asked least and the one asked most: open questions → a session of its reviewer."""
    from django.db.models import Count
    from django.test import Client

    from accounts.models import Membership, Unit, User
    from accounts.roles import Role
    from approvals.models import Opinion
    from kernel.clock import today

    waiting = Opinion.objects.waiting().order_by().values("unit").annotate(number=Count("pk"))
    found = sorted(waiting, key=lambda row: row["number"])
    sessions = {}
    for row in (found[0], found[-1]):
        unit = Unit.objects.get(pk=row["unit"])
        reviewer = User.objects.create_user(f"bench-{unit.code}", name=unit.name[:20])
        Membership.objects.create(user=reviewer, unit=unit, role=Role.REVIEWER, valid_from=today())
        browser = Client()
        browser.force_login(reviewer)
        sessions[str(row["number"])] = browser.cookies["sessionid"].value
    return sessions


@asked
def workdays(count: str) -> float:
    """Microseconds for one due date: seven working days from each of so many dates."""
    from deadlines import calendars
    from deadlines.calendar import Limit

    calendar, limit = calendars.current(), Limit(7)
    days = [date(2024, 11, 1) + timedelta(days=number % 700) for number in range(int(count))]
    best = float("inf")
    for _time in range(5):
        begun = perf_counter()
        for day in days:
            calendar.due(day, limit)
        best = min(best, perf_counter() - begun)
    return best / len(days) * 1e6


@asked
def backscheduling(count: str) -> float:
    """Plans a second: so many plans made of the shipped preset, each counted back from days of its own."""
    from deadlines import calendars
    from policies.loader import parse_pack
    from policies.packs import PACKS
    from service.plans.network import count_back

    rule = parse_pack(PACKS / "elsewhere" / "tianmen-construction-2024.toml").plans[0]
    codes = frozenset(item.code for item in rule.items)
    calendar, first, begun = calendars.current(), date(2025, 1, 6), perf_counter()
    for number in range(int(count)):
        start = first + timedelta(days=240 + number % 365)
        agreed = {"start": start, "finish": start + timedelta(days=420)}
        agreed["production"] = start + timedelta(days=480)
        count_back(rule, codes, agreed, calendar, begin=first)
    return int(count) / (perf_counter() - begun)


@asked
def hung(count: str) -> str:
    """A park with plans for so many of its running projects, 30 items each, a third of them done; its
    code."""
    from django.db.models import Count

    from accounts.models import User
    from kernel.clock import today
    from projects.models import Project

    clerk, rows = User.objects.get(username="clerk"), Project.objects.running().exclude(landing_unit=None)
    parks = rows.order_by().values_list("landing_unit", "landing_unit__code").annotate(n=Count("pk"))
    unit, code, _number = max(parks, key=lambda row: row[2])
    for place, project in enumerate(rows.filter(landing_unit=unit).order_by("pk")[: int(count)]):
        _hang(project, clerk, today() - timedelta(days=60 + place % 30))
    return str(code)


def _hang(project: Any, clerk: Any, begin: date) -> None:
    from policies.models import PolicyVersion
    from service.models import Plan, PlanItem, PlanTick, PlanVersion

    law = PolicyVersion.objects.order_by("pk").values_list("pk", flat=True)[0]
    plan = Plan.objects.create(
        project=project, code="construction_schedule", made_on=begin, made_by=clerk, items_total=30,
        items_done=10, next_on=begin + timedelta(days=55),
    )  # fmt: skip
    plan.current = PlanVersion.objects.create(
        plan=plan, number=1, drafted_on=begin, drafted_by=clerk, policy_version_id=law
    )
    plan.save()
    PlanItem.objects.bulk_create(
        PlanItem(version=plan.current, code=f"n{k}", form="node_list", order=k, name=f"节点{k}",
                 planned_on=begin + timedelta(days=15 * k), is_key=k % 3 == 0)
        for k in range(30)
    )  # fmt: skip
    PlanTick.objects.bulk_create(PlanTick(plan=plan, code=f"n{k}", on=begin, by=clerk) for k in range(10))


@asked
def doubles() -> dict[str, Any]:
    """The labelled set asked of this database: precision, recall, the seconds of each question.

    What it registers for that is taken back.
    """
    from django.db import transaction

    from accounts.models import User
    from kernel.clock import today
    from scripts.bench.doubles import measure

    with transaction.atomic():
        found = measure(User.objects.get(username="clerk"), today())
        transaction.set_rollback(True)
    return {"precision": found.precision, "recall": found.recall, "seconds": found.seconds}


@asked
def imported(path: str) -> dict[str, float]:
    """A ledger checked and brought in as by a worker: projects made, seconds, the process's peak in MB.

    ``settle``: how long the search index then takes to put its new entries in order, the import being done.
    """
    from django.core.files import File

    from accounts.models import User
    from kernel.clock import today
    from projects import search
    from projects.actions import imports

    clerk, times = User.objects.get(username="clerk"), [perf_counter()]
    with Path(path).open("rb") as stream:
        batch = imports.upload(by=clerk, file=File(stream, name=Path(path).name), on=today())
    for step in (imports.check, lambda **said: imports.commit(on=today(), **said)):
        step(batch=batch, by=clerk, enqueue=False)
        imports.run(batch.pk)
        batch.refresh_from_db()
        times.append(perf_counter())
    search.settle()
    times.append(perf_counter())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    preview, commit, settle = (end - begin for begin, end in pairwise(times))
    spent = {"preview": preview, "commit": commit, "settle": settle}
    return {"created": batch.counts["created"], "megabytes": peak} | spent


@asked
def export(words: str) -> dict[str, float]:
    """The ledger's rows with these words written to Excel: how many, and the seconds it took."""
    from accounts.models import User
    from projects.exports import ledger_file
    from projects.queries import LedgerFilter, ledger

    clerk, wanted = User.objects.get(username="clerk"), LedgerFilter(q=words)
    count = ledger(clerk, wanted).count()
    begun = perf_counter()
    path = ledger_file(by=clerk, wanted=wanted)
    seconds = perf_counter() - begun
    path.unlink()
    return {"rows": count, "seconds": seconds}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scripts.bench.settings")
    import django

    django.setup()
    from scripts.bench import sweeping  # noqa: F401  # registers its own

    name, *arguments = sys.argv[1:]
    print(json.dumps(FUNCTIONS[name](*arguments)))


if __name__ == "__main__":
    sys.modules["scripts.bench.inside"] = sys.modules["__main__"]
    main()
