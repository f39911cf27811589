"""Why pay differs between two sets of facts, deal by deal: for "since yesterday" and for "what if"."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from metrics.incentives.chain import Chain
from metrics.incentives.corrections import Order, corrections
from metrics.incentives.facts import DealFact, Facts
from metrics.incentives.terms import Version


@dataclass(frozen=True)
class Difference:
    """What one deal changes, in minor units of the version's currency; ``old`` and ``new``: None where it is not won.

    Both None: what is no deal's doing.
    """

    version: int
    amount: int
    old: DealFact | None = None
    new: DealFact | None = None

    @property
    def deal(self) -> int | None:
        one = self.new or self.old
        return one.id if one else None


def differences(
    before: Facts, now: Facts, versions: Mapping[int, Version], until: datetime.date, orders: Mapping[int, Order]
) -> list[Difference]:
    """Deals in the order of their last event, each with all that it moves; together the difference of the totals.

    Totals are of the statement periods that end by ``until``, as if none of them were approved: what changes in an
    approved one is a correction in the next, so the sum is the same. Pure.
    """
    paid = Chain(before, versions, until).total_until(until)
    found = corrections(before, now, versions, until, paid=paid, orders=orders)
    return [
        Difference(version, line.amount, before.deals.get(line.deal or 0), now.deals.get(line.deal or 0))
        for version, lines in sorted(found.items())
        for line in lines
    ]
