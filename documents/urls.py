from django.urls import path

from documents import views

urlpatterns = [path("<int:pk>/", views.download, name="attachment")]
