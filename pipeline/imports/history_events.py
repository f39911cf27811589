"""Patches for imported changes of a deal's fields."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.business_dates import business_date
from accounts.money import to_minor
from accounts.rates import RateBook
from pipeline.imports.kind import Item, Task
from pipeline.imports.stages import StageBook
from pipeline.models import Deal, DealLine, Outcome
from pipeline.patches import lines_patch, loss_patch, money_patch, rate_patch, stage_patch


def key_of(name: str) -> str:
    """The tracked field of a deal's history that a column's word means."""
    return "amount_minor" if name == "amount" else name


def worth(name: str, value: Any, currency: str) -> Any:
    """A value as a patch keeps it."""
    if value is None:
        return None
    if name == "amount":
        return to_minor(value, currency)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return getattr(value, "pk", value)


@dataclass
class HistoryWriter:
    """Makes patches. ``lines``: the deals' stored lines."""

    task: Task
    stages: StageBook
    rates: RateBook
    lines: dict[int, list[DealLine]]

    def patch(
        self, deal: Deal, name: str, value: Any, day: datetime.date, at: datetime.datetime | None
    ) -> dict[str, Any]:
        """What a field's new value says to the deal's history, on ``day`` at ``at`` (None: from the beginning)."""
        if name == "stage":
            bp = None if deal.probability is None else int(deal.probability * 10_000)
            return stage_patch(value, probability_bp=bp, category=deal.forecast_category)
        if name == "amount":
            return self._money(deal, value, day)
        if name == "outcome":
            return self._outcome(deal, value, day, at)
        return {key_of(name): worth(name, value, deal.currency)}

    def _money(self, deal: Deal, amount: Decimal | None, day: datetime.date) -> dict[str, Any]:
        company = self.task.company
        closed_on = business_date(deal.closed_at, company.zone) if deal.closed_at else None
        priced = min(day, closed_on) if closed_on else day
        patch = money_patch(amount=amount, currency=deal.currency, day=priced, rates=self.rates, company=company)
        lines = self.lines.get(deal.pk, [])
        if len(lines) == 1 and lines[0].quantity == 1 and lines[0].unit_price == deal.amount:
            patch |= lines_patch([DealLine(product_id=lines[0].product_id, unit_price=amount)])
        return patch

    def _outcome(self, deal: Deal, outcome: str, day: datetime.date, at: datetime.datetime | None) -> dict[str, Any]:
        """The outcome with its closing time; on the deal's own closing day with that, to the second."""
        company = self.task.company
        if outcome == Outcome.OPEN:
            patch: dict[str, Any] = {"outcome": "open", "closed_at": None, **loss_patch(None)}
            if at is None:
                return patch
        else:
            same_day = deal.closed_at and business_date(deal.closed_at, company.zone) == day
            closed_at = deal.closed_at if same_day and deal.outcome == outcome else at
            reason = deal.lost_reason if outcome == Outcome.LOST and deal.outcome == Outcome.LOST else None
            patch = {
                "outcome": outcome,
                "closed_at": closed_at.isoformat() if closed_at else None,
                **loss_patch(reason),
            }
        return patch | rate_patch(currency=deal.currency, day=day, rates=self.rates, company=company)

    def stage_of_outcome(self, deal: Deal, outcome: str, moves: list[Item], at: datetime.datetime) -> dict[str, Any]:
        """The stage that goes with an outcome when no row says it: a closing one, or the open one before."""
        if outcome != Outcome.OPEN:
            if deal.outcome == outcome:
                return stage_patch(deal.stage)
            return stage_patch(self.stages.closing(deal.pipeline, outcome))
        before = [item.values["to"] for item in moves if item.values["at"] < at]
        open_ones = [stage for stage in before if stage.outcome == Outcome.OPEN]
        return stage_patch(open_ones[-1] if open_ones else self.stages.first_open(deal.pipeline))
