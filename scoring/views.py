"""Pages of scoring: units ranked by year, and every entry of a unit with its derivation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import require
from accounts.models import Unit
from accounts.roles import Can
from kernel.clock import today
from kernel.paging import page_of
from projects.models import Project
from scoring import actions, queries
from scoring.models import CreditMeasure
from scoring.wording import sentence


@login_required
@require_GET
def scoring(request: HttpRequest) -> HttpResponse:
    """考核通报: what each unit is credited with in a year, ranked."""
    user: Any = request.user
    require(user, Can.SEE_SCORING)
    asked = _asked(request)
    rows = queries.by_unit(queries.filtered(user, asked))
    context = {
        "rows": rows,
        "agreed": sum(row["agreed"] for row in rows),
        "paid_in": sum(row["paid_in"] for row in rows),
        "years": queries.years(user, today()),
        "asked": asked,
    }
    return render(request, "scoring/list.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    """The query with this year as the default; ``year=all`` asks for every year."""
    found = {"year": str(today().year)} if "project" not in request.GET else {}
    return found | {key: value for key, value in request.GET.dict().items() if value}


@login_required
@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit, entry by entry, each with how it comes about."""
    user: Any = request.user
    require(user, Can.SEE_SCORING)
    row = get_object_or_404(Unit, code=code)
    asked = _asked(request) | {"unit": code}
    found = queries.filtered(user, asked)
    page = page_of(request, found.for_list())
    totals = next(iter(queries.by_unit(found)), {"agreed": 0, "paid_in": 0, "projects": 0})
    context = {
        "unit": row,
        "page": page,
        "lines": [{"row": entry, "words": sentence(entry)} for entry in page.rows],
        "totals": totals,
        "years": queries.years(user, today()),
        "asked": asked,
        "measures": CreditMeasure.choices,
    }
    return render(request, "scoring/unit.html", context)


@login_required
@require_POST
def rebook(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    project = get_object_or_404(Project.objects.visible_to(user), pk=pk)
    rows = actions.rebook(project=project, by=user, on=today())
    messages.success(request, _("已重新核算") if rows else _("计分无变化"))
    return redirect(f"/projects/{pk}/")
