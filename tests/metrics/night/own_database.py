"""Databases of a test's own: copies of the migrated test database that other processes can open."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connections
from django.db.utils import load_backend


def untouched(name: str) -> str:
    """What the copy of the test database is called that no test touches (PostgreSQL)."""
    return f"{name}_untouched"


class OwnDatabases:
    """Files beside each other for SQLite, databases of the same server for PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.test = connections["default"]
        self.is_file = self.test.vendor == "sqlite"
        self._made: list[str] = []

    def create(self, name: str, template: str | None = None) -> str:
        """A copy of ``template``, or of the migrated and empty test database; what to call it from now on."""
        if self.is_file:
            target = str(self.folder / f"{name}.sqlite3")
            self._copy_file(template, target)
        else:
            target = f"{self.test.settings_dict['NAME']}_{name}"
            source = template or untouched(self.test.settings_dict["NAME"])
            self.test.close()
            with self.test._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        self._made.append(target)
        return target

    def _copy_file(self, template: str | None, target: str) -> None:
        if template is None:
            self.test.ensure_connection()
            source = self.test.connection
        else:
            source = sqlite3.connect(template)
        copy = sqlite3.connect(target)
        source.backup(copy)
        copy.close()
        if template is not None:
            source.close()

    def drop_all(self) -> None:
        if self.is_file:
            return
        self.test.close()
        with self.test._nodb_cursor() as cursor:
            for name in self._made:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def connected(self, name: str) -> Iterator[None]:
        """This thread's queries go to another database meanwhile."""
        options = {} if not self.is_file else {"transaction_mode": "IMMEDIATE", "timeout": 20}
        config = {**self.test.settings_dict, "NAME": name, "OPTIONS": {**self.test.settings_dict["OPTIONS"], **options}}
        before = connections["default"]
        other = load_backend(config["ENGINE"]).DatabaseWrapper(config, "default")
        connections["default"] = other
        try:
            yield
        finally:
            other.close()
            connections["default"] = before

    def environment(self, name: str, **more: str) -> dict[str, str]:
        """What a process needs to work on the database."""
        if self.is_file:
            url = f"sqlite:///{name}"
        else:
            url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        secrets = {"SECRET_KEY": "only-for-tests-" * 4, "ALLOWED_HOSTS": "127.0.0.1", "LOG_LEVEL": "ERROR"}
        return {**os.environ, **secrets, "DATABASE_URL": url, "REDIS_URL": "", "DEBUG": "", **more}

    def start(self, *command: str, name: str, **more: str) -> subprocess.Popen[bytes]:
        """A Python process with the command's words, on the database."""
        return subprocess.Popen(  # noqa: S603
            [sys.executable, *command],
            env=self.environment(name, **more),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
