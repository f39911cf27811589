"""The command line: what an operator forgot is one line, not a traceback."""

import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError


def run(argv: Sequence[str]) -> None:
    """Run a management command. A database that does not answer or lacks its tables ends it with one line, exit 1.

    ``--traceback`` shows the error all the same; any other error of a database is ours and stays one.
    """
    try:
        execute_from_command_line(list(argv))
    except (OperationalError, ProgrammingError) as error:
        line = "" if "--traceback" in argv else what_is_lacking()
        if not line:
            raise
        raise SystemExit(f"{line} ({first_line(error)})") from error


def what_is_lacking() -> str:
    """What has to be done to the database first; empty when nothing."""
    from salestracker.health import database_answers, migrations_applied

    if not database_answers():
        return "The database does not answer: look at DATABASE_URL and whether its server runs."
    if not migrations_applied():
        return f"The database lacks tables of this version: run `{sys.executable} manage.py migrate` first."
    return ""


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
