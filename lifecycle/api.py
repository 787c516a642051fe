"""REST under ``/api/v1/``: each app offers its routes, here they meet."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

APPS = (
    "accounts",
    "policies",
    "cases",
    "deadlines",
    "notices",
    "documents",
    "chains",
    "projects",
    "assignments",
    "approvals",
    "service",
    "scoring",
)


class Router(DefaultRouter):
    """Routes without the browsable root: the schema is the index."""

    include_root_view = False
    include_format_suffixes = False


def _router() -> Router:
    router = Router()
    for app in APPS:
        if find_spec(app) is None or find_spec(f"{app}.api") is None:
            continue
        for prefix, viewset, name in import_module(f"{app}.api").routes:
            router.register(prefix, viewset, basename=name)
    return router


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(_router().urls)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", login_required(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="api-docs"),
]
