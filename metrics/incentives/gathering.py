"""Gathering the facts of a rep from the database: everything that a calculation reads, as it stands now."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from django.db.models import Q

from accounts.business_dates import business_date
from accounts.models import Rep
from accounts.rates import KnownRates, RateBook
from metrics.goals.target_values import months_of
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.corrections import Order
from metrics.incentives.deal_facts import Pricing, Subscribed, deal_fact
from metrics.incentives.deal_states import Approved, DealState, replay
from metrics.incentives.facts import DealFact, Facts, FigureFact, ProductFact, Stretch, TargetFact
from metrics.incentives.figures import figure_of
from metrics.incentives.rewards import bonus_periods
from metrics.incentives.terms import Terms
from metrics.incentives.units import units_between
from metrics.known import known_metric
from metrics.metric import MONEY_UNITS
from metrics.models import Target
from pipeline.fold import Event
from pipeline.models import Channel, Deal, DealEvent, Pipeline, Product, Subscription, VersionCredit
from pipeline.prices import PriceBook

NO_FACTS = Facts(rep=0)


@dataclass(frozen=True)
class Gathered:
    """Facts, the last event of every deal that was looked at, and deals whose undoing came too late since the last
    approval."""

    facts: Facts
    orders: Mapping[int, Order]
    late: tuple[DealFact, ...] = ()


@dataclass(frozen=True)
class Supposed:
    """An event of a deal that has not happened, as if it were recorded at an instant."""

    event: Event
    at: datetime.datetime


def gather(
    rep: Rep, until: datetime.date, shared: CompanyFacts, before: Facts = NO_FACTS,
    supposed: Mapping[int, Supposed] = MappingProxyType({}), known_at: datetime.datetime | None = None,
) -> Gathered:  # fmt: skip
    """The facts of a rep for statements of periods up to a day. ``before``: those of the last approval.

    ``supposed``: by deal what is looked at as if it had happened. ``known_at``: deals and targets as they were known
    at a moment; plans, teams and prices are today's all the same. Raises TwoPlansHold.
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
    first = min(one.first for one in (*stretches, *before.stretches))
    others = shared.members({team for ids in teams.values() for team in ids}) if teams else set()
    ids = _deal_ids({rep.pk, *others}, first, until) | set(before.deals) | set(supposed)
    deals = _Deals(ids, terms, shared, supposed, known_at)
    found = {pk: fact for pk in ids if (fact := deals.fact(pk, before, shared)) is not None}
    credited = {one for deal in found.values() for one, _share in deal.credits}
    late = [found[pk] for pk in deals.late(before) if pk in found]
    facts = replace(
        facts, deals=found, products=_products(found.values()), targets=_targets(rep, terms, shared, known_at),
        figures=_figures(rep, stretches, until, shared), reps={one: shared.keys[one] for one in sorted(credited)},
        memberships={one: shared.memberships(one) for one in sorted(credited)} if teams else {},
    )  # fmt: skip
    return Gathered(facts, {pk: state.order for pk, state in deals.states.items()}, tuple(late))


def _deal_ids(reps: set[int], first: datetime.date, until: datetime.date) -> set[int]:
    """Deals that were won by one of some reps, by what is known now or was known before."""
    rows = VersionCredit.objects.filter(rep__in=reps, version__closed_on__gte=first, version__closed_on__lte=until)
    return set(rows.values_list("version__deal", flat=True))


class _Deals:
    """Some deals with their events, in memory."""

    def __init__(
        self, ids: set[int], terms: Iterable[Terms], shared: CompanyFacts, supposed: Mapping[int, Supposed],
        known_at: datetime.datetime | None,
    ) -> None:  # fmt: skip
        self.states: dict[int, DealState] = {}
        self._zone = shared.company.zone
        self._events: dict[int, list[Event]] = defaultdict(list)
        self._recorded_at: dict[int, datetime.datetime] = {}
        rows = DealEvent.objects.filter(deal__in=ids).order_by("pk")
        if known_at is not None:
            rows = rows.filter(recorded_at__lt=known_at)
        for deal, at, *event in rows.values_list(
            "deal_id", "recorded_at", "pk", "patch", "effective_on", "effective_at"
        ):
            self._events[deal].append(Event(*event))
            self._recorded_at[event[0]] = at
        for deal, one in supposed.items():
            self._events[deal].append(one.event)
            self._recorded_at[one.event.id] = one.at
        self._keys = dict(Deal.objects.filter(pk__in=ids).values_list("pk", "external_id"))
        self._subscribed: dict[int, list[Subscribed]] = defaultdict(list)
        monthly = Subscription.objects.filter(deal__in=ids).order_by("pk")
        for deal, product, amount, code in monthly.values_list("deal_id", "product_id", "monthly_amount", "currency"):
            self._subscribed[deal or 0].append(Subscribed(product, amount, code))
        self.currencies = sorted({each.currency for each in terms})
        self._pricing = self._prices(shared)

    def _prices(self, shared: CompanyFacts) -> Pricing:
        patches = [event.patch for rows in self._events.values() for event in rows]
        products = {line[0] for patch in patches for line in patch.get("lines") or []}
        currencies = {patch["currency"] for patch in patches if patch.get("currency")}
        currencies |= {one.currency for rows in self._subscribed.values() for one in rows}
        return Pricing(
            shared.company.base_currency,
            lambda: KnownRates.load({*currencies, *self.currencies}, shared.company),
            PriceBook.load(products, shared.company),
            dict(Pipeline.objects.values_list("pk", "name")),
            dict(Channel.objects.values_list("pk", "name")),
            self._recorded_at,
        )

    def fact(self, pk: int, before: Facts, shared: CompanyFacts) -> DealFact | None:
        """A deal as it is now for this rep; None: not won."""
        frozen = before.deals.get(pk)
        approved = _approved(frozen, before, shared) if frozen is not None else None
        state = replay(self._events[pk], lambda at: business_date(at, self._zone), approved)
        self.states[pk] = state
        key = self._keys.get(pk) or str(pk)
        return deal_fact(
            pk, key, state, self._pricing, currencies=self.currencies, subscribed=self._subscribed[pk], frozen=frozen
        )

    def late(self, before: Facts) -> list[int]:
        """Deals of which something was left out that was not there at the last approval."""
        known = {pk: set(dict(deal.left_out)) for pk, deal in before.deals.items()}
        return sorted(pk for pk, state in self.states.items() if set(state.left_out) - known.get(pk, set()))


def _approved(deal: DealFact, before: Facts, shared: CompanyFacts) -> Approved:
    """How a deal stands in approved statements, with the clawback window of the plan that paid it."""
    held = [one.version for one in before.stretches if one.first <= deal.closed_on <= one.last]
    days = shared.versions[held[0]].terms.clawback_days if held else None
    return Approved(deal.closed_on, days, deal.seen, dict(deal.left_out))


def _products(deals: Iterable[DealFact]) -> dict[int, ProductFact]:
    ids = set()
    for deal in deals:
        ids |= {line.product for line in deal.lines} | {product for product, _amount in deal.monthly if product}
    rows = Product.objects.filter(pk__in=ids).values_list("pk", "name", "sku", "family") if ids else ()
    return {pk: ProductFact(name, sku or "", family) for pk, name, sku, family in rows}


def _targets(
    rep: Rep, terms: list[Terms], shared: CompanyFacts, known_at: datetime.datetime | None
) -> tuple[TargetFact, ...]:
    """Targets of the rep, and of teams that overrides are about, for the metrics that plans name."""
    of_rep = {metric for each in terms for one in each.commissions if not one.of_team for metric in one.metrics}
    of_team = {
        (one.of_team, metric) for each in terms for one in each.commissions if one.of_team for metric in one.metrics
    }
    metrics = of_rep | {metric for _team, metric in of_team}
    if not metrics:
        return ()
    scope = Q(scope_kind="rep", scope_id=rep.pk) | Q(
        scope_kind="team", team__slug__in={team for team, _metric in of_team}
    )
    rows = Target.objects.known_on(known_at).filter(scope, metric__in=metrics, dimension="")
    currencies = sorted({each.currency for each in terms})
    rates = RateBook.load(currencies, shared.company)
    found = []
    for row in rows.order_by("starts_on", "ends_on", "pk"):
        slug = shared.slugs.get(row.scope_id) if row.scope_kind == Target.ScopeKind.TEAM else None
        if row.metric not in of_rep if slug is None else (slug, row.metric) not in of_team:
            continue
        metric = known_metric(row.metric)
        is_money = metric is not None and metric.unit in MONEY_UNITS
        factors = [(code, rates.factor(shared.company.base_currency, code, row.starts_on)) for code in currencies]
        value, months = Fraction(row.value), months_of(row.period_kind)
        kept = tuple(factors) if is_money else ()
        found.append(
            TargetFact(
                row.metric, f"team:{slug}" if slug else "rep", row.starts_on, row.ends_on, months, value, kept, is_money
            )
        )
    return tuple(found)


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
                        found[key] = figure_of(bonus.metric, rep, period, company=shared.company, today=shared.today)
    return found
