"""The enterprise's own pages of its months: what was reported, what is missing, one month to report."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from policies.schema import MonthlyReport
from projects import reading
from service.models import MonthlyProgress
from service.portal.views import PortalForm, PortalPage
from service.progress import queries
from service.progress.forms import MonthForm
from service.progress.months import months, read_month
from service.progress.own import own_rule, own_standing
from service.progress.permissions import require_reporter
from service.progress.reporting import report_month, stage_name
from service.progress.views import lines_of

RECENT = 6


class OfOwnMonths(PortalPage):
    """404 where the plan does not let the enterprise report."""

    @property
    def rule(self) -> MonthlyReport:
        found = own_rule(self.speaker)
        if found is None:
            raise Http404
        return found


class OwnMonths(OfOwnMonths):
    """The months of the enterprise's project, with every correction; what is missing comes first."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule, project = self.rule, self.speaker.project
        reading.keep(project)
        rows = list(own_months(project.pk)[: queries.MOST_ROWS])
        found = own_standing(self.speaker)
        started = found.started if found else None
        recent = list(reversed(list(months(started, self.today))))[:RECENT] if started else []
        return self.show(
            "service/progress/own_months.html",
            rule=rule,
            standing=found,
            lines=lines_of(rows, rule),
            recent=recent if self.speaker.may_write else [],
        )


def own_months(project: int) -> Any:
    """Every report of a project, corrected ones too, newest month first."""
    rows = MonthlyProgress.objects.filter(project=project).select_related("by", "unit")
    return rows.order_by("-month", "-id")


class OwnMonth(PortalForm, OfOwnMonths):
    """填报: one month; what an office reported is corrected by figures alone, its words stay its own."""

    title = gettext_lazy("填报月度进度")
    button = gettext_lazy("保存")
    done = gettext_lazy("已保存")
    template = "service/progress/own_report.html"

    def check(self) -> None:
        month = read_month(self.kwargs["month"])
        if month is None:
            raise Http404
        self.month: date = month
        require_reporter(self.speaker.project, self.rule, self.user, self.today)

    def make_form(self, data: Any = None, files: Any = None) -> MonthForm:
        self.rows = queries.months_of(self.speaker.project)
        own = next((row for row in self.rows if row.month == self.month), None)
        if own is not None and not own.by_enterprise:
            own.words = own.problems = ""
        return MonthForm(data, rule=self.rule, row=own)

    def also(self, form: Any) -> dict[str, Any]:
        earlier = [row for row in self.rows if row.month < self.month]
        last = earlier[-1] if earlier else None
        return {
            "subject": f"{self.month:%Y-%m}",
            "cited": self.rule,
            "last": last,
            "last_stage": stage_name(self.rule, last.stage) if last else "",
            "completed": sum(row.invested_fen for row in earlier),
        }

    def act(self, form: Any) -> Any:
        return report_month(
            project=self.speaker.project, report=form.report(self.month), by=self.user, on=self.today
        )

    def after(self) -> str:
        return reverse("portal-months", args=[self.speaker.project.pk])
