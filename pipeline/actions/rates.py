import datetime
from collections import defaultdict

from django.db import transaction

from accounts.models import Company
from accounts.rates import RateBook
from pipeline.history import Change, append_changes
from pipeline.models import DealEvent, DealVersion


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
