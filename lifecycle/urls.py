"""Every address of the product, by app. Keep sorted within its block."""

from django.urls import URLPattern, URLResolver, include, path

from lifecycle.health import health

handler400 = "lifecycle.errors.bad_request"
handler403 = "lifecycle.errors.forbidden"
handler404 = "lifecycle.errors.not_found"
handler500 = "lifecycle.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("api/", include("lifecycle.api")),
    # Pages
    path("", include("approvals.urls")),
    path("", include("assignments.urls")),
    path("", include("chains.urls")),
    path("", include("deadlines.urls")),
    path("claims/", include("projects.claim_urls")),
    path("files/", include("documents.urls")),
    path("imports/", include("projects.import_urls")),
    path("leads/", include("projects.lead_urls")),
    path("notices/", include("notices.urls")),
    path("policies/", include("policies.urls")),
    path("projects/", include("projects.urls")),
    path("", include("reports.urls")),
    path("", include("scoring.urls")),
    path("", include("service.urls")),
    path("", include("accounts.urls")),
]
