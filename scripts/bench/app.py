"""What the bench serves: the whole product, and beside it bare Django views that do only the core of the same.

The bare views run without any middleware, authentication or serialiser: function view, raw cursor,
``JsonResponse``. Their SQL is the product's own, compiled once. A request with ``X-Count: 1`` is told in the
answer's ``X-Queries`` how many statements it took.
"""  # noqa: E501

import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scripts.bench.settings")

import django
from django.conf import settings

if not settings.configured or not django.apps.apps.ready:
    django.setup()

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse, QueryDict
from django.test.utils import override_settings
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from cases.models import Event
from kernel.clock import today
from lifecycle.urls import urlpatterns as product
from projects.models import Project
from projects.queries import CAP, DEFAULT_ORDER, LedgerFilter, ledger, listed

Environ = dict[str, Any]
Start = Callable[..., Any]
Statement = tuple[str, tuple[Any, ...]]


@lru_cache(maxsize=64)
def statements(query: str) -> tuple[Statement, Statement]:
    """The product's SQL for one page and its total, as its clerk of the bureau asks."""
    rows = ledger(User.objects.get(username="clerk"), LedgerFilter.read(QueryDict(query)))
    count, page = rows[: CAP + 1].values("pk"), listed(rows, DEFAULT_ORDER, 51)
    total, params = count.query.sql_with_params()
    return page.query.sql_with_params(), (f"SELECT count(*) FROM ({total}) t", params)  # noqa: S608


def bare_list(request: HttpRequest) -> JsonResponse:
    """A page of the ledger as plainly as Django can."""
    page, total = statements(request.META["QUERY_STRING"])
    with connection.cursor() as cursor:
        cursor.execute(*page)
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(*total)
        count = cursor.fetchone()[0]
    return JsonResponse({"count": count, "next": len(found) > 50, "results": found[:50]})


@csrf_exempt
def bare_advance(request: HttpRequest, pk: int) -> JsonResponse:
    """A phase change as plainly as the state machine can: load, transition, save, one event."""
    with transaction.atomic():
        project = Project.objects.select_for_update().get(pk=pk)
        project.to_negotiation()
        project.skip_history_when_saving = True  # simple_history looks for it
        project.save()
        Event.objects.create(case_id=pk, kind="project.advanced", on=today(), data={"to": project.phase})
    return JsonResponse({"id": pk, "phase": project.phase})


urlpatterns: list[URLPattern | URLResolver] = [
    path("bare/projects/", bare_list),
    path("bare/projects/<int:pk>/advance/", bare_advance),
    *product,
]
whole = WSGIHandler()
with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()


def application(environ: Environ, start_response: Start) -> Iterable[bytes]:
    handler = bare if environ["PATH_INFO"].startswith("/bare/") else whole
    if environ.get("HTTP_X_COUNT"):
        return _counted(handler, environ, start_response)
    return handler(environ, start_response)


def _counted(handler: WSGIHandler, environ: Environ, start_response: Start) -> Iterable[bytes]:
    count = 0

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Queries", str(count))], *rest)

    with connection.execute_wrapper(counting):
        return handler(environ, start)
