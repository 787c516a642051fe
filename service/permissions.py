"""Who names commissioners: the service body itself, and the office of the whole district."""

from django.utils.translation import gettext as _

from accounts.access import units_with
from accounts.models import User
from accounts.roles import Can
from cases.models import Part
from cases.permissions import wide_on
from kernel.refusals import Refused
from projects.models import Project
from projects.permissions import require_on
from service.models import LANDING, SERVICE_BODY


def require_naming(by: User, project: Project, clause: str) -> None:
    """Raises Refused (forbidden) unless the user's unit serves the project or sees the whole district."""
    require_on(by, Can.NAME_COMMISSIONER, project)
    if wide_on(by, Can.NAME_COMMISSIONER, project.case):
        return
    held = Part.objects.filter(case_id=project.pk, part__in=(LANDING, SERVICE_BODY), valid_to__isnull=True)
    if not held.filter(unit__in=units_with(by, Can.NAME_COMMISSIONER)).exists():
        message = _("服务专员由服务主体（拟入驻的园区或所属乡镇街道）配备（%(clause)s）") % {"clause": clause}
        raise Refused.forbidden(message, code="not_service_body")
