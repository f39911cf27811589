"""The plan lab: a draft on past periods, beside what the present plans pay. Reads only."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from accounts.collector import collector_at_rest
from accounts.models import Company, Rep
from accounts.money import minor_digits, round_half_even
from metrics.incentives.chain import Chain
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.deal_book import DealBook
from metrics.incentives.findings import Finding
from metrics.incentives.gathering import first_day_that_counts, gather
from metrics.incentives.large_deals import sold_minor, with_large_deal, won_amounts
from metrics.incentives.lines import money_text
from metrics.incentives.terms import Terms, Version
from metrics.incentives.versions import published_versions
from metrics.models import Plan
from metrics.periods import Period

DRAFT = 0
"""The id of the version that is tried out; stored ones begin at 1."""


@dataclass(frozen=True)
class RepResult:
    """What a draft would have paid a rep, by period in minor units of its currency.

    ``present``: what the plans that held pay, by currency. ``sold``: what is credited to him of the deals won, in the
    draft's currency. ``large`` and ``large_present``: what one large deal more on the last day would add to each.
    """

    rep: Rep
    periods: dict[str, int]
    present: dict[str, int]
    warnings: tuple[str, ...] = ()
    sold: int = 0
    large: int = 0
    large_present: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.periods.values())


@dataclass(frozen=True)
class Simulation:
    """A draft's cost in some periods, rep by rep, the best paid first.

    ``large``: the amount of the large deal, in minor units; by itself that of the largest deal won.
    """

    terms: Terms
    first: datetime.date
    last: datetime.date
    results: list[RepResult] = field(default_factory=list)
    large: int = 0

    @property
    def total(self) -> int:
        return sum(one.total for one in self.results)

    @property
    def present(self) -> dict[str, int]:
        """By currency what the plans that held pay the same reps."""
        return _added(one.present for one in self.results)

    def as_json(self, findings: Iterable[Finding]) -> dict[str, Any]:
        currency = self.terms.currency
        return {
            "plan": self.terms.name,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "currency": currency,
            "total": money_text(self.total, currency),
            "present": _texts(self.present),
            "sold": money_text(sum(one.sold for one in self.results), currency),
            "large_deal": money_text(self.large, currency),
            "reps": [
                {
                    "rep": one.rep.key,
                    "total": money_text(one.total, currency),
                    "present": _texts(one.present),
                    "sold": money_text(one.sold, currency),
                    "large_deal": money_text(one.large, currency),
                    "large_deal_present": _texts(one.large_present),
                    "periods": {name: money_text(minor, currency) for name, minor in one.periods.items()},
                    "warnings": list(one.warnings),
                }
                for one in self.results
            ],
            "findings": [one.as_json() for one in findings],
        }


@collector_at_rest()
def simulate(
    terms: Terms, first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date,
    large: int | None = None, deals: DealBook | None = None,
) -> Simulation:  # fmt: skip
    """What the terms would have paid if they had been published on ``first``, in statement periods up to ``last``.

    In place of the plan of the same name, and where they name a rep nearer than other plans. ``large``: the amount of
    the large deal that is tried on everybody, in minor units. ``deals``: what was read already, where several plans are
    tried. Raises TwoPlansHold.
    """
    present = published_versions()
    plan = Plan.objects.filter(name=terms.name).values_list("pk", flat=True).first() or 0
    others = {pk: one for pk, one in present.items() if one.plan != plan or one.published_from < first}
    draft = Version(DRAFT, plan, DRAFT, terms, first)
    deals = DealBook(company, keeps_events=False) if deals is None else deals
    tried = CompanyFacts(company, today, {**others, DRAFT: draft}, deals)
    held = CompanyFacts(company, today, present, deals)
    reps = [
        rep
        for rep in Rep.objects.select_related("user").order_by("name", "pk")
        if any(one.version == DRAFT and one.first <= last for one in tried.stretches(rep))
    ]
    begin = {id(shared): _begin(reps, shared, first) for shared in (tried, held)}
    if reps:
        deals.read_won(min(begin.values()), last)
    chains = [
        (rep, _chain(rep, last, tried, begin[id(tried)]), _chain(rep, last, held, begin[id(held)])) for rep in reps
    ]
    won = {rep.pk: won_amounts(chain.facts, first, last, terms.currency) for rep, chain, _held in chains}
    if large is None:
        largest = max((whole for found in won.values() for whole, _part in found), default=Fraction(0))
        large = round_half_even(largest * 10 ** minor_digits(terms.currency))
    results = [
        _of_rep(rep, first, last, chain, present_chain, large, sold_minor(won[rep.pk], terms.currency))
        for rep, chain, present_chain in chains
    ]
    return Simulation(terms, first, last, sorted(results, key=lambda one: -one.total), large)


def _begin(reps: Iterable[Rep], shared: CompanyFacts, first: datetime.date) -> datetime.date:
    """The first day whose deals count for what is paid from ``first`` on."""
    used = {one.version for rep in reps for one in shared.stretches(rep)}
    return first_day_that_counts(first, [shared.versions[one].terms for one in used], shared)


def _chain(rep: Rep, last: datetime.date, shared: CompanyFacts, begin: datetime.date) -> Chain:
    return Chain(gather(rep, last, shared, since=begin).facts, shared.versions, last)


def _of_rep(
    rep: Rep, first: datetime.date, last: datetime.date, chain: Chain, held: Chain, large: int, sold: int
) -> RepResult:  # fmt: skip
    periods: dict[str, int] = {}
    warnings: list[str] = []
    for slot in chain.slots:
        if slot.version == DRAFT and _is_inside(slot.period, first, last):
            made = chain.calculation(slot)
            periods[slot.period.name] = made.total
            warnings += [f"{slot.period.name}: {text}" for text in made.warnings]
    currency = chain.versions[DRAFT].terms.currency
    amount, present = Fraction(large, 10 ** minor_digits(currency)), _paid(held, first, last)
    with_it = _paid(with_large_deal(chain, amount, currency, last), first, last, only=DRAFT)
    present_with_it = _paid(with_large_deal(held, amount, currency, last), first, last)
    return RepResult(
        rep, periods, present, tuple(warnings), sold,
        with_it.get(currency, 0) - sum(periods.values()),
        {code: minor - present.get(code, 0) for code, minor in present_with_it.items()},
    )  # fmt: skip


def _paid(chain: Chain, first: datetime.date, last: datetime.date, only: int | None = None) -> dict[str, int]:
    """By currency what statements of some periods come to, corrections left aside; ``only`` of one version."""
    return _added(
        {chain.versions[slot.version].terms.currency: chain.calculation(slot).total}
        for slot in chain.slots
        if _is_inside(slot.period, first, last) and only in (None, slot.version)
    )


def _is_inside(period: Period, first: datetime.date, last: datetime.date) -> bool:
    return first <= period.last_day <= last


def _added(sums: Iterable[Mapping[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for one in sums:
        for currency, minor in one.items():
            totals[currency] = totals.get(currency, 0) + minor
    return totals


def _texts(sums: Mapping[str, int]) -> dict[str, str]:
    return {currency: money_text(minor, currency) for currency, minor in sorted(sums.items())}
