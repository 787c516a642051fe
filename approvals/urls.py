from django.urls import URLPattern, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern] = [path("steps/<int:pk>/", RedirectView.as_view(url="/"), name="step")]
