"""How projects show in the pages of a chain, and chains in the case file and the ledger's filter."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Can
from chains import slots
from chains.models import Chain
from kernel.numbers import whole
from kernel.paging import page_of
from projects import panels
from projects.models import Batch, Project
from projects.models.nodes import ProjectNode
from projects.permissions import may_on


def register() -> None:
    slots.register(slots.ProjectSlot(counts, "projects/of_chain.html", section))
    panels.register(
        panels.Panel("chains", _("产业链"), "projects/chains_panel.html", panel, order=70, column="side")
    )


def in_chain(rows: "QuerySet[Project]", chain: str = "", node: int | None = None) -> "QuerySet[Project]":
    """Filter projects by the code of a chain or the id of a node: what the ledger's filter asks."""
    links = ProjectNode.objects.filter(project_id=OuterRef("pk"))
    if chain:
        rows = rows.filter(Exists(links.filter(node__chain__code=chain)))
    return rows.filter(Exists(links.filter(node_id=node))) if node else rows


def counts(user: User, chains: Sequence[int]) -> slots.Counts:
    """By chain, how many of the projects a user sees stand in each batch (R002); one query."""
    seen = Project.objects.visible_to(user).filter(exited_on__isnull=True, pk=OuterRef("project_id"))
    links = ProjectNode.objects.filter(Exists(seen), node__chain__in=chains).order_by()
    rows = links.values_list("node__chain", "project__batch").annotate(n=Count("project", distinct=True))
    found: dict[int, dict[str, int]] = {}
    for chain, batch, number in rows:
        found.setdefault(chain, {})[batch] = number
    return {
        chain: [(str(batch.label), numbers[batch]) for batch in Batch if batch in numbers]
        for chain, numbers in found.items()
    }


def section(request: HttpRequest, chain: Chain) -> dict[str, Any]:
    """The projects of a chain, or of one of its nodes (``?node=``), in pages."""
    user: Any = request.user
    node = whole(request.GET.get("node"))
    rows = in_chain(Project.objects.visible_to(user), chain.code, node).for_list()  # type: ignore[attr-defined]
    page = page_of(request, rows.select_related("case").order_by("-pk"), size=20)
    return {
        "page": page,
        "node": next((n for n in chain.nodes.all() if n.pk == node), None),
        "counts": counts(user, [chain.pk]).get(chain.pk, []),
    }


def panel(request: HttpRequest, project: Project) -> dict[str, Any]:
    user: Any = request.user
    links = list(project.node_links.select_related("node__chain"))
    may = may_on(user, Can.EDIT_PROJECT, project)
    actions = [(_("调整"), f"/projects/{project.pk}/nodes/")] if may else []
    return {"links": links, "panel_actions": actions}
