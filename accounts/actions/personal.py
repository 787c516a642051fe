"""What people do with their own account, and the one act of showing a telephone number in full."""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from accounts.tokens import issue, withdraw
from kernel.clock import now
from kernel.refusals import Refused, Unmet


@transaction.atomic
def change_own_password(*, by: User, old: str, new: str, request: HttpRequest | None = None) -> User:
    """Change the own password. Raises Refused (invalid): wrong old one, the same again, too weak."""
    user = User.objects.select_for_update().get(pk=by.pk)
    if not user.check_password(old):
        raise Refused.invalid("old", _("原密码不正确"))
    if user.check_password(new):
        raise Refused.invalid("new", _("新密码不能与原密码相同"))
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise Refused([Unmet("weak", text, field="new") for text in error.messages], "invalid") from error
    user.set_password(new)
    user.must_change_password, user.password_changed_at = False, now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    audit.record(kind="account.password_changed", by=user, target=audit.target(user), request=request)
    return user


@transaction.atomic
def issue_token(*, by: User, request: HttpRequest | None = None) -> str:
    """Give the user a new REST token; the one before stops at once. Returned once, kept only as a digest.

    Raises Refused (forbidden) for an enterprise's account: other systems do not act in its name.
    """
    if by.is_enterprise:
        raise Refused.forbidden(_("企业账号不签发接口令牌"), code="enterprise_account")
    secret = issue(by)
    audit.record(kind="account.token_issued", by=by, target=audit.target(by), request=request)
    return secret


@transaction.atomic
def revoke_token(*, by: User, request: HttpRequest | None = None) -> bool:
    """End the user's own REST token; whether there was one."""
    if not withdraw(by):
        return False
    audit.record(kind="account.token_revoked", by=by, target=audit.target(by), request=request)
    return True


def choose_language(*, by: User, language: str) -> None:
    """Remember the language of pages; unknown codes are ignored."""
    if language in dict(settings.LANGUAGES) and by.language != language:
        by.language = language
        by.save(update_fields=["language"])


@transaction.atomic
def show_phone(
    *,
    by: User,
    phone: str,
    target: str,
    purpose: str,
    request: HttpRequest | None = None,
    asked: bool = True,
) -> str:
    """The full number, against a logged purpose (PIPL art. 51; 等保2.0 8.1.4).

    ``target`` names whose number it is ("enterprise:12"). The caller has looked the row up through
    ``visible_to``. ``asked``: False where the caller has asked who may (an enterprise and who serves it).
    Raises Refused: forbidden without ``show_phone``, invalid without a purpose.
    """
    if asked:
        require(by, Can.SHOW_PHONE)
    if len(purpose.strip()) < 2:
        raise Refused.invalid("purpose", _("请写明查看号码的用途"))
    audit.record(
        kind="phone.shown", by=by, target=target, detail={"purpose": purpose.strip()[:200]}, request=request
    )
    return phone
