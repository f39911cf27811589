"""What was measured: a table for people, JSON for programs."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """One row. ``ratio`` against ``goal``, both in ``reference``; ``facts``: milliseconds, statements, rows."""

    row: str
    what: str
    ratio: float
    goal: float
    reference: str
    facts: dict[str, Any] = field(default_factory=dict)
    noisy: bool = False

    @property
    def is_reached(self) -> bool:
        return self.ratio <= self.goal


def machine() -> dict[str, Any]:
    """Versions and machine."""
    import django
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        version = cursor.fetchone()[0]
    return {
        "python": platform.python_version(),
        "django": django.__version__,
        "database": f"{connection.vendor} {version}",
        "cores": os.cpu_count(),
        "load": [round(value, 1) for value in os.getloadavg()],
        "machine": platform.machine(),
    }


def show(results: list[Result]) -> None:
    print(f"\n{'row':5} {'what':52} {'ratio':>7} {'goal':>6}      facts")
    for result in results:
        mark = "ok" if result.is_reached else "MISS"
        noise = " (noisy)" if result.noisy else ""
        facts = ", ".join(f"{key} {value}" for key, value in result.facts.items())
        unit = f"{result.ratio:.2f}"
        print(f"{result.row:5} {result.what[:52]:52} {unit:>7} {result.goal:>6g} {mark:4} {facts}{noise}")


def write_json(path: Path, about: dict[str, Any], results: list[Result]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(result), "reached": result.is_reached} for result in results]
    path.write_text(json.dumps({**about, "results": rows}, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten: {path}", file=sys.stderr)
