"""REST of projects, enterprises and imports."""

from projects.api.claims import ClaimViewSet
from projects.api.duplicates import DuplicateViewSet
from projects.api.enterprises import EnterpriseViewSet
from projects.api.imports import ImportViewSet
from projects.api.leads import LeadViewSet
from projects.api.projects import ProjectViewSet

routes = [
    ("duplicates", DuplicateViewSet, "duplicate"),
    ("claims", ClaimViewSet, "claim"),
    ("enterprises", EnterpriseViewSet, "enterprise"),
    ("imports", ImportViewSet, "import"),
    ("leads", LeadViewSet, "lead"),
    ("projects", ProjectViewSet, "project"),
]

__all__ = [
    "ClaimViewSet",
    "DuplicateViewSet",
    "EnterpriseViewSet",
    "ImportViewSet",
    "LeadViewSet",
    "ProjectViewSet",
    "routes",
]
