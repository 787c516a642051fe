"""Who recognises a start, states a day for a department, and reports a month."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from accounts.access import require, units_with
from accounts.models import Unit, User
from accounts.roles import Can
from approvals.rules import answering
from cases.models import Part
from cases.permissions import wide_on
from kernel.refusals import Refused
from policies.schema import Milestone, MonthlyReport, Reading
from projects.actions.milestones import require_named
from projects.models import Project
from projects.permissions import known_parts, require_sight, require_unmerged
from service.portal.access import speaks_for


def require_recogniser(project: Project, rule: Milestone, by: User) -> None:
    """Raises Refused (forbidden) unless the plan names this one for the milestone."""
    require(by, Can.RECORD_MILESTONE)
    require_unmerged(by, project)
    require_sight(by, project)
    require_named(project, rule, by)


def stating_units(project: Project, reading: Reading, on: date) -> list[Unit]:
    """The units that state the day in this reading, as they stand on a day."""
    return answering(reading.units, reading.parts, project.pk, on)


def require_stating(project: Project, reading: Reading, by: User, on: date) -> tuple[Unit, bool]:
    """For which unit this one states the day, and whether on its behalf (代录).

    Raises Refused: forbidden; unmet where nobody plays the part that the plan names.
    """
    require(by, Can.RECORD_MILESTONE)
    require_unmerged(by, project)
    require_sight(by, project)
    named = stating_units(project, reading, on)
    if not named:
        raise Refused.because(
            "nobody_states", _("“%(name)s”的填报单位尚未确定") % {"name": reading.name}, clause=reading.clause
        )
    mine = units_with(by, Can.RECORD_MILESTONE)
    own = next((unit for unit in named if unit.pk in mine), None)
    if own is not None:
        return own, False
    if wide_on(by, Can.RECORD_ON_BEHALF, project.case):
        return named[0], True
    words = {"name": reading.name, "units": "、".join(unit.name for unit in named)}
    raise Refused.forbidden(_("“%(name)s”由%(units)s填报") % words, code="not_stating")


def may_report(project: Project, rule: MonthlyReport, by: User, on: date) -> bool:
    """Whether this one reports the project's month: whoever the plan names, or the firm's own account."""
    if wide_on(by, Can.RECORD_MILESTONE, project.case):
        return True
    parts = known_parts(project)
    return plays(rule, by, _open(project) if parts is None else parts) or _speaks(project, rule, by, on)


def plays(rule: MonthlyReport, by: User, parts: Iterable[Part]) -> bool:
    """Whether one of the open parts that report is played by this one or the own unit."""
    mine = units_with(by, Can.RECORD_MILESTONE)
    if not mine:
        return False
    return any(row.part in rule.parts and _holds(row, by, mine) for row in parts)


def _holds(row: Part, by: User, mine: set[int]) -> bool:
    """A part with a person is that person's; a colleague of the unit answers through the unit's own."""
    return row.user_id == by.pk if row.user_id else row.unit_id in mine


def _open(project: Project) -> Iterable[Part]:
    return Part.objects.filter(case_id=project.pk, valid_to__isnull=True)


def _speaks(project: Project, rule: MonthlyReport, by: User, on: date) -> bool:
    """An account speaks for the project that was kept, never for its double."""
    return rule.by_enterprise and project.merged_into_id is None and speaks_for(by, project, on)


def require_reporter(project: Project, rule: MonthlyReport, by: User, on: date) -> bool:
    """Whether the enterprise's own account reports. Raises Refused (forbidden) else."""
    if _speaks(project, rule, by, on):
        return True
    require(by, Can.RECORD_MILESTONE)
    require_unmerged(by, project)
    require_sight(by, project)
    if not may_report(project, rule, by, on):
        words = {"name": rule.name, "clause": rule.clause}
        message = _("“%(name)s”须由制度指定的单位填报（%(clause)s）") % words
        raise Refused.forbidden(message, code="not_reporting")
    return False
