"""Pages of completion. The names are what notices, refusals and the case file link to."""

from django.urls import path

from service.acceptance import own_views, views

urlpatterns = [
    path("guidance/", views.GuidanceList.as_view(), name="guidance"),
    path("guidance/<int:pk>/give/", views.Give.as_view(), name="guidance-give"),
    path("guidance/<int:pk>/withdraw/", views.WithdrawGuidance.as_view(), name="guidance-withdraw"),
    path("portal/<int:pk>/guidance/", own_views.OwnGuidance.as_view(), name="portal-guidance"),
    path("portal/<int:pk>/guidance/<slug:code>/ask/", own_views.OwnAsk.as_view(), name="portal-guidance-ask"),
    path(
        "portal/<int:pk>/guidance/<int:id>/withdraw/",
        own_views.OwnWithdrawal.as_view(),
        name="portal-guidance-withdraw",
    ),
    path("projects/<int:pk>/acceptance/", views.Acceptance.as_view(), name="acceptance"),
    path("projects/<int:pk>/acceptance/new/", views.PlanStage.as_view(), name="acceptance-stage-new"),
    path("projects/<int:pk>/acceptance/<int:stage>/apply/", views.Apply.as_view(), name="acceptance-apply"),
    path("projects/<int:pk>/acceptance/<int:stage>/drop/", views.Drop.as_view(), name="acceptance-drop"),
    path("projects/<int:pk>/guidance/<slug:code>/", views.AskGuidance.as_view(), name="guidance-ask"),
    path("projects/<int:pk>/land-delivery/", views.DeliverLand.as_view(), name="land-delivery"),
]
