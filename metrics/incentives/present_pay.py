"""What the plans that hold pay in past periods: worked out once for all drafts that are compared with it."""

import datetime
from collections.abc import Iterable, Mapping
from functools import cached_property

from accounts.models import Company, Rep
from metrics.incentives.chain import Chain
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.deal_book import DealBook
from metrics.incentives.gathering import first_day_that_counts, gather
from metrics.incentives.versions import published_versions
from metrics.periods import Period


class PresentPay:
    """Statements of all reps in periods that end from ``first`` to ``last``. Each is made when it is asked for, and
    kept, as what was read of deals is."""

    def __init__(self, first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date) -> None:
        self.first, self.last, self.company, self.today = first, last, company, today
        self.versions = published_versions()
        self.deals = DealBook(company, keeps_events=False)
        self._shared = CompanyFacts(company, today, self.versions, self.deals, for_all=True)
        self._chains: dict[int, Chain] = {}
        self._paid: dict[int, dict[str, int]] = {}

    @cached_property
    def reps(self) -> list[Rep]:
        """All, by name."""
        return list(Rep.objects.select_related("user").order_by("name", "pk"))

    @cached_property
    def begin(self) -> datetime.date:
        """The first day whose deals count."""
        return first_that_counts(self.reps, self._shared, self.first)

    def chain(self, rep: Rep) -> Chain:
        """Raises TwoPlansHold."""
        if rep.pk not in self._chains:
            facts = gather(rep, self.last, self._shared, since=self.begin).facts
            self._chains[rep.pk] = Chain(facts, self.versions, self.last)
        return self._chains[rep.pk]

    def paid(self, rep: Rep) -> dict[str, int]:
        """By currency what the rep's statements come to, in minor units."""
        if rep.pk not in self._paid:
            self._paid[rep.pk] = paid_by(self.chain(rep), self.first, self.last)
        return self._paid[rep.pk]


def first_that_counts(reps: Iterable[Rep], shared: CompanyFacts, first: datetime.date) -> datetime.date:
    """The first day whose deals count for what reps are paid from ``first`` on."""
    used = {one.version for rep in reps for one in shared.stretches(rep)}
    return first_day_that_counts(first, [shared.versions[one].terms for one in used], shared)


def paid_by(chain: Chain, first: datetime.date, last: datetime.date, only: int | None = None) -> dict[str, int]:
    """By currency what statements of some periods come to, corrections left aside; ``only`` of one version."""
    return added(
        {chain.versions[slot.version].terms.currency: chain.calculation(slot).total}
        for slot in chain.slots
        if is_inside(slot.period, first, last) and only in (None, slot.version)
    )


def is_inside(period: Period, first: datetime.date, last: datetime.date) -> bool:
    return first <= period.last_day <= last


def added(sums: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sums by currency."""
    totals: dict[str, int] = {}
    for one in sums:
        for currency, minor in one.items():
            totals[currency] = totals.get(currency, 0) + minor
    return totals
