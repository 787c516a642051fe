"""Pages of the service team."""

from django.urls import path

from service.team import vacancy_views, views

urlpatterns = [
    path("posts/vacant/", vacancy_views.vacant, name="posts-vacant"),
    path("posts/vacant/export/", vacancy_views.export, name="posts-vacant-export"),
    path("projects/<int:pk>/team/", views.Team.as_view(), name="team"),
    path("projects/<int:pk>/team/<slug:code>/fill/", views.Fill.as_view(), name="team-fill"),
    path("projects/<int:pk>/team/parts/<int:part>/replace/", views.Replace.as_view(), name="team-replace"),
    path("projects/<int:pk>/team/parts/<int:part>/end/", views.End.as_view(), name="team-end"),
]
