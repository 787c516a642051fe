"""Pages of assignments: the list by unit and lateness, one assignment with its forms, issuing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import require
from accounts.models import Unit, User
from accounts.roles import Can
from assignments import actions, forms, origins, queries
from assignments.chain import level_name, trail
from assignments.models import Assignment, Kind, State
from assignments.permissions import (
    issuable,
    may_answer,
    may_decide,
    may_enter_decision,
    may_judge,
    may_raise,
)
from assignments.problems import PROBLEMS
from cases.event_texts import sentence
from cases.models import Case, Event
from deadlines.saving import due_words
from documents.actions import attach
from kernel.clock import today
from kernel.paging import page_of
from kernel.phones import mask_in_prose
from kernel.refusals import Refused
from policies.rulebook import rulebook

TABS = (
    ("open", gettext_lazy("在办")),
    ("late", gettext_lazy("超期")),
    ("mine", gettext_lazy("待我办理")),
    ("reported", gettext_lazy("待销号")),
    ("ended", gettext_lazy("已办结")),
)


@login_required
@require_GET
def assignments(request: HttpRequest) -> HttpResponse:
    """交办: what is open, the most pressing first; beside it how each unit stands."""
    user: Any = request.user
    day, asked = today(), request.GET.dict()
    show = asked.get("show") if asked.get("show") in queries.SCOPES else "open"
    rows = queries.filtered(user, asked | {"show": str(show)}, day).for_list().most_pressing_first()
    page = page_of(request, rows)
    unit = Unit.objects.filter(code=asked.get("unit", "")).first() if asked.get("unit") else None
    context = {
        "page": page,
        "lines": [_line(row, day) for row in page.rows],
        "units": queries.by_unit(user, day, asked.get("kind", "")),
        "tabs": TABS,
        "show": show,
        "asked": asked,
        "kinds": Kind.choices,
        "unit": unit,
        "today": day,
    }
    return render(request, "assignments/list.html", context)


def _line(row: Assignment, day: Any) -> dict[str, Any]:
    due = row.deadline.due_on if row.deadline else None
    late = (day - due).days if due and due < day and row.state in ("issued", "accepted", "returned") else 0
    words = due_words(row.deadline) if row.deadline else ""
    return {"row": row, "light": row.light(day), "late": late, "due": due, "due_words": words}


@login_required
@require_GET
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """One assignment: what is asked, how far it is, and what this user may do with it now."""
    return detail(request, seen(request, pk))


def seen(request: HttpRequest, pk: int) -> Assignment:
    user: Any = request.user
    rows = Assignment.objects.visible_to(user).for_list()
    more = ("accepted_by", "reported_by", "ended_by", "evidence", "parent", "policy_version")
    return get_object_or_404(rows.select_related(*more), pk=pk)


def detail(
    request: HttpRequest, row: Assignment, form: Form | None = None, refused: Any = None
) -> HttpResponse:
    user: Any = request.user
    answer, judge = may_answer(user, row), may_judge(user, row)
    events = Event.objects.filter(
        case_id=row.case_id, kind__startswith="assignment.", data__assignment=row.pk
    )
    context = {
        "row": row,
        "line": _line(row, today()),
        "may_accept": answer and row.state == State.ISSUED,
        "may_report": answer and row.state in (State.ISSUED, State.ACCEPTED),
        "may_close": judge and row.state == State.REPORTED,
        "may_reissue": judge and row.state == State.RETURNED,
        "may_revoke": judge and row.is_open,
        "report_form": form if isinstance(form, forms.ReportForm) else forms.ReportForm(),
        "close_form": forms.NoteForm(),
        "reason_form": forms.ReasonForm(),
        "reissue_form": forms.ReissueForm(on=today(), initial={"unit": row.unit_id}),
        "entries": [_entry(event) for event in events.select_related("by", "unit")[:50]],
        "children": row.children.for_list() if row.pk else [],
        **problem_context(request, row, form),
        "refused": refused,
        "origin": origins.of(row),
    }
    return render(request, "assignments/detail.html", context, status=409 if refused else 200)


def problem_context(request: HttpRequest, row: Assignment, form: Form | None = None) -> dict[str, Any]:
    """What a page of a problem shows beyond that of a duty: its way up the chain, and the forms of its
    moves."""
    user: Any = request.user
    waits = row.state in (State.ISSUED, State.ACCEPTED)
    chain = rulebook(row.case.policy_set_id).problem_levels
    rises = waits and row.kind in PROBLEMS and bool(chain) and row.level != chain[-1].code
    decides = waits and (may_decide(user, row) or may_enter_decision(user, row))
    shown = form if isinstance(form, forms.DecisionForm) else forms.DecisionForm(on=today())
    return {
        "trail": [{"row": one, "level": level_name(one), "light": one.light(today())} for one in trail(row)],
        "level": level_name(row) if row.level else "",
        "may_raise": rises and may_raise(user, row),
        "may_decide": decides,
        "decision_form": shown,
    }


def _entry(event: Event) -> dict[str, Any]:
    who = " · ".join(str(x) for x in (event.by, event.unit) if x) or _("系统")
    return {"on": event.on, "text": mask_in_prose(sentence(event.kind, event.data)), "who": who}


@login_required
def issue(request: HttpRequest, case_pk: int) -> HttpResponse:
    """Hand something out on a case."""
    user: Any = request.user
    case: Any = get_object_or_404(Case.objects.visible_to(user), pk=case_pk)
    kinds = issuable(user, case)
    if not kinds:
        raise Refused.forbidden(_("您的角色不能交办事项"))
    initial = {"kind": request.GET.get("kind", "")}
    form = forms.IssueForm(request.POST or None, kinds=kinds, on=today(), initial=initial)
    context: dict[str, Any] = {"form": form, "case": case}
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.issue(case=case, by=user, on=today(), **form.cleaned_data)
        except Refused as refused:
            return render(request, "assignments/issue.html", context | {"refused": refused}, status=409)
        messages.success(request, _("已交办%(unit)s") % {"unit": row.unit})
        return redirect("assignment", row.pk)
    return render(request, "assignments/issue.html", context)


@login_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    return _done(request, pk, lambda row: actions.accept(assignment=row, by=user, on=today()), _("已签收"))


@login_required
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    row = seen(request, pk)
    form = forms.ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return detail(request, row, form)
    user: Any = request.user
    try:
        _report(row, form.cleaned_data["report"], form.cleaned_data["evidence"], user)
    except Refused as refused:
        return detail(request, row, form, refused)
    messages.success(request, _("已反馈，待交办人销号"))
    return redirect("assignment", pk)


@transaction.atomic
def _report(row: Assignment, words: str, upload: Any, user: User) -> None:
    """Paper and report come together or not at all."""
    paper = None
    if upload:
        require(user, Can.ATTACH)
        paper = attach(case=row.case, kind="other", upload=upload, by=user, on=today(), note=row.title)
    actions.report(assignment=row, report=words, by=user, on=today(), evidence=paper)


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    note = request.POST.get("note", "")
    return _done(
        request, pk, lambda row: actions.close(assignment=row, by=user, on=today(), note=note), _("已销号")
    )


@login_required
@require_POST
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, actions.return_, _("已退回"))


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, actions.revoke, _("已撤销"))


@login_required
@require_POST
def reissue(request: HttpRequest, pk: int) -> HttpResponse:
    form = forms.ReissueForm(request.POST, on=today())
    if not form.is_valid():
        messages.error(request, _("请选择承办单位，时限写作 2026-03-02"))
        return redirect("assignment", pk)
    user: Any = request.user
    data = form.cleaned_data
    return _done(
        request, pk, lambda row: actions.reissue(assignment=row, by=user, on=today(), **data), _("已重新交办")
    )


def _with_reason(request: HttpRequest, pk: int, act: Any, words: str) -> HttpResponse:
    user: Any = request.user
    reason = request.POST.get("reason", "")
    return _done(request, pk, lambda row: act(assignment=row, reason=reason, by=user, on=today()), words)


def _done(request: HttpRequest, pk: int, act: Any, words: str) -> HttpResponse:
    row = seen(request, pk)
    try:
        act(row)
    except Refused as refused:
        return detail(request, seen(request, pk), refused=refused)
    messages.success(request, words)
    return redirect("assignment", pk)
