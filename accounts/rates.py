"""Exchange rates by day: the newest on or before the day, not older than the company allows, crosses included."""

import bisect
import datetime
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from accounts.models import Company, ExchangeRate


class RateBook:
    """Rates of some currencies in memory, to price many rows with one query."""

    def __init__(self, rows: Iterable[tuple[str, str, datetime.date, object]], max_age_days: int) -> None:
        """``rows``: (base, currency, day, rate)."""
        self._max_age = datetime.timedelta(days=max_age_days)
        self._quotes: dict[tuple[str, str], list[tuple[datetime.date, Fraction]]] = defaultdict(list)
        for base, currency, day, rate in rows:
            self._quotes[base, currency].append((day, Fraction(str(rate))))
        for quotes in self._quotes.values():
            quotes.sort()
        self._bases = sorted({base for base, _currency in self._quotes}, key=lambda code: (code != "EUR", code))

    @classmethod
    def load(cls, currencies: Iterable[str], company: Company) -> "RateBook":
        """The rates that pricing ``currencies`` in the base currency may need."""
        wanted = {*currencies, company.base_currency} - {""}
        if wanted == {company.base_currency}:
            return cls([], company.rate_max_age_days)
        rows = ExchangeRate.objects.filter(currency__in=wanted).values_list("base", "currency", "day", "rate")
        return cls(rows, company.rate_max_age_days)

    def factor(self, source: str, target: str, day: datetime.date) -> Fraction | None:
        """Units of ``target`` for one unit of ``source`` on ``day``; None when no rate is young enough."""
        if source == target:
            return Fraction(1)
        for base in (target, source, *self._bases):
            of_source, of_target = self._quote(base, source, day), self._quote(base, target, day)
            if of_source is not None and of_target is not None:
                return of_target / of_source
        return None

    def _quote(self, base: str, currency: str, day: datetime.date) -> Fraction | None:
        if base == currency:
            return Fraction(1)
        quotes = self._quotes.get((base, currency), [])
        at = bisect.bisect_right(quotes, day, key=lambda quote: quote[0]) - 1
        if at < 0 or day - quotes[at][0] > self._max_age:
            return None
        return quotes[at][1]
