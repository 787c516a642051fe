from django.urls import path

from service.elements import views

urlpatterns = [
    path("elements/", views.board, name="elements"),
    path("projects/<int:pk>/elements/", views.OfProject.as_view(), name="project-elements"),
    path("projects/<int:pk>/elements/new/", views.Register.as_view(), name="element-register"),
    path("projects/<int:pk>/elements/<int:need>/begin/", views.Begin.as_view(), name="element-begin"),
    path("projects/<int:pk>/elements/<int:need>/meet/", views.Meet.as_view(), name="element-meet"),
    path("projects/<int:pk>/elements/<int:need>/drop/", views.Drop.as_view(), name="element-drop"),
]
