"""Pages of hand-overs."""

from django.urls import path

from service.handing import views

urlpatterns = [
    path("handovers/", views.Inbox.as_view(), name="handings"),
    path("handovers/<int:pk>/", views.Detail.as_view(), name="handing"),
    path("handovers/<int:pk>/withdraw/", views.Withdraw.as_view(), name="handing-withdraw"),
    path("handovers/receipts/<int:pk>/acknowledge/", views.Acknowledge.as_view(), name="receipt-acknowledge"),
    path("handovers/receipts/<int:pk>/again/", views.Again.as_view(), name="receipt-again"),
    path("handovers/receipts/<int:pk>/decline/", views.Decline.as_view(), name="receipt-decline"),
    path("projects/<int:pk>/handovers/<slug:code>/letter/", views.Letter.as_view(), name="handing-letter"),
]
