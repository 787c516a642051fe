"""The audit trail: one function to append, none to change."""

from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import AuditEntry, User

_NAMES: dict[str, Promise | str] = {
    "account.signed_in": _("登录"),
    "account.sign_in_failed": _("登录失败"),
    "account.locked": _("登录锁定"),
    "account.signed_out": _("退出"),
    "account.timed_out": _("超时退出"),
    "account.password_changed": _("修改密码"),
    "account.password_reset": _("重置密码"),
    "account.created": _("新建账号"),
    "account.corrected": _("更正账号"),
    "account.disabled": _("停用账号"),
    "account.enabled": _("启用账号"),
    "account.role_granted": _("授予角色"),
    "account.role_ended": _("终止角色"),
    "account.token_issued": _("签发接口令牌"),
    "account.token_revoked": _("撤销接口令牌"),
    "phone.shown": _("查看完整号码"),
    "unit.created": _("新建单位"),
    "unit.corrected": _("更正单位"),
    "unit.ended": _("停用单位"),
    "organisation.loaded": _("载入组织机构"),
    "system.initialised": _("系统初始化"),
    "system.backed_up": _("备份"),
    "system.restored": _("恢复备份"),
}

DETAILS: dict[str, Promise | str] = {
    "before": _("原值"),
    "changed": _("变更"),
    "created": _("新增"),
    "division_code": _("行政区划代码"),
    "from": _("自"),
    "kind": _("类别"),
    "moved": _("转入人数"),
    "name": _("名称"),
    "purpose": _("用途"),
    "reason": _("原因"),
    "role": _("角色"),
    "rows": _("行数"),
    "successor": _("承继单位"),
    "unchanged": _("未变"),
    "unit": _("单位"),
    "while_locked": _("锁定期间"),
}


def register(names: Mapping[str, Promise | str]) -> None:
    """Name the kinds of audited acts of an app, for people to read."""
    _NAMES.update(names)


def names() -> dict[str, str]:
    """Every kind with its name in the reader's language."""
    return {kind: str(name) for kind, name in sorted(_NAMES.items())}


def target(row: Model) -> str:
    """What an entry is about, in one form everywhere: "user:12 wang"."""
    word = getattr(row, "username", "") or getattr(row, "code", "")
    return f"{row._meta.model_name}:{row.pk} {word}".strip()


def record(
    *,
    kind: str,
    by: User | AnonymousUser | None,
    success: bool = True,
    target: str = "",
    detail: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
    username: str = "",
) -> AuditEntry:
    """Append one entry. ``target`` names the thing ("project:12"); never put secrets in ``detail``."""
    user = by if isinstance(by, User) else None
    return AuditEntry.objects.create(
        kind=kind,
        user=user,
        username=(username or (user.username if user else ""))[:64],
        address=address_of(request),
        success=success,
        target=target[:200],
        detail=detail or {},
    )


def address_of(request: HttpRequest | None) -> str | None:
    """Where it came from; inside a request its own, which simple-history's middleware holds ready.

    Behind the TLS proxy the connection is the proxy's own: then the last hop it wrote down. Earlier hops come
    from the client, who may write there what he likes.
    """
    request = request or getattr(HistoricalRecords.context, "request", None)
    if request is None:
        return None
    if settings.BEHIND_TLS:
        hop = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        with suppress(ValueError):
            return str(ip_address(hop))
    return request.META.get("REMOTE_ADDR") or None
