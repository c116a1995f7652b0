"""Django's settings. What an installation chooses comes from the environment (see env.py); the rest is the same
everywhere.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from ipsreview import clock, env

BASE_DIR = Path(__file__).resolve().parent.parent
_surroundings = env.read(BASE_DIR)

SECRET_KEY = _surroundings.secret_key
DEBUG = _surroundings.debug
ALLOWED_HOSTS = _surroundings.allowed_hosts
DATABASES = {"default": _surroundings.database}
# The role the program runs as on PostgreSQL, where another one owns the tables (see reviews/grants.py).
APP_ROLE = _surroundings.app_role
# How many proxies of ours stand in front, each of which adds to X-Forwarded-For whom it was asked by.
TRUSTED_PROXIES = _surroundings.trusted_proxies
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "reviews",
    "scales",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "ipsreview.health.HealthMiddleware",
    "ipsreview.middleware.RequestIdMiddleware",
    "ipsreview.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "ipsreview.encoding.Utf8Middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ipsreview.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ipsreview.sessions.SessionLimitsMiddleware",
    "ipsreview.middleware.LanguageMiddleware",
    "ipsreview.middleware.LoginRequiredMiddleware",
    "reviews.views.two_factor.TwoFactorMiddleware",
    "reviews.views.autosave.OwnHandMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "ipsreview.urls"
WSGI_APPLICATION = "ipsreview.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["ipsreview.lean_templates.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "reviews.forms.drawing.Controls"
CRISPY_ALLOWED_TEMPLATE_PACKS = "designsystemet"
CRISPY_TEMPLATE_PACK = "designsystemet"

# People and log-in

AUTH_USER_MODEL = "reviews.User"
# The e-mail is unique without regard to case, by a constraint the check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reviews:tasks"
ACCOUNT_ADAPTER = "reviews.accounts.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "reviews.accounts.display_name"
# An administrator makes the account, so the address needs no proof by mail before the first log-in.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever changes how they log in is told by e-mail.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# A session ends with the browser, if not sooner (see below). Nobody chooses another: machines are shared at work.
ACCOUNT_SESSION_REMEMBER = False

# Two factors: a code from an app or a passkey, with recovery codes. Who needs them says reviews/access.py.
TWO_FACTOR = _surroundings.two_factor
MFA_ADAPTER = "reviews.two_factor.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "IPS-kvalitetsevaluering"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_RECOVERY_CODES_SHOW_ONCE = True
# There is no secret to guess, and everybody in an office may come from one address.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "reviews.forms.two_factor.CodeForm",
    "reauthenticate": "reviews.forms.two_factor.CodeAgainForm",
    "activate_totp": "reviews.forms.two_factor.FirstCodeForm",
    "add_webauthn": "reviews.forms.two_factor.PasskeyForm",
    "login_webauthn": "reviews.forms.two_factor.PasskeyLogInForm",
    "authenticate_webauthn": "reviews.forms.two_factor.PasskeySecondForm",
    "reauthenticate_webauthn": "reviews.forms.two_factor.PasskeyAgainForm",
}

# An organisation's own log-in: only for those who have an account here, found by an address the provider vouches for.
# They are linked when the log-in is through, second factor and all (see reviews/provider.py).
OIDC = _surroundings.provider
SOCIALACCOUNT_ADAPTER = "reviews.provider.KnownPeople"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

# Sessions end after idle time, and after a working day whatever happens (see sessions.py).
SESSION_IDLE_MINUTES = _surroundings.session_idle_minutes
SESSION_HOURS = 12
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# allauth's own limits hold besides: 30 attempts to log in a minute from one address, and of those that fail 10 a minute
# from one address and 5 in five minutes for one account, from anywhere. A new password opens the account at once.
# An organisation's own log-in has nothing to guess: only what it costs us is limited.
ACCOUNT_RATE_LIMITS = {"invitation_guessed": "20/m/ip", "provider": "60/m/ip", "provider_back": "60/m/ip"}
# What is counted against guessing passwords stands in the database, so that all processes and machines count together.
# With room for many: what is let go to make room for more is counted no longer.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "attempts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# How long raw notes and own scores are kept once a review is closed (see reviews/retention.py).
KEEP_NOTES_DAYS = _surroundings.keep_notes_days

# Language and time

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Norwegian (bokmål)")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "ipsreview" / "locale"]
FORMAT_MODULE_PATH = ["ipsreview.formats"]
USE_I18N = True
TIME_ZONE = clock.TIME_ZONE
USE_TZ = True

# Static files: our own, and the few npm packages the pages use

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
_npm = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    (
        "vendor/designsystemet-theme",
        _npm / "@digdir" / "designsystemet-theme" / "src" / "themes",
    ),
    (
        "vendor/designsystemet-css",
        _npm / "@digdir" / "designsystemet-css" / "dist" / "src",
    ),
    ("vendor/inter", _npm / "@fontsource-variable" / "inter" / "files"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "ipsreview.static_files.LeanStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# E-mail

# Where the links in letters lead: outside a request nothing else tells it.
BASE_URL = _surroundings.base_url
# Letters are sent while somebody waits for a page.
EMAIL_TIMEOUT = 10
globals().update(_surroundings.email)
DEFAULT_FROM_EMAIL = _surroundings.from_email
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Designsystemet's style sheet embeds its icons as images.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": not DEBUG,
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ipsreview.middleware.token_refused"
# Plain http is for a developer's own machine only.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEBUG
if not DEBUG:
    # A browser takes cookies of these names over https alone, and for this host alone: no neighbour of it can set them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Logs carry a request id and no data

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "ipsreview.logs.RequestIdFilter"}},
    "formatters": {"plain": {"()": "ipsreview.logs.PlainFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "plain",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django would log to its own console handler and mail the administrators the whole request.
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
