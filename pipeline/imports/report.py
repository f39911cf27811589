"""What an import has to say: counts, row errors and warnings."""

from dataclasses import dataclass, field
from typing import Any

SHOWN = 200
"""Different things that are wrong of which an import keeps so many for its page."""


class ImportRefused(Exception):
    """The file, the mapping or the kind can't be used at all. ``row``: where in the file, 1 is the header."""

    def __init__(self, message: str, row: int = 1, column: str = "") -> None:
        super().__init__(message)
        self.row, self.column = row, column


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is bad. ``column`` is ours, empty when it is about the row as a whole."""

    row: int
    column: str
    message: str
    value: str = ""
    """The cell's text where it names nothing here, so that a word for it in the mapping's ``values`` mends the row."""

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.message}" if self.column else f"row {self.row}: {self.message}"

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column or None, "message": self.message}


@dataclass
class Report:
    """The result of an import, or of a dry run. ``skipped`` counts bad rows."""

    kind: str = ""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    import_id: int | None = None
    dry_run: bool = False
    refused: bool = False
    """Nothing was written because of the problems."""

    def problem(self, row: int, column: str, message: str, value: str = "") -> None:
        self.problems.append(Problem(row, column, message, value))

    def grouped(self) -> list[dict[str, Any]]:
        """What is wrong, each thing once with its first row and in how many ``rows`` it stands; the first ``SHOWN``."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for problem in sorted(self.problems, key=lambda one: one.row):
            group = found.setdefault((problem.column, problem.message), {**problem.as_json(), "rows": 0})
            group["rows"] += 1
            if problem.value:
                group["value"] = problem.value
        return list(found.values())[:SHOWN]

    def warn(self, message: str, rows: int = 0) -> None:
        """Say something that is no error, once; ``rows`` adds up over calls with the same message."""
        self.notes[message] = self.notes.get(message, 0) + rows

    @property
    def bad_rows(self) -> set[int]:
        """Numbers of the rows with at least one problem."""
        return {problem.row for problem in self.problems}

    @property
    def rows(self) -> int:
        """Rows that were read."""
        return self.created + self.updated + self.unchanged + self.skipped

    def as_json(self) -> dict[str, Any]:
        """The answer of ``import_data --json``."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "errors": [problem.as_json() for problem in sorted(self.problems, key=lambda one: one.row)],
            "warnings": [{"message": message, "rows": rows} for message, rows in self.notes.items()],
            "import_id": self.import_id,
        }
