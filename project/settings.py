"""All settings, read from the environment in one way; docs/settings.md explains each.

Without DATABASE_URL or BROKER_URL the server in question is a real one out of a wheel, started on demand
and shared by all processes of this checkout (project/embedded.py).
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from project import embedded
from project.kept_secret import kept_secret

django_stubs_ext.monkeypatch()

env = environ.Env()
# A secret is what it says: of itself the library takes "$NAME" for the value of NAME.
env.ENVIRON = {name: value.replace("$", r"\$") for name, value in os.environ.items()}
env.escape_proxy = True
ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.str("NIGHTSHIFT_VAR", default=str(ROOT / "var")))

DEBUG = env.bool("DEBUG", default=False)
RELEASE = env.str("RELEASE", default="") or "0.1.0"
EMBEDDED = not (env.str("DATABASE_URL", default="") and env.str("BROKER_URL", default=""))

if EMBEDDED:
    _embedded = embedded.start(VAR)
DATABASE_URL = env.str("DATABASE_URL", default="") or _embedded.database_url
BROKER_URL = env.str("BROKER_URL", default="") or _embedded.broker_url

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and not EMBEDDED:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text, the same on every machine")
SECRET_KEY = SECRET_KEY or kept_secret(VAR / "secret-key", get_random_secret_key())
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "project",
    "jobs",
    "tasks",
    "console",
    "django_celery_beat",
    "django_htmx",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "console.unavailable.DatabaseUnavailable",
    "console.sign_in_first.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.theme.theme",
            ],
        },
    },
]
ROOT_URLCONF = "project.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

_database = env.db_url_config(DATABASE_URL)
# libpq writes a socket's directory as %2Frun%2Fpostgresql; django-environ leaves it so.
_database["HOST"] = unquote(_database["HOST"])

# A worker keeps its connection from task to task (durability needs the health check, speed needs the age).
DATABASES = {
    "default": {
        **_database,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # Django turns prepared statements off; those of every run are prepared (jobs/models/prepared.py).
        "OPTIONS": {"connect_timeout": 3, "prepare_threshold": 5, **_database.get("OPTIONS", {})},
    },
}

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none
WHITENOISE_USE_FINDERS = DEBUG or EMBEDDED
MEDIA_ROOT = VAR / "media"
ARTIFACTS = MEDIA_ROOT / "artifacts"
UPLOADS = MEDIA_ROOT / "uploads"
TEMP_FILES = VAR / "temp"
FILE_UPLOAD_PERMISSIONS = 0o640

# Without a server, mail is printed on stderr, or into a worker's log (jobs/services/mail.py).
_email = env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"] or "localhost"
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_PORT = _email["EMAIL_PORT"] or (587 if EMAIL_USE_TLS else 465 if EMAIL_USE_SSL else 25)
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 10  # seconds for each answer of the server
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or "nightshift@localhost"

# Whether jobs that fetch from the network may reach this machine and private networks.
ALLOW_PRIVATE_ADDRESSES = env.bool("ALLOW_PRIVATE_ADDRESSES", default=False)

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

# HTTPS is the rule; the embedded default serves plain HTTP on loopback.
HTTPS = env.bool("HTTPS", default=not EMBEDDED)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # kombu would wait for ever on a half-open connection, and a web request with it.
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    # It would also try for six seconds; who publishes tries once, and the dispatcher does the rest.
    "max_retries": 0,
    "health_check_interval": 25,
    # PostgreSQL remembers what was delivered, so the broker need not: three times the rate.
    "ack_emulation": False,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_RESULT_BACKEND = "tasks.results:RunBackend"
CELERY_RESULT_EXPIRES = None  # cleanup_runs does it; beat would add a schedule of its own
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Flower tells the workers to send events, as long as it watches; nobody else pays for them.
CELERY_TASK_SEND_SENT_EVENT = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_DB_REUSE_MAX = 10**9
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "tasks.schedule:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5

FLOWER_HOST = env.str("FLOWER_HOST", default="127.0.0.1")
# Kubernetes gives each container the address of a service called flower under this name, which is no number.
_port = env.str("FLOWER_PORT", default="")
FLOWER_PORT = int(_port) if _port.isdigit() else 5555
FLOWER_URL = env.str("FLOWER_URL", default="")
FLOWER_PASSWORD = env.str("FLOWER_PASSWORD", default="") or kept_secret(
    VAR / "flower-password", secrets.token_urlsafe(16)
)

# A worker that was not heard from for so long has lost its runs.
LEASE = timedelta(seconds=env.int("LEASE_SECONDS", default=60))
# So long a run may go on after its cancel; then its process is killed.
CANCEL_GRACE = timedelta(seconds=env.int("CANCEL_GRACE_SECONDS", default=30))
# What is queued and unknown to the broker is published again after this long.
REPUBLISH_AFTER_SECONDS = env.int("REPUBLISH_AFTER_SECONDS", default=10)

# What run_command may run, and nothing else; some it never does, also if they are listed here.
RUNNABLE_COMMANDS = env.list("RUNNABLE_COMMANDS", default=["check", "clearsessions", "showmigrations"])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"level": env.str("LOG_LEVEL", default="INFO")}
        for name in ("jobs", "tasks", "console", "project", "celery")
    }
    # What arrives, and how it ends, is in the table of runs; two lines more a run cost a sixth of the rate.
    | {
        name: {"level": env.str("TASK_LOG_LEVEL", default="WARNING")}
        for name in ("celery.worker.strategy", "celery.app.trace")
    }
    | {"flower.inspector": {"level": "ERROR"}},  # it warns of each question that no worker answered in time
}
