"""岗位缺位: every project in sight in which a post is vacant, with the way to fill it; as a table, too."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import can, require, roles_of
from accounts.models import User
from accounts.roles import Can
from kernel.clock import today
from kernel.language import house_language
from kernel.paging import page_of
from policies.rulebook import current
from projects.models import Phase
from projects.permissions import among
from projects.sheets import Columns, count_for_sheet, sheet_file, text
from projects.views.base import user_of
from service.models import COMMISSIONER
from service.team import vacancies
from service.team.roster import Seat
from service.team.views import fill_url


@login_required
@require_GET
def vacant(request: HttpRequest) -> HttpResponse:
    user, asked, known = user_of(request), request.GET.dict(), vacancies.plans()
    rows = vacancies.vacant(user, asked, known).select_related("case", "landing_unit")
    page = page_of(request, rows)
    may = among(user, Can.ASSIGN_PARTS, [row.pk for row in page.rows])
    context = {
        "page": page,
        "lines": [_shown(line, user, line.project.pk in may) for line in vacancies.lines(page.rows)],
        "today": today(),
        "asked": asked,
        "parks": vacancies.parks(today()),
        "posts": vacancies.posts(known),
        "classes": [(rule.code, rule.name) for rule in current(today())[1].classes],
        "query": request.GET.urlencode(),
        "may_export": can(user, Can.EXPORT_LEDGER),
    }
    return render(request, "service/team/vacant.html", context)


def _shown(line: vacancies.Line, user: User, may: bool) -> dict[str, Any]:
    day, project = today(), line.project
    posts = [
        {
            "seat": seat,
            "clock": clock,
            "light": clock.light(day) if clock else None,
            "url": fill_url(project, seat) if may and _by_role(user, seat) else "",
        }
        for seat, clock in line.vacant
    ]
    return {"project": project, "posts": posts}


@login_required
@require_GET
def export(request: HttpRequest) -> FileResponse:
    """The same list, a column a post; the file goes when the answer is sent."""
    user, known = user_of(request), vacancies.plans()
    require(user, Can.EXPORT_LEDGER)
    rows = vacancies.vacant(user, request.GET.dict(), known)
    count_for_sheet(rows)
    marked = vacancies.with_each(rows, known).annotate(code_=F("case__code"), park_=F("landing_unit__name"))
    with house_language():
        title = _("岗位缺位")
        path = sheet_file(title, _columns(known), marked)
    file = path.open("rb")
    with suppress(OSError):
        path.unlink()  # the open file stays readable
    return FileResponse(file, as_attachment=True, filename=f"{title}{today():%Y%m%d}.xlsx")


def _columns(known: Any) -> Columns:
    """Our columns in the house's language, then one for each post; a name that comes twice keeps its code."""
    phases, missing = dict(Phase.choices), _("缺")
    columns: Columns = {
        _("项目编号"): (20, "code_", text), _("项目名称"): (36, "name", text),
        _("承接园区"): (16, "park_", text), _("阶段"): (12, "phase", lambda code: str(phases[code])),
    }  # fmt: skip
    for place, (code, name) in enumerate(vacancies.posts(known).items()):
        header = name if name not in columns else f"{name}（{code}）"
        columns[header] = (14, f"vacant_{place}", lambda mark: missing if mark else None)
    return columns


def _by_role(user: User, seat: Seat) -> bool:
    """As ``may_fill``, told from the user's roles alone: a list asks nothing for each of its rows."""
    if seat.rule.document:
        return can(user, Can.ATTACH)
    if seat.rule.part == COMMISSIONER:
        return can(user, Can.NAME_COMMISSIONER)
    by = seat.part.set_by_roles if seat.part else ()
    return not by or bool(roles_of(user) & set(by))
