"""The audit trail: one function to append, none to change."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import AuditEntry, User


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
        username=username or (user.username if user else ""),
        address=request.META.get("REMOTE_ADDR") or None if request else None,
        success=success,
        target=target[:200],
        detail=detail or {},
    )
