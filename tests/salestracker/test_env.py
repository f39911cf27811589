"""A value that cannot be read stops the start with one line that says what is allowed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from salestracker import env

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "sales.example.com"}


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings as any command does, with nothing but these variables."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "from salestracker.settings import *; print(DEBUG, ALLOWED_HOSTS, HTTPS)"],
        cwd=ROOT, env={**kept, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("DEBUG", "maybe", "allowed are 1, true"),
        ("TIME_ZONE", "Mars/Olympus", "Europe/Berlin"),
        ("TIME_ZONE", "../etc/passwd", "Europe/Berlin"),
        ("BASE_CURRENCY", "euro", "three capitals"),
        ("FISCAL_YEAR_START_MONTH", "13", "from 1 to 12"),
        ("FISCAL_YEAR_START_MONTH", "four", "from 1 to 12"),
        ("RATE_MAX_AGE_DAYS", "-1", "from 0"),
        ("DATABASE_URL", "mysql://a/b", "sqlite:///"),
        ("DATABASE_URL", "postgres://a:b@host:port/x", "is not a URL"),
        ("DATABASE_URL", "postgres://", "names no database"),
        ("DATABASE_REPLICA_URL", "postgres://a/b", "same kind"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("EMAIL_URL", "mailgun", "smtp+tls://"),
        ("CSRF_TRUSTED_ORIGINS", "sales.example.com", "https://"),
        ("SECRET_KEY_FILE", "/does/not/exist", "cannot be read"),
        ("SESSION_IDLE_MINUTES", "0", "from 1 to 720"),
        ("API_RATE", "many", "100/min"),
        ("OIDC_URL", "http://sso.example.com", "https://"),
        ("LOG_FORMAT", "xml", "json, text"),
    ],
)
def test_unreadable_value_is_one_clear_line(name, value, hint):
    variables = {**PRODUCTION, name: value}
    if name == "SECRET_KEY_FILE":
        del variables["SECRET_KEY"]
    ended = start(**variables)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith(f"salestracker cannot start: {name} ")
    assert hint in ended.stderr


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"DEBUG": "0", "ALLOWED_HOSTS": "sales.example.com"}, "SECRET_KEY"),
        ({"SECRET_KEY": "short", "ALLOWED_HOSTS": "sales.example.com"}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 50}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    ],
)
def test_production_refuses_to_start_half_configured(variables, named):
    ended = start(**variables)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"salestracker cannot start: {named} ")


def test_production_insists_on_https():
    assert start(**PRODUCTION).stdout == "False ['sales.example.com'] True\n"


def test_loopback_needs_no_https():
    ended = start(SECRET_KEY="k" * 50, ALLOWED_HOSTS="127.0.0.1,localhost")
    assert ended.stdout == "False ['127.0.0.1', 'localhost'] False\n"


def test_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("f" * 50 + "\n", encoding="ascii")
    ended = start(SECRET_KEY_FILE=str(tmp_path / "key"), ALLOWED_HOSTS="sales.example.com")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_variable_wins_over_its_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("from the file", encoding="utf-8")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "key"))
    assert env.env_str("THING") == "from the file"
    monkeypatch.setenv("THING", "from the variable")
    assert env.env_str("THING") == "from the variable"


def test_empty_variable_counts_as_absent(monkeypatch):
    monkeypatch.setenv("THING", " ")
    assert env.env_int("THING", 7, low=1, high=9) == 7
    assert env.env_bool("THING", default=True) is True
    assert env.env_list("THING", ["a"]) == ["a"]


@pytest.mark.parametrize(("text", "meant"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_env_bool_reads_the_usual_words(monkeypatch, text, meant):
    monkeypatch.setenv("THING", text)
    assert env.env_bool("THING", default=not meant) is meant


def test_database_urls_become_settings(monkeypatch):
    monkeypatch.setenv("THING", "sqlite:////srv/data/db.sqlite3")
    assert env.env_database("THING")["NAME"] == "/srv/data/db.sqlite3"
    monkeypatch.setenv("THING", "postgres://ann:p%40ss@db.example.com:6432/sales")
    config = env.env_database("THING")
    assert (config["HOST"], config["PORT"], config["PASSWORD"]) == ("db.example.com", 6432, "p@ss")
    monkeypatch.delenv("THING")
    assert env.env_database("THING") is None
