"""审批: what is asked of my units, by when; what they answered; what they lead."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from approvals import queries
from approvals.models import Opinion, Step
from approvals.views.base import Page
from deadlines.showing import light_of
from kernel.paging import page_of

TABS = ("todo", "done", "lead")


class Inbox(Page):
    """Three lists under tabs; the figures on the tabs are counted, the lists are paginated."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tab = request.GET.get("tab", "")
        tab = tab if tab in TABS else TABS[0]
        waiting, leading = queries.waiting(self.user), queries.leading(self.user)
        late = queries.late_now(waiting, self.today).count()
        context: dict[str, Any] = {
            "tab": tab,
            "tabs": [
                ("todo", _("待办"), waiting.order_by().count()),
                ("done", _("已办"), None),
                ("lead", _("我牵头"), leading.order_by().count()),
            ],
            "late": late,
        }
        if tab == "lead":
            page: Any = page_of(request, leading)
            context |= {"page": page, "lines": [self._step(row) for row in page.rows]}
        else:
            page = page_of(request, waiting if tab == "todo" else queries.given(self.user))
            context |= {"page": page, "lines": [self._opinion(row) for row in page.rows]}
        return render(request, "approvals/inbox.html", context)

    def _opinion(self, row: Opinion) -> dict[str, Any]:
        clock = row.clock
        return {"row": row, "step": row.step, "clock": clock, "light": light_of(clock, self.today)}

    def _step(self, row: Step) -> dict[str, Any]:
        return {"step": row, "clock": row.deadline, "light": light_of(row.deadline, self.today)}
