"""The case file's panel: who serves the project, red when the plan asks for a commissioner and has none."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Can
from kernel.clock import today
from projects import panels
from projects.models import Project
from projects.permissions import may_on
from service.models import COMMISSIONER
from service.queries import last_contact, standing
from service.team.roster import Seat, seats
from service.team.views import fill_url, may_fill
from service.visits.queries import undisturbed


def register() -> None:
    panels.register(
        panels.Panel("service", _("项目服务"), "service/panel.html", context, order=30, column="side")
    )


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """A fixed number of queries: the parts, the milestones, the service body, the last contact."""
    user: Any = request.user
    last = last_contact(project)["last"]
    team = seats(project)
    may = may_on(user, Can.ASSIGN_PARTS, project) and project.is_running
    return {
        "standing": standing(project),
        "last_contact": last,
        "silent_days": (today() - last).days if last and not undisturbed(project) else None,
        "may_name": may_on(user, Can.NAME_COMMISSIONER, project) and project.is_running,
        "project": project,
        "posts": len(team),
        "vacant": [(seat, _url(user, project, seat) if may else "") for seat in team if _vacant(seat)],
        "strays": [part for seat in team for part in seat.strays],
    }


def _url(user: User, project: Project, seat: Seat) -> str:
    return fill_url(project, seat) if may_fill(user, project, seat) else ""


def _vacant(seat: Seat) -> bool:
    """The commissioner's post is told by the panel itself."""
    return seat.missing and seat.rule.part != COMMISSIONER
