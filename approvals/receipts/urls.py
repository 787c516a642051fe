"""Pages of running slips."""

from django.urls import path

from approvals.receipts import views

urlpatterns = [
    path("projects/<int:pk>/receipt/", views.Slip.as_view(), name="receipt"),
    path("projects/<int:pk>/receipt/entries/new/", views.AddEntry.as_view(), name="receipt-entry"),
    path(
        "projects/<int:pk>/receipt/entries/<int:entry>/strike/", views.Strike.as_view(), name="receipt-strike"
    ),
    path("projects/<int:pk>/receipt/send/", views.Send.as_view(), name="receipt-send"),
    path("projects/<int:pk>/receipt/word/", views.Word.as_view(), name="receipt-word"),
    path("projects/<int:pk>/receipt/word/<int:sending>/", views.Word.as_view(), name="receipt-sent"),
]
