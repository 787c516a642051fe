"""Pages: stopping and resuming a clock, granting stops; the published calendar and loading a year of it."""

from collections.abc import Callable
from functools import partial
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
from deadlines.models import CalendarVersion, Deadline, PauseRequest
from deadlines.permissions import require_stop
from deadlines.queries import for_list, pause_requests, rest_spans
from deadlines.showing import light_of
from kernel.clock import today
from kernel.forms import show_refusal
from kernel.paging import page_of
from kernel.refusals import Refused
from policies.spans import span_text

WRONG, CONFLICT = 400, 409


@needs(Can.PAUSE_DEADLINES)
@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a second person to stop a clock; it runs on until that is granted."""
    user, day, row = signed_in(request), today(), _clock(request, pk)
    require_stop(user, row)
    form = PauseForm(request.POST or None, by=user, today=day)
    done = _("已申请停表，待批准；批准前照常计时")
    act = partial(actions.request_pause, deadline=row, by=user, today=day)
    return _page(request, row, form, act=act, template="deadlines/pause.html", done=done)


@needs(Can.PAUSE_DEADLINES)
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a stopped clock run again."""
    row, form = _clock(request, pk), ResumeForm(request.POST or None, today=today())
    act = partial(actions.resume, deadline=row, by=signed_in(request))
    return _page(request, row, form, act=act, template="deadlines/resume.html", done=_("已恢复计时"))


def _clock(request: HttpRequest, pk: int) -> Deadline:
    return get_object_or_404(for_list(Deadline.objects.visible_to(request.user)), pk=pk)


def _page(
    request: HttpRequest,
    row: Deadline,
    form: forms.Form,
    *,
    act: Callable[..., Any],
    template: str,
    done: str,
) -> HttpResponse:
    back = case_page(row.case.kind, row.case_id)
    if form.is_bound and form.is_valid():
        try:
            act(**form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        "form": form,
        "row": row,
        "limit": span_text(row),
        "back": back,
        "crumbs": [(row.case.title, back)],
    }
    return render(request, template, context, status=WRONG if form.errors else 200)


@needs(Can.APPROVE_PAUSE)
@require_safe
def pauses(request: HttpRequest) -> HttpResponse:
    """停表审批: what waits for a decision, what this person was asked first."""
    return _pauses(request)


def _pauses(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    user, day = signed_in(request), today()
    page = page_of(request, pause_requests(user))
    lines = [
        {
            "row": row,
            "limit": span_text(row.deadline),
            "light": light_of(row.deadline, day),
            "page": case_page(row.deadline.case.kind, row.deadline.case_id),
        }
        for row in page.rows
    ]
    context = {"page": page, "lines": lines, "refused": refused}
    return render(request, "deadlines/pauses.html", context, status=CONFLICT if refused else 200)


@needs(Can.APPROVE_PAUSE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a stop."""
    return _decided(request, pk, actions.approve_pause, _("已批准停表"))


@needs(Can.APPROVE_PAUSE)
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a stop, saying why."""
    act = partial(actions.decline_pause, reason=request.POST.get("reason", ""))
    return _decided(request, pk, act, _("未批准停表，该期限照常计时"))


def _decided(request: HttpRequest, pk: int, act: Callable[..., Any], done: str) -> HttpResponse:
    row = get_object_or_404(PauseRequest.objects.visible_to(request.user).select_related("deadline"), pk=pk)
    try:
        act(request=row, by=signed_in(request), on=today())
    except Refused as refused:
        return _pauses(request, refused)
    messages.success(request, done)
    return redirect("pause-requests")


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
