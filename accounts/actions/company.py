import datetime

from django.db import transaction

from accounts.actions.configuration import change_row
from accounts.models import Company, User


@transaction.atomic
def change_company(
    *,
    by: User | None,
    now: datetime.datetime,
    name: str,
    fiscal_year_start_month: int,
    rate_max_age_days: int,
    leaderboard: bool,
) -> Company:
    """Change the company's settings. Zone and base currency stay: every stored day and amount was made with them."""
    company, _old = change_row(
        Company.current(),
        by=by,
        now=now,
        name=name,
        fiscal_year_start_month=fiscal_year_start_month,
        rate_max_age_days=rate_max_age_days,
        leaderboard=leaderboard,
    )
    return company
