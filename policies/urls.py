"""Addresses of the policy pages. A version's number may hold dots, so it is a plain segment."""

from django.urls import path

from policies import views

app_name = "policies"

urlpatterns = [
    path("", views.index, name="index"),
    path("load/", views.load, name="load"),
    path("<slug:code>/<str:version>/", views.version, name="version"),
    path("<slug:code>/<str:version>/compare/<str:other>/", views.compare, name="compare"),
    path("<slug:code>/<str:version>/publish/", views.publish, name="publish"),
]
