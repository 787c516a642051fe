"""REST of projects and enterprises."""

from projects.api.enterprises import EnterpriseViewSet
from projects.api.projects import ProjectViewSet

routes = [("enterprises", EnterpriseViewSet, "enterprise"), ("projects", ProjectViewSet, "project")]

__all__ = ["EnterpriseViewSet", "ProjectViewSet", "routes"]
