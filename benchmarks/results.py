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
    problem: str = ""
    """What else is not as it should be: too many statements."""

    @property
    def is_reached(self) -> bool:
        return self.ratio <= self.goal and not self.problem


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


def show(results: list[Result], about: dict[str, Any]) -> None:
    """The table, as Markdown, so that it can be pasted into docs/benchmarks.md."""
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    print("\n| | what | ratio | goal | | facts |\n|---|---|---|---|---|---|")
    for result in results:
        words = [f"{key} {value}" for key, value in result.facts.items()]
        words += [result.problem] * bool(result.problem) + ["machine too noisy"] * result.noisy
        mark = "" if result.is_reached else "missed"
        ratio = f"{result.ratio:.3f}" if result.goal < 1 else f"{result.ratio:.2f}"
        print(
            f"| {result.row} | {result.what} | {ratio} | ≤ {result.goal:g} {result.reference} | {mark} "
            f"| {', '.join(words)} |"
        )


def write_json(path: Path, about: dict[str, Any], results: list[Result]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(result), "reached": result.is_reached} for result in results]
    path.write_text(json.dumps({**about, "results": rows}, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten: {path}", file=sys.stderr)
