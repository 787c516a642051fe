"""A lead is registered on one page; what may be the same project already is shown before it is saved."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Field, ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from stdnum.cn import uscc

from accounts.access import acting_unit, can, require, see_all, units_of
from accounts.models import Unit, User
from accounts.roles import Can
from kernel.clock import today
from kernel.refusals import Refused
from policies.rulebook import Rulebook, current
from projects import actions
from projects.actions.sums import read
from projects.duplicates import Likeness, enterprises_of, known_enterprise
from projects.forms import RegisterForm
from projects.likeness import Lead
from projects.models import Measure, Project
from projects.planning import span
from projects.regions import regions
from projects.views.base import FIELDS_WRONG, STATUS, crumbs, show, user_of


@login_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    require(user, Can.REGISTER_PROJECT)
    form = RegisterForm(_rules(), request.POST or None, initial={"introducing_unit": acting_unit(user)})
    _fit(form, user)
    if request.method == "GET":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=FIELDS_WRONG)
    data = form.cleaned_data
    alike = None
    try:
        alike = actions.check(lead=_lead(data), by=user, on=today())
        if alike and not data["confirmed"]:
            return _page(request, form, alike)
        _require_distinct(alike, data)
        project = _register(request, form)
    except Refused as refused:
        return _page(request, form, alike, refused, STATUS[refused.status])
    messages.success(request, _("已登记项目，编号 %(code)s") % {"code": project.case.code})
    return redirect("project-detail", pk=project.pk)


def _rules() -> Rulebook | None:
    """What is in force today; where nothing is, the action says so."""
    with suppress(Refused):
        return current(today())[1]
    return None


def _require_distinct(alike: Likeness, data: Mapping[str, Any]) -> None:
    """Raises Refused (invalid) unless who registers a sure match says why it is another project."""
    if alike.sure and not (data["distinct"] and data["distinct_reason"].strip()):
        raise Refused.invalid("distinct_reason", _("请勾选并说明为什么不是同一项目"))


def _fit(form: RegisterForm, user: User) -> None:
    """Only what this user may say: a unit registers for itself, the bureau for anybody."""
    if not can(user, Can.RECORD_MONEY):
        del form.fields["total"]
    units = form.fields["introducing_unit"]
    assert isinstance(units, ModelChoiceField)
    _say_years(form.fields["planning_year"])
    if not see_all(user):
        units.queryset = Unit.objects.in_force(today()).filter(pk__in=units_of(user))


def _say_years(field: Field) -> None:
    """The years that the plan in force opens, named beside the field with their clause."""
    with suppress(Refused):  # nothing is in force: the action says so
        rule = current(today())[1].planning_milestone()
        if rule and (years := span(rule, today())):
            words = {"first": years[0], "last": years[1], "clause": rule.clause}
            field.help_text = _("可填 %(first)s 至 %(last)s 年（%(clause)s）") % words


@transaction.atomic
def _register(request: HttpRequest, form: RegisterForm) -> Project:
    """The lead, and the total that came with it."""
    user, data = user_of(request), form.cleaned_data
    if data["on"] > today():
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today()})
    investor = actions.EnterpriseData(**form.investor()) if data["enterprise"] else None
    project, _alike = actions.register_lead(
        by=user,
        on=data["on"],
        name=data["name"],
        enterprise=investor,
        introducing_unit=data["introducing_unit"],
        fields=form.plain_fields(),
        total_fen=_fen(data.get("total") or ""),
        distinct_reason=data["distinct_reason"] if data["distinct"] else "",
    )
    if data.get("total"):
        source = _("登记时填报")
        try:
            actions.set_money(
                project=project,
                measure=Measure.TOTAL,
                raw=data["total"],
                by=user,
                on=data["on"],
                source=source,
            )
        except Refused as refused:
            raise Refused.invalid("total", str(refused)) from refused
    return project


def _lead(data: Mapping[str, Any]) -> Lead:
    """What the form says, as it is compared."""
    return Lead(
        name=data.get("name", "").strip(),
        investor=data.get("enterprise", "").strip(),
        credit_code=data.get("credit_code", "").strip().upper(),
        total_fen=_fen(data.get("total") or ""),
        site=data.get("site", ""),
    )


def _fen(raw: str) -> int | None:
    """分, where the figure can be read; where not, stating it is refused with words."""
    with suppress(Refused):
        return read(raw).fen if raw.strip() else None
    return None


def _page(
    request: HttpRequest,
    form: RegisterForm,
    alike: Likeness | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    rest = show(form, refused) if refused else []
    context: dict[str, Any] = {
        "form": form,
        "crumbs": crumbs(),
        "regions": regions(),
        "alike": alike,
        "refused": Refused(rest, refused.status) if refused and rest else None,
    }
    if alike:
        data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["confirmed"] = "on"
        form.data = data
    return render(request, "projects/register.html", context, status=status)


@login_required
@require_GET
def check_enterprise(request: HttpRequest) -> HttpResponse:
    """While the form is filled in: is the code right, is the enterprise known, is the lead?"""
    require(user_of(request), Can.REGISTER_PROJECT)
    name, code = request.GET.get("enterprise", ""), request.GET.get("credit_code", "")
    known = known_enterprise(name, code) if name.strip() or code.strip() else None
    lead = _lead(request.GET.dict())
    alike = None
    with suppress(Refused):  # nothing is in force: registering says so
        alike = actions.check(lead=lead, by=user_of(request), on=today())
    context = {
        "known": known,
        "in_sight": known is not None and enterprises_of(user_of(request)).filter(pk=known.pk).exists(),
        "alike": alike,
        "bad_code": bool(code.strip()) and not uscc.is_valid(code.strip().upper()),
    }
    return render(request, "projects/_enterprise_check.html", context)
