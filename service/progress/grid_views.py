"""月度进度表: every project under construction of a park on one page, filled in at one go; as a table too."""

from contextlib import suppress
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from accounts.access import can, require
from accounts.roles import Can
from approvals.views.base import Page
from kernel.clock import today
from kernel.paging import page_of
from kernel.refusals import Refused
from projects.columns import newest_rules
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import among
from projects.views.base import FIELDS_WRONG, STATUS, FormPage, show, user_of
from service.models import ProgressSheet
from service.progress import queries, sheets
from service.progress.forms import GridForm, SheetForm, in_wan
from service.progress.months import first_of, months, read_month
from service.progress.reporting import Report, report_many, stage_name
from service.progress.views import parks

SIZE, MONTHS_OFFERED = 30, 12


def asked_month(request: HttpRequest) -> date:
    """The month asked for; the present one by default."""
    return read_month(request.GET.get("month", "")) or first_of(today())


class Grid(Page):
    """One line a project; what is filled in is saved at one stroke, or not at all."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self._lines())

    def post(self, request: HttpRequest) -> HttpResponse:
        """An untouched line says nothing; what is wrong is said at its line."""
        lines = self._lines(request.POST)
        said = [line for line in lines if line["form"] is not None and line["form"].has_changed()]
        wrong = [line for line in said if not line["form"].is_valid()]
        if wrong:
            return self._page(lines, FIELDS_WRONG)
        reports: list[tuple[Project, Report]] = [
            (line["project"], line["form"].report(self.month)) for line in said
        ]
        written, found = report_many(reports=reports, by=self.user, on=self.today)
        for objection in found:
            form = said[objection.place]["form"]
            said[objection.place]["faults"] = show(form, objection.refused)
        if found:
            return self._page(lines, STATUS[found[0].refused.status])
        count = len(written)
        words = ngettext("已保存 %(n)s 个项目", "已保存 %(n)s 个项目", count) % {"n": count}
        messages.success(request, words)
        return redirect(request.get_full_path())

    @property
    def month(self) -> date:
        return asked_month(self.request)

    def _lines(self, data: Any = None) -> list[dict[str, Any]]:
        rows = queries.building(self.user, self.request.GET.get("park", ""))
        self.page = page_of(self.request, queries.with_month(rows, self.month), size=SIZE)
        keys = [row.pk for row in self.page.rows]
        may, before = among(self.user, Can.RECORD_MILESTONE, keys), queries.before_month(keys, self.month)
        return [self._line(row, row.pk in may, before.get(row.pk), data) for row in self.page.rows]

    def _line(self, row: Any, may: bool, before: Any, data: Any) -> dict[str, Any]:
        rule = rules_of(row).monthly
        form = None
        if may and rule is not None:
            form = GridForm(
                data, rule=rule, prefix=str(row.pk), kept_problems=row.month_problems or "",
                initial={
                    "invested": in_wan(row.month_invested_fen), "stage": row.month_stage or "",
                    "percent": row.month_percent, "words": row.month_words or "",
                },
            )  # fmt: skip
        last = stage_name(rule, before.stage) if before else ""
        return {
            "project": row, "form": form, "before": before, "before_stage": last, "faults": [],
            "stage": stage_name(rule, row.month_stage) if row.month_stage else "",
        }  # fmt: skip

    def _page(self, lines: list[dict[str, Any]], status: int = 200) -> HttpResponse:
        end = first_of(self.today)
        begin = end.replace(year=end.year - 1)
        rules = newest_rules()
        context = {
            "page": self.page, "lines": lines, "month": self.month, "asked": self.request.GET.dict(),
            "months": list(reversed(list(months(begin, end))))[: MONTHS_OFFERED + 1],
            "parks": parks(), "platforms": rules.platforms if rules else {},
            "writes": any(line["form"] is not None for line in lines),
            "may_export": can(self.user, Can.EXPORT_LEDGER),
            "query": f"month={self.month:%Y-%m}&park={self._park()}",
        }  # fmt: skip
        return render(self.request, "service/progress/grid.html", context, status=status)

    def _park(self) -> str:
        known = {unit.code for unit in parks()}
        code = self.request.GET.get("park", "")
        return code if code in known else ""


@login_required
@require_GET
def export(request: HttpRequest) -> FileResponse:
    """The month's table; the file goes when the answer is sent."""
    user, month = user_of(request), asked_month(request)
    require(user, Can.EXPORT_LEDGER)
    rules = newest_rules()
    rows = queries.building(user, request.GET.get("park", ""))
    path = sheets.month_file(rows, month, rules.monthly if rules else None)
    file = path.open("rb")
    with suppress(OSError):
        path.unlink()  # the open file stays readable
    name = _("项目建设进度月报%(month)s.xlsx") % {"month": f"{month:%Y-%m}"}
    return FileResponse(file, as_attachment=True, filename=name)


class HandIn(FormPage, Page):
    """Handing in the filled table; it is checked and shown before anything is saved."""

    title = gettext_lazy("导入月报表")
    lead = gettext_lazy("先逐行核对，确认后一并入库。")
    button = gettext_lazy("核对")
    done = gettext_lazy("已读取，请核对")
    template = "service/progress/hand_in.html"
    made: ProgressSheet

    def check(self) -> None:
        require(self.user, Can.RECORD_MILESTONE)

    def make_form(self, data: Any = None, files: Any = None) -> SheetForm:
        return SheetForm(data, files)

    def act(self, form: SheetForm) -> None:
        month = asked_month(self.request)
        self.made = sheets.hand_in(upload=form.cleaned_data["file"], month=month, by=self.user)

    def frame(self) -> dict[str, Any]:
        month = asked_month(self.request)
        back = f"{reverse('progress-grid')}?month={month:%Y-%m}"
        crumbs = [(_("建设进度"), back)]
        return {
            "month": month,
            "back": back,
            "crumbs": crumbs,
            "may_export": can(self.user, Can.EXPORT_LEDGER),
        }

    def after(self) -> str:
        return reverse("progress-sheet", args=[self.made.pk])


class Sheet(Page):
    """The table line by line, as it would be committed now; POST commits it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self._sheet(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        sheet = self._sheet(pk)
        try:
            row = sheets.commit(sheet=sheet, by=self.user, on=self.today)
        except Refused as refused:
            return self._page(sheet, refused)
        messages.success(request, _("已入库 %(n)s 行") % {"n": row.written})
        return redirect(f"{reverse('progress-grid')}?month={row.month:%Y-%m}")

    def _sheet(self, pk: int) -> ProgressSheet:
        return get_object_or_404(ProgressSheet, pk=pk, by=self.user)

    def _page(self, sheet: ProgressSheet, refused: Refused | None = None) -> HttpResponse:
        lines = [] if sheet.committed_on else sheets.check(sheet, self.user, self.today)
        wrong = sum(not line.sound for line in lines)
        crumbs = [(_("建设进度"), f"{reverse('progress-grid')}?month={sheet.month:%Y-%m}")]
        context = {"sheet": sheet, "lines": lines, "wrong": wrong, "refused": refused, "crumbs": crumbs}
        status = STATUS[refused.status] if refused else 200
        return render(self.request, "service/progress/sheet.html", context, status=status)
