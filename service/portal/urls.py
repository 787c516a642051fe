"""Addresses of the enterprise's pages, and of what the offices do about its accounts."""

from django.urls import path

from service.portal import staff_views as staff
from service.portal import views

_OF = "projects/<int:pk>/enterprise-accounts/"

urlpatterns = [
    path("portal/", views.PortalHome.as_view(), name="portal"),
    path("portal/<int:pk>/", views.ProjectPage.as_view(), name="portal-project"),
    path("portal/<int:pk>/asked/<slug:source>/<slug:key>/", views.Tick.as_view(), name="portal-tick"),
    path("portal/<int:pk>/contacts/<int:part>/phone/", views.Phone.as_view(), name="portal-phone"),
    path("portal/<int:pk>/guide/", views.Guide.as_view(), name="portal-guide"),
    path("portal/<int:pk>/papers/", views.Papers.as_view(), name="portal-papers"),
    path("portal/<int:pk>/papers/<int:paper>/", views.PaperFile.as_view(), name="portal-paper"),
    path("portal/<int:pk>/papers/<int:paper>/take-back/", views.TakeBack.as_view(), name="portal-take-back"),
    path("portal/<int:pk>/requests/", views.Requests.as_view(), name="portal-requests"),
    path("portal/<int:pk>/requests/new/", views.RequestNew.as_view(), name="portal-request-new"),
    path("portal/<int:pk>/requests/<int:id>/", views.RequestPage.as_view(), name="portal-request"),
    path(_OF, staff.Accounts.as_view(), name="enterprise-accounts"),
    path(f"{_OF}open/", staff.open_account, name="enterprise-account-open"),
    path(f"{_OF}link/", staff.Link.as_view(), name="enterprise-account-link"),
    path(f"{_OF}<int:account>/end/", staff.End.as_view(), name="enterprise-account-end"),
    path(f"{_OF}<int:account>/password/", staff.renew_password, name="enterprise-account-password"),
    path(f"{_OF}asks/", staff.AskOf.as_view(), name="enterprise-ask"),
    path(f"{_OF}asks/<int:ask>/withdraw/", staff.WithdrawAsk.as_view(), name="enterprise-ask-withdraw"),
    path(
        "projects/<int:pk>/enterprise-requests/<int:id>/", staff.Request.as_view(), name="enterprise-request"
    ),
]
