"""Deals that waited: for an exchange rate, or for what their products cost."""

import datetime
from collections import defaultdict

from django.db import transaction
from django.db.models import Q

from accounts.models import Company
from accounts.rates import RateBook
from pipeline.history import Change, append_changes, refold_deals
from pipeline.models import DealEvent, DealVersion, VersionProduct


@transaction.atomic
def price_waiting_deals(*, now: datetime.datetime, company: Company) -> int:
    """Give events that waited for an exchange rate the one that has come; the number of deals priced.

    Only a rate that was missing is filled in: one that was known when the event was recorded stays as it was.
    """
    waiting = (
        DealVersion.objects.filter(superseded_at=None, rate=None, amount_minor__isnull=False)
        .exclude(currency=company.base_currency)
        .values_list("deal", flat=True)
    )
    events: dict[int, list[DealEvent]] = defaultdict(list)
    for event in DealEvent.objects.filter(deal__in=set(waiting)).order_by("id"):
        events[event.deal_id].append(event)
    currencies = {e.patch["currency"] for rows in events.values() for e in rows if e.patch.get("currency")}
    rates = RateBook.load(currencies, company)
    changes: list[Change] = []
    for deal_id, rows in events.items():
        currency = ""
        for event in rows:
            currency = event.patch.get("currency") or currency
            if event.patch.get("rate", "") is not None or not currency or event.effective_on.year == 1:
                continue
            factor = rates.factor(currency, company.base_currency, event.effective_on)
            filled = any(other.id > event.id and other.reason == f"rate for event {event.id}" for other in rows)
            if factor is not None and not filled:
                changes.append(
                    Change(
                        deal_id,
                        {"rate": str(factor)},
                        event.effective_on,
                        event.effective_at,
                        reason=f"rate for event {event.id}",
                    )
                )
    if changes:
        append_changes(changes, now=now, company=company)
    return len({change.deal_id for change in changes})


@transaction.atomic
def price_waiting_lines(*, now: datetime.datetime, company: Company) -> int:
    """Give won deals the list prices and the costs of their products that have come since; the versions written.

    Only what was not known is filled in: a price that changed after the sale moves nothing.
    """
    new_price = Q(listed_minor=None, product__list_price__isnull=False)
    new_cost = Q(costed_minor=None, product__unit_cost__isnull=False)
    unread = Q(units_e4=None, product__isnull=False) | Q(costed_minor=None, product=None, version__kind="credit")
    waiting = VersionProduct.objects.filter(
        new_price | new_cost | unread, version__superseded_at=None, version__outcome="won", base_minor__isnull=False
    )
    deals = set(waiting.values_list("version__deal", flat=True))
    return refold_deals(deals, now=now, company=company, reprices=True)
