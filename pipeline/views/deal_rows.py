"""What rows of the list of deals carry besides their deal: the head of a month, the way to edit them in place."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from accounts.roles import Role
from pipeline.forms.inline import DealRowForm
from pipeline.models import Deal, Outcome
from pipeline.models.deal import DealSight
from pipeline.months import month_of, month_totals

FORM = "deal-row"


def head_months(deals: list[Any], rows: QuerySet[Deal], currency: str) -> None:
    """Give the first deal of each month ``month``, with the totals of all ``rows`` in it, and ``month_sums``."""
    totals = month_totals(rows, [deal.expected_close_on for deal in deals])
    last: Any = deals  # equal to no month, nor to None
    for deal in deals:
        month = month_of(deal.expected_close_on)
        if month != last:
            last, deal.month = month, totals[month]
            deal.month_sums = (deal.month.amount(currency), deal.month.weighted(currency))


def open_row(deals: list[Any], asked: str, *, user: Any, address: Callable[..., str]) -> None:
    """Give open deals that the user may change ``edit_url``, and the one that is ``asked`` for its ``form`` instead."""
    if user.role == Role.LEADER:
        return
    own = None if user.role == Role.ADMIN else DealSight.of(user).reps
    for deal in deals:
        if deal.outcome != Outcome.OPEN or (own is not None and deal.owner_id not in own):
            continue
        if asked == str(deal.pk):
            deal.form = DealRowForm(deal=deal, user=user).in_row(FORM)
        else:
            deal.edit_url = address(edit=str(deal.pk))  # no fragment: it would take the focus from the first field
