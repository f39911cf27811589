import pytest

from salestracker.settings import databases

POSTGRESQL = {"ENGINE": "django.db.backends.postgresql", "NAME": "sales", "OPTIONS": {"sslmode": "require"}}


def test_sqlite_takes_the_write_lock_at_once():
    config = databases.connection({"ENGINE": "django.db.backends.sqlite3", "NAME": "x"})
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in config["OPTIONS"]["init_command"]


def test_web_process_has_a_checked_pool_and_time_limits(monkeypatch):
    monkeypatch.setattr(databases, "PROCESS", "web")
    config = databases.connection(POSTGRESQL)
    assert config["CONN_MAX_AGE"] == 0
    assert config["CONN_HEALTH_CHECKS"] is True
    assert config["OPTIONS"]["pool"]["max_size"] == 8
    assert config["OPTIONS"]["sslmode"] == "require"
    assert "statement_timeout=15s" in config["OPTIONS"]["options"]


@pytest.mark.parametrize("process", ["command", "worker"])
def test_jobs_have_no_pool_and_may_take_long(monkeypatch, process):
    monkeypatch.setattr(databases, "PROCESS", process)
    options = databases.connection(POSTGRESQL)["OPTIONS"]
    assert "pool" not in options
    assert "statement_timeout" not in options["options"]


def test_replica_reads_figures_and_mirrors_in_tests(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example.com/sales")
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgres://replica.example.com/sales")
    configured = databases.configured()
    assert configured["replica"]["HOST"] == "replica.example.com"
    assert configured["replica"]["TEST"] == {"MIRROR": "default"}
