"""The way of a deal through the stages of its pipeline, with the days it spent in each."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from accounts.business_dates import business_date
from pipeline.models import Deal, Outcome, Stage, StageVisit


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the path. ``days`` of the company's calendar over all its visits; None: never there, or not known.

    ``is_past``: the deal was there and went on; a closing that was taken back is no step that is behind it.
    """

    stage: Stage
    days: int | None
    is_current: bool
    is_past: bool


def stage_path(
    deal: Deal, stages: Sequence[Stage], visits: Iterable[StageVisit], *, zone: ZoneInfo, now: datetime.datetime
) -> list[Step]:
    """The open stages of the pipeline and the closing one: won, or where the deal was lost that."""
    days: dict[int, int | None] = {}
    for visit in visits:
        spent = None
        if visit.entered_at:
            spent = (business_date(visit.left_at or now, zone) - business_date(visit.entered_at, zone)).days
        before = days.get(visit.stage_id, 0)
        days[visit.stage_id] = None if spent is None or before is None else before + spent
    closing = Outcome.LOST if deal.outcome == Outcome.LOST else Outcome.WON
    shown = [stage for stage in stages if stage.outcome == Outcome.OPEN or stage.pk == deal.stage_id]
    shown += [stage for stage in stages if stage.outcome == closing and stage not in shown][:1]
    return [
        Step(
            stage=stage,
            days=days.get(stage.pk) if stage.outcome == Outcome.OPEN else None,
            is_current=stage.pk == deal.stage_id,
            is_past=stage.outcome == Outcome.OPEN and stage.pk in days and stage.pk != deal.stage_id,
        )
        for stage in shown
    ]
