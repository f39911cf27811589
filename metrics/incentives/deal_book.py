"""Deals as pay reads them, for many reps at once: their events, replayed once, and who is credited on which day."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter

from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.business_dates import business_date
from accounts.models import Company
from metrics.incentives.deal_facts import READ_KEYS, Subscribed, Wanted, deal_fact
from metrics.incentives.deal_prices import DealPrices
from metrics.incentives.deal_states import OF_WINNING, Approved, DealState, replay
from metrics.incentives.facts import DealFact
from pipeline.fold import Event
from pipeline.models import Deal, DealEvent, Subscription, VersionCredit

AT_ONCE = 1_000
"""Deals of one statement; few enough that their events need little memory."""
TELLING_KEYS = sorted({*READ_KEYS, *OF_WINNING, "opened_on"})
"""What changes none of these changes nothing that pay reads of a deal; ``opened_on`` decides the order of events."""
DECODED_AT_ONCE = 50
"""Deals whose events are decoded together: so few that they are gone before the collector of garbage looks at them."""


@dataclass(frozen=True)
class Supposed:
    """An event of a deal that has not happened, as if it were recorded at an instant."""

    event: Event
    at: datetime.datetime


class DealBook:
    """Deals as they stand now, or as they were known at a moment. What was read once is not read again.

    Events are only kept with ``keeps_events``; without them nothing can be supposed, or be left out of a deal.
    """

    def __init__(
        self, company: Company, *, known_at: datetime.datetime | None = None, keeps_events: bool = True
    ) -> None:
        self._company, self._known_at, self._keeps_events = company, known_at, keeps_events
        self.prices = DealPrices(company)
        self._states: dict[int, DealState] = {}
        self._events: dict[int, list[Event]] = {}
        self._keys: dict[int, str | None] = {}
        self._subscribed: dict[int, list[Subscribed]] = {}
        self._facts: dict[Wanted, dict[int, DealFact | None]] = defaultdict(dict)
        self._won: tuple[datetime.date, datetime.date] | None = None
        self._won_by: dict[int, list[tuple[datetime.date, int]]] = defaultdict(list)

    def read_won(self, first: datetime.date, until: datetime.date) -> None:
        """Read all deals that were won from one day to another, both included, whoever won them."""
        if self._holds(first, until):
            return
        self._won_by.clear()
        rows = VersionCredit.objects.filter(version__closed_on__gte=first, version__closed_on__lte=until)
        found = rows.values_list("rep", "version__closed_on", "version__deal", "version__deal__external_id")
        for rep, day, deal, key in found.distinct():
            if day is not None:
                self._won_by[rep].append((day, deal))
                self._keys[deal] = key
        self._won = (first, until)
        self.read({deal for found in self._won_by.values() for _day, deal in found})

    def _holds(self, first: datetime.date, until: datetime.date) -> bool:
        return self._won is not None and self._won[0] <= first and until <= self._won[1]

    def won_by(self, reps: set[int], first: datetime.date, until: datetime.date) -> set[int]:
        """Deals that were won by one of some reps, by what is known now or was known before."""
        if self._holds(first, until):
            return {deal for rep in reps for day, deal in self._won_by.get(rep, ()) if first <= day <= until}
        rows = VersionCredit.objects.filter(rep__in=reps, version__closed_on__gte=first, version__closed_on__lte=until)
        found = dict(rows.values_list("version__deal", "version__deal__external_id"))
        self._keys |= found
        return set(found)

    def read(self, ids: Set[int]) -> None:
        """Read some deals, unless that was done."""
        waiting = iter(sorted(pk for pk in ids if pk not in self._states))
        while chunk := list(islice(waiting, AT_ONCE)):
            if nameless := [deal for deal in chunk if deal not in self._keys]:
                self._keys |= dict(Deal.objects.filter(pk__in=nameless).values_list("pk", "external_id"))
            for deal, events in self._read_events(chunk):
                if self._keeps_events:
                    self._events[deal] = events
                self._states[deal] = replay(events, self._day_of)
            for deal in chunk:
                state = self._states.setdefault(deal, DealState())
                if not self._keeps_events:
                    state.fields = {key: state.fields[key] for key in READ_KEYS if key in state.fields}
                self.prices.expect(state.fields, state.won_by)

    def _read_events(self, ids: Sequence[int]) -> Iterator[tuple[int, list[Event]]]:
        """By deal, as texts: the driver's own conversions cost more than all the rest."""
        rows = DealEvent.objects.filter(deal__in=ids).order_by("deal_id", "pk")
        if self._known_at is not None:
            rows = rows.filter(recorded_at__lt=self._known_at)
        if not self._keeps_events:  # what only moved a deal or planned for it is of no account
            rows = rows.filter(patch__has_any_keys=TELLING_KEYS)
        texts = [Cast(name, TextField()) for name in ("patch", "effective_on", "effective_at")]
        found = rows.values_list("deal_id", "pk", *texts)
        by_deal = ((deal, list(events)) for deal, events in groupby(found, key=itemgetter(0)))
        while some := list(islice(by_deal, DECODED_AT_ONCE)):
            patches = iter(json.loads(f"[{','.join([row[2] for _deal, events in some for row in events])}]"))
            for deal, events in some:
                yield (
                    deal,
                    [
                        Event(pk, next(patches), datetime.date.fromisoformat(day), _instant(at))
                        for _deal, pk, _patch, day, at in events
                    ],
                )

    def _day_of(self, at: datetime.datetime) -> datetime.date:
        return business_date(at, self._company.zone)

    def state(self, deal: int, approved: Approved | None = None, supposed: Supposed | None = None) -> DealState:
        """How a deal that was read ends. ``approved``: how it stands in an approved statement of the rep."""
        plain = self._states[deal]
        is_known = approved is None or (plain.seen <= approved.seen and not approved.left_out)
        if supposed is None and is_known:
            return plain
        events = list(self._events.get(deal, ()))
        if supposed is not None:
            events.append(supposed.event)
            self.prices.suppose(supposed.event.id, supposed.at)
        return replay(events, self._day_of, approved)

    def facts(
        self, states: Mapping[int, DealState], wanted: Wanted, before: Mapping[int, DealFact]
    ) -> dict[int, DealFact]:  # fmt: skip
        """What calculations read of deals in some states, of those that are won. ``before``: as they were approved."""
        if wanted.monthly:
            self._read_subscriptions()
        shared, found = self._facts[wanted], {}
        for deal, state in states.items():
            frozen = before.get(deal)
            if frozen is None and state is self._states.get(deal):
                if deal not in shared:
                    shared[deal] = self._fact(deal, state, wanted, None)
                fact = shared[deal]
            else:
                fact = self._fact(deal, state, wanted, frozen)
            if fact is not None:
                found[deal] = fact
        return found

    def _fact(self, deal: int, state: DealState, wanted: Wanted, frozen: DealFact | None) -> DealFact | None:
        return deal_fact(
            deal, self._keys.get(deal) or str(deal), state, self.prices, wanted=wanted, frozen=frozen,
            subscribed=self._subscribed.get(deal, ()),
        )  # fmt: skip

    def _read_subscriptions(self) -> None:
        """Those of all deals that were read by now."""
        waiting = iter(sorted(self._states.keys() - self._subscribed.keys()))
        while chunk := list(islice(waiting, AT_ONCE)):
            self._subscribed |= {deal: [] for deal in chunk}
            monthly = Subscription.objects.filter(deal__in=chunk).order_by("pk")
            rows = monthly.values_list("deal_id", "product_id", "monthly_amount", "currency")
            for deal, product, amount, currency in rows:
                self._subscribed[deal or 0].append(Subscribed(product, amount, currency))
                self.prices.expect({"currency": currency})


def _instant(text: str | None) -> datetime.datetime | None:
    """Of a text of the database; without a zone it is UTC."""
    if text is None:
        return None
    at = datetime.datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
