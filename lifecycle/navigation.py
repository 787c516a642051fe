"""The menu: what this user may open, and what is unread."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import can, memberships, scopes
from accounts.models import User
from accounts.roles import Can, Scope


@dataclass(frozen=True, slots=True)
class Item:
    title: str | Promise
    url: str
    icon: str
    needs: tuple[Can, ...] = ()
    business: bool = True


Groups = tuple[tuple[str | Promise, tuple[Item, ...]], ...]
MENU: Groups = (
    (
        "",
        (
            Item(_("工作台"), "/", "layout-dashboard", business=False),
            Item(_("我的服务"), "/mine/", "briefcase", (Can.SERVE_PROJECT,)),
            Item(_("项目台账"), "/projects/", "table"),
            Item(_("审批"), "/inbox/", "inbox"),
            Item(_("交办"), "/assignments/", "checklist"),
        ),
    ),
    (
        _("招商"),
        (
            Item(_("线索库"), "/leads/", "target"),
            Item(_("认领裁定"), "/claims/", "checklist", (Can.RULE_ON_CLAIMS,)),
            Item(
                _("招商专报"),
                "/special-reports/",
                "file-text",
                (Can.INSTRUCT, Can.CORRECT_PROJECT, Can.SUPERVISE),
            ),
            Item(_("推荐与流转"), "/proposals/", "send"),
            Item(
                _("会议审议"),
                "/sittings/",
                "calendar",
                (Can.INSTRUCT, Can.RECORD_ON_BEHALF, Can.SUPERVISE),
            ),
            Item(_("签约台账"), "/signings/", "pencil"),
            Item(_("产业链"), "/chains/", "topology-star-3"),
        ),
    ),
    (
        _("建设服务"),
        (
            Item(_("许可办理"), "/permits/", "rubber-stamp"),
            Item(_("挂图作战"), "/plans/wall/", "layout-kanban"),
            Item(_("建设进度"), "/progress/", "chart-bar"),
            Item(_("要素保障"), "/elements/", "list-check"),
            Item(_("走访联系"), "/visits/", "phone"),
            Item(_("岗位缺位"), "/posts/vacant/", "users", (Can.NAME_COMMISSIONER,)),
            Item(_("惠企政策"), "/enterprise-policies/", "send", (Can.PUSH_POLICIES,)),
        ),
    ),
    (
        _("考核与管理"),
        (
            Item(_("考核通报"), "/scoring/", "chart-bar", (Can.SEE_SCORING,)),
            Item(_("导入"), "/imports/", "file-import", (Can.IMPORT_LEDGER,)),
            Item(_("制度"), "/policies/", "book", business=False),
            Item(_("工作日历"), "/calendar/", "calendar", business=False),
            Item(
                _("系统管理"),
                "/system/",
                "settings",
                (Can.MANAGE_ACCOUNTS, Can.ASSIGN_ROLES, Can.READ_AUDIT),
                business=False,
            ),
        ),
    ),
)
"""What there is to open, under the heading of each part of the work; the first need none."""

ENTERPRISE_MENU = (Item(_("我的项目"), "/portal/", "building-factory-2"),)
"""All that an enterprise's account finds: the rest is shut to it (``service.portal.gate``)."""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for every page: ``nav``, ``unread`` and ``held`` (unit and role shown beside the name)."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"nav": [], "unread": 0, "held": []}
    from notices.queries import unread

    if user.is_enterprise:
        items = [_shown(item, request.path) for item in ENTERPRISE_MENU]
        return {"nav": items, "unread": unread(user), "held": [], "enterprise": True}
    sees = any(scope is not Scope.NONE for scope in scopes(user))
    items = [
        _shown(item, request.path, group)
        for group, menu in MENU
        for item in menu
        if (sees or not item.business) and (not item.needs or any(can(user, need) for need in item.needs))
    ]
    return {"nav": items, "unread": unread(user), "held": memberships(user)}


def _shown(item: Item, path: str, group: str | Promise = "") -> dict[str, Any]:
    active = _active(path, item.url)
    return {"title": item.title, "url": item.url, "icon": item.icon, "active": active, "group": group}


def _active(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
