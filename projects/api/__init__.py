"""REST of projects, enterprises and imports."""

from projects.api.enterprises import EnterpriseViewSet
from projects.api.imports import ImportViewSet
from projects.api.projects import ProjectViewSet

routes = [
    ("enterprises", EnterpriseViewSet, "enterprise"),
    ("imports", ImportViewSet, "import"),
    ("projects", ProjectViewSet, "project"),
]

__all__ = ["EnterpriseViewSet", "ImportViewSet", "ProjectViewSet", "routes"]
