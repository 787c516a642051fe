"""One settings file, from the environment (see ``lifecycle/env.py`` for every variable and its meaning)."""

from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from lifecycle import env

BASE_DIR = Path(__file__).resolve().parent.parent

DEMO = env.read("DEMO", env.flag, "0")
DEBUG = env.read("DEBUG", env.flag, "0")
# A demo may start without a key; a real deployment may not.
SECRET_KEY = env.read(
    "SECRET_KEY", env.secret, "demo-only-key-never-in-production-0123456789" if DEMO else None
)
ALLOWED_HOSTS = env.read("ALLOWED_HOSTS", env.hosts, "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = env.read("CSRF_TRUSTED_ORIGINS", env.origins, "")
BEHIND_TLS = env.read("BEHIND_TLS", env.flag, "0")
PORT = env.read("PORT", env.whole(1, 65535), "8000")
DATA_DIR = env.read("DATA_DIR", env.folder, str(BASE_DIR / "var"))
DIVISION = env.read("DIVISION", env.division, "500102")
LOG_LEVEL = env.read("LOG_LEVEL", env.one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
PASSWORD_DAYS = env.read("PASSWORD_DAYS", env.whole(0, 3650), "90")
SWEEP_SECONDS = env.read("SWEEP_SECONDS", env.whole(1, 86_400), "600")
IDLE_MINUTES = env.read("IDLE_MINUTES", env.whole(1, 1440), "30")
DATABASES = {"default": env.read("DATABASE_URL", env.database, f"sqlite:///{DATA_DIR}/lifecycle.sqlite3")}
CELERY_BROKER_URL = env.read("CELERY_BROKER_URL", env.broker, "filesystem://")

INSTALLED_APPS = [
    "lifecycle.apps.LifecycleConfig",
    "reports",
    "scoring",
    "service",
    "approvals",
    "assignments",
    "projects",
    "chains",
    "deadlines",
    "documents",
    "notices",
    "cases",
    "policies",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "simple_history",
    "rest_framework",
    "rest_framework.authtoken",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "axes",
    "csp",
]
# An app enters the moment its folder does; the order above is the order of the layers.
INSTALLED_APPS = [
    a
    for a in INSTALLED_APPS
    if "." in a or "_" in a or a in ("axes", "csp") or (BASE_DIR / a / "__init__.py").exists()
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.IdleTimeout",
    "accounts.middleware.PasswordDue",
    "service.portal.gate.EnterpriseGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "lifecycle.middleware.Refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "lifecycle.urls"
WSGI_APPLICATION = "lifecycle.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"ui": "lifecycle.ui"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "lifecycle.navigation.navigation",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.Passwords"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.Length", "OPTIONS": {"minimum": 8}},
    {"NAME": "accounts.passwords.Classes", "OPTIONS": {"minimum": 3}},
    {"NAME": "accounts.passwords.NotTheName"},
    {"NAME": "accounts.passwords.NotCommon"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_REDIRECT_EXEMPT = [r"^health/"]
X_FRAME_OPTIONS = "DENY"
AXES_FAILURE_LIMIT = env.read("LOCK_AFTER", env.whole(1, 100), "5")
AXES_COOLOFF_TIME = env.read("LOCK_SECONDS", env.whole(1, 86_400), "300") / 3600
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
# Trying while locked is refused and noted, but does not make the lock longer: the page says when it ends.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "accounts.audit.address_of"
AXES_VERBOSE = False
# Locking by address too would lock a whole office behind one gateway for one colleague's typing.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["lifecycle.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _PLAIN if DEBUG else _MANIFEST},
}
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
MAX_ATTACHMENT_BYTES = 50 * 1024 * 1024
MAX_PHOTO_BYTES = 20 * 1024 * 1024  # a camera makes 2 to 10 MB
MAX_LEDGER_BYTES = 100 * 1024 * 1024

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens.BearerToken",  # first: who sends nothing is answered 401, not 403
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["kernel.rest.OrjsonRenderer"],
    "DEFAULT_PAGINATION_CLASS": "kernel.rest.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "kernel.schema.Described",
    "EXCEPTION_HANDLER": "kernel.problems.handle",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lifecycle",
    "DESCRIPTION": "Investment projects of a district, from lead to production.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AssignmentKind": "assignments.models.Kind",
        "AssignmentState": "assignments.models.State",
        "StepState": "approvals.models.State",
        "GuidanceState": "service.acceptance.models.GuidanceState",
        "PlanItemState": "service.plans.serializers.ITEM_STATES",
        "SittingState": "approvals.sittings.models.SittingState",
        "ProposalState": "approvals.dispatching.models.ProposalState",
        "MatterState": "service.portal.permitting.Way",
        "RequestStage": "service.portal.models.Stage",
        "RequestVerdict": "service.portal.models.Verdict",
        "PermitStage": "approvals.permits.models.Stage",
        "ReceiptLevel": "approvals.receipts.models.Level",
        "SpecialReportState": "approvals.special.models.ReportState",
        "Decision": "deadlines.models.Decision",
        "Light": "deadlines.models.Light",
        "DeadlineState": "deadlines.models.State",
        "DeadlineStrength": "deadlines.models.Strength",
        "NodeStrength": "chains.models.Strength",
        "UnitKind": "accounts.models.UnitKind",
        "Measure": "projects.models.Measure",
        "CreditMeasure": "scoring.models.CreditMeasure",
    },
}

CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "tidy up": {"task": "accounts.tasks.tidy", "schedule": 86_400.0},
    "sweep deadlines": {"task": "deadlines.tasks.sweep_deadlines", "schedule": SWEEP_SECONDS},
    "sweep at midnight": {"task": "deadlines.tasks.sweep_deadlines", "schedule": crontab(minute=5, hour=0)},
    "deliver outbox": {"task": "notices.tasks.deliver_outbox", "schedule": 30.0},
    "sweep still leads": {"task": "projects.tasks.sweep_stillness", "schedule": crontab(minute=10)},
    "push policies": {"task": "service.tasks.push_policies", "schedule": crontab(minute=20, hour=7)},
    "resume imports": {"task": "projects.tasks.resume_imports", "schedule": 60.0},
}
if CELERY_BROKER_URL.startswith("filesystem"):
    _queue = DATA_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "queue"),
        "data_folder_out": str(_queue / "queue"),
        "control_folder": str(_queue / "control"),
    }
    for _folder in ("queue", "control"):
        env.within("DATA_DIR", _queue / _folder)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # The broker in a folder has no host, and says so at every connection.
    "loggers": {"axes": {"level": "WARNING"}, "kombu.connection": {"level": "ERROR"}},
}
