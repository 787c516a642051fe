"""Accounts: made, corrected, disabled, given a new password. By the system administrator or the console.

``by=None`` is the console (a management command): whoever holds the machine holds the database anyway, and
the audit trail says so.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import memberships, require
from accounts.models import User
from accounts.passwords import one_time_password
from accounts.roles import ADMINISTRATORS, Can, Role
from accounts.tokens import withdraw
from kernel.clock import now
from kernel.refusals import Refused, Unmet


@transaction.atomic
def create_user(
    *, username: str, name: str, phone: str = "", by: User | None, enterprise: bool = False
) -> tuple[User, str]:
    """Make an account; returns it with the one-time password, which is shown once and nowhere kept.

    ``enterprise``: for a person of an enterprise, who never holds a role; the caller has asked who may.
    Raises Refused (forbidden without ``manage_accounts``; invalid for a username taken or malformed).
    """
    if by is not None and not enterprise:
        require(by, Can.MANAGE_ACCOUNTS)
    username = username.strip()
    password = one_time_password(username)
    user = User(username=username, name=name.strip(), phone=phone.strip(), must_change_password=True)
    user.is_enterprise = enterprise
    if User.objects.filter(username__iexact=username).exists():
        raise Refused.invalid("username", _("用户名“%(name)s”已被使用") % {"name": username})
    user.password_changed_at = now()
    user.is_demo = by is not None and by.is_demo  # whoever plays administrator in a demo opens no back door
    user.set_password(password)
    _check(user)
    user.save()
    audit.record(kind="account.created", by=by, target=audit.target(user), detail={"name": user.name})
    return user, password


@transaction.atomic
def correct_user(*, user: User, name: str, phone: str, by: User) -> User:
    """Correct a name or telephone number; the username stays for good."""
    require(by, Can.MANAGE_ACCOUNTS)
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {"name": user.name}
    user.name, user.phone = name.strip(), phone.strip()
    _check(user)
    user.save(update_fields=["name", "phone"])
    audit.record(kind="account.corrected", by=by, target=audit.target(user), detail={"before": before})
    return user


def _check(user: User) -> None:
    """Field rules of the model as a refusal that names the fields."""
    try:
        user.clean_fields(exclude={"password"})
    except ValidationError as error:
        items = [
            Unmet("invalid", text, field=field)
            for field, texts in error.message_dict.items()
            for text in texts
        ]
        raise Refused(items, "invalid") from error


@transaction.atomic
def set_active(*, user: User, active: bool, reason: str, by: User) -> User:
    """Enable or disable an account; sessions and the token end with it.

    Raises Refused (forbidden) for the own account and for an administrator's.
    """
    require(by, Can.MANAGE_ACCOUNTS)
    if not reason.strip():
        raise Refused.invalid("reason", _("请写明原因"))
    user = User.objects.select_for_update().get(pk=user.pk)
    _refuse_own_and_administrators(user, by)
    if user.is_active is active:
        return user
    user.is_active = active
    user.save(update_fields=["is_active"])
    withdraw(user)
    kind = "account.enabled" if active else "account.disabled"
    audit.record(kind=kind, by=by, target=audit.target(user), detail={"reason": reason.strip()})
    return user


@transaction.atomic
def disable_demo_accounts() -> list[User]:
    """Disable whatever a demo left behind, administrators too: the console's, where the demo is over."""
    users = list(User.objects.select_for_update().filter(is_demo=True, is_active=True).order_by("username"))
    for user in users:
        user.is_active = False
        user.save(update_fields=["is_active"])
        withdraw(user)
        detail = {"reason": _("演示结束")}
        audit.record(kind="account.disabled", by=None, target=audit.target(user), detail=detail)
    return users


@transaction.atomic
def reset_password(*, user: User, by: User | None, asked: bool = True) -> str:
    """Give a one-time password that must be changed at the next sign-in; returns it, to be shown once.

    ``asked``: False where the caller has asked who may, for a person of an enterprise alone.
    Ends the user's sessions and token. An administrator's password is reset on the server's console alone
    (``by=None``): otherwise the system administrator could take the place of the two others.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and (asked or not user.is_enterprise):
        require(by, Can.MANAGE_ACCOUNTS)
        _refuse_own_and_administrators(user, by)
    password = one_time_password(user.username)
    user.set_password(password)
    user.must_change_password, user.password_changed_at = True, now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    withdraw(user)
    audit.record(kind="account.password_reset", by=by, target=audit.target(user))
    return password


def _refuse_own_and_administrators(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise Refused.forbidden(_("不能停用或重置自己的账号"), code="own_account")
    if any(Role(m.role) in ADMINISTRATORS for m in memberships(user)):
        raise Refused.forbidden(
            _(
                "三员分立：管理员账号不能由系统管理员停用或重置；请由安全管理员先解除其角色，"
                "或在服务器上用命令重置密码"
            ),
            code="administrator_account",
        )
