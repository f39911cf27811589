"""The dates and minutes that a lead row keeps beside its instants, filled in one place."""

import datetime
from zoneinfo import ZoneInfo

from accounts.business_dates import business_date
from pipeline.models import Lead


def fill_lead_dates(lead: Lead, zone: ZoneInfo) -> None:
    """Company days of the lead's instants, and whole elapsed minutes to the first answer (None: not answered)."""

    def day(instant: datetime.datetime | None) -> datetime.date | None:
        return business_date(instant, zone) if instant else None

    lead.created_on = business_date(lead.created_at, zone)
    lead.responded_on = day(lead.first_responded_at)
    lead.qualified_on = day(lead.qualified_at)
    lead.disqualified_on = day(lead.disqualified_at)
    lead.converted_on = day(lead.converted_at)
    lead.response_minutes = None
    if lead.first_responded_at:
        lead.response_minutes = int((lead.first_responded_at - lead.created_at).total_seconds() // 60)


def lead_days(lead: Lead) -> set[tuple[datetime.date, datetime.date]]:
    """Spans of days whose figures the lead enters: all lead figures go by the day of creation."""
    return {(lead.created_on, lead.created_on)} if lead.created_on else set()


def status_of(lead: Lead) -> str:
    """The status that the lead's dates come to."""
    if lead.converted_at or lead.deal_id:
        return Lead.Status.CONVERTED
    if lead.disqualified_at or lead.disqualified_reason:
        return Lead.Status.DISQUALIFIED
    if lead.qualified_at:
        return Lead.Status.QUALIFIED
    return Lead.Status.CONTACTED if lead.first_responded_at else Lead.Status.NEW
