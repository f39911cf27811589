"""Exchange rates by day: the newest on or before the day, not older than the company allows, crosses included."""

import bisect
import datetime
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from accounts.models import Company, ExchangeRate, ReplacedRate


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


Quote = tuple[datetime.date, datetime.datetime, datetime.datetime, Fraction]
"""Day, known from, known until, rate."""
_FOREVER = datetime.datetime.max.replace(tzinfo=datetime.UTC)


class KnownRates(RateBook):
    """Rates as they were known at a moment, corrections that came later left out."""

    def __init__(self, quotes: dict[tuple[str, str], list[Quote]], bases: list[str], max_age_days: int) -> None:
        super().__init__([], max_age_days)
        self._known, self._bases = quotes, bases
        self._at: datetime.datetime | None = None

    @classmethod
    def load(cls, currencies: Iterable[str], company: Company) -> "KnownRates":
        """As ``RateBook.load``, with what was replaced. At most two queries."""
        wanted = {*currencies, company.base_currency} - {""}
        quotes: dict[tuple[str, str], list[Quote]] = defaultdict(list)
        if wanted != {company.base_currency}:
            past: dict[tuple[str, str, datetime.date], datetime.datetime] = {}
            for one in ReplacedRate.objects.filter(currency__in=wanted).order_by("until"):
                past[one.base, one.currency, one.day] = one.until
                quotes[one.base, one.currency].append((one.day, one.known_at, one.until, Fraction(one.rate)))
            rows = ExchangeRate.objects.filter(currency__in=wanted)
            for base, currency, day, rate, known_at in rows.values_list(
                "base", "currency", "day", "rate", "recorded_at"
            ):
                since = max(known_at, past.get((base, currency, day), known_at))
                quotes[base, currency].append((day, since, _FOREVER, Fraction(rate)))
        for found in quotes.values():
            found.sort()
        bases = sorted({base for base, _currency in quotes}, key=lambda code: (code != "EUR", code))
        return cls(quotes, bases, company.rate_max_age_days)

    def before(self, moment: datetime.datetime) -> "KnownRates":
        """The same without what became known from a moment on."""
        quotes = {pair: [quote for quote in found if quote[1] < moment] for pair, found in self._known.items()}
        return KnownRates(quotes, self._bases, self._max_age.days)

    def factor_at(self, source: str, target: str, day: datetime.date, moment: datetime.datetime) -> Fraction | None:
        """``factor`` as it was at a moment; where no rate was known then, with the rates that became known first."""
        self._at = moment
        found = self.factor(source, target, day)
        self._at = None
        return self.factor(source, target, day) if found is None else found

    def _quote(self, base: str, currency: str, day: datetime.date) -> Fraction | None:
        if base == currency:
            return Fraction(1)
        quotes = self._known.get((base, currency), [])
        at = bisect.bisect_right(quotes, day, key=lambda quote: quote[0])
        best: Quote | None = None
        for quote in reversed(quotes[:at]):
            if best is not None and quote[0] < best[0]:
                break
            if self._at is None or quote[1] <= self._at < quote[2]:
                best = quote  # of one day the first one that was known, as they are sorted
        return None if best is None or day - best[0] > self._max_age else best[3]
