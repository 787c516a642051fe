"""What stands in the head of the table and in its figures: kept with the version, checked here."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from kernel.refusals import Refused
from projects.models import ReachedMilestone
from service.plans.actions.base import Contact, Figures, Opened, check_counts, checked_fen
from service.plans.models import WHOLE, PlanTarget, PlanVersion
from service.plans.permissions import unit_of_side

FIRST_YEAR, LAST_YEAR = 2000, 2090


def put(
    found: Opened, version: PlanVersion, figures: Sequence[Figures], contacts: Mapping[str, Contact]
) -> None:
    """Set the figures given and the contacts given; others stay. Raises Refused (invalid)."""
    for row in figures:
        _put_figures(found, version, row)
    _require_within_whole(version)
    version.frame = _frame(found, version, contacts)
    version.save(update_fields=["frame"])


def _put_figures(found: Opened, version: PlanVersion, row: Figures) -> None:
    if row.year != WHOLE and not FIRST_YEAR <= row.year <= LAST_YEAR:
        raise Refused.invalid("year", _("年度应为四位数字"))
    check_counts(row, found.rule)
    said = {
        "invest_fen": checked_fen(row),
        "floor_area": row.floor_area,
        "buildings": {code: number for code, number in row.buildings.items() if number},
    }
    PlanTarget.objects.update_or_create(version=version, year=row.year, defaults=said)


def _require_within_whole(version: PlanVersion) -> None:
    """A year's share is no more than the whole."""
    rows = {row.year: row for row in version.targets.all()}
    whole = rows.pop(WHOLE, None)
    for name, label in (("invest_fen", _("投资")), ("floor_area", _("建筑面积"))):
        most = getattr(whole, name, None)
        years = [getattr(row, name) for row in rows.values() if getattr(row, name) is not None]
        if most is not None and sum(years) > most:
            message = _("各年度%(what)s合计超过总计划") % {"what": label}
            raise Refused.invalid("year", message, code="beyond_whole")


def _frame(found: Opened, version: PlanVersion, contacts: Mapping[str, Contact]) -> dict[str, object]:
    """The head as it is today; contacts not given stay as they were."""
    project, rule = found.project, found.rule
    unknown = set(contacts) - {side.code for side in rule.seals}
    if unknown:
        raise Refused.invalid("contacts", _("没有这一方：%(code)s") % {"code": "、".join(sorted(unknown))})
    first = ReachedMilestone.objects.filter(
        project=project, code__in=rule.needs, withdrawn_on__isnull=True
    ).order_by("on")
    signed = first.values_list("on", flat=True).first()
    units = {side.code: unit_of_side(project, side) for side in rule.seals}
    kept = dict(version.frame.get("contacts", {}))
    return {
        "project": project.name,
        "total_fen": project.total_fen,
        "enterprise": project.enterprise.name if project.enterprise else "",
        "signed_on": signed.isoformat() if signed else "",
        "land": project.land_square_metres,
        "units": {code: str(unit) for code, unit in units.items() if unit},
        "accepted": version.frame.get("accepted", {}),
        "contacts": kept | {code: one.kept() for code, one in contacts.items()},
    }
