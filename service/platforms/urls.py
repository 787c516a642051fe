"""Pages of outside platforms."""

from django.urls import path

from service.platforms import views

urlpatterns = [
    path("platforms/", views.Index.as_view(), name="platforms"),
    path("platforms/<slug:code>/", views.Listing.as_view(), name="platform"),
    path("platforms/<slug:code>/export/", views.Export.as_view(), name="platform-export"),
    path("platforms/<slug:code>/import/", views.TakeBack.as_view(), name="platform-import"),
    path("projects/<int:pk>/platforms/<slug:code>/", views.Enter.as_view(), name="platform-enter"),
]
