"""Addresses of the calendar and of stopping a clock. Without namespace: case files link to them."""

from django.urls import path

from deadlines import views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/load/", views.load_calendar, name="calendar-load"),
    path("deadlines/pauses/", views.pauses, name="pause-requests"),
    path("deadlines/pauses/<int:pk>/approve/", views.approve, name="pause-approve"),
    path("deadlines/pauses/<int:pk>/decline/", views.decline, name="pause-decline"),
    path("deadlines/<int:pk>/pause/", views.pause, name="deadline-pause"),
    path("deadlines/<int:pk>/resume/", views.resume, name="deadline-resume"),
]
