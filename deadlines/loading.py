"""Putting a year's calendar in force: from the shipped lists, or from a file."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from deadlines import calendar_files, calendars
from deadlines.calendar_files import YearPlan
from deadlines.models import CalendarDay, CalendarVersion
from kernel.clock import now
from kernel.refusals import Refused


@transaction.atomic
def load_calendar_year(*, name: str, content: bytes, by: User | None) -> CalendarVersion:
    """Load a year from an uploaded file and put it in force. ``by`` is None on the command line.

    Open deadlines that touch the year are recomputed afterwards (:mod:`deadlines.recomputing`), and again
    by the next sweep if that was cut short. Raises Refused: forbidden, a faulty file (every fault named),
    or a version of that year that is loaded already.
    """
    if by is not None:
        require(by, Can.LOAD_CALENDAR)
    plan = calendar_files.read(name, content)
    row = _store(plan, by)
    audit.record(kind="calendar.loaded", by=by, success=True, target=str(row), detail={"source": plan.source})
    return row


def _store(plan: YearPlan, by: User | None) -> CalendarVersion:
    try:
        with transaction.atomic():
            row = CalendarVersion.objects.create(
                year=plan.year,
                version=plan.version,
                source=plan.source,
                published_on=plan.published_on,
                loaded_by=by,
            )
            found = calendars.exceptions(set(plan.rest), set(plan.work))
            CalendarDay.objects.bulk_create(
                CalendarDay(version=row, date=day, working=w) for day, w in found.items()
            )
    except IntegrityError as error:
        names = {"year": plan.year, "version": plan.version}
        raise Refused.conflict(
            _("%(year)s 年日历的版本“%(version)s”已载入过，请换一个版本号") % names, code="calendar_loaded"
        ) from error
    return row


@transaction.atomic
def seed() -> list[int]:
    """Load every shipped year that has no calendar yet; returns those years. Safe to run again.

    A database without any calendar was reckoned by these same years all along: nothing to recompute then.
    """
    known = set(calendars.latest_versions())
    done = None if known else now()
    fresh = {year: days for year, days in calendars.shipped_years().items() if year not in known}
    rows = CalendarVersion.objects.bulk_create(
        CalendarVersion(year=year, recomputed_at=done, **_named(year)) for year in fresh
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(version=row, date=day, working=working)
        for row in rows
        for day, working in fresh[row.year].items()
    )
    return list(fresh)


def _named(year: int) -> dict[str, str]:
    version, source = calendars.shipped_source(year)
    return {"version": version, "source": source}
