"""Pages of sittings."""

from django.urls import path

from approvals.sittings import views

urlpatterns = [
    path("sittings/", views.Sittings.as_view(), name="sittings"),
    path("sittings/new/", views.Plan.as_view(), name="sitting-plan"),
    path("sittings/<int:pk>/", views.Docket.as_view(), name="sitting"),
    path("sittings/<int:pk>/change/", views.Change.as_view(), name="sitting-change"),
    path("sittings/<int:pk>/cancel/", views.Cancel.as_view(), name="sitting-cancel"),
    path("sittings/<int:pk>/hold/", views.Hold.as_view(), name="sitting-hold"),
    path("sittings/<int:pk>/items/<int:item>/off/", views.TakeOff.as_view(), name="docket-take-off"),
    path("sittings/<int:pk>/items/<int:item>/postpone/", views.Postpone.as_view(), name="docket-postpone"),
    path("sittings/<int:pk>/word/", views.Word.as_view(), name="sitting-word"),
]
