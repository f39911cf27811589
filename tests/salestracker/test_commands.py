import json
import socket

import pytest
from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError

from salestracker import command_line
from salestracker.management.commands import build_assets, serve


def test_busy_port_is_named_before_anything_is_touched():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"127.0.0.1:{port}"):
            serve.refuse_busy_port("127.0.0.1", port)


@pytest.mark.django_db
def test_sign_ins_are_shown_for_sample_people_only(person, settings):
    empty = serve.sign_in_lines()
    assert "create_user" in empty[0]
    assert "Days are those of UTC and money is EUR" in empty[1]
    person("admin", email="boss@company.example")
    assert serve.sign_in_lines() == []
    person("rep", email=settings.SAMPLE_SIGN_INS["rep"])
    lines = serve.sign_in_lines()
    assert settings.SAMPLE_PASSWORD in lines[0]
    assert [line.split() for line in lines[1:]] == [["rep", settings.SAMPLE_SIGN_INS["rep"]]]


def test_vendor_files_are_copied_without_source_maps(tmp_path):
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a.js").write_bytes(b"run();\n//# sourceMappingURL=a.js.map\n")
    (tmp_path / "package.json").write_text(json.dumps({"vendor": {"a/a.js": "a.js"}}), encoding="utf-8")
    copied = build_assets.copy_files(tmp_path, tmp_path / "vendor")
    assert (tmp_path / "vendor" / "a" / "a.js").read_bytes() == b"run();\n"
    assert copied == len(b"run();\n")


@pytest.mark.parametrize(
    ("answers", "migrated", "line"),
    [(False, False, "The database does not answer"), (True, False, "manage.py migrate` first. (no such table: deals)")],
)
def test_what_an_operator_forgot_is_one_line(monkeypatch, answers, migrated, line):
    fails_with(monkeypatch, OperationalError("no such table: deals\nLINE 1: SELECT"), answers, migrated)
    with pytest.raises(SystemExit) as ended:
        command_line.run(["manage.py", "metric"])
    assert line in ended.value.code
    assert "\n" not in ended.value.code
    with pytest.raises(OperationalError):
        command_line.run(["manage.py", "metric", "--traceback"])


def test_an_error_of_ours_stays_one(monkeypatch):
    fails_with(monkeypatch, ProgrammingError("syntax error"), True, True)
    with pytest.raises(ProgrammingError):
        command_line.run(["manage.py", "metric"])


def fails_with(monkeypatch, error, answers, migrated):
    def fail(_argv):
        raise error

    monkeypatch.setattr(command_line, "execute_from_command_line", fail)
    monkeypatch.setattr("salestracker.health.database_answers", lambda: answers)
    monkeypatch.setattr("salestracker.health.migrations_applied", lambda: migrated)
