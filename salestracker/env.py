"""Readers of environment variables that refuse a value they cannot read.

Each variable ``X`` may also come from a file named by ``X_FILE``, which is how most platforms hand over secrets. An
empty variable counts as absent.
"""

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from environ import Env

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class SettingRefused(SystemExit):
    """Ends the program with one line on stderr and exit code 1."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"salestracker cannot start: {name} {problem}")


def env_str(name: str, default: str = "") -> str:
    """The variable, else the content of the file that ``<name>_FILE`` names, else ``default``."""
    if value := os.environ.get(name, "").strip():
        return value
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return default
    try:
        return Path(path).read_text(encoding="utf-8").strip() or default
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingRefused(f"{name}_FILE", f"names {path}, which cannot be read: {reason}.") from None


def env_bool(name: str, *, default: bool) -> bool:
    value = env_str(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise SettingRefused(name, f"is {value!r}; allowed are 1, true, yes, on, 0, false, no, off.")
    return value in TRUE


def env_int(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    value = env_str(name)
    if not value:
        return default
    if not re.fullmatch(r"-?[0-9]{1,12}", value) or not low <= int(value) <= high:
        raise SettingRefused(name, f"is {value!r}; it must be a whole number from {low} to {high}.")
    return int(value)


def env_list(name: str, default: Collection[str] = ()) -> list[str]:
    """Values parted by commas, without blanks around them."""
    value = env_str(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def env_choice(name: str, default: str, choices: Collection[str]) -> str:
    value = env_str(name, default)
    if value not in choices:
        raise SettingRefused(name, f"is {value!r}; allowed are {', '.join(sorted(choices))}.")
    return value


def env_rate(name: str, default: str) -> str:
    """How many in which time, as Django REST framework writes it: 100/min."""
    value = env_str(name, default)
    if not re.fullmatch(r"[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)", value):
        raise SettingRefused(name, f"is {value!r}; examples: 100/min, 20000/day.")
    return value


def env_zone(name: str, default: str) -> str:
    """The name of a time zone of the IANA database, such as Europe/Berlin."""
    value = env_str(name, default)
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingRefused(name, f"is {value!r}; it must name a time zone such as UTC or Europe/Berlin.") from None


def env_currency(name: str, default: str) -> str:
    value = env_str(name, default)
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise SettingRefused(name, f"is {value!r}; it must be a currency code of three capitals such as EUR.")
    return value


def env_database(name: str, default: str = "") -> dict[str, Any] | None:
    """Django's connection settings for a URL ``sqlite:///path`` or ``postgres://…``; None when there is no URL."""
    value = env_str(name, default)
    if not value:
        return None
    if not re.match(r"(sqlite|postgres(ql)?)://", value):
        scheme = value.partition(":")[0] if "://" in value else "no scheme"
        raise SettingRefused(name, f"has {scheme}; it must begin with sqlite:/// or postgres://.")
    try:
        config = dict(Env.db_url_config(value))
        config["PORT"] = int(config["PORT"]) if config.get("PORT") else ""
    except (ValueError, TypeError):
        raise SettingRefused(name, "is not a URL such as postgres://user:password@host:5432/name.") from None
    if not config.get("NAME"):
        raise SettingRefused(name, "names no database: its path is empty.")
    return config


def env_email(name: str) -> dict[str, Any] | None:
    """Django's mail settings for ``smtp+tls://user:password@host:587`` or ``consolemail://``; None without a URL."""
    value = env_str(name)
    if not value:
        return None
    try:
        return dict(Env.email_url_config(value))
    except (ImproperlyConfigured, KeyError, ValueError, TypeError, AttributeError):
        raise SettingRefused(
            name, "cannot be read; examples: smtp+tls://user:password@host:587, consolemail://."
        ) from None


def env_redis(name: str) -> str:
    """A URL ``redis://``, ``rediss://`` or ``unix://``; empty when there is none."""
    value = env_str(name)
    if value and not re.match(r"(rediss?|unix)://.", value):
        raise SettingRefused(name, "must begin with redis://, rediss:// or unix://.")
    return value
