"""The parts of a deal: whose it is, and which products."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, Rep, User
from pipeline.actions.deals import append_patch, lock_deal, touch_deal
from pipeline.models import Credit, Deal, DealLine, Product
from pipeline.patches import credits_patch, lines_patch


@transaction.atomic
def set_credits(
    *, deal: Deal, shares: Sequence[tuple[Rep, Decimal]], by: User | None, now: datetime.datetime,
    version: int | None = None,
) -> Deal:  # fmt: skip
    """Credit reps with shares that add up to exactly 1; an empty list gives the owner all of it."""
    company = Company.current()
    deal = lock_deal(deal, by=by, version=version)
    if shares and sum(share for _rep, share in shares) != 1:
        raise ActionRefused(_("The shares must add up to 100 %."), "credits")
    if len({rep.pk for rep, _share in shares}) < len(shares):
        raise ActionRefused(_("Each rep can be credited once."), "credits")
    deal.credits.all().delete()
    rows = Credit.objects.bulk_create([Credit(deal=deal, rep=rep, share=share) for rep, share in shares])
    touch_deal(deal)
    append_patch(deal, credits_patch(rows), by=by, now=now, company=company, on=_day_of_parts(deal, now, company))
    return deal


@transaction.atomic
def set_lines(
    *, deal: Deal, lines: Sequence[dict[str, Any]], by: User | None, now: datetime.datetime, version: int | None = None
) -> Deal:
    """Replace the deal's lines. A line: product, quantity, unit_price, discount, unit_cost."""
    company = Company.current()
    deal = lock_deal(deal, by=by, version=version)
    for line in lines:
        if not isinstance(line.get("product"), Product):
            raise ActionRefused(_("Each line names a product."), "product")
    deal.lines.all().delete()
    rows = DealLine.objects.bulk_create(
        [DealLine(deal=deal, position=position, **line) for position, line in enumerate(lines)]
    )
    touch_deal(deal)
    append_patch(deal, lines_patch(rows), by=by, now=now, company=company, on=_day_of_parts(deal, now, company))
    return deal


def _day_of_parts(deal: Deal, now: datetime.datetime, company: Company) -> datetime.date:
    """Lines and credits of a closed deal hold from its closing day, of an open one from today."""
    return business_date(deal.closed_at or now, company.zone)
