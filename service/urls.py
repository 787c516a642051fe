from django.urls import include, path

from service import views

urlpatterns = [
    path("projects/<int:pk>/commissioner/", views.commissioner, name="commissioner"),
    path("", include("service.elements.urls")),
    path("", include("service.visits.urls")),
]
