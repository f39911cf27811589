import datetime
from collections.abc import Mapping

from django.db import transaction

from accounts.actions.audit import write_audit
from accounts.actions.configuration import change_row
from accounts.models import Company, Holiday, User


@transaction.atomic
def change_company(
    *,
    by: User | None,
    now: datetime.datetime,
    name: str,
    fiscal_year_start_month: int,
    rate_max_age_days: int,
    working_weekdays: str,
    opens_at: datetime.time,
    closes_at: datetime.time,
    response_goal_minutes: int | None = None,
    holidays: Mapping[datetime.date, str],
    leaderboard: bool,
    pay_alert_percent: int | None,
) -> Company:
    """Change the company's settings. Zone and base currency stay: every stored day and amount was made with them.

    ``working_weekdays``: ISO weekdays such as "12345". ``holidays``: all of them, each day with its name.
    ``opens_at``, ``closes_at``: the hours of a working day, in the company's zone. ``pay_alert_percent``: None for no
    alerts.
    """
    company, _old = change_row(
        Company.current(),
        by=by,
        now=now,
        name=name,
        fiscal_year_start_month=fiscal_year_start_month,
        rate_max_age_days=rate_max_age_days,
        working_weekdays=working_weekdays,
        opens_at=opens_at,
        closes_at=closes_at,
        response_goal_minutes=response_goal_minutes,
        leaderboard=leaderboard,
        pay_alert_percent=pay_alert_percent,
    )
    _replace_holidays(company, holidays, by=by, now=now)
    return company


def _replace_holidays(
    company: Company, holidays: Mapping[datetime.date, str], *, by: User | None, now: datetime.datetime
) -> None:
    old = dict(Holiday.objects.values_list("day", "name"))
    if old == dict(holidays):
        return
    Holiday.objects.all().delete()
    Holiday.objects.bulk_create([Holiday(day=day, name=name) for day, name in sorted(holidays.items())])
    added = sorted(day.isoformat() for day in holidays.keys() - old.keys())
    removed = sorted(day.isoformat() for day in old.keys() - holidays.keys())
    write_audit(action="holidays", subject=company, by=by, now=now, detail={"added": added, "removed": removed})
