"""A deal as a row of a file leaves it, and what that changes."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import Account, Company, Rep
from pipeline.imports.stages import StageBook
from pipeline.models import Campaign, Channel, Deal, DealLine, Lead, LostReason, Outcome, Pipeline, Product, Stage

PLAIN = (
    "name",
    "external_id",
    "probability",
    "forecast_category",
    "amount",
    "currency",
    "expected_close_on",
    "kind",
    "opened_at",
    "outcome",
    "closed_at",
)
REFERENCES = ("account", "owner", "channel", "campaign", "lost_reason")


@dataclass
class State:
    """A deal as it is once the row holds: the row's values, and the stored deal's where the row is silent."""

    name: str
    external_id: str | None = None
    account: Account | None = None
    owner: Rep | None = None
    channel: Channel | None = None
    campaign: Campaign | None = None
    pipeline: Pipeline | None = None
    stage: Stage | None = None
    outcome: str = Outcome.OPEN
    amount: Decimal | None = None
    currency: str = ""
    opened_at: datetime.datetime | None = None
    closed_at: datetime.datetime | None = None
    expected_close_on: datetime.date | None = None
    lost_reason: LostReason | None = None
    product: Product | None = None
    kind: str = Deal.Kind.NEW
    probability: Decimal | None = None
    forecast_category: str = ""
    changed_on: datetime.date | None = None

    @classmethod
    def of(cls, deal: Deal | None, values: dict[str, Any], company: Company) -> "State":
        """The state that a row leads to."""
        state = cls(name=values["name"], currency=company.base_currency)
        if deal is not None:
            for name in PLAIN:
                setattr(state, name, getattr(deal, name))
            state.account = deal.account
            for name in REFERENCES[1:]:
                if name not in values and getattr(deal, f"{name}_id") is not None:
                    setattr(state, name, getattr(deal, name))
        for name, value in values.items():
            setattr(state, name, value)
        if state.account and deal and deal.account and deal.account.merged_into_id == state.account.pk:
            state.account = deal.account  # what was sold to an account before it was merged stays its own
        if lead := getattr(deal, "known_lead", None):
            state.channel = state.channel or lead.channel
            state.campaign = state.campaign or lead.campaign
        if state.outcome == Outcome.OPEN and "closed_at" not in values:
            state.closed_at = None
        if state.outcome != Outcome.LOST:
            state.lost_reason = None
        return state

    def changed_from(self, deal: Deal, values: dict[str, Any], stages: StageBook) -> set[str]:
        """Names of what differs from the stored deal."""
        changed = {name for name in PLAIN if getattr(self, name) != getattr(deal, name)}
        for name in REFERENCES:
            mine = getattr(self, name)
            if (mine.pk if mine else None) != getattr(deal, f"{name}_id") or (mine and mine.pk is None):
                changed.add(name)
        if self._stage_differs(deal, stages):
            changed.add("stage")
        if self.product is not None and not _one_line(getattr(deal, "known_lines", []), self.product, self.amount):
            changed.add("product")
        if deal.deleted_at:
            changed.add("deleted")
        return changed

    def _stage_differs(self, deal: Deal, stages: StageBook) -> bool:
        if self.outcome != deal.outcome:
            return True
        if self.stage is None:
            return self.pipeline is not None and self.pipeline.pk != deal.pipeline_id
        if self.stage.pk and self.stage.outcome == self.outcome:
            return self.stage.pk != deal.stage_id
        if self.outcome == Outcome.OPEN:
            return True
        closing = stages.known_closing(self.stage.pipeline, self.outcome)
        return closing is None or closing.pipeline_id != deal.pipeline_id

    @property
    def probability_bp(self) -> int | None:
        return None if self.probability is None else int(self.probability * 10_000)


def _one_line(lines: list[DealLine], product: Product, amount: Decimal | None) -> bool:
    """Whether the lines are those that a product column makes; a deal with other lines keeps them."""
    if len(lines) > 1:
        return True
    return (
        len(lines) == 1
        and lines[0].product_id == product.pk
        and (lines[0].quantity != 1 or lines[0].unit_price == amount)
    )


def lines_of(deal_ids: Iterable[int]) -> dict[int, list[DealLine]]:
    """Stored lines by deal, in their order."""
    found: dict[int, list[DealLine]] = defaultdict(list)
    for line in DealLine.objects.filter(deal__in=set(deal_ids)).order_by("position", "pk"):
        found[line.deal_id].append(line)
    return found


def recall_leads(deals: list[Deal]) -> None:
    """Keep each stored deal's lead with it: its channel and campaign hold until a row names others."""
    leads = Lead.objects.filter(deal__in=deals, deleted_at=None).select_related("channel", "campaign")
    by_deal = {lead.deal_id: lead for lead in leads} if deals else {}
    for deal in deals:
        deal.known_lead = by_deal.get(deal.pk)  # type: ignore[attr-defined]
