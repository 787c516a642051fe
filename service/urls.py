from django.urls import path

from service import views
from service.handing import urls as handing
from service.team import urls as team

urlpatterns = [
    *handing.urlpatterns,
    *team.urlpatterns,
    path("mine/", views.mine, name="mine"),
    path("mine/contact/", views.contact, name="mine-contact"),
    path("projects/<int:pk>/commissioner/", views.commissioner, name="commissioner"),
]
