"""SQLite for one machine, PostgreSQL for a company; a replica for reading figures when there is one."""

from typing import Any

from salestracker.env import SettingRefused, env_database, env_int
from salestracker.settings.environment import PROCESS, VAR_DIR

SQLITE_OPTIONS = {
    # A transaction takes the write lock at once: waiting for it later fails with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
        "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;"
    ),
}
NO_COMPILING = "-c jit=off"
"""PostgreSQL compiles a statement whose estimate is high. Ours have many parts over few rows: compiling took three
quarters of the server's time where statements were many (freezing five quarters: 25 s with, 7 s without)."""
ALIKE = "-c pg_trgm.word_similarity_threshold=0.4"
"""From how alike on a word is taken for one that was mistyped (haldsella for Haldzella is 0.54); the usual 0.6 takes
swapped letters for another word."""
WEB_LIMITS = (
    f"{NO_COMPILING} {ALIKE} -c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
)
JOB_LIMITS = f"{NO_COMPILING} {ALIKE} -c lock_timeout=30s"


def connection(config: dict[str, Any]) -> dict[str, Any]:
    """The URL's settings with the options that each database needs."""
    config = {**config, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0}
    options = dict(config.get("OPTIONS") or {})
    if config["ENGINE"].endswith("sqlite3"):
        return {**config, "OPTIONS": {**SQLITE_OPTIONS, **options}}
    config["CONN_HEALTH_CHECKS"] = True
    if PROCESS == "web":
        size = env_int("DATABASE_POOL_SIZE", 8, low=1, high=200)
        options = {"options": WEB_LIMITS, "pool": {"min_size": 1, "max_size": size, "timeout": 10}, **options}
    else:
        options = {"options": JOB_LIMITS, **options}
    return {**config, "OPTIONS": options}


def configured() -> dict[str, dict[str, Any]]:
    databases = {"default": connection(env_database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}") or {})}
    if replica := env_database("DATABASE_REPLICA_URL"):
        if databases["default"]["ENGINE"] != connection(replica)["ENGINE"]:
            raise SettingRefused("DATABASE_REPLICA_URL", "must be of the same kind of database as DATABASE_URL.")
        databases["replica"] = {**connection(replica), "TEST": {"MIRROR": "default"}}
    return databases


DATABASES = configured()
KPI_DATABASE = "replica" if "replica" in DATABASES else "default"
"""Where figures are read from."""

if str(DATABASES["default"]["NAME"]).startswith(str(VAR_DIR)):
    VAR_DIR.mkdir(exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite goes without the extra columns of an index; it only loses speed
