"""What templates ask about the user: `{% if request|may:"manage_accounts assign_roles" %}`."""

from typing import Any

from django import template
from django.http import HttpRequest

from accounts import audit
from accounts.access import can
from accounts.models import AuditEntry
from accounts.roles import Can, Role

register = template.Library()


@register.filter
def may(request: HttpRequest, capabilities: str) -> bool:
    """Whether the user has one of the capabilities (blank-separated). Unknown words raise ValueError."""
    return any(can(request.user, Can(word)) for word in capabilities.split())


@register.filter
def kind_name(entry: AuditEntry) -> str:
    """The audited act in the reader's language; unknown kinds show their code."""
    return audit.names().get(entry.kind, entry.kind)


@register.filter
def detail_words(entry: AuditEntry) -> str:
    """The details of an entry in one line."""
    return "；".join(_words(key, value) for key, value in entry.detail.items())


def _words(key: str, value: Any) -> str:
    if isinstance(value, dict):
        value = "、".join(_words(*item) for item in value.items())
    elif value is True:
        return str(audit.DETAILS.get(key, key))
    elif key == "role":
        value = dict(Role.choices).get(value, value)
    return f"{audit.DETAILS.get(key, key)}：{value}"
