"""What is wrong with a plan, or deserves a second look."""

from collections.abc import Iterable
from dataclasses import dataclass

REFUSE, WARN = "refuse", "warn"


@dataclass(frozen=True)
class Finding:
    """``place`` names the key, as ``components[2].tiers.steps[0]``; ``level`` is refuse or warn."""

    level: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def as_json(self) -> dict[str, str]:
        return {"level": self.level, "place": self.place, "message": self.message}


class PlanRefused(Exception):
    """A plan that can't hold; ``findings`` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = [one for one in findings if one.level == REFUSE]
        super().__init__("\n".join(map(str, self.findings)))
