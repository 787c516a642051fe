"""Addresses of the inbox."""

from django.urls import path

from notices import views

urlpatterns = [
    path("", views.index, name="notices"),
    path("read-all/", views.read_all, name="notices-read-all"),
    path("<int:pk>/read/", views.read, name="notice-read"),
]
