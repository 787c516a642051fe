"""许可办理: every permit in sight with filters, or the matrix of projects by matters."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from approvals.permits import queries
from approvals.permits.models import Stage
from approvals.views.base import Page
from kernel.paging import page_of
from kernel.refusals import Refused
from policies.rulebook import current

MATRIX_SIZE = 30


class Board(Page):
    """One line a permit: project, matter, authority, stage, last day."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        asked.setdefault("stage", queries.WORKING)
        page = page_of(request, queries.filtered(self.user, asked, self.today).for_reading())
        context = {
            "page": page,
            "lines": queries.lines(page.rows, self.today),
            "asked": asked,
            "stages": Stage.choices,
            "parks": queries.parks(self.user, self.today),
            "units": queries.authorities(self.user),
            "matters": self._matters(),
        }
        return render(request, "approvals/permits/board.html", context)

    def _matters(self) -> list[tuple[str, str]]:
        """The permits of the plans in force today, to choose from."""
        try:
            rules = current(self.today)[1]
        except Refused:
            return []
        return [(rule.code, rule.name) for rule in rules.steps.values() if rule.kind == "permit"]


class Matrix(Page):
    """One row a project, one column a matter: where everything stands at a glance."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        page = page_of(request, queries.with_permits(self.user, asked), size=MATRIX_SIZE)
        rows, matters = queries.matrix(page.rows, self.today)
        context: dict[str, Any] = {
            "page": page,
            "rows": [(row.project, [row.cells.get(code) for code, _name in matters]) for row in rows],
            "matters": matters,
            "asked": asked,
            "parks": queries.parks(self.user, self.today),
        }
        return render(request, "approvals/permits/matrix.html", context)
