"""Ledger views that somebody keeps: filters, order and columns under a name."""

from urllib.parse import parse_qs, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from projects.actions import delete_view, save_view
from projects.columns import chosen
from projects.forms import ViewForm
from projects.models import SavedView
from projects.views.base import user_of
from projects.views.ledger import SESSION_COLUMNS


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请给视图取一个名称（60 字以内）"))
        return redirect("project-list")
    shown = request.POST.getlist("shown") or request.session.get(SESSION_COLUMNS)
    columns = [column.code for column in chosen(shown)]
    data = form.cleaned_data
    view = save_view(by=user_of(request), name=data["name"], query=data["query"], columns=columns)
    messages.success(request, _("已保存视图“%(name)s”") % {"name": view.name})
    return redirect("project-view", pk=view.pk)


@login_required
@require_GET
def open_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, user=user_of(request))
    query = {
        name: values[0] for name, values in parse_qs(view.query).items() if name not in ("view", "cursor")
    }
    return redirect(f"{reverse('project-list')}?{urlencode(query | {'view': str(view.pk)})}")


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, user=user_of(request))
    delete_view(view=view, by=user_of(request))
    messages.success(request, _("已删除视图“%(name)s”") % {"name": view.name})
    return redirect("project-list")
