"""Writes of expenses. The amount is frozen at the rate of its day, the team is the rep's of that day."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.configuration import change_row, check_admin, create_row, delete_row, locked_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.memberships import TeamHistory
from accounts.models import Company, Rep, Team, User
from accounts.money import MoneyError, check_currency
from accounts.rates import RateBook
from metrics.models import Expense
from metrics.pricing import price, priced
from pipeline.history import queue_days
from pipeline.models import Campaign, ChangedDay

WAITING = 500


@transaction.atomic
def create_expense(
    *, day: datetime.date, category: str, amount: Decimal, currency: str, by: User | None, now: datetime.datetime,
    **values: Any,
) -> Expense:  # fmt: skip
    """Note a cost. ``values``: rep, team, campaign, account, purpose, note, external_id. Raises ActionRefused."""
    told = {"day": day, "category": category, **values, **_priced(day, amount, currency, now)}
    told |= _belongings(day, told.get("rep"), told.get("team"), told.get("campaign"))
    expense = create_row(Expense, by=by, now=now, created_at=now, **told)
    _queue({day}, now)
    return expense


@transaction.atomic
def change_expense(
    *, expense: Expense, day: datetime.date, category: str, amount: Decimal, currency: str, by: User | None,
    now: datetime.datetime, **values: Any,
) -> Expense:  # fmt: skip
    """Correct a cost; the old day and the new one are computed again."""
    check_admin(by)
    expense = locked_row(expense)
    told = {"day": day, "category": category, **values}
    kept = {name: told.get(name, getattr(expense, name)) for name in ("rep", "team", "campaign")}
    told |= _belongings(day, kept["rep"], kept["team"], kept["campaign"])
    before = expense.day
    if (day, amount, currency) != (expense.day, expense.amount, expense.currency):
        told |= _priced(day, amount, currency, now)
    row, old = change_row(expense, by=by, now=now, **told)
    if old:
        row.version += 1
        row.save(update_fields=["version", "updated_at"])
        _queue({before, day}, now)
    return row


@transaction.atomic
def delete_expense(*, expense: Expense, by: User | None, now: datetime.datetime) -> None:
    """Take a cost out of the books."""
    delete_row(expense, by=by, now=now)
    _queue({expense.day}, now)


@transaction.atomic
def price_waiting_expenses(*, now: datetime.datetime, company: Company) -> int:
    """Convert costs that waited for an exchange rate which has come; the number of rows converted."""
    today = business_date(now, company.zone)
    waiting = list(Expense.objects.select_for_update(of=("self",)).filter(base_minor=None, day__lte=today))
    rates = RateBook.load({row.currency for row in waiting}, company)
    converted = []
    for row in waiting:
        found = priced(row.amount_minor, row.currency, row.day, rates=rates, company=company, today=today)
        if found.base_minor is not None:
            row.rate, row.base_minor = found.rate, found.base_minor
            converted.append(row)
    Expense.objects.bulk_update(converted, ["rate", "base_minor"], batch_size=WAITING)
    _queue({row.day for row in converted}, now)
    return len(converted)


def _queue(days: set[datetime.date], now: datetime.datetime) -> None:
    queue_days(ChangedDay.Subject.EXPENSES, {(day, day) for day in days}, now=now)


def _priced(day: datetime.date, amount: Decimal, currency: str, now: datetime.datetime) -> dict[str, Any]:
    company = Company.current()
    try:
        currency = check_currency(currency)
    except MoneyError as error:
        raise ActionRefused(str(error), "currency") from error
    today = business_date(now, company.zone)
    try:
        found = price(amount, currency, day, rates=RateBook.load([currency], company), company=company, today=today)
    except MoneyError as error:
        raise ActionRefused(str(error), "amount") from error
    return {
        "currency": currency,
        "amount_minor": found.amount_minor,
        "rate": found.rate,
        "base_minor": found.base_minor,
    }


def _belongings(day: datetime.date, rep: Rep | None, team: Team | None, campaign: Campaign | None) -> dict[str, Any]:
    """The team is the rep's of the day, where a rep is named; the channel is the campaign's."""
    if rep is not None:
        team_id = TeamHistory.load([rep.pk]).team_on(rep.pk, day)
        found = None if team_id is None else Team.objects.filter(pk=team_id).first()
        if found is not None and team is not None and team != found:
            message = _("%(rep)s was in the team %(team)s on that day; leave the team empty.")
            raise ActionRefused(message % {"rep": rep, "team": found}, "team")
        team = found or team
    return {"team": team, "channel": campaign.channel if campaign else None}
