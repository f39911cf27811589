"""What the environment says about this installation, checked at the start."""

import secrets
from pathlib import Path

from salestracker.env import (
    SettingRefused,
    env_bool,
    env_choice,
    env_currency,
    env_int,
    env_list,
    env_redis,
    env_str,
    env_zone,
)

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"
KEPT_SECRET = VAR_DIR / "secret_key"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})


def keep_secret() -> str:
    """The key of a local run: made once, readable by its owner only."""
    VAR_DIR.mkdir(exist_ok=True)
    if not KEPT_SECRET.exists():
        KEPT_SECRET.touch(mode=0o600)
        KEPT_SECRET.write_text(secrets.token_urlsafe(60), encoding="ascii")
    return KEPT_SECRET.read_text(encoding="ascii")


DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")

if not SECRET_KEY:
    # `make run` keeps a key; then commands given by hand in the same checkout work without one.
    if not DEBUG and (env_str("DEBUG") or not KEPT_SECRET.exists()):
        raise SettingRefused("SECRET_KEY", "is not set; set it to 50 or more random characters (or DEBUG=1 to try).")
    SECRET_KEY = keep_secret()
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]
elif not DEBUG and len(SECRET_KEY) < 32:
    raise SettingRefused("SECRET_KEY", "is shorter than 32 characters; in production it must be long and random.")
if not ALLOWED_HOSTS:
    if not DEBUG:
        raise SettingRefused("ALLOWED_HOSTS", "is empty; list the host names that people type, parted by commas.")
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
if not DEBUG and "*" in ALLOWED_HOSTS:
    raise SettingRefused("ALLOWED_HOSTS", "may not be * in production; list the host names that people type.")

LOOPBACK_ONLY = set(ALLOWED_HOSTS) <= LOOPBACK_HOSTS
"""Pages are asked for on this machine only: the sample sign-ins work, plain HTTP is fine."""

HTTPS = env_bool("HTTPS", default=not (DEBUG or LOOPBACK_ONLY))
"""Browsers reach the program by HTTPS: cookies are secure, plain HTTP is sent on."""

CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
for _origin in CSRF_TRUSTED_ORIGINS:
    if not _origin.startswith(("http://", "https://")):
        raise SettingRefused("CSRF_TRUSTED_ORIGINS", f"has {_origin!r}; each must begin with https:// or http://.")

REDIS_URL = env_redis("REDIS_URL")
SENTRY_DSN = env_str("SENTRY_DSN")
METRICS_TOKEN = env_str("METRICS_TOKEN")
"""What Prometheus must send to read /metrics; without it there are no counters."""

LOG_LEVEL = env_choice("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
PROCESS = env_str("SALESTRACKER_PROCESS", "command")
"""``web`` or ``worker`` when the web server or Celery has started this process, else ``command``."""

COMPANY_TIME_ZONE = env_zone("TIME_ZONE", "UTC")
BASE_CURRENCY = env_currency("BASE_CURRENCY", "EUR")
FISCAL_YEAR_START_MONTH = env_int("FISCAL_YEAR_START_MONTH", 1, low=1, high=12)
RATE_MAX_AGE_DAYS = env_int("RATE_MAX_AGE_DAYS", 31, low=0, high=3660)
