"""What a customer costs and is worth: figures made of several measures over trailing months."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from django.utils.functional import Promise

from metrics.answers import asked_once
from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, Member
from metrics.facts.accounts import running
from metrics.measures.measure import Measure
from metrics.metric import Metric, Number, Parts, Stream
from metrics.numbers import ratio
from metrics.periods import DAY, Period, add_months, range_name
from metrics.question import Question
from pipeline.models import Subscription

YEAR = 12
FEWEST_CUSTOMERS, FEWEST_LEFT = 30, 5
"""Of fewer customers, or of fewer who left, a lifetime can't be told: one more or less would turn it over."""
DISCOUNT = Fraction(1, 10)
"""What money a year later is worth less, a year."""


def trailing(q: Question, months: int) -> Question:
    """The question about the months that end with the period's last day; no day of a period to come."""
    end = q.level_day + DAY
    start = add_months(end, -months) if q.period.start <= q.as_of else end
    return replace(q, period=Period(start, end, range_name(start, end), "range"))


@dataclass(frozen=True)
class Pair:
    """Two measures, summed apart and divided."""

    top: Measure
    bottom: Measure

    def values(self, q: Question) -> dict[Member, Fraction | None]:
        top, bottom = self.top.cells(q), self.bottom.cells(q)
        return {member: ratio(top.get(member, Cell()).total, bottom.get(member, Cell()).total) for member in bottom}


@dataclass(frozen=True, kw_only=True)
class Economic(Metric):
    """A quotient of products of quotients. ``words``: what its two parts are."""

    words: tuple[str | Promise, str | Promise]
    splits_by_time: bool = field(default=False)

    def pairs(self) -> Iterable[Pair]:
        raise NotImplementedError

    def listed(self) -> Measure:
        """The measure whose rows are the records."""
        raise NotImplementedError

    def measures(self) -> tuple[Measure, ...]:
        sides = [side for pair in self.pairs() for side in (pair.top, pair.bottom)]
        return tuple({leaf.key: leaf for side in sides for leaf in side.leaves()}.values())

    def streams(self, q: Question) -> list[Stream]:
        measure = self.listed()
        return [Stream(measure.records(self.window(q)), measure.fact.kind, None, None)]

    def window(self, q: Question) -> Question:
        return trailing(q, YEAR)


@dataclass(frozen=True)
class Lifetime:
    """What a customer brings a year, how much of it is margin, and how many leave a year.

    Where anything is subscribed to on the day, a year's revenue is twelve times the monthly amount of a subscriber;
    else it is what was won in the year for each customer.
    """

    recurring: Pair
    sold: Pair
    margin: Pair
    churn: Pair

    def pairs(self) -> tuple[Pair, ...]:
        return self.recurring, self.sold, self.margin, self.churn

    def revenue(self, q: Question) -> dict[Member, Number | None]:
        """A year's revenue of a customer, by member."""
        if asked_once(q, ("subscribed", q.level_day), lambda: _is_subscribed(q)):
            return {
                member: None if value is None else value * YEAR for member, value in self.recurring.values(q).items()
            }
        return dict(self.sold.values(q))

    def earned(self, q: Question) -> dict[Member, Number | None]:
        """A year's margin of a customer, by member."""
        revenue, margin = self.revenue(q), self.margin.values(q)
        return {member: _times(value, margin.get(member)) for member, value in revenue.items()}

    def lost(self, q: Question) -> tuple[dict[Member, Fraction | None], Cells]:
        """The share of customers that left in the year, and of how many; None where they are too few to tell."""
        left, before = self.churn.top.cells(q), self.churn.bottom.cells(q)
        found = {
            member: ratio(left.get(member, Cell()).total, cell.total) if _is_enough(cell, left.get(member)) else None
            for member, cell in before.items()
        }
        return found, before


def _is_subscribed(q: Question) -> bool:
    return Subscription.objects.filter(running(q.level_day)).exists()


def _is_enough(before: Cell, left: Cell | None) -> bool:
    return before.n >= FEWEST_CUSTOMERS and left is not None and left.n >= FEWEST_LEFT


def _times(one: Number | None, other: Number | None) -> Number | None:
    return None if one is None or other is None else Fraction(one) * Fraction(other)


@dataclass(frozen=True, kw_only=True)
class LifetimeValue(Economic):
    """Margin a year / churn a year; ``discounted``: m x r / (1 + d - r). n = customers a year ago."""

    of: Lifetime
    discounted: bool = False

    def pairs(self) -> tuple[Pair, ...]:
        return self.of.pairs()

    def listed(self) -> Measure:
        return self.of.churn.bottom

    def sliced(self, q: Question) -> dict[Member, Parts]:
        year = self.window(q)
        earned, (lost, before) = self.of.earned(year), self.of.lost(year)
        found = {}
        for member in {**before, **earned}:
            top, bottom = self._parts(earned.get(member), lost.get(member))
            found[member] = Parts(ratio(top, bottom), top, bottom, before.get(member, Cell()).n)
        return found

    def _parts(self, margin: Number | None, churn: Number | None) -> tuple[Number | None, Number | None]:
        if not self.discounted or margin is None or churn is None:
            return margin, churn
        return margin * (1 - churn), DISCOUNT + churn


@dataclass(frozen=True, kw_only=True)
class LifetimeRatio(Economic):
    """A lifetime's worth against something else; ``revenue``: all of it, not the margin alone."""

    of: Lifetime
    against: Pair
    revenue: bool = False

    @property
    def top_is_money(self) -> bool:
        return True

    @property
    def bottom_is_money(self) -> bool:
        return True

    def pairs(self) -> tuple[Pair, ...]:
        return (*self.of.pairs(), self.against)

    def listed(self) -> Measure:
        return self.of.churn.bottom

    def sliced(self, q: Question) -> dict[Member, Parts]:
        year = self.window(q)
        worth = self.of.revenue(year) if self.revenue else self.of.earned(year)
        (lost, before), against = self.of.lost(year), self.against.values(year)
        found = {}
        for member in {**before, **worth, **against}:
            top, bottom = ratio(worth.get(member), lost.get(member)), against.get(member)
            found[member] = Parts(ratio(top, bottom), top, bottom, before.get(member, Cell()).n)
        return found


@dataclass(frozen=True, kw_only=True)
class Payback(Economic):
    """Months until a new customer's margin has paid for winning him; None where the margin is not above 0."""

    cost: Pair
    monthly: Pair
    margin: Pair
    months: int = 3

    @property
    def top_is_money(self) -> bool:
        return True

    @property
    def bottom_is_money(self) -> bool:
        return True

    def pairs(self) -> tuple[Pair, ...]:
        return self.cost, self.monthly, self.margin

    def listed(self) -> Measure:
        return self.monthly.bottom

    def window(self, q: Question) -> Question:
        return trailing(q, self.months)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        span = self.window(q)
        cost, monthly, margin = (pair.values(span).get(ALL) for pair in self.pairs())
        earned = _times(monthly, margin)
        value = ratio(cost, earned) if earned is not None and earned > 0 else None
        return {ALL: Parts(value, cost, earned, self.monthly.bottom.cells(span).get(ALL, Cell()).n)}
