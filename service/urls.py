from django.urls import path

from service import views
from service.acceptance import urls as acceptance
from service.progress import urls as progress

urlpatterns = [
    *acceptance.urlpatterns,
    *progress.urlpatterns,
    path("mine/", views.mine, name="mine"),
    path("mine/contact/", views.contact, name="mine-contact"),
    path("projects/<int:pk>/commissioner/", views.commissioner, name="commissioner"),
]
