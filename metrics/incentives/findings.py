"""What is wrong with a plan, or deserves a second look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

REFUSE, WARN = "refuse", "warn"


@dataclass(frozen=True)
class Finding:
    """``place`` names the key, as ``components[2].tiers.steps[0]``; ``level`` is refuse or warn.

    ``pattern`` is the message in English, with places for ``values`` where it has some: files and commands say it so,
    pages in the reader's language. ``component``: the name of the component that it is about, empty for the plan's own.
    """

    level: str
    place: str
    pattern: str
    component: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.pattern % self.values if self.values else self.pattern

    @property
    def _translated(self) -> str:
        said = gettext(self.pattern)
        return said % self.values if self.values else said

    @property
    def sentence(self) -> str:
        """The message by itself in the reader's language, as it stands below a field."""
        said = self._translated
        return said[:1].upper() + said[1:]

    @property
    def said(self) -> str:
        """Place, component and message in the reader's language."""
        whose = f"“{self.component}”: " if self.component else ""
        place = f"{self.place}: " if self.place else ""
        return f"{place}{whose}{self._translated}"

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
