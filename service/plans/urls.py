"""Pages of plans."""

from django.urls import path

from service.plans import own_views, views
from service.plans.wall_view import wall_chart

_ONE = "projects/<int:pk>/plan"
urlpatterns = [
    path("plans/wall/", wall_chart, name="plan-wall"),
    path("portal/<int:pk>/plan/", own_views.OwnPlan.as_view(), name="portal-plan"),
    path("portal/<int:pk>/plan/seal/", own_views.OwnSeal.as_view(), name="portal-plan-seal"),
    path("portal/<int:pk>/plan/items/<slug:code>/", own_views.OwnItem.as_view(), name="portal-plan-item"),
    path("portal/<int:pk>/plan/word/", own_views.OwnWord.as_view(), name="portal-plan-word"),
    path(
        "portal/<int:pk>/plan/lists/<slug:form>/add/",
        own_views.OwnAddition.as_view(),
        name="portal-plan-item-add",
    ),
    path(f"{_ONE}/", views.Show.as_view(), name="plan"),
    path(f"{_ONE}/make/", views.Make.as_view(), name="plan-make"),
    path(f"{_ONE}/days/", views.SetDays.as_view(), name="plan-days"),
    path(f"{_ONE}/particulars/", views.SetParticulars.as_view(), name="plan-particulars"),
    path(f"{_ONE}/revise/", views.Revise.as_view(), name="plan-revise"),
    path(f"{_ONE}/take-back/", views.TakeBack.as_view(), name="plan-take-back"),
    path(f"{_ONE}/compare/", views.Compare.as_view(), name="plan-compare"),
    path(f"{_ONE}/word/", views.Word.as_view(), name="plan-word"),
    path(f"{_ONE}/seal/<slug:side>/", views.Seal.as_view(), name="plan-seal"),
    path(f"{_ONE}/lists/<slug:form>/add/", views.AddItem.as_view(), name="plan-item-add"),
    path(f"{_ONE}/items/<slug:code>/", views.EditItem.as_view(), name="plan-item"),
    path(f"{_ONE}/items/<slug:code>/done/", views.Tick.as_view(), name="plan-tick"),
    path(f"{_ONE}/items/<slug:code>/undone/", views.Untick.as_view(), name="plan-untick"),
]
