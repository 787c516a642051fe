"""Where a project stands in the industry chains."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from chains.models import Node
from kernel.refusals import Refused
from projects.actions import saving
from projects.models import Project
from projects.models.nodes import ProjectNode
from projects.permissions import lock, require_on


@transaction.atomic
def set_nodes(*, project: Project, nodes: Iterable[Node], by: User, on: date) -> list[ProjectNode]:
    """Say at which nodes a project stands; the same again changes and records nothing.

    Raises Refused: forbidden; invalid for a node of a chain that has ended, unless it stood there before.
    """
    project = lock(project)
    require_on(by, Can.EDIT_PROJECT, project)
    wanted = {node.pk: node for node in nodes}
    held = {link.node_id: link for link in project.node_links.select_related("node__chain")}
    added = [node for pk, node in wanted.items() if pk not in held]
    removed = [link.node for pk, link in held.items() if pk not in wanted]
    for node in added:
        if node.chain.ended_on is not None:
            raise Refused.invalid("nodes", _("产业链“%(chain)s”已撤销") % {"chain": node.chain.name})
    if added or removed:
        ProjectNode.objects.filter(project=project, node__in=removed).delete()
        ProjectNode.objects.bulk_create([ProjectNode(project=project, node=node) for node in added])
        saving.save(project, by)
        data = {"nodes": _names(wanted.values()), "added": _names(added), "removed": _names(removed)}
        cases.record(case=project.case, kind="project.nodes_set", by=by, on=on, data=data)
    return list(project.node_links.select_related("node__chain"))


def _names(nodes: Iterable[Node]) -> str:
    return "、".join(f"{node.chain.name}·{node.name}" for node in nodes) or "—"
