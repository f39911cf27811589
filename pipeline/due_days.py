"""The day on which a next step was due when that day came."""

import datetime

from accounts.business_dates import business_date
from accounts.models import Company
from pipeline.models import Activity


def keep_original_due(activity: Activity, company: Company, *, today: datetime.date) -> None:
    """Let the original due day follow ``due_at`` until that day is over; then it stays, so that late stays late."""
    if activity.original_due_on is None or activity.original_due_on >= today:
        activity.original_due_on = business_date(activity.due_at, company.zone) if activity.due_at else None
