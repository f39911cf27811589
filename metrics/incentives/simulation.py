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
from metrics.incentives.findings import Finding
from metrics.incentives.gathering import gather
from metrics.incentives.large_deals import sold_minor, with_large_deal, won_amounts
from metrics.incentives.lines import money_text
from metrics.incentives.present_pay import PresentPay, added, first_that_counts, is_inside, paid_by
from metrics.incentives.terms import Terms, Version
from metrics.models import Plan

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
        return added(one.present for one in self.results)

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
    large: int | None = None, present: PresentPay | None = None,
) -> Simulation:  # fmt: skip
    """What the terms would have paid if they had been published on ``first``, in statement periods up to ``last``.

    In place of the plan of the same name, and where they name a rep nearer than other plans. ``large``: the amount of
    the large deal that is tried on everybody, in minor units. ``present``: of the same days, where several plans are
    tried. Raises TwoPlansHold.
    """
    present = PresentPay(first, last, company=company, today=today) if present is None else present
    plan = Plan.objects.filter(name=terms.name).values_list("pk", flat=True).first() or 0
    others = {pk: one for pk, one in present.versions.items() if one.plan != plan or one.published_from < first}
    versions = {**others, DRAFT: Version(DRAFT, plan, DRAFT, terms, first)}
    tried = CompanyFacts(company, today, versions, present.deals, for_all=True)
    reps = [
        rep for rep in present.reps if any(one.version == DRAFT and one.first <= last for one in tried.stretches(rep))
    ]
    begin = first_that_counts(reps, tried, first)
    if reps:
        present.deals.read_won(min(begin, present.begin), last)
    chains = [(rep, Chain(gather(rep, last, tried, since=begin).facts, versions, last)) for rep in reps]
    won = {rep.pk: won_amounts(chain.facts, first, last, terms.currency) for rep, chain in chains}
    if large is None:
        largest = max((whole for found in won.values() for whole, _part in found), default=Fraction(0))
        large = round_half_even(largest * 10 ** minor_digits(terms.currency))
    results = [
        _of_rep(rep, chain, present, terms.currency, large, sold_minor(won[rep.pk], terms.currency))
        for rep, chain in chains
    ]
    return Simulation(terms, first, last, sorted(results, key=lambda one: -one.total), large)


def _of_rep(rep: Rep, chain: Chain, present: PresentPay, currency: str, large: int, sold: int) -> RepResult:
    first, last = present.first, present.last
    periods: dict[str, int] = {}
    warnings: list[str] = []
    for slot in chain.slots:
        if slot.version == DRAFT and is_inside(slot.period, first, last):
            made = chain.calculation(slot)
            periods[slot.period.name] = made.total
            warnings += [f"{slot.period.name}: {text}" for text in made.warnings]
    amount, held = Fraction(large, 10 ** minor_digits(currency)), present.paid(rep)
    with_it = paid_by(with_large_deal(chain, amount, currency, last), first, last, only=DRAFT)
    held_with_it = paid_by(with_large_deal(present.chain(rep), amount, currency, last), first, last)
    return RepResult(
        rep, periods, held, tuple(warnings), sold,
        with_it.get(currency, 0) - sum(periods.values()),
        {code: minor - held.get(code, 0) for code, minor in held_with_it.items()},
    )  # fmt: skip


def _texts(sums: Mapping[str, int]) -> dict[str, str]:
    return {currency: money_text(minor, currency) for currency, minor in sorted(sums.items())}
