"""Which nodes of which industry chains a project belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chains.models import Node
from projects.models.project import Project
from projects.models.records import OfProject


class ProjectNode(models.Model):
    """A project at a node of a chain; it may stand at several, of several chains."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="node_links", verbose_name=_("项目"))
    node = models.ForeignKey(Node, models.PROTECT, related_name="project_links", verbose_name=_("节点"))

    objects = OfProject.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["project", "node"], name="project_node_once")]
        verbose_name = _("产业链节点")

    def __str__(self) -> str:
        return str(self.node)
