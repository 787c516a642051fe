"""The tree of units: read as it is on a day, made, corrected, renamed, merged."""

from dataclasses import fields as dataclass_fields
from datetime import date

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import actions, forms
from accounts.actions.units import UnitFields
from accounts.guard import needs, signed_in
from accounts.models import Unit, UnitKind
from accounts.roles import Can
from kernel.clock import today
from kernel.forms import show_refusal
from kernel.refusals import Refused


@needs(Can.MANAGE_UNITS, Can.ASSIGN_ROLES)
def units(request: HttpRequest) -> HttpResponse:
    """Every unit in force on a day (today unless asked), by kind, children under their parent."""
    on = _day(request.GET.get("on", "")) or today()
    now_held = Q(memberships__valid_from__lte=on) & (
        Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gt=on)
    )
    people = Count("memberships__user", filter=now_held, distinct=True)
    rows = list(Unit.objects.in_force(on).annotate(people=people).order_by("code"))
    groups = [(label, _tree([u for u in rows if u.kind == kind])) for kind, label in UnitKind.choices]
    context = {"groups": [group for group in groups if group[1]], "on": on, "count": len(rows)}
    return render(request, "accounts/system/units.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _tree(rows: list[Unit]) -> list[tuple[int, Unit]]:
    """Rows of one kind in tree order with their depth; whose parent is of another kind stands at the top."""
    own = {row.pk for row in rows}
    below: dict[int | None, list[Unit]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in own else None, []).append(row)
    found: list[tuple[int, Unit]] = []
    waiting = [(0, row) for row in reversed(below.get(None, []))]
    while waiting:
        depth, row = waiting.pop()
        found.append((depth, row))
        waiting += [(depth + 1, child) for child in reversed(below.get(row.pk, []))]
    return found


@needs(Can.MANAGE_UNITS, Can.ASSIGN_ROLES)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    return _unit_page(request, get_object_or_404(_with_relations(), code=code))


def _with_relations() -> "QuerySet[Unit]":
    return Unit.objects.select_related("parent", "successor")


def _unit_page(request: HttpRequest, row: Unit, **more: Form) -> HttpResponse:
    held = row.memberships.in_force(today()).select_related("user").order_by("user__username")
    initial = {field.name: getattr(row, field.name) for field in dataclass_fields(UnitFields)}
    context = {
        "unit": row,
        "memberships": held[:200],
        "predecessors": row.predecessors.order_by("valid_to"),
        "history": row.history.select_related("history_user").order_by("-history_id")[:50],
        "correct": forms.UnitForm(on=today(), new=False, initial=initial, auto_id="correct_%s"),
        "end": forms.EndUnitForm(on=today(), unit=row, auto_id="end_%s"),
        "rename": forms.RenameUnitForm(auto_id="rename_%s"),
    }
    status = 400 if any(form.errors for form in more.values()) else 200
    return render(request, "accounts/system/unit.html", context | more, status=status)


@needs(Can.MANAGE_UNITS)
def unit_new(request: HttpRequest) -> HttpResponse:
    form = forms.UnitForm(request.POST or None, on=today(), new=True)
    if form.is_valid():
        code = form.cleaned_data.pop("code")
        try:
            made = actions.create_unit(
                code=code, fields=UnitFields(**form.cleaned_data), by=signed_in(request), on=today()
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect("system-unit", made.code)
    return render(
        request, "accounts/system/unit_new.html", {"form": form}, status=400 if form.errors else 200
    )


@needs(Can.MANAGE_UNITS)
@require_POST
def unit_correct(request: HttpRequest, code: str) -> HttpResponse:
    row = get_object_or_404(_with_relations(), code=code)
    form = forms.UnitForm(request.POST, on=today(), new=False, auto_id="correct_%s")
    if form.is_valid():
        reason = form.cleaned_data.pop("reason")
        try:
            actions.correct_unit(
                unit=row, fields=UnitFields(**form.cleaned_data), reason=reason, by=signed_in(request)
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("已更正"))
            return redirect("system-unit", code)
    return _unit_page(request, row, correct=form)


@needs(Can.MANAGE_UNITS)
@require_POST
def unit_end(request: HttpRequest, code: str) -> HttpResponse:
    row = get_object_or_404(_with_relations(), code=code)
    form = forms.EndUnitForm(request.POST, on=today(), unit=row, auto_id="end_%s")
    if form.is_valid():
        try:
            actions.end_unit(unit=row, by=signed_in(request), on=today(), **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("单位已停用"))
            return redirect("system-unit", code)
    return _unit_page(request, row, end=form)


@needs(Can.MANAGE_UNITS)
@require_POST
def unit_rename(request: HttpRequest, code: str) -> HttpResponse:
    row = get_object_or_404(_with_relations(), code=code)
    form = forms.RenameUnitForm(request.POST, auto_id="rename_%s")
    if form.is_valid():
        try:
            heir = actions.rename_unit(unit=row, by=signed_in(request), on=today(), **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("已更名，原单位保留在档"))
            return redirect("system-unit", heir.code)
    return _unit_page(request, row, rename=form)
