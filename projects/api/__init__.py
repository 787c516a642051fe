"""REST of projects, enterprises and imports."""

from projects.api.claims import ClaimViewSet
from projects.api.enterprises import EnterpriseViewSet
from projects.api.imports import ImportViewSet
from projects.api.projects import ProjectViewSet

routes = [
    ("claims", ClaimViewSet, "claim"),
    ("enterprises", EnterpriseViewSet, "enterprise"),
    ("imports", ImportViewSet, "import"),
    ("projects", ProjectViewSet, "project"),
]

__all__ = ["ClaimViewSet", "EnterpriseViewSet", "ImportViewSet", "ProjectViewSet", "routes"]
