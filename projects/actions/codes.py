"""National project codes (GB/T 40058-2021): registered as the platform gave them, voided with a reason."""

import re
import unicodedata
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from kernel.refusals import Refused
from projects.models import Project, ProjectCode
from projects.models.project import NATIONAL_CODE
from projects.permissions import lock, require_on

EXAMPLE = "2603-500102-89-05-346948"


@transaction.atomic
def add_code(*, project: Project, code: str, by: User, on: date) -> ProjectCode:
    """Register a code with a project; it may hold several, but a valid code belongs to one project.

    Raises Refused: forbidden; invalid for a code of another form; conflict where it is valid already.
    """
    project = lock(project)
    require_on(by, Can.EDIT_PROJECT, project)
    plain = unicodedata.normalize("NFKC", code).strip()
    if not re.fullmatch(NATIONAL_CODE, plain, re.ASCII):
        message = _("投资项目代码应为 4-6-2-2-6 位数字，如 %(example)s") % {"example": EXAMPLE}
        raise Refused.invalid("code", message)
    row = ProjectCode(project=project, code=plain)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _taken(project, plain) from error
    cases.record(case=project.case, kind="project.code_added", by=by, on=on, data={"code": plain})
    return row


def _taken(project: Project, code: str) -> Refused:
    """It says no more of another project than that there is one: it may be out of sight."""
    here = ProjectCode.objects.filter(project=project, code=code, voided_on__isnull=True).exists()
    where = _("本项目") if here else _("另一个项目")
    data = {"code": code, "where": where}
    return Refused.conflict(
        _("代码 %(code)s 已登记在%(where)s，请核对；登记错的先作废") % data, code="code_taken"
    )


@transaction.atomic
def void_code(*, code: ProjectCode, by: User, on: date, reason: str) -> ProjectCode:
    """A code is void from a day on, with a reason; it stays on file.

    Raises Refused: forbidden; invalid without a reason; conflict when it is void already.
    """
    project = lock(code.project)
    require_on(by, Can.EDIT_PROJECT, project)
    row = ProjectCode.objects.get(pk=code.pk)
    if row.voided_on is not None:
        raise Refused.conflict(
            _("代码 %(code)s 已于 %(day)s 作废") % {"code": row.code, "day": row.voided_on}
        )
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写作废原因"))
    row.voided_on, row.voided_by, row.voided_reason = on, by, reason.strip()
    row.save(update_fields=["voided_on", "voided_by", "voided_reason"])
    data = {"code": row.code, "reason": row.voided_reason}
    cases.record(case=project.case, kind="project.code_voided", by=by, on=on, data=data)
    return row
