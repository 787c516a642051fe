"""The wall chart as a page."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kernel.clock import today
from kernel.paging import page_of
from projects.views.base import user_of
from service.plans import wall

STATE_NAMES = {
    "late": gettext_lazy("有逾期"),
    "soon": gettext_lazy("七日内到期"),
    "drafting": gettext_lazy("尚未签章"),
    "sealed": gettext_lazy("已签章"),
}


@login_required
@require_GET
def wall_chart(request: HttpRequest) -> HttpResponse:
    """挂图: 500 projects to a page, filtered by park and state."""
    user, day = user_of(request), today()
    asked = {name: request.GET.get(name, "").strip() for name in ("park", "state")}
    rows = wall.plans_on_wall(user, asked["park"], asked["state"], day)
    page = page_of(request, wall.late_first(rows), size=wall.SIZE)
    context: dict[str, Any] = {
        "page": page,
        "wall": wall.wall(page.rows, day),
        "parks": wall.parks(user),
        "states": STATE_NAMES.items(),
        "asked": asked,
        "state_name": STATE_NAMES.get(asked["state"], ""),
    }
    return render(request, "service/plans/wall.html", context)
