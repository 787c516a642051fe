"""The workbench: what must I do, by when, in what order; what is late; what waits for others."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import roles_of, scopes, see_all
from accounts.models import User
from accounts.roles import ADMINISTRATORS, Role, Scope
from kernel.clock import today
from projects.views.base import user_of
from reports import queries
from reports.agenda import SOON_DAYS, Task, agenda

SHOWN, WAITING = 30, 10


@login_required
@require_GET
def workbench(request: HttpRequest) -> HttpResponse:
    user, day = user_of(request), today()
    context: dict[str, Any] = {"today": day, "weekday": _weekday(day), "news": queries.news(user)}
    if roles_of(user) & ADMINISTRATORS:
        context["duties"] = queries.administration(user, day)
    if any(scope is not Scope.NONE for scope in scopes(user)):
        context |= _business(user, day)
    return render(request, "reports/workbench.html", context)


def _business(user: User, day: date) -> dict[str, Any]:
    found = agenda(user, day)
    wide = see_all(user)
    return {
        "business": True,
        "groups": _groups(found.todo[:SHOWN], day),
        "todo": len(found.todo),
        "late": sum(task.tone(day) == "late" for task in found.todo),
        "soon": sum(task.tone(day) == "soon" for task in found.todo),
        "owed": len(found.waiting),
        "waiting": [(task, task.tone(day)) for task in found.waiting[:WAITING]],
        "ready": queries.could_advance(user),
        "batches": queries.batches(user) if wide else [],
        "reds": [(red, red.days(day)) for red in queries.red_list(user, day)] if wide else [],
        "commissioner": Role.COMMISSIONER in roles_of(user),
    }


def _groups(tasks: list[Task], day: date) -> list[tuple[str, list[tuple[Task, str]]]]:
    """By urgency, in the words people use; empty groups are left out."""
    names = [_("已超期"), _("今天到期"), _("%(n)s 天内到期") % {"n": SOON_DAYS}, _("以后到期"), _("不限期")]
    groups: list[tuple[str, list[tuple[Task, str]]]] = [(name, []) for name in names]
    for task in tasks:
        groups[_place(task, day)][1].append((task, task.tone(day)))
    return [group for group in groups if group[1]]


def _place(task: Task, day: date) -> int:
    if task.due is None:
        return 4
    if task.light and task.light[0] == "paused":
        return 3
    left = (task.due - day).days
    return 0 if left < 0 else 1 if left == 0 else 2 if left <= SOON_DAYS else 3


def _weekday(day: date) -> str:
    return (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))[
        day.weekday()
    ]
