"""Pages: stopping and resuming a clock; the published calendar and loading a year of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import can
from accounts.guard import needs, signed_in
from accounts.roles import Can
from deadlines import actions
from deadlines.alarm_texts import case_page
from deadlines.calendars import latest_versions
from deadlines.forms import CalendarForm, PauseForm, ResumeForm
from deadlines.kick import recompute_on_commit
from deadlines.loading import load_calendar_year
from deadlines.models import CalendarVersion, Deadline
from deadlines.queries import for_list, rest_spans
from deadlines.wording import limit_text
from kernel.clock import today
from kernel.forms import show_refusal
from kernel.refusals import Refused

WRONG = 400


@needs(Can.PAUSE_DEADLINES)
@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a clock with a second person's approval."""
    form = PauseForm(request.POST or None, by=signed_in(request), today=today())
    return _page(request, pk, form, act=actions.pause, template="deadlines/pause.html", done=_("已停表"))


@needs(Can.PAUSE_DEADLINES)
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a stopped clock run again."""
    form = ResumeForm(request.POST or None, today=today())
    return _page(
        request, pk, form, act=actions.resume, template="deadlines/resume.html", done=_("已恢复计时")
    )


def _page(
    request: HttpRequest, pk: int, form: forms.Form, *, act: Callable[..., Any], template: str, done: str
) -> HttpResponse:
    row = get_object_or_404(for_list(Deadline.objects.visible_to(request.user)), pk=pk)
    back = case_page(row.case.kind, row.case_id)
    if form.is_bound and form.is_valid():
        try:
            act(deadline=row, by=signed_in(request), **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        "form": form,
        "row": row,
        "limit": limit_text(row),
        "back": back,
        "crumbs": [(row.case.title, back)],
    }
    return render(request, template, context, status=WRONG if form.errors else 200)


@login_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Every loaded year with its source, holidays and make-up days; the version in force first."""
    return _calendar(request, CalendarForm())


@needs(Can.LOAD_CALENDAR)
@require_POST
def load_calendar(request: HttpRequest) -> HttpResponse:
    """Put an uploaded year in force; open clocks follow in the background."""
    form = CalendarForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            row = load_calendar_year(name=sent.name, content=sent.read(), by=signed_in(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            recompute_on_commit()
            messages.success(request, _("%(year)s 年日历已载入，相关期限随即重算") % {"year": row.year})
            return redirect("calendar")
    return _calendar(request, form, status=WRONG)


def _calendar(request: HttpRequest, form: CalendarForm, status: int = 200) -> HttpResponse:
    force = set(latest_versions().values())
    rows = CalendarVersion.objects.select_related("loaded_by").prefetch_related("days")
    years = [_year(row, in_force=row.pk in force) for row in rows]
    context = {
        "years": years,
        "form": form,
        "may_load": can(request.user, Can.LOAD_CALENDAR),
        "today": today(),
    }
    return render(request, "deadlines/calendar.html", context, status=status)


def _year(row: CalendarVersion, *, in_force: bool) -> dict[str, Any]:
    exceptions = {day.date: day.working for day in row.days.all()}
    return {
        "row": row,
        "in_force": in_force,
        "rest": rest_spans(row.year, exceptions),
        "work": sorted(day for day, working in exceptions.items() if working),
    }
