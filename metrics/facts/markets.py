"""What must hold between sizes of markets: a part is not larger than what it is a part of."""

import datetime
from collections.abc import Iterable

from django.utils.translation import gettext as _

from metrics.models import MarketSize

_WIDER = {"SOM": "SAM", "SAM": "TAM"}
_SLICES = ("segment", "industry", "region")


def market_day(year: int, today: datetime.date) -> datetime.date:
    """The day whose exchange rate holds for a year's money: its last one, or today while it runs or is to come."""
    return min(datetime.date(year, 12, 31), today)


def parent_problem(row: MarketSize, others: Iterable[MarketSize]) -> str:
    """In words, that the row is larger than a market around it or smaller than one inside; else empty.

    Around it lie the wider kind of the same slice, and the same kind with one slice less.
    """
    for other in others:
        if other.year != row.year:
            continue
        for inner, outer in ((row, other), (other, row)):
            if _lies_in(inner, outer) and _is_larger(inner, outer):
                return _("%(part)s is part of %(whole)s, so it can't be larger.") % {"part": inner, "whole": outer}
    return ""


def _lies_in(inner: MarketSize, outer: MarketSize) -> bool:
    here = [(getattr(inner, name), getattr(outer, name)) for name in _SLICES]
    if _WIDER.get(inner.kind) == outer.kind:
        return all(one == two for one, two in here)
    return (
        inner.kind == outer.kind
        and any(one != two for one, two in here)
        and all(not two or one == two for one, two in here)
    )


def _is_larger(inner: MarketSize, outer: MarketSize) -> bool:
    counts = inner.accounts is not None and outer.accounts is not None and inner.accounts > outer.accounts
    money = inner.revenue_minor is not None and outer.revenue_minor is not None and inner.currency == outer.currency
    return counts or (money and inner.revenue_minor > outer.revenue_minor)  # type: ignore[operator]
