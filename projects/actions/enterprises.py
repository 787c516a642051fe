"""What is kept of an investor, put right or filled in; its projects follow."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from cases.models import Enterprise
from kernel.language import house_language
from kernel.refusals import Refused, Unmet
from projects import hooks
from projects.actions import saving
from projects.facts import derive, rules_of
from projects.models import Project
from projects.permissions import lock, require_on

EDITABLE = ("name", "no_code_reason", "division_code", "country", "contact_name", "contact_phone")
DERIVED = {"name", "division_code", "country"}
"""What the investor's projects take something from: search words, origin, and with it class and credit."""


@transaction.atomic
def edit_enterprise(*, project: Project, by: User, on: date, changes: dict[str, str]) -> Enterprise:
    """Change what is kept of a project's investor, for whoever works on one of its projects.

    Origin, class, credit and search words of all its projects follow, and each has the event. The credit code
    is not changed here: another code is another enterprise. Numbers of telephones stay out of the event.
    Raises Refused: forbidden; conflict without an investor; invalid per field.
    """
    require_on(by, Can.EDIT_PROJECT, project)
    firm = lock_investor(project)
    if firm is None:
        raise Refused.conflict(_("项目还没有投资企业"))
    moved = [name for name in EDITABLE if name in changes and getattr(firm, name) != changes[name].strip()]
    if not moved:
        return firm
    for name in moved:
        setattr(firm, name, changes[name].strip())
    _check(firm)
    firm._history_user = by  # type: ignore[attr-defined]  # where simple_history looks for the author
    firm.save()
    _follow(firm, moved, by, on)
    return firm


def lock_investor(project: Project) -> Enterprise | None:
    """The investor, locked; before its projects, so that two editors never wait for each other."""
    if project.enterprise_id is None:
        return None
    return Enterprise.objects.select_for_update(no_key=True).get(pk=project.enterprise_id)


def _check(firm: Enterprise) -> None:
    problems: list[Unmet] = []
    for name in EDITABLE:
        field: Any = Enterprise._meta.get_field(name)
        try:
            field.clean(getattr(firm, name), firm)
        except ValidationError as error:
            problems.append(Unmet("invalid", "；".join(error.messages), field=name))
    if not firm.credit_code and not firm.no_code_reason:
        problems.append(Unmet("invalid", _("没有统一社会信用代码时，请说明原因"), field="no_code_reason"))
    if problems:
        raise Refused(problems, "invalid")


def _follow(firm: Enterprise, moved: list[str], by: User, on: date) -> None:
    """The event in every project of the investor, and what it derives from it; locked in a fixed order."""
    fields: list[Any] = [Enterprise._meta.get_field(name) for name in moved]
    with house_language():
        data = {"name": firm.name, "fields": "、".join(str(field.verbose_name) for field in fields)}
    for pk in Project.objects.filter(enterprise=firm).order_by("pk").values_list("pk", flat=True):
        project = lock(Project(pk=pk))
        cases.record(case=project.case, kind="enterprise.edited", by=by, on=on, data=data)
        if DERIVED & set(moved):
            derive(project, rules_of(project))
            saving.save(project, by)
            hooks.tell_money(project, by, on)
