"""Stays in stages as rows."""

from zoneinfo import ZoneInfo

from accounts.business_dates import business_date
from pipeline.fold import Visit
from pipeline.models import StageVisit


def visit_row(deal_id: int, visit: Visit, zone: ZoneInfo) -> StageVisit:
    """A folded visit as its row, unsaved, with the company's days of both ends."""
    entered_on = business_date(visit.entered_at, zone) if visit.entered_at else None
    left_on = business_date(visit.left_at, zone) if visit.left_at else None
    return StageVisit(
        deal_id=deal_id, stage_id=visit.stage, entered_at=visit.entered_at, left_at=visit.left_at,
        entered_on=entered_on, left_on=left_on, days=(left_on - entered_on).days if entered_on and left_on else None,
    )  # fmt: skip
