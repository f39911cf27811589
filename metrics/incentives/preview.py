"""What a deal pays a rep: the statement with it less the statement without it, from the function that makes both."""

import datetime
from dataclasses import dataclass, replace

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Rep
from metrics.errors import QuestionRefused
from metrics.incentives.chain import Chain, Slot
from metrics.incentives.commissions import Progress, progress_of
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.deal_book import Supposed
from metrics.incentives.facts import Facts
from metrics.incentives.lines import Line
from metrics.incentives.parts import SharesRefused
from metrics.incentives.spans import accumulations, statement_period
from metrics.incentives.statements import Book
from metrics.incentives.stretches import TwoPlansHold
from metrics.incentives.terms import Version
from metrics.periods import Period
from pipeline.actions.outcomes import closing_patch
from pipeline.fold import Event
from pipeline.models import Deal, Outcome

LAST_EVENT = 2**62
"""The number of an event that has not happened: it comes after all others."""


@dataclass(frozen=True)
class Earning:
    """What a deal adds to a statement: ``amount`` in minor units of the plan's currency, with all that follows from it
    in earlier lines, caps and draws; ``lines`` are its own."""

    version: Version
    period: Period
    amount: int
    lines: tuple[Line, ...]
    progress: tuple[Progress, ...]


def deal_earning(deal: Deal, rep: Rep, *, shared: CompanyFacts, now: datetime.datetime) -> Earning | None:
    """What a deal pays a rep: an open one if it is won now as it stands, a won one as it was.

    None: it is lost, no plan holds on that day, or facts contradict each other.
    """
    zone = shared.company.zone
    at = now if deal.outcome == Outcome.OPEN else deal.closed_at
    if deal.outcome == Outcome.LOST or at is None:
        return None
    try:
        return _earning(deal, rep, business_date(at, zone), shared, now)
    except (ActionRefused, QuestionRefused, SharesRefused, TwoPlansHold):
        return None


def _earning(deal: Deal, rep: Rep, day: datetime.date, shared: CompanyFacts, now: datetime.datetime) -> Earning | None:
    held = next((one for one in shared.stretches(rep) if one.first <= day <= one.last), None)
    if held is None:
        return None
    version = shared.versions[held.version]
    period = statement_period(day, version.terms, shared.company.fiscal_year_start_month)
    supposed = {deal.pk: supposed_win(deal, day, shared, now)} if deal.outcome == Outcome.OPEN else {}
    book = Book.open(rep, period, shared=shared, supposed=supposed)
    slot = next((one for one in book.chain.slots if (one.period, one.version) == (period, version.id)), None)
    if slot is None:
        return None
    facts = book.gathered.facts
    without = replace(facts, deals={pk: one for pk, one in facts.deals.items() if pk != deal.pk})
    made = book.chain.calculation(slot)
    rest = Chain(without, shared.versions, period.last_day).calculation(slot)
    lines = tuple(line for line in made.lines if line.deal == deal.pk)
    return Earning(version, period, made.total - rest.total, lines, progress_in(slot, version, facts))


def progress_in(slot: Slot, version: Version, facts: Facts) -> tuple[Progress, ...]:
    """How far each component with steps is at the end of a statement period."""
    spans = list(accumulations(version, facts, slot.period))[-1:]
    found = (
        progress_of(one, version.terms, span, facts) for span in spans for one in version.terms.commissions if one.tiers
    )
    return tuple(one for one in found if one is not None)


def supposed_win(deal: Deal, day: datetime.date, shared: CompanyFacts, now: datetime.datetime) -> Supposed:
    """The event that winning the deal now, as it stands, would record."""
    return Supposed(Event(LAST_EVENT, closing_patch(deal, Outcome.WON, now, shared.company), day, now), now)
