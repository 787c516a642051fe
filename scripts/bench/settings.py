"""The product's settings with the bench's addresses beside its own; static files as they lie, not collected."""  # noqa: E501

from lifecycle.settings import *  # noqa: F403
from lifecycle.settings import STORAGES

ROOT_URLCONF = "scripts.bench.app"
WSGI_APPLICATION = "scripts.bench.app.application"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
