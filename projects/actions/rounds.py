"""Linking a further investment to the enterprise's first project, and taking the link back."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from kernel.refusals import Refused
from projects.actions import saving
from projects.models import Project, ProjectType
from projects.permissions import lock, require_on, require_sight, require_unmerged
from projects.rounds import leads_back


@transaction.atomic
def link_first(*, project: Project, first: Project, by: User, on: date, reason: str = "") -> Project:
    """Name the first project of the same enterprise; a newly introduced one becomes a second round.

    Both are locked, the older key first. Raises Refused: forbidden; invalid for the project itself, a circle,
    or another enterprise without ``reason``; conflict where it is linked, or the first was merged.
    """
    if first.pk == project.pk:
        raise Refused.invalid("first", _("不能关联自己"))
    rows = {row.pk: row for row in map(lock, sorted((project, first), key=lambda row: row.pk))}
    project, first = rows[project.pk], rows[first.pk]
    require_on(by, Can.EDIT_PROJECT, project)
    require_unmerged(by, first)
    require_sight(by, first)
    _require_sense(project, first, reason)
    project.first_project = first
    if project.project_type == ProjectType.NEW:
        project.project_type = ProjectType.SECOND_ROUND
    saving.save(project, by, reason.strip())
    said = {"code": first.case.code, "other": first.name, "reason": reason.strip()}
    cases.record(case=project.case, kind="project.first_linked", by=by, on=on, data=said)
    told = {"code": project.case.code, "other": project.name}
    cases.record(case=first.case, kind="project.round_linked", by=by, on=on, data=told)
    return project


def _require_sense(project: Project, first: Project, reason: str) -> None:
    if project.first_project_id is not None:
        raise Refused.conflict(_("已关联首个项目，更换请先取消关联"), code="already_linked")
    if leads_back(first, project):
        message = _("“%(name)s”本身是本项目之后的再投资，不能互为首个项目") % {"name": first.name}
        raise Refused.invalid("first", message, code="circle")
    same = project.enterprise_id is not None and project.enterprise_id == first.enterprise_id
    if not same and not reason.strip():
        message = _("两个项目的投资企业不同，须说明原因（如由同一投资方新设公司）")
        raise Refused.invalid("reason", message, code="another_enterprise")


@transaction.atomic
def unlink_first(*, project: Project, by: User, on: date, reason: str) -> Project:
    """Take the link back. Raises Refused: forbidden; invalid without a reason; conflict without a link."""
    project = lock(project)
    require_on(by, Can.EDIT_PROJECT, project)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写取消关联的原因"))
    if project.first_project_id is None:
        raise Refused.conflict(_("尚未关联首个项目"), code="not_linked")
    first = Project.objects.select_related("case").get(pk=project.first_project_id)
    project.first_project = None
    saving.save(project, by, reason.strip())
    said = {"code": first.case.code, "other": first.name, "reason": reason.strip()}
    cases.record(case=project.case, kind="project.first_unlinked", by=by, on=on, data=said)
    return project
