"""The review pool: what may be registered twice, side by side, and the judgement."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import can
from accounts.roles import Can
from kernel.clock import today
from kernel.paging import page_of
from kernel.refusals import Refused
from projects import actions
from projects.actions.merging import may_judge
from projects.comparing_pair import lines
from projects.form_fields import Words
from projects.likeness import Grade, told
from projects.models import DuplicatePair, PairState, Project
from projects.views.base import FIELDS_WRONG, STATUS, crumbs, show, user_of


class JudgeForm(forms.Form):
    """One reason, whatever is done; which project stays is said by the button of a merge."""

    reason = Words(label=gettext_lazy("理由"), max_length=300)


class FindForm(forms.Form):
    """Two projects by their numbers."""

    first = forms.CharField(label=gettext_lazy("项目编号"), max_length=40)
    second = forms.CharField(label=gettext_lazy("与之比对的项目编号"), max_length=40)


@login_required
@require_GET
def pool(request: HttpRequest) -> HttpResponse:
    """Pairs of one state, newest first."""
    user, state = user_of(request), request.GET.get("state", "open")
    grade = request.GET.get("grade", "")
    rows = DuplicatePair.objects.visible_to(user).in_state(state).for_list().order_by("-id")
    if grade:
        rows = rows.filter(grade=grade)
    return render(request, "projects/duplicates/pool.html", _pool(request, rows, state, grade))


def _pool(request: HttpRequest, rows: Any, state: str, grade: str) -> dict[str, Any]:
    page = page_of(request, rows)
    return {
        "crumbs": crumbs(),
        "page": page,
        "lines": [{"pair": pair, "reasons": told(pair.reasons)} for pair in page.rows],
        "state": state,
        "grade": grade,
        "tabs": PairState.choices,
        "grades": Grade.choices,
        "form": FindForm() if can(user_of(request), Can.MERGE_PROJECTS) else None,
    }


@login_required
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Two projects by their numbers, put side by side."""
    user, form = user_of(request), FindForm(request.POST)
    if form.is_valid():
        seen = Project.objects.visible_to(user)
        found = {
            name: seen.filter(case__code=form.cleaned_data[name].strip()).first()
            for name in ("first", "second")
        }
        for name, row in found.items():
            if row is None:
                form.add_error(name, _("没有这个编号的项目，或不在您的查看范围内"))
        one, two = found["first"], found["second"]
        if one is not None and two is not None:
            try:
                pair = actions.pair_up(project=one, other=two, by=user, on=today())
                return redirect("duplicate-pair", pk=pair.pk)
            except Refused as refused:
                form.add_error("second", str(refused))
    rows = DuplicatePair.objects.visible_to(user).in_state("open").for_list().order_by("-id")
    context = _pool(request, rows, "open", "") | {"form": form}
    return render(request, "projects/duplicates/pool.html", context, status=FIELDS_WRONG)


def _pair(request: HttpRequest, pk: int) -> DuplicatePair:
    rows = DuplicatePair.objects.visible_to(user_of(request)).for_list()
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Two projects side by side."""
    return _page(request, _pair(request, pk), JudgeForm())


def _page(
    request: HttpRequest,
    row: DuplicatePair,
    form: forms.Form,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    rest = show(form, refused) if refused else []
    context = {
        "crumbs": [*crumbs(), (_("查重池"), reverse("duplicate-pool"))],
        "pair": row,
        "reasons": told(row.reasons),
        "lines": lines(row),
        "form": form,
        "may_judge": may_judge(user_of(request), row),
        "refused": Refused(rest, refused.status) if refused and rest else None,
    }
    return render(request, "projects/duplicates/pair.html", context, status=status)


def _judge(request: HttpRequest, pk: int, act: Callable[..., Any], done: str, **more: Any) -> HttpResponse:
    """One judgement; what it refuses is shown on the page with the reason kept."""
    row, form = _pair(request, pk), JudgeForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=FIELDS_WRONG)
    try:
        act(pair=row, by=user_of(request), on=today(), reason=form.cleaned_data["reason"], **more)
    except Refused as refused:
        if refused.status == "forbidden":
            raise
        return _page(request, _pair(request, pk), form, refused, STATUS[refused.status])
    messages.success(request, done)
    return redirect("duplicate-pair", pk=pk)


@login_required
@require_POST
def keep_apart(request: HttpRequest, pk: int) -> HttpResponse:
    return _judge(request, pk, actions.keep_apart, _("已认定不是同一项目"))


@login_required
@require_POST
def merge(request: HttpRequest, pk: int, keep: int) -> HttpResponse:
    return _judge(request, pk, actions.merge, _("已合并，可随时撤销"), keep=Project(pk=keep))


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    return _judge(request, pk, actions.undo_merge, _("已撤销合并，两个项目恢复原状"))
