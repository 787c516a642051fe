"""Shared fixtures. Everything: `make test`; a part: `.venv/bin/python -m pytest tests/cases`.

Without a DATABASE_URL the tests run on SQLite in memory, and those marked `postgres`, `browser` or `celery`
are left out. `.venv/bin/python scripts/services.py -- python -m pytest -m browser` brings PostgreSQL and
Redis up for one command. No test reaches beyond loopback: `no_network` sees to it.
"""

import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from tests.migrated import kept_on_sqlite

# The same examples for everybody (`--hypothesis-seed=random` looks for new ones); how long a draw takes
# says something of the machine, nothing of the code under test.
hypothesis.settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

pytest_plugins = ["tests.browser", "tests.processes"]

NEEDS_SERVERS = ("postgres", "browser", "celery")
LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}


def on_postgres() -> bool:
    return "postgresql" in str(settings.DATABASES["default"]["ENGINE"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs servers when there are none, and with them what was told without."""
    left_out = ("once",) if on_postgres() else NEEDS_SERVERS
    out = [item for item in items if any(item.get_closest_marker(name) for name in left_out)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in set(out)]


class NetworkBlocked(RuntimeError):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection and look-up that is not on loopback or a Unix socket."""
    real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise NetworkBlocked(f"a test tried to connect to {address!r}")
        real_connect(self, address)

    def lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name not in LOOPBACK:
            raise NetworkBlocked(f"a test tried to look up {name!r}")
        return real_lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket, "getaddrinfo", lookup)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Tables come from a migrated copy where there is one (``tests.migrated``)."""
    with kept_on_sqlite():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A server's thread or a killed worker's session may outlive its test: nobody is left in the database
    when it is dropped."""
    yield
    if not on_postgres():
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Each test starts in the language of the source texts, whatever the one before switched to."""
    from django.utils import translation

    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def private_media(tmp_path: Any, settings: Any) -> None:
    """Files that a test uploads go away with it."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def fresh_rulebooks() -> Iterator[None]:
    """Rulebooks are cached by the id of their set, and a rolled-back test gives its ids to the next."""
    from policies.rulebook import forget

    forget()
    yield
