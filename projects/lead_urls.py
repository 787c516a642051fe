"""Pages under ``/leads/``: the library of leads (线索库)."""

from django.urls import path

from projects.views import leads

urlpatterns = [
    path("", leads.library, name="lead-library"),
    path("yields/", leads.channel_yields, name="lead-yields"),
]
