"""Settings of the project. What differs between installations comes from the environment: see `thuiswerk.env`."""

import logging
import os
from datetime import time, timedelta
from pathlib import Path
from socket import gethostname
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from thuiswerk.env import ENV, database_from_url
from thuiswerk.lib.mail import mailer_from_url
from thuiswerk.log import configure_logging
from thuiswerk.schedule import beat_schedule

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(ENV.data_dir)

# Installation
DEBUG = ENV.debug
DEMO = ENV.demo
SECRET_KEY = ENV.secret_key or ("insecure-key-of-a-machine-at-home" if DEBUG or DEMO else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. Put 50 random characters in it; see .env.example.")
BASE_DOMAIN = ENV.base_domain
URL_SCHEME = "https" if ENV.use_https else "http"
# Hosts are tenants: portals.middleware answers 404 to every host that is neither BASE_DOMAIN nor a portal's.
ALLOWED_HOSTS = ["*"]
TRUSTED_PROXIES = ENV.trusted_proxies

INSTALLED_APPS = [
    "accounts",
    "portals",
    "catalog",
    "billing",
    "orders",
    "onboarding",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_structlog",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "thuiswerk.metrics.MetricsMiddleware",
    "portals.middleware.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "thuiswerk.compression.PackedPagesMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "thuiswerk.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "thuiswerk.middleware.MembershipMiddleware",
    "accounts.middleware.BackOfficeMiddleware",
]

ROOT_URLCONF = "thuiswerk.urls"
PORTAL_URLCONF = "thuiswerk.portal_urls"
WSGI_APPLICATION = "thuiswerk.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "thuiswerk.context.installation",
            ],
            "builtins": ["thuiswerk.templatetags.thuiswerk"],
            "libraries": {"thuiswerk": "thuiswerk.templatetags.thuiswerk"},
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
        },
    }
]
FORM_RENDERER = "thuiswerk.forms.FormRenderer"

# PostgreSQL, always; ATOMIC_REQUESTS stays off: workflows open their own transactions.
if not ENV.database_url:
    raise ImproperlyConfigured("DATABASE_URL is not set. Use bin/manage, which starts the embedded PostgreSQL.")
DATABASES = {"default": database_from_url(ENV.database_url)}
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": ENV.database_pool_size, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The default cache holds login rate limits, so it lives in PostgreSQL; fragments may be lost at any time.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # Far above what the limits need: above this many entries Django would drop some that still count.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    "fragments": (
        {"BACKEND": "thuiswerk.fragments.ForgivingRedisCache", "LOCATION": ENV.redis_url}
        if ENV.redis_url
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}}
    ),
}
SESSION_ENGINE = "accounts.sessions"

# Who signs in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.validators.SimilarityValidator", "OPTIONS": {"user_attributes": ["name", "email"]}},
    {"NAME": "accounts.validators.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.validators.CommonWordValidator"},
    {"NAME": "accounts.validators.KnownNameValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "accounts.forms.ChangePasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_TIMEOUT = 30 * 60
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# A client is a device that its user logged in with before, else an address: accounts.devices. An office is one address,
# so what counts by client alone is generous; what counts by "key" is by client and e-mail together.
ACCOUNT_RATE_LIMITS = {
    "login": "240/m/ip",
    "login_failed": "120/m/ip,10/5m/key",
    "request_login_code": "120/m/ip,6/5m/key",
    "change_password": "10/m/user",
    "reauthenticate": "10/m/user",
    "sign_up": "20/h/ip",
    "enter_example": "10/m/ip,60/h/ip",
    # What the holder of a signed link sends: an appointment mails both sides each time.
    "link_booking": "20/d/key",
    "link_intake": "300/d/key",
    "link_check": "100/d/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Thuiswerk"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the address is on the roster, and the first login proved it by a code
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateCodeForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
}

# Sessions and cookies: each portal has its own host, and no cookie has a domain, so none crosses to another tenant.
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.use_https
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = ENV.use_https
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|tls-ask)$"]  # asked inside the network, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
SECURE_HSTS_SECONDS = 31536000 if ENV.use_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.use_https
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # The preload list cannot be left again: that is for the operator to choose.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}

# Language and time
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
FORMAT_MODULE_PATH = "thuiswerk.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
USE_THOUSAND_SEPARATOR = False

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# The operator may add the official notices of the legal guarantee: see thuiswerk.lib.guarantee.
GUARANTEE_DIR = DATA_DIR / "guarantee"
STATICFILES_DIRS = [BASE_DIR / "static", *([("guarantee", GUARANTEE_DIR)] if GUARANTEE_DIR.is_dir() else [])]
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "thuiswerk.static_files.StaticFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o644

# Mail: rows in the outbox are handed to this mailer by a task.
MAILERS = {"default": mailer_from_url(ENV.email_url or ("none:" if DEMO else ""))}
DEFAULT_FROM_EMAIL = ENV.email_from
# Where mail servers report what they could not deliver; without it nobody looks.
BOUNCES_URL = ENV.bounces_url

# Celery: the to-do list is always a row in the database; a task only says "look now".
CELERY_BROKER_URL = ENV.redis_url or "files://localhost"
QUEUE_DIR = DATA_DIR / "queue"
# A request waits this long for a Redis that is away, and no longer; then it goes on without a nudge.
REDIS_TRANSPORT = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
FILE_TRANSPORT = {
    "data_folder_in": str(QUEUE_DIR),
    "data_folder_out": str(QUEUE_DIR),
    "control_folder": str(QUEUE_DIR / "control"),
    "polling_interval": 0.1,
}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = REDIS_TRANSPORT if ENV.redis_url else FILE_TRANSPORT
if not ENV.redis_url:
    QUEUE_DIR.mkdir(parents=True, exist_ok=True)
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = beat_schedule()

# The operator: what stands on receipts and invoices.
OPERATOR = {
    "name": ENV.operator_name,
    "address": ENV.operator_address,
    "email": ENV.operator_email or f"service@{'thuiswerk.example' if DEMO else BASE_DOMAIN.partition(':')[0]}",
    "phone": ENV.operator_phone,
    "kvk_number": ENV.operator_kvk or ("12345678" if DEMO else ""),
    "vat_number": ENV.operator_vat_number or ("NL001234567B01" if DEMO else ""),
    # In a demo, the account that the registry of IBANs gives as its example.
    "iban": ENV.operator_iban or ("NL91ABNA0417164300" if DEMO else ""),
    "bic": ENV.operator_bic or ("ABNANL2A" if DEMO else ""),
}

# Credit and billing
CREDIT_GRACE_DAYS = 30
PAYMENT_MINUTES = 30
# From delivery on. The law asks for 14 at least (BW 6:230o).
RETURN_DAYS = 30
# In Amsterdam: what is ordered before it comes the next delivery day.
DELIVERY_CUT_OFF = time(23, 59)
# Without a provider every portal takes credit only: see Portal.own_money_buys.
PAYMENT_PROVIDER = ENV.payment_provider or ("demo" if DEBUG or DEMO else "")
MOLLIE_ENDPOINT = "https://api.mollie.com"
MOLLIE_API_KEY = ENV.mollie_api_key
MOLLIE_METHODS = ENV.mollie_methods
# How many days finance has to look at a draft before it is issued by itself; 0: at once.
INVOICE_REVIEW_DAYS = ENV.invoice_review_days
# Whether reminders of overdue invoices go by themselves; else finance sends them.
REMINDERS_AUTOMATIC = ENV.reminders_automatic
# The ways by which a document reaches a company: see billing.channels.
INVOICE_CHANNELS = [path.strip() for path in ENV.invoice_channels.split(",") if path.strip()]
# In the operator's books, both of the balance sheet: what companies owe, and the credit that orders took in payment.
ACCOUNT_DEBTORS = ENV.account_debtors
ACCOUNT_CREDIT = ENV.account_credit
# The account that payments come in on, and the one where they wait for a place.
ACCOUNT_BANK = ENV.account_bank
ACCOUNT_SUSPENSE = ENV.account_suspense
# How the books call what is outside VAT.
JOURNAL_VAT_CODE = ENV.journal_vat_code
INVOICE_VAT_SENTENCE = {
    "nl": "Over dit tegoed rekenen we geen btw: die is al in rekening gebracht op de bestellingen van je medewerkers.",
    "en": "No VAT is charged on this credit: VAT has already been charged on the orders of your employees.",
}

# How many invitations are mailed in a minute: a mail server may take many at once for spam.
INVITATIONS_PER_MINUTE = ENV.invitations_per_minute
# How many days after the end of a portal the personal data of people who never ordered are deleted.
PERSONAL_DATA_DAYS = ENV.personal_data_days

# Where product feeds and their pictures may be fetched.
FEED_HOSTS = frozenset(host.strip().lower() for host in ENV.feed_hosts.split(",") if host.strip())

# Any process of a server may be asked for the figures of all, so they count in files that they share.
METRICS_TOKEN = ENV.metrics_token
if METRICS_TOKEN:
    METRICS_DIR = DATA_DIR / "metrics" / f"{gethostname()}-{os.getppid()}"
    METRICS_DIR.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)
DJANGO_STRUCTLOG_CELERY_ENABLED = False
# Requests that went well, and addresses of visitors, are in the log of the reverse proxy: written here too, they cost a
# fifth of a page.
DJANGO_STRUCTLOG_STATUS_DEFAULT_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING_CONFIG = None
configure_logging(ENV.log_level, human=DEBUG or DEMO)
