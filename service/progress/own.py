"""What the enterprise's page shows of its months: how far the works are, and the months it has to report."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines import calendars
from deadlines.calendar import CalendarError
from policies.schema import Limit, MonthlyReport
from projects.facts import rules_of
from service.portal import slots
from service.portal.access import Speaker
from service.progress.months import last_day
from service.progress.queries import months_of
from service.progress.showing import Standing, standing


def hang() -> None:
    slots.source(slots.Source("progress", missing))
    slots.panel(
        slots.Panel(
            "months", gettext_lazy("月度进度"), "service/progress/own_panel.html", context, 25, _shown
        )
    )


def own_rule(speaker: Speaker) -> MonthlyReport | None:
    """The monthly report, where the plan lets the enterprise report it."""
    rule = rules_of(speaker.project).monthly
    return rule if rule is not None and rule.by_enterprise else None


def own_standing(speaker: Speaker) -> Standing | None:
    """How far the works are by the months in force; None where the enterprise reports none."""
    if own_rule(speaker) is None:
        return None
    return standing(speaker.project, months_of(speaker.project), speaker.on)


def missing(speaker: Speaker) -> list[slots.Item]:
    """Each past month without a report, with its due day; none of a project that no longer runs."""
    found = own_standing(speaker) if speaker.may_write else None
    if found is None:
        return []
    return [_item(speaker, found.rule, month) for month in found.missing]


def _item(speaker: Speaker, rule: MonthlyReport, month: date) -> slots.Item:
    text = f"{month:%Y-%m}"
    return slots.Item(
        key=text, title=_("填报 %(month)s 的建设进度") % {"month": text}, due_on=due_day(rule, month),
        clause=rule.clause, url=reverse("portal-month", args=[speaker.project.pk, text]),
    )  # fmt: skip


def due_day(rule: MonthlyReport, month: date) -> date | None:
    """The day on which the report of a month is due, as its clock counts; None beyond the calendar."""
    limit = Limit(count=rule.due_day, unit="natural_day", roll_forward=rule.roll_forward)
    try:
        return calendars.current().due(last_day(month), limit).on
    except CalendarError:
        return None


def context(speaker: Speaker) -> dict[str, Any]:
    """One query for the reports; milestones the page has read."""
    return {"standing": own_standing(speaker)}


def _shown(speaker: Speaker) -> bool:
    found = own_standing(speaker)
    return found is not None and found.started is not None
