"""Gathering the facts of a rep from the database: everything that a calculation reads, as it stands now."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from accounts.models import Rep
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.corrections import Order
from metrics.incentives.deal_book import DealBook, Supposed
from metrics.incentives.deal_facts import Wanted
from metrics.incentives.deal_states import Approved
from metrics.incentives.facts import DealFact, Facts, FigureFact, ProductFact, Stretch
from metrics.incentives.rewards import bonus_periods
from metrics.incentives.target_facts import targets_of
from metrics.incentives.terms import Terms
from metrics.incentives.units import unit_of, units_between

NO_FACTS = Facts(rep=0)


@dataclass(frozen=True)
class Gathered:
    """Facts, the last event of every deal that was looked at, and deals whose undoing came too late since the last
    approval."""

    facts: Facts
    orders: Mapping[int, Order]
    late: tuple[DealFact, ...] = ()


def gather(
    rep: Rep, until: datetime.date, shared: CompanyFacts, before: Facts = NO_FACTS,
    supposed: Mapping[int, Supposed] = MappingProxyType({}), known_at: datetime.datetime | None = None,
    since: datetime.date | None = None,
) -> Gathered:  # fmt: skip
    """The facts of a rep for statements of periods up to a day. ``before``: those of the last approval.

    ``supposed``: by deal what is looked at as if it had happened. ``known_at``: deals and targets as they were known
    at a moment; plans, teams and prices are today's all the same. ``since``: only what calculations read of deals from
    that day on; such facts are neither kept nor compared. Raises TwoPlansHold.
    """
    stretches = shared.stretches(rep)
    used = {one.version: shared.versions[one.version].terms for one in (*stretches, *before.stretches)}
    terms = list(used.values())
    slugs = {one.of_team for each in terms for one in each.commissions if one.of_team}
    teams = {slug: shared.team_ids(slug) for slug in sorted(slugs)}
    fiscal = shared.company.fiscal_year_start_month
    facts = Facts(rep=rep.pk, fiscal_start=fiscal, stretches=stretches, teams=teams)
    if not used:
        return Gathered(facts, {})
    begin = since or datetime.date.min
    first = max(begin, min(one.first for one in (*stretches, *before.stretches)))
    others = shared.members({team for ids in teams.values() for team in ids}) if teams else set()
    book = (
        shared.deals if shared.deals is not None and known_at is None else DealBook(shared.company, known_at=known_at)
    )
    kept = {pk for pk, deal in before.deals.items() if deal.closed_on >= begin}
    ids = book.won_by({rep.pk, *others}, first, until) | kept | set(supposed)
    deals = _Deals(book, ids, before, shared, supposed)
    found = deals.facts(Wanted.by(terms, is_whole=since is None))
    # Who the others are only breaks ties between them, or is kept.
    shared_deals = [deal for deal in found.values() if teams or since is None or not deal.is_undivided]
    credited = {one for deal in shared_deals for one, _share in deal.credits}
    facts = replace(
        facts, deals=found, products=_products(found.values(), book), targets=targets_of(rep, terms, shared, known_at),
        figures=_figures(rep, stretches, until, shared), reps=shared.keys_of(credited),
        memberships={one: shared.memberships(one) for one in sorted(credited)} if teams else {},
    )  # fmt: skip
    orders = {pk: state.order for pk, state in deals.states.items()}
    return Gathered(facts, orders, tuple(found[pk] for pk in deals.late() if pk in found))


def first_day_that_counts(day: datetime.date, terms: Iterable[Terms], shared: CompanyFacts) -> datetime.date:
    """The first day whose deals count for statements of periods that hold a day, or come later.

    That on which their accumulations begin; a recoverable draw goes back to the beginning.
    """
    plans = list(terms)
    if any(draw.recoverable for one in plans for draw in one.draws):
        return datetime.date.min
    fiscal = shared.company.fiscal_year_start_month
    return min((unit_of(day, one.accumulate, fiscal).start for one in plans), default=day)


class _Deals:
    """Some deals as one rep's pay sees them: what undid an approved one too late is left out."""

    def __init__(
        self, book: DealBook, ids: set[int], before: Facts, shared: CompanyFacts, supposed: Mapping[int, Supposed]
    ) -> None:
        self._book, self._before = book, before
        book.read(ids)
        approved = {pk: _approved(before.deals[pk], before, shared) for pk in ids if pk in before.deals}
        self.states = {pk: book.state(pk, approved.get(pk), supposed.get(pk)) for pk in ids}

    def facts(self, wanted: Wanted) -> dict[int, DealFact]:
        """Those that are won."""
        return self._book.facts(self.states, wanted, self._before.deals)

    def late(self) -> list[int]:
        """Deals of which something was left out that was not there at the last approval."""
        left_out = {pk: set(state.left_out) for pk, state in self.states.items() if state.left_out}
        known = {pk: set(dict(deal.left_out)) for pk, deal in self._before.deals.items() if pk in left_out}
        return sorted(pk for pk, events in left_out.items() if events - known.get(pk, set()))


def _approved(deal: DealFact, before: Facts, shared: CompanyFacts) -> Approved:
    """How a deal stands in approved statements, with the clawback window of the plan that paid it."""
    held = [one.version for one in before.stretches if one.first <= deal.closed_on <= one.last]
    days = shared.versions[held[0]].terms.clawback_days if held else None
    return Approved(deal.closed_on, days, deal.seen, dict(deal.left_out))


def _products(deals: Iterable[DealFact], book: DealBook) -> dict[int, ProductFact]:
    ids: set[int] = set()
    for deal in deals:
        ids |= {line.product for line in deal.lines} | {product for product, _amount in deal.monthly if product}
    return book.prices.products(ids) if ids else {}


def _figures(
    rep: Rep, stretches: Iterable[Stretch], until: datetime.date, shared: CompanyFacts
) -> dict[tuple[str, datetime.date, datetime.date], FigureFact]:
    """The figures that bonuses need, for periods that end in a statement period up to a day."""
    found: dict[tuple[str, datetime.date, datetime.date], FigureFact] = {}
    fiscal = shared.company.fiscal_year_start_month
    for stretch in stretches:
        terms = shared.versions[stretch.version].terms
        if not terms.bonuses or stretch.first > until:
            continue
        for stated in units_between(stretch.first, min(stretch.last, until), terms.statement_every, fiscal):
            for bonus in terms.bonuses:
                for period in bonus_periods(bonus, stated, fiscal):
                    key = (bonus.metric, period.start, period.last_day)
                    if key not in found:
                        found[key] = shared.figures.of(bonus.metric, rep, period)
    return found
