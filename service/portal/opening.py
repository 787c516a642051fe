"""企业账号: opened and ended by those who work on the project. ``on`` is a business date in Asia/Shanghai."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions import create_user, reset_password
from accounts.models import User
from accounts.roles import Can
from cases.actions import record
from kernel.refusals import Refused
from projects.models import Project
from projects.permissions import among, lock, require_on, require_running
from service.portal.models import EnterpriseAccount
from service.portal.pushing import push_matching


@dataclass(frozen=True, slots=True)
class Opened:
    """An account with the one-time password of its new user, which is shown once; "" for a linked one."""

    account: EnterpriseAccount
    password: str = ""


@transaction.atomic
def open_account(
    *, project: Project, username: str, name: str, by: User, on: date, phone: str = ""
) -> Opened:
    """A new user of the enterprise that speaks for the project from ``on``.

    Raises Refused: forbidden; invalid for a username taken or malformed; conflict for a project that ended.
    """
    project = _begin(project, by)
    if User.objects.filter(username__iexact=username.strip(), is_enterprise=True).exists():
        message = _("用户名“%(name)s”已是企业账号；同一企业人员请用“关联已有企业账号”，否则请换一个用户名")
        raise Refused.invalid("username", message % {"name": username.strip()}, code="link_instead")
    user, password = create_user(username=username, name=name, phone=phone, by=by, enterprise=True)
    return Opened(_keep(project, user, by, on), password)


@transaction.atomic
def link_account(*, project: Project, username: str, by: User, on: date) -> Opened:
    """A user that the enterprise has already speaks for one more project; the password stays.

    Raises Refused: forbidden; invalid for nobody of that name, a colleague's account or one disabled;
    conflict when it speaks for the project already.
    """
    project = _begin(project, by)
    user = User.objects.filter(username=username.strip()).first()
    if user is None:
        raise Refused.invalid("existing", _("没有“%(name)s”这个账号") % {"name": username.strip()})
    if not user.is_enterprise:
        message = _("“%(name)s”是工作人员账号，不能用作企业账号；请为企业另开账号")
        raise Refused.invalid("existing", message % {"name": user.username}, code="staff_account")
    if not user.is_active:
        raise Refused.invalid("existing", _("该企业账号已停用，请系统管理员先启用"), code="account_disabled")
    return Opened(_keep(project, user, by, on))


@transaction.atomic
def end_account(*, account: EnterpriseAccount, reason: str, by: User, on: date) -> EnterpriseAccount:
    """The account speaks for the project no longer: ``on`` is the first day without, at its next request.

    Raises Refused: forbidden; invalid without a reason; conflict when it has ended.
    """
    project = lock(account.project)
    require_on(by, Can.OPEN_PORTAL, project)
    row = EnterpriseAccount.objects.select_for_update(of=("self",)).select_related("user").get(pk=account.pk)
    if row.valid_to is not None:
        raise Refused.conflict(_("该企业账号已于 %(day)s 停用") % {"day": row.valid_to}, code="ended_already")
    if not reason.strip():
        raise Refused.invalid("reason", _("请写明停用原因"))
    row.valid_to, row.ended_by, row.ended_reason = max(on, row.valid_from), by, reason.strip()
    row.save(update_fields=["valid_to", "ended_by", "ended_reason"])
    _note("portal.account_ended", row, by, on, reason=row.ended_reason)
    return row


@transaction.atomic
def renew_password(*, account: EnterpriseAccount, by: User, on: date) -> str:
    """A one-time password for a user of the enterprise; returned, to be shown once.

    Whoever gives it could sign in with it: only those may who work on every project it speaks for. Raises
    Refused: forbidden; conflict for an account that has ended.
    """
    require_on(by, Can.OPEN_PORTAL, account.project)
    if not EnterpriseAccount.objects.in_force(on).filter(pk=account.pk).exists():
        raise Refused.conflict(_("该企业账号已停用"), code="ended_already")
    spoken = set(account.user.enterprise_accounts.in_force(on).values_list("project_id", flat=True))
    if among(by, Can.OPEN_PORTAL, spoken) != spoken:
        message = _("该账号还关联由其他单位服务的项目，请系统管理员重置密码")
        raise Refused.forbidden(message, code="speaks_for_others")
    return reset_password(user=account.user, by=by, asked=False)


def _begin(project: Project, by: User) -> Project:
    project = lock(project)
    require_on(by, Can.OPEN_PORTAL, project)
    require_running(project)
    return project


def _keep(project: Project, user: User, by: User, on: date) -> EnterpriseAccount:
    try:
        with transaction.atomic():
            row = EnterpriseAccount.objects.create(project=project, user=user, valid_from=on, opened_by=by)
    except IntegrityError as error:
        raise Refused.conflict(
            _("“%(name)s”已是本项目的企业账号") % {"name": user.username}, code="held_already"
        ) from error
    _note("portal.account_opened", row, by, on)
    push_matching(project, on)
    return row


def _note(kind: str, row: EnterpriseAccount, by: User, on: date, **more: str) -> None:
    """Both trails: the administrators' audit and the project's own events."""
    data = {"user": row.user.name, "username": row.user.username} | more
    record(case=row.project.case, kind=kind, by=by, on=on, data=data)
    detail = {"project": row.project.case.code} | more
    audit.record(kind=kind, by=by, target=audit.target(row.user), detail=detail)
