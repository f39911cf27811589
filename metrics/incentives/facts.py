"""What a calculation reads, and all that it reads: plain data about one rep, no database, no clock."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm

from accounts.money import divided, minor_digits

Day = datetime.date
ONE = Fraction(1)


def converted(amount: Fraction, factor: Fraction | None, currency: str) -> int | None:
    """Minor units of a currency for an amount, at ``factor`` units for one, rounded; None: no rate. 0 needs none."""
    if amount == 0:
        return 0
    if factor is None:
        return None
    (above, below), (units, for_one) = amount.as_integer_ratio(), factor.as_integer_ratio()
    return divided(above * units * 10 ** minor_digits(currency), below * for_one)


@dataclass(frozen=True)
class Stretch:
    """A run of days, both included, on which one plan version holds. ``last`` is ``date.max`` where no end is known."""

    version: int
    first: Day
    last: Day


@dataclass(frozen=True)
class LineFact:
    """A line of a deal. ``net`` in the deal's currency, rounded to its minor unit; None: not known.

    ``cost`` is that of all units in the deal's currency, not rounded; None: not known.
    """

    product: int
    quantity: Fraction
    net: Fraction | None
    cost: Fraction | None


@dataclass(frozen=True)
class DealFact:
    """A won deal, with what was frozen when it was won. Money in major units of its currency.

    ``factors``: units of a plan's currency for one of the deal's, by currency; None: no rate. ``credits``: shares by
    rep. ``monthly``: its subscriptions, each with its product. ``order`` says when its last event was, ``seen`` is the
    newest event that was known, ``left_out`` are events that came after the clawback window, with what was left out.
    """

    id: int
    key: str
    closed_at: datetime.datetime
    closed_on: Day
    kind: str
    pipeline: str
    channel: str
    currency: str
    amount: Fraction | None
    factors: tuple[tuple[str, Fraction | None], ...]
    lines: tuple[LineFact, ...]
    monthly: tuple[tuple[int | None, Fraction | None], ...]
    credits: tuple[tuple[int, Fraction], ...]
    seen: int = field(default=0, compare=False)
    left_out: tuple[tuple[int, str], ...] = field(default=(), compare=False)

    @cached_property
    def is_undivided(self) -> bool:
        """Whether all of it is one rep's."""
        return len(self.credits) == 1 and self.credits[0][1] == 1

    @cached_property
    def weights(self) -> tuple[tuple[int, ...], int]:
        """The shares as whole numbers, and what they are parts of."""
        whole = lcm(*(share.denominator for _rep, share in self.credits))
        return tuple(share.numerator * (whole // share.denominator) for _rep, share in self.credits), whole

    @property
    def place(self) -> tuple[datetime.datetime, str]:
        """The order in which deals count."""
        return self.closed_at, self.key

    def minor_in(self, currency: str) -> int | None:
        """The amount in minor units of a plan's currency, rounded; None: no amount or no rate."""
        known = self._minor
        if currency not in known:
            known[currency] = None if self.amount is None else converted(self.amount, self.factor(currency), currency)
        return known[currency]

    @cached_property
    def _minor(self) -> dict[str, int | None]:
        return {}

    def factor(self, currency: str) -> Fraction | None:
        """Units of ``currency`` for one of the deal's; None: no rate."""
        if currency == self.currency:
            return ONE
        return next((factor for code, factor in self.factors if code == currency), None)


@dataclass(frozen=True)
class ProductFact:
    """How plans may name a product."""

    name: str
    sku: str
    family: str


@dataclass(frozen=True)
class TargetFact:
    """A target of a scope (``rep``, or ``team:<slug>``) for a month, quarter or year, in the metric's own unit.

    ``factors``: what money is multiplied with to be in a plan's currency; None: no rate. Empty for anything else.
    """

    metric: str
    scope: str
    first: Day
    last: Day
    months: int
    value: Fraction
    factors: tuple[tuple[str, Fraction | None], ...] = ()
    is_money: bool = False

    def value_in(self, currency: str) -> Fraction | None:
        """In a plan's currency; None: no rate."""
        if not self.is_money:
            return self.value
        factor = dict(self.factors).get(currency)
        return None if factor is None else self.value * factor


@dataclass(frozen=True)
class FigureFact:
    """A metric's figure for the rep and a whole period, unrounded, in the metric's own unit; None: no figure."""

    value: Fraction | None
    n: int


@dataclass(frozen=True)
class Membership:
    """Days in a team, both included."""

    first: Day
    last: Day
    team: int


@dataclass(frozen=True)
class Facts:
    """Everything about one rep. ``figures`` by metric, first and last day; ``teams`` are ids below a slug, its own
    included; ``reps`` are e-mails (else other keys), whose order breaks ties."""

    rep: int
    fiscal_start: int = 1
    stretches: tuple[Stretch, ...] = ()
    deals: Mapping[int, DealFact] = field(default_factory=dict)
    targets: tuple[TargetFact, ...] = ()
    figures: Mapping[tuple[str, Day, Day], FigureFact] = field(default_factory=dict)
    products: Mapping[int, ProductFact] = field(default_factory=dict)
    teams: Mapping[str, frozenset[int]] = field(default_factory=dict)
    memberships: Mapping[int, tuple[Membership, ...]] = field(default_factory=dict)
    reps: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def in_order(self) -> list[DealFact]:
        """All deals in the order in which they count."""
        return sorted(self.deals.values(), key=lambda deal: deal.place)

    def in_team(self, rep: int, slug: str, day: Day) -> bool:
        """Whether a rep is in a team, or below it, on a day. The later membership wins where two overlap."""
        held = [one for one in self.memberships.get(rep, ()) if one.first <= day <= one.last]
        return bool(held) and max(held, key=lambda one: one.first).team in self.teams.get(slug, frozenset())
