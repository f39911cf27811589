"""What an undo did."""

from dataclasses import dataclass, field

from django.db import models


@dataclass(frozen=True)
class Left:
    """A record that stays as it is, and why."""

    row: int
    kind: str
    name: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.kind} “{self.name}”: {self.reason}"


@dataclass
class Undone:
    """What an undo did."""

    removed: int = 0
    restored: int = 0
    left: list[Left] = field(default_factory=list)

    def leave(self, row: int, instance: models.Model, reason: str) -> None:
        self.left.append(Left(row, str(instance._meta.verbose_name), str(instance)[:100], reason))
