"""Which days' figures a change moves: queued in its own transaction, computed again by the next night."""

import datetime
from collections.abc import Iterable

from accounts.business_dates import BEGINNING
from pipeline.models import ChangedDay, DealVersion, Lead

_FIGURED = (
    "outcome", "opened_on", "discounted_on", "pipeline_id", "stage_id", "owner_id", "team_id", "amount_minor",
    "currency", "base_minor", "probability_bp", "category", "kind", "account_id", "channel_id", "campaign_id",
    "segment", "industry", "region", "is_key",
)  # fmt: skip
"""Columns of an open version that figures are made of."""


def queue_days(
    subject: ChangedDay.Subject, spans: Iterable[tuple[datetime.date, datetime.date]], *, now: datetime.datetime
) -> None:
    """Queue spans of days for the nightly run, overlapping ones joined."""
    joined: list[list[datetime.date]] = []
    for first, last in sorted(set(spans)):
        if joined and first <= joined[-1][1] + datetime.timedelta(days=1):
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    ChangedDay.objects.bulk_create(
        [ChangedDay(subject=subject, day=first, last_day=last, recorded_at=now) for first, last in joined]
    )


def queue_neighbours(
    account_ids: Iterable[int], deal_ids: Iterable[int], *, now: datetime.datetime, since: datetime.date | None = None
) -> None:
    """A deal won or lost moves two figures of other days: who is a new customer, and what became of its lead.

    An account's wins before ``since``, the earliest day on which one changed, stay what they were.
    """
    wins = DealVersion.objects.filter(account__in=set(account_ids), outcome="won", superseded_at=None)
    if since is not None:
        wins = wins.filter(closed_on__gte=since)
    days = set(wins.values_list("closed_on", flat=True))
    queue_days(ChangedDay.Subject.DEALS, [(day, day) for day in days if day], now=now)
    leads = Lead.objects.filter(deal__in=list(deal_ids)).values_list("created_on", flat=True)
    queue_days(ChangedDay.Subject.LEADS, [(day, day) for day in set(leads)], now=now)


def span_of(version: DealVersion, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The days whose figures a version enters: as a level while it is open, as a flow when it opened or closed."""
    if version.outcome != "open":
        first = version.closed_on or version.valid_from
        return first, first
    first = version.valid_from if version.valid_from > BEGINNING else (version.opened_on or version.valid_from)
    last = version.valid_to or today
    return first, max(first, min(last, today))


def changed_spans(
    gone: Iterable[DealVersion], created: Iterable[DealVersion], today: datetime.date
) -> list[tuple[datetime.date, datetime.date]]:
    """The days whose figures change when some versions give way to others.

    An open version that merely ends earlier or later moves the days between its two ends, not those before: else every
    move of a deal would touch all days since the move before.
    """
    replaced = {(version.deal_id, version.valid_from): version for version in gone if version.outcome == "open"}
    spans: list[tuple[datetime.date, datetime.date]] = []
    kept: set[int] = set()
    for version in created:
        before = replaced.get((version.deal_id, version.valid_from))
        if before is None or any(str(getattr(before, key)) != str(getattr(version, key)) for key in _FIGURED):
            spans.append(span_of(version, today))
            continue
        kept.add(before.pk)
        tomorrow = today + datetime.timedelta(days=1)
        first, end = sorted(min(each.valid_to or tomorrow, tomorrow) for each in (before, version))
        if first < end:
            spans.append((first, end - datetime.timedelta(days=1)))
    return spans + [span_of(version, today) for version in gone if version.pk not in kept]
