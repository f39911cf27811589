"""What a measure of one fact says about itself; a sum of several measures says it otherwise."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metrics.measures.measure import Measure
    from metrics.question import Question


class OneFact:
    """The parts, records and reach of a measure that is made of one fact."""

    @property
    def adds_up(self: Any) -> bool:
        """Whether months add up to a quarter; not where it depends on the period as a whole (different products)."""
        return bool(self.fact.adds_up)

    @property
    def stored_key(self: Any) -> str:
        """Under which key the night stores it; of a measure that is limited by filters the one that it limits."""
        return str(self.key)

    def unknown(self: Any, q: "Question") -> list[str]:
        """Why it can't be told at all; empty where it can."""
        return []

    def leaves(self: Any) -> tuple["Measure", ...]:
        """The measures of one fact each that it is made of."""
        return (self,)

    def sources(self: Any, q: "Question") -> list[tuple[Any, str, int]]:
        """The records behind the measure, their kind, and the sign with which they count."""
        return [(self.records(q), self.fact.kind, 1)]

    def reaches(self: Any, q: "Question") -> bool:
        """Whether such rows are known of the scope: what belongs to nobody is known of the company alone."""
        return bool(self.fact.reaches(q))

    def notes(self: Any, q: "Question") -> list[str]:
        """What a reader should know of rows that are left out."""
        found: list[str] = self.fact.notes(q)
        return found
