from django.urls import include, path

from service import views
from service.acceptance import urls as acceptance
from service.handing import urls as handing
from service.progress import urls as progress
from service.team import urls as team

urlpatterns = [
    path("", include("service.portal.urls")),
    path("", include("service.portal.policies.urls")),
    path("", include("service.plans.urls")),
    *handing.urlpatterns,
    *team.urlpatterns,
    *acceptance.urlpatterns,
    *progress.urlpatterns,
    path("projects/<int:pk>/commissioner/", views.commissioner, name="commissioner"),
    path("", include("service.elements.urls")),
    path("", include("service.visits.urls")),
    path("", include("service.platforms.urls")),
]
