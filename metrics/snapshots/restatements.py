"""Restatements: a stored figure of a closed month that changed is said so, with the records that caused it."""

import datetime
from collections.abc import Mapping

from accounts.models import JobRun
from metrics.measures.leads import BecameCustomer, UpTo
from metrics.models import Restatement, SnapshotDay
from metrics.snapshots.causes import Causes
from metrics.snapshots.cells import Cells, Place, stored_measures
from metrics.snapshots.definitions import same_measures
from metrics.team_tree import TeamTree


def write_restatements(
    old: Cells,
    new: Cells,
    places: set[Place],
    *,
    closed: Mapping[datetime.date, SnapshotDay],
    now: datetime.datetime,
    run: JobRun,
) -> int:
    """One row per cell of a closed, already stored day whose content changed; the number written.

    No restatement is what cohorts of leads come to as they mature, and what a new measure is stored as.
    """
    maturing = {key for key, measure in stored_measures().items() if isinstance(measure, UpTo | BecameCustomer)}
    redefined = {day for day, mark in closed.items() if not same_measures(mark.run.definitions)}
    restated = sorted(
        place
        for place in places
        if place.day in closed
        and not (place.measure in maturing and _has_grown(old, new, place))
        and not (place.day in redefined and place not in old)
    )
    if not restated:
        return 0
    tree = TeamTree()
    causes = {day: Causes(day, closed[day].known_at, tree) for day in {place.day for place in restated}}
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
                causes=causes[place.day].of(place),
            )
            for place in restated
        ],
        batch_size=1000,
    )
    return len(restated)


def _has_grown(old: Cells, new: Cells, place: Place) -> bool:
    return place in new and (place not in old or new[place].n >= old[place].n)
