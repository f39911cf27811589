"""Restatements: a stored figure of a closed month that changed is said so, with the records that caused it."""

import datetime
from typing import Any

from django.db.models import Q

from accounts.models import JobRun
from metrics.models import Restatement
from metrics.snapshot_cells import Cells
from pipeline.models import Activity, DealEvent, DealVersion, Lead

MOST_CAUSES = 50


def write_restatements(
    old: Cells,
    new: Cells,
    closed: set[datetime.date],
    *,
    known: dict[datetime.date, datetime.datetime],
    now: datetime.datetime,
    run: JobRun,
) -> int:
    """One row per cell of a closed, already stored day whose content changed; the number written."""
    places = sorted(
        place
        for place in {*old, *new}
        if place.day in closed and (place not in old or place not in new or old[place].content != new[place].content)
    )
    causes = {day: _causes(day, known[day]) for day in {place.day for place in places}}
    Restatement.objects.bulk_create(
        [
            Restatement(
                measure=place.measure,
                scope_kind=place.scope_kind,
                scope_id=place.scope_id,
                day=place.day,
                old_total=old[place].total if place in old else None,
                new_total=new[place].total if place in new else None,
                old_n=old[place].n if place in old else None,
                new_n=new[place].n if place in new else None,
                at=now,
                run=run,
                causes=causes[place.day],
            )
            for place in places
        ],
        batch_size=1000,
    )
    return len(places)


def _causes(day: datetime.date, since: datetime.datetime) -> list[dict[str, Any]]:
    """Records that changed since the day was stored and that bear on it: what, who, when."""
    versions = DealVersion.objects.filter(Q(recorded_at__gt=since) | Q(superseded_at__gt=since)).filter(
        Q(closed_on=day)
        | Q(opened_on=day)
        | (Q(outcome="open", valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day)))
    )
    deals = list(versions.order_by("deal").values_list("deal", flat=True).distinct()[:MOST_CAUSES])
    last_event = {
        event.deal_id: event
        for event in DealEvent.objects.filter(deal__in=deals, recorded_at__gt=since).order_by("id").select_related("by")
    }
    causes: list[dict[str, Any]] = []
    for deal in deals:
        event = last_event.get(deal)
        cause: dict[str, Any] = {"kind": "deal", "id": deal}
        if event:
            cause |= {
                "what": ", ".join(event.patch),
                "who": str(event.by or event.by_text),
                "when": event.recorded_at.isoformat(),
            }
        causes.append(cause)
    leads = Lead.objects.filter(created_on=day, updated_at__gt=since).values_list("pk", flat=True)[:MOST_CAUSES]
    causes += [{"kind": "lead", "id": pk} for pk in leads]
    activities = Activity.objects.filter(done_on=day, updated_at__gt=since).values_list("pk", flat=True)
    return causes + [{"kind": "activity", "id": pk} for pk in activities[:MOST_CAUSES]]
