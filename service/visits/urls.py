from django.urls import path

from service.visits import views

urlpatterns = [
    path("mine/", views.mine, name="mine"),
    path("mine/contact/", views.contact, name="mine-contact"),
    path("mine/sw.js", views.worker, name="mine-worker"),
    path("visits/", views.visits, name="visits"),
]
