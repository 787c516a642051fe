"""Ending a unit's part in a project: what it saw through that part alone, it no longer sees."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from cases.models import Part
from kernel.refusals import Refused
from projects import hooks
from projects.actions import saving
from projects.models import Project
from projects.permissions import lock, require_on

# The parts whose units share the credit: who counts it is told when they change.
CREDITED = ("introducing", "supporting")
CACHED = {"landing": "landing_unit", "introducing": "introducing_unit"}


@transaction.atomic
def end_part(*, project: Project, part: Part, by: User, on: date, reason: str) -> Part:
    """End a part on a day with a reason; the project's cache of it follows.

    Raises Refused: forbidden; invalid without a reason or before its start; conflict when it has ended.
    """
    project = lock(project)
    require_on(by, Can.ASSIGN_PARTS, project)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    row = (
        Part.objects.select_for_update(of=("self",))
        .select_related("case", "unit", "user")
        .get(pk=part.pk, case_id=project.pk)
    )
    ended = cases.end_part(part=row, by=by, on=on, reason=reason.strip())
    cached = CACHED.get(row.part)
    if cached and getattr(project, f"{cached}_id") == row.unit_id:
        setattr(project, cached, None)
        saving.save(project, by, reason.strip())
    if row.part in CREDITED:
        hooks.tell_money(project, by, on)
    return ended
