"""Pages of proposals. The names are what refusals, the case file and other apps link to."""

from django.urls import path

from approvals.dispatching import views

urlpatterns = [
    path("projects/<int:pk>/proposals/", views.OfProject.as_view(), name="proposals-of"),
    path("projects/<int:pk>/propose/<slug:code>/", views.Propose.as_view(), name="propose"),
    path("proposals/", views.Proposals.as_view(), name="proposals"),
    path("proposals/<int:pk>/withdraw/", views.Withdraw.as_view(), name="proposal-withdraw"),
]
