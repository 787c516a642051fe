"""Pages of one project from start to production, and the list of days that differ."""

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.roles import Can
from approvals.views.base import Page
from kernel.clock import today
from kernel.paging import page_of
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import Milestone, MonthlyReport, Reading, Recognition
from projects.columns import newest_rules
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.views.base import ActionPage, ProjectPage, crumbs
from service.models import MonthlyProgress, StatedDay
from service.progress import queries
from service.progress.dating import find_reading, state_day
from service.progress.forms import DayForm, MonthForm, RecogniseForm
from service.progress.months import months, read_month
from service.progress.permissions import may_report, require_recogniser, require_reporter, require_stating
from service.progress.recognising import recognise
from service.progress.reporting import report_month, stage_name
from service.progress.showing import day_lines, standing

RECENT = 6


class Recognise(ActionPage):
    """认定: which facts, on which days, shown by which papers; the day follows from them."""

    needs = Can.RECORD_MILESTONE
    title = gettext_lazy("登记认定依据")
    lead = gettext_lazy("逐项填写日期并附佐证；里程碑的日期由计入的依据得出，不另填。")
    button = gettext_lazy("认定")
    done = gettext_lazy("已认定")
    template = "service/progress/recognise.html"

    def check(self) -> None:
        self.rules: Rulebook = rules_of(self.project)
        rule = self.rules.recognition_of(self.kwargs["code"])
        if rule is None or not rule.counting:
            raise Http404
        self.rule: Recognition = rule
        require_recogniser(self.project, self.milestone, self.user)

    @property
    def milestone(self) -> Milestone:
        return self.rules.milestone(self.rule.milestone)

    def make_form(self, data: Any = None, files: Any = None) -> RecogniseForm:
        return RecogniseForm(self.rule, data, files)

    def also(self, form: forms.Form) -> dict[str, Any]:
        done = self.rule.milestone in reached_codes(self.project)
        return {"rule": self.rule, "cited": self.rule, "subject": self.milestone.name, "whole": done}

    def act(self, form: RecogniseForm) -> Any:
        return recognise(
            project=self.project, milestone=self.rule.milestone, facts=form.facts(), by=self.user,
            on=self.today, note=form.cleaned_data["note"],
        )  # fmt: skip

    def after(self) -> str:
        return reverse("project-milestone", args=[self.project.pk, self.rule.milestone])


class Days(ProjectPage):
    """口径: the days of each milestone side by side, with everything that was ever stated."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = StatedDay.objects.filter(project=self.project).select_related("unit", "by")
        found = list(rows.order_by("-id")[:200])
        lines = day_lines(self.project, [row for row in found if row.in_force])
        mine = {one.code for line in lines for one, _row in line.stated if self._may(one)}
        context = {
            "project": self.project, "crumbs": crumbs(self.project), "lines": lines, "rows": found,
            "mine": mine,
        }  # fmt: skip
        return render(request, "service/progress/days.html", context)

    def _may(self, one: Reading) -> bool:
        try:
            require_stating(self.project, one, self.user, self.today)
        except Refused:
            return False
        return self.project.is_running


class StateDay(ActionPage):
    needs = Can.RECORD_MILESTONE
    title = gettext_lazy("填报日期")
    button = gettext_lazy("填报")
    done = gettext_lazy("已填报")

    def check(self) -> None:
        try:
            self.rule, self.reading = find_reading(rules_of(self.project), self.kwargs["code"])
        except Refused as error:
            raise Http404 from error
        self.unit, self.on_behalf = require_stating(self.project, self.reading, self.user, self.today)

    def make_form(self, data: Any = None, files: Any = None) -> DayForm:
        rows = StatedDay.objects.filter(project=self.project, reading=self.reading.code, in_force=True)
        return DayForm(data, before=rows.first())

    def also(self, form: forms.Form) -> dict[str, Any]:
        form.fields["source"].required = self.on_behalf
        return {"subject": self.reading.name, "cited": self.reading.clause or self.rule.clause}

    def act(self, form: DayForm) -> Any:
        return state_day(
            project=self.project, reading=self.reading.code, by=self.user, on=self.today, **form.cleaned_data
        )

    def after(self) -> str:
        return reverse("progress-days", args=[self.project.pk])


class Months(ProjectPage):
    """The months of one project: the curve, what is missing, every report with its corrections."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule = rules_of(self.project).monthly
        if rule is None:
            raise Http404
        every = MonthlyProgress.objects.filter(project=self.project).select_related("by", "unit")
        rows = list(every.order_by("-month", "-id")[: queries.MOST_ROWS])
        found = standing(self.project, [row for row in reversed(rows) if row.in_force], self.today)
        may = self.project.is_running and may_report(self.project, rule, self.user, self.today)
        context = {
            "project": self.project, "crumbs": crumbs(self.project), "rule": rule, "standing": found,
            "lines": lines_of(rows, rule), "may": may and found is not None and found.started is not None,
            "recent": self._recent(found) if found else [],
        }  # fmt: skip
        return render(request, "service/progress/months.html", context)

    def _recent(self, found: Any) -> list[date]:
        """The months that a report may still be wanted for, the latest first."""
        if found.started is None:
            return []
        return list(reversed(list(months(found.started, self.today))))[:RECENT]


def lines_of(rows: list[MonthlyProgress], rule: MonthlyReport) -> list[dict[str, Any]]:
    """Newest first, each with its stage in words and, where it stands in force, the sum up to it."""
    total, sums = 0, {}
    for row in reversed(rows):
        if row.in_force:
            total += row.invested_fen
            sums[row.pk] = total
    return [{"row": row, "stage": stage_name(rule, row.stage), "completed": sums.get(row.pk)} for row in rows]


class ReportMonth(ActionPage):
    """填报: one month; a report that is there already is corrected with a reason."""

    needs = Can.RECORD_MILESTONE
    title = gettext_lazy("填报月度进度")
    button = gettext_lazy("保存")
    done = gettext_lazy("已保存")
    template = "service/progress/report.html"

    def check(self) -> None:
        month, rule = read_month(self.kwargs["month"]), rules_of(self.project).monthly
        if month is None or rule is None:
            raise Http404
        self.month: date = month
        self.rule: MonthlyReport = rule
        require_reporter(self.project, rule, self.user, self.today)

    def make_form(self, data: Any = None, files: Any = None) -> MonthForm:
        self.rows = queries.months_of(self.project)
        own = next((row for row in self.rows if row.month == self.month), None)
        return MonthForm(data, rule=self.rule, row=own)

    def also(self, form: forms.Form) -> dict[str, Any]:
        earlier = [row for row in self.rows if row.month < self.month]
        last = earlier[-1] if earlier else None
        return {
            "subject": f"{self.month:%Y-%m}",
            "cited": self.rule,
            "last": last,
            "last_stage": stage_name(self.rule, last.stage) if last else "",
            "completed": sum(row.invested_fen for row in earlier),
        }

    def act(self, form: MonthForm) -> Any:
        return report_month(project=self.project, report=form.report(self.month), by=self.user, on=self.today)

    def after(self) -> str:
        return reverse("progress-of", args=[self.project.pk])


class Differences(Page):
    """口径不一致: whose days lie further apart than the plan lets them, the widest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        page = page_of(request, queries.differences(self.user, asked))
        rules = newest_rules()
        keys = [row.project_id for row in page.rows]
        stated: dict[tuple[int, str], list[StatedDay]] = {}
        rows = StatedDay.objects.filter(project__in=keys, in_force=True).order_by("id")
        for one in rows:
            stated.setdefault((one.project_id, one.milestone), []).append(one)
        lines = [
            {
                "row": row,
                "name": _name(rules, row.milestone),
                "days": stated.get((row.project_id, row.milestone), []),
            }
            for row in page.rows
        ]
        context = {
            "page": page,
            "lines": lines,
            "asked": asked,
            "milestones": [(one.milestone, _name(rules, one.milestone)) for one in _recognitions(rules)],
            "parks": parks(),
        }  # fmt: skip
        return render(request, "service/progress/differences.html", context)


def _recognitions(rules: Rulebook | None) -> list[Recognition]:
    return [one for one in rules.recognitions.values() if one.readings] if rules else []


def _name(rules: Rulebook | None, code: str) -> str:
    found = rules.milestones.get(code) if rules else None
    return found.name if found else code


def parks() -> Any:
    return Unit.objects.in_force(today()).filter(kind__in=("park", "township")).order_by("kind", "name")


__all__ = ["Days", "Differences", "Months", "Recognise", "ReportMonth", "StateDay", "parks"]
