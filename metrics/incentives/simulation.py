"""The plan lab: a draft on past periods, beside what the present plans pay. Reads only."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Company, Rep
from metrics.incentives.chain import Chain
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.findings import Finding
from metrics.incentives.gathering import gather
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

    ``present``: what the plans that held pay, by currency.
    """

    rep: Rep
    periods: dict[str, int]
    present: dict[str, int]
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.periods.values())


@dataclass(frozen=True)
class Simulation:
    """A draft's cost in some periods, rep by rep, the best paid first."""

    terms: Terms
    first: datetime.date
    last: datetime.date
    results: list[RepResult] = field(default_factory=list)

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
            "reps": [
                {
                    "rep": one.rep.key,
                    "total": money_text(one.total, currency),
                    "present": _texts(one.present),
                    "periods": {name: money_text(minor, currency) for name, minor in one.periods.items()},
                    "warnings": list(one.warnings),
                }
                for one in self.results
            ],
            "findings": [one.as_json() for one in findings],
        }


def simulate(
    terms: Terms, first: datetime.date, last: datetime.date, *, company: Company, today: datetime.date
) -> Simulation:
    """What the terms would have paid if they had been published on ``first``, in statement periods up to ``last``.

    In place of the plan of the same name, and where they name a rep nearer than other plans. Raises TwoPlansHold.
    """
    present = published_versions()
    plan = Plan.objects.filter(name=terms.name).values_list("pk", flat=True).first() or 0
    others = {pk: one for pk, one in present.items() if one.plan != plan or one.published_from < first}
    draft = Version(DRAFT, plan, DRAFT, terms, first)
    tried = CompanyFacts(company, today, {**others, DRAFT: draft})
    held = CompanyFacts(company, today, present)
    results = []
    for rep in Rep.objects.select_related("user").order_by("name", "pk"):
        result = _of_rep(rep, first, last, tried, held)
        if result is not None:
            results.append(result)
    return Simulation(terms, first, last, sorted(results, key=lambda one: -one.total))


def _of_rep(
    rep: Rep, first: datetime.date, last: datetime.date, tried: CompanyFacts, held: CompanyFacts
) -> RepResult | None:
    if not any(one.version == DRAFT and one.first <= last for one in tried.stretches(rep)):
        return None
    chain = Chain(gather(rep, last, tried).facts, tried.versions, last)
    periods: dict[str, int] = {}
    warnings: list[str] = []
    for slot in chain.slots:
        if slot.version == DRAFT and first <= slot.period.last_day <= last:
            made = chain.calculation(slot)
            periods[slot.period.name] = made.total
            warnings += [f"{slot.period.name}: {text}" for text in made.warnings]
    return RepResult(rep, periods, _present(rep, first, last, held), tuple(warnings))


def _present(rep: Rep, first: datetime.date, last: datetime.date, held: CompanyFacts) -> dict[str, int]:
    """What the published plans pay a rep in the same periods, corrections left aside."""
    chain = Chain(gather(rep, last, held).facts, held.versions, last)
    return _added(
        {held.versions[slot.version].terms.currency: chain.calculation(slot).total}
        for slot in chain.slots
        if _is_inside(slot.period, first, last)
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
