"""A signed project on its way from start to production, under the shipped packs."""

from datetime import date
from typing import Any

from accounts.models import Unit, User
from cases.models import Part
from documents.models import Attachment
from projects.models import Project, ReachedMilestone
from service.models import MonthlyProgress
from service.progress.recognising import Fact, recognise
from service.progress.reporting import Report, report_month
from tests import factories as make
from tests import lives

STARTED = date(2026, 2, 12)
TODAY = make.TODAY
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
WAN = 1_000_000


def park() -> Unit:
    return make.unit("baitao-park", kind="park", name="白涛工业园区")


def ready(contract: str = "2亿元", **more: Any) -> Project:
    """Signed, commissioner and permit there: what a start waits for."""
    row = lives.signed(park=park(), contract=contract, **more)
    by = User.objects.first()
    assert by is not None
    for code in ("service_commissioner_named", "construction_permitted"):
        lives.lay_down(row, code, by, lives.SIGNED_ON)
    for code in ("development-reform", "economy-information", "housing-construction"):
        make.unit(code, name=code)
    Project.objects.filter(pk=row.pk).update(phase="construction")
    return Project.objects.select_related("case").get(pk=row.pk)


def proof(row: Project, kind: str = "start_proof") -> Attachment:
    there = Attachment.objects.filter(case=row.case, kind=kind).first()
    return there or lives.paper(row, kind, lives.clerk())


def started(on: date = STARTED, **more: Any) -> Project:
    """Recognised by piling, shown by its paper."""
    row = ready(**more)
    start(row, on)
    return Project.objects.select_related("case").get(pk=row.pk)


def start(row: Project, on: date = STARTED) -> ReachedMilestone:
    facts = [Fact("piling", on, proof(row))]
    done: ReachedMilestone = recognise(
        project=row, milestone="construction_started", facts=facts, by=lives.clerk(), on=TODAY
    )
    return done


def said(month: date = FEBRUARY, wan: int = 500, **more: Any) -> Report:
    fields = {"month": month, "invested_fen": wan * WAN, "stage": "foundation", "percent": 5} | more
    return Report(**fields)


def report(row: Project, by: User | None = None, on: date = TODAY, **more: Any) -> MonthlyProgress:
    done: MonthlyProgress = report_month(project=row, report=said(**more), by=by or lives.clerk(), on=on)
    return done


def colleague(role: str = "park_clerk") -> User:
    return make.user(role, unit=park())


def department(row: Project, code: str) -> User:
    """Somebody of a department that was called into the case."""
    unit = make.unit(code)
    Part.objects.get_or_create(
        case=row.case, unit=unit, part="asked", valid_to=None, defaults={"valid_from": lives.SIGNED_ON}
    )
    return make.user("reviewer", unit=unit)
