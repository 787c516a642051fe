"""Saying at which nodes of the chains a project stands."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from chains.models import Node
from kernel.clock import today
from projects.actions.nodes import set_nodes
from projects.models import Project
from projects.permissions import require_on


class NodesForm(forms.Form):
    """Every node of every chain in force, chain by chain."""

    nodes = forms.ModelMultipleChoiceField(
        Node.objects.none(),
        label=gettext_lazy("产业链节点"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Node.objects.filter(chain__ended_on__isnull=True).select_related("chain")
        self.fields["nodes"].queryset = rows.order_by("chain_id", "order", "id")  # type: ignore[attr-defined]
        self.fields["nodes"].label_from_instance = _label  # type: ignore[attr-defined]


def _label(node: Node) -> str:
    return f"{node.chain.name} · {node.name}"


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    project = get_object_or_404(Project.objects.visible_to(user).select_related("case"), pk=pk)
    require_on(user, Can.EDIT_PROJECT, project)
    held = list(project.node_links.values_list("node_id", flat=True))
    form = NodesForm(request.POST or None, initial={"nodes": held})
    if request.method == "POST" and form.is_valid():
        set_nodes(project=project, nodes=form.cleaned_data["nodes"], by=user, on=today())
        messages.success(request, _("产业链节点已保存"))
        return redirect("project-detail", project.pk)
    return render(request, "projects/nodes.html", {"form": form, "project": project})
