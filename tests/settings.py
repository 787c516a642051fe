"""The settings under test: the product's own, fed from an environment made for tests.

Set here, not in conftest.py, because pytest-django and mypy's plugin load settings before any conftest.
`scripts/test.py` sets DATABASE_URL and CELERY_BROKER_URL for the run on PostgreSQL and Redis; without
them the tests run on an in-memory SQLite and with tasks run in place.
"""

import os
import tempfile
from pathlib import Path

_defaults = {
    "SECRET_KEY": "only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "DEBUG": "0",
    "DEMO": "1",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "CSRF_TRUSTED_ORIGINS": "",
    "LOG_LEVEL": "ERROR",
    "DATA_DIR": str(Path(tempfile.gettempdir()) / f"lifecycle-tests-{os.getuid()}"),
}
# Tests in parallel share one Redis: each worker gets a database of its own in it.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if os.environ.get("CELERY_BROKER_URL", "").startswith("redis://"):
    os.environ["CELERY_BROKER_URL"] = os.environ["CELERY_BROKER_URL"].rpartition("/")[0] + f"/{_worker}"
for _name, _value in _defaults.items():
    os.environ.setdefault(_name, _value)
Path(os.environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)

from lifecycle.settings import *  # noqa: E402, F403
from lifecycle.settings import DATABASES, STORAGES  # noqa: E402

# Hashing a password for real costs more than most tests do.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The manifest wants a collectstatic first; tests must not.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Where `make test` has migrated a database, each worker's is a copy of it.
if _template := os.environ.get("TEST_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": _template}
# A persistent connection would outlive the database of its test.
for _database in DATABASES.values():
    _database["CONN_MAX_AGE"] = 0
    _database["CONN_HEALTH_CHECKS"] = False
