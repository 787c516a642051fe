from django.urls import path

from scoring import views

urlpatterns = [
    path("scoring/", views.scoring, name="scoring"),
    path("scoring/projects/<int:pk>/rebook/", views.rebook, name="scoring-rebook"),
    path("scoring/units/<slug:code>/", views.unit, name="scoring-unit"),
]
