"""Pages of the service team."""

from django.urls import path

from service.team import views

urlpatterns = [
    path("projects/<int:pk>/team/", views.Team.as_view(), name="team"),
    path("projects/<int:pk>/team/<slug:code>/fill/", views.Fill.as_view(), name="team-fill"),
    path("projects/<int:pk>/team/parts/<int:part>/replace/", views.Replace.as_view(), name="team-replace"),
    path("projects/<int:pk>/team/parts/<int:part>/end/", views.End.as_view(), name="team-end"),
]
