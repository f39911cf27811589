"""Patches: what a change of a deal says, in the words of ``pipeline.fold.VERSIONED``."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from accounts.models import Account, Company
from accounts.money import to_minor
from accounts.rates import RateBook
from pipeline.models import Credit, Deal, DealLine, LostReason, Stage


def money_patch(
    *, amount: Decimal | None, currency: str, day: datetime.date, rates: RateBook, company: Company
) -> dict[str, Any]:
    """Amount and currency with the rate of ``day``, frozen; rate None when none is young enough."""
    return {
        "amount_minor": None if amount is None else to_minor(amount, currency),
        "currency": currency,
        **rate_patch(currency=currency, day=day, rates=rates, company=company),
    }


def rate_patch(*, currency: str, day: datetime.date, rates: RateBook, company: Company) -> dict[str, Any]:
    """The rate of ``day`` alone: for an event that sets the outcome."""
    factor = rates.factor(currency, company.base_currency, day)
    return {"rate": None if factor is None else str(factor)}


def stage_patch(stage: Stage, *, probability_bp: int | None = None, category: str = "") -> dict[str, Any]:
    """The stage with the probability and the category that hold now, so that editing the stage moves no past figure."""
    return {
        "stage": stage.pk,
        "pipeline": stage.pipeline_id,
        "probability_bp": stage.probability_bp if probability_bp is None else probability_bp,
        "category": category or stage.forecast_category,
    }


def account_patch(account: Account | None) -> dict[str, Any]:
    """The account with the dimensions that figures are sliced by, frozen with the event."""
    return {
        "account": account.pk if account else None,
        "segment": account.segment if account else "",
        "industry": account.industry if account else "",
        "region": account.region if account else "",
        "is_key": account.is_key if account else False,
    }


def loss_patch(reason: LostReason | None) -> dict[str, Any]:
    """The lost reason, and whether a loss for it counts."""
    return {"lost_reason": reason.pk if reason else None, "counts": reason.counts if reason else True}


def credits_patch(credits: Iterable[Credit]) -> dict[str, Any]:
    """The shares of the credited reps."""
    return {"credits": [[credit.rep_id, str(credit.share)] for credit in credits]}


def lines_patch(lines: Iterable[DealLine]) -> dict[str, Any]:
    """The deal's lines, numbers as decimal text."""
    return {
        "lines": [
            [
                line.product_id,
                str(line.quantity),
                None if line.unit_price is None else str(line.unit_price),
                str(line.discount),
                None if line.unit_cost is None else str(line.unit_cost),
            ]
            for line in lines
        ]
    }


def opening_patch(
    deal: Deal, *, opened_on: datetime.date | None, money: dict[str, Any], stage: Stage
) -> dict[str, Any]:
    """All tracked fields of a new deal, open in ``stage``."""
    bp = None if deal.probability is None else int(deal.probability * 10_000)
    return {
        "outcome": "open",
        **stage_patch(stage, probability_bp=bp, category=deal.forecast_category),
        "owner": deal.owner_id,
        **money,
        "expected_close_on": deal.expected_close_on.isoformat() if deal.expected_close_on else None,
        "kind": deal.kind,
        "lost_reason": None,
        "counts": True,
        **account_patch(deal.account),
        "channel": deal.channel_id,
        "campaign": deal.campaign_id,
        "opened_on": opened_on.isoformat() if opened_on else None,
        "opened_at": deal.opened_at.isoformat() if deal.opened_at else None,
        "closed_at": None,
        "credits": [],
        "lines": [],
    }
