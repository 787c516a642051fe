"""Pages from start to production. The names are what refusals, notices and the case file link to."""

from django.urls import path

from service.progress import grid_views, own_views, views

urlpatterns = [
    path("progress/", grid_views.Grid.as_view(), name="progress-grid"),
    path("progress/export/", grid_views.export, name="progress-export"),
    path("progress/import/", grid_views.HandIn.as_view(), name="progress-import"),
    path("progress/import/<int:pk>/", grid_views.Sheet.as_view(), name="progress-sheet"),
    path("day-differences/", views.Differences.as_view(), name="day-differences"),
    path("portal/<int:pk>/progress/", own_views.OwnMonths.as_view(), name="portal-months"),
    path("portal/<int:pk>/progress/<slug:month>/", own_views.OwnMonth.as_view(), name="portal-month"),
    path("projects/<int:pk>/days/", views.Days.as_view(), name="progress-days"),
    path("projects/<int:pk>/days/<slug:code>/", views.StateDay.as_view(), name="progress-day"),
    path("projects/<int:pk>/progress/", views.Months.as_view(), name="progress-of"),
    path("projects/<int:pk>/progress/<slug:month>/", views.ReportMonth.as_view(), name="progress-month"),
    path("projects/<int:pk>/recognise/<slug:code>/", views.Recognise.as_view(), name="recognise"),
]
