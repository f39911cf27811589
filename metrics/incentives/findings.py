"""What is wrong with a plan, or deserves a second look."""

from collections.abc import Iterable
from dataclasses import dataclass

REFUSE, WARN = "refuse", "warn"


@dataclass(frozen=True)
class Finding:
    """``place`` names the key, as ``components[2].tiers.steps[0]``; ``level`` is refuse or warn.

    ``component``: the name of the component that it is about, empty for the plan's own.
    """

    level: str
    place: str
    message: str
    component: str = ""

    @property
    def words(self) -> str:
        """What is wrong, with the component's name before it."""
        return f"“{self.component}”: {self.message}" if self.component else self.message

    def __str__(self) -> str:
        return f"{self.place}: {self.words}" if self.place else self.words

    def as_json(self) -> dict[str, str]:
        """``message`` with the component's name."""
        return {"level": self.level, "place": self.place, "message": self.words}


class PlanRefused(Exception):
    """A plan that can't hold; ``findings`` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = [one for one in findings if one.level == REFUSE]
        super().__init__("\n".join(map(str, self.findings)))
