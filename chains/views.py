"""Pages of chains: the cards, one chain with nodes, posts and projects, and the forms of its keepers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import can, require
from accounts.roles import Can
from chains import actions, forms, queries, slots
from chains.models import Chain, Node, Post
from kernel.clock import today
from kernel.refusals import Refused


@login_required
@require_GET
def chains(request: HttpRequest) -> HttpResponse:
    """产业链: who leads each, how its nodes stand, how many projects hang on it."""
    user: Any = request.user
    context = {"cards": queries.cards(user), "may_edit": can(user, Can.EDIT_CHAINS)}
    return render(request, "chains/list.html", context)


@login_required
@require_GET
def chain(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, _seen(request, code))


def _seen(request: HttpRequest, code: str) -> Chain:
    user: Any = request.user
    row = queries.one(user, code)
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, row: Chain, **more: Any) -> HttpResponse:
    user: Any = request.user
    seats = queries.seats(row)
    may_edit = can(user, Can.EDIT_CHAINS)
    context = {
        "chain": row,
        "columns": queries.columns(row),
        "seats": seats,
        "may_edit": may_edit,
        "node_form": forms.NodeForm() if may_edit else None,
        "post_form": forms.PostForm(seats=seats, day=today()) if may_edit else None,
        **slots.section(request, row),
        **more,
    }
    return render(request, "chains/detail.html", context, status=409 if more.get("refused") else 200)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Open a chain beyond those the plan names."""
    user: Any = request.user
    require(user, Can.EDIT_CHAINS)
    form = forms.ChainForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "title": _("新设产业链"), "back": "/chains/"}
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.open_chain(by=user, on=today(), **form.cleaned_data)
        except Refused as refused:
            return render(request, "chains/form.html", context | {"refused": refused}, status=409)
        return redirect("chain", row.code)
    return render(request, "chains/form.html", context)


@login_required
@require_POST
def add_node(request: HttpRequest, code: str) -> HttpResponse:
    user: Any = request.user
    row = _seen(request, code)
    form = forms.NodeForm(request.POST)
    if not form.is_valid():
        return _page(request, row, node_form=form)
    data = form.cleaned_data
    return _act(
        request, row, lambda: actions.save_node(chain=row, by=user, on=today(), **data), _("已增加节点")
    )


@login_required
def edit_node(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    user: Any = request.user
    row = _seen(request, code)
    node = get_object_or_404(Node, pk=pk, chain=row)
    names = ("position", "name", "strength", "note", "order")
    form = forms.NodeForm(request.POST or None, initial={name: getattr(node, name) for name in names})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        act: dict[str, Any] = {"chain": row, "node": node, "by": user, "on": today(), **data}
        return _act(request, row, lambda: actions.save_node(**act), _("已保存"))
    context = {"form": form, "title": node.name, "back": f"/chains/{row.code}/", "node": node, "chain": row}
    return render(request, "chains/form.html", context)


@login_required
@require_POST
def remove_node(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    user: Any = request.user
    row = _seen(request, code)
    node = get_object_or_404(Node, pk=pk, chain=row)
    return _act(request, row, lambda: actions.remove_node(node=node, by=user, on=today()), _("已移除节点"))


@login_required
@require_POST
def appoint(request: HttpRequest, code: str) -> HttpResponse:
    user: Any = request.user
    row = _seen(request, code)
    form = forms.PostForm(request.POST, seats=queries.seats(row), day=today())
    if not form.is_valid():
        return _page(request, row, post_form=form)
    data = form.cleaned_data
    return _act(request, row, lambda: actions.appoint(chain=row, by=user, **data), _("已任命"))


@login_required
@require_POST
def end_post(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    user: Any = request.user
    row = _seen(request, code)
    post = get_object_or_404(Post, pk=pk, chain=row)
    reason = request.POST.get("reason", "")
    return _act(
        request, row, lambda: actions.end_post(post=post, by=user, on=today(), reason=reason), _("已终止")
    )


def _act(request: HttpRequest, row: Chain, act: Any, words: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        return _page(request, _seen(request, row.code), refused=refused)
    messages.success(request, words)
    return redirect("chain", row.code)
