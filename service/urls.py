from django.urls import include, path

from service import views

urlpatterns = [
    path("", include("service.plans.urls")),
    path("mine/", views.mine, name="mine"),
    path("mine/contact/", views.contact, name="mine-contact"),
    path("projects/<int:pk>/commissioner/", views.commissioner, name="commissioner"),
]
