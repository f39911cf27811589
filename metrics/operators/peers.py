"""A member among its peers: its share of the total, its rank."""

from dataclasses import dataclass, replace
from fractions import Fraction

from metrics.dimensions import ALL, TIME, Member
from metrics.metric import Metric, Parts
from metrics.numbers import ratio
from metrics.operators.operator import Operator
from metrics.question import Question

FEWEST_PEERS = 5
"""With fewer people a rank says who is who."""


@dataclass(frozen=True, kw_only=True)
class Share(Operator):
    """A member's part of the whole, or what passes the filters of the whole. None when the whole is not above 0."""

    def sliced(self, q: Question) -> dict[Member, Parts]:
        whole = self.of.parts(replace(q, by=None, where=())).get(ALL, Parts(None, None, None, 0)).value
        above = whole if whole is not None and whole > 0 else None
        return {
            member: Parts(ratio(parts.value, above), parts.value, whole, parts.n)
            for member, parts in self.of.parts(q).items()
        }


@dataclass(frozen=True, kw_only=True)
class Rank(Operator):
    """The place of each rep or team, 1 is the best; equals share the mean of their places. Of at least five.

    Numerator is the place, denominator how many have a figure. Only as a breakdown; the whole has no rank.
    """

    @property
    def top_is_money(self) -> bool:
        return False

    @property
    def bottom_is_money(self) -> bool:
        return False

    def dimensions_on(self, metric: Metric) -> tuple[str, ...]:
        return tuple(dimension for dimension in metric.dimensions if dimension not in TIME)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        parts = self.of.parts(q)
        if not q.by:
            return {ALL: Parts(None, None, None, 0)}
        values = {member: Fraction(part.value) for member, part in parts.items() if part.value is not None}
        places = _places(list(values.values()), lowest_first=self.of.better == "lower")
        enough = len(values) >= FEWEST_PEERS
        return {
            member: Parts(places[value] if enough else None, places[value] if enough else None, len(values),
                          parts[member].n)
            for member, value in values.items()
        }  # fmt: skip


def _places(values: list[Fraction], *, lowest_first: bool) -> dict[Fraction, Fraction]:
    ordered = sorted(values, reverse=not lowest_first)
    found: dict[Fraction, Fraction] = {}
    for value in set(ordered):
        first, count = ordered.index(value) + 1, ordered.count(value)
        found[value] = Fraction(2 * first + count - 1, 2)
    return found
