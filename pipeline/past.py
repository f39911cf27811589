"""Deals as they were: the version of a day stands in the deal's own columns, so that pages and API read it alike."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from accounts.business_dates import day_start
from accounts.models import Company
from accounts.money import from_minor
from pipeline.models import Deal, DealVersion, StageVisit
from pipeline.models.history import DealVersionQuerySet

JOINED = (
    "deal__account", "deal__contact", "account", "owner", "stage", "pipeline", "lost_reason", "channel", "campaign",
)  # fmt: skip
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """The end of the day ``day``, with what is known now or was known at the end of ``known_on``."""

    day: datetime.date
    known_on: datetime.date | None
    company: Company

    @property
    def end(self) -> datetime.datetime:
        return day_start(self.day + DAY, self.company.zone)

    @property
    def now(self) -> datetime.datetime:
        """The last instant of the day: what was the present then."""
        return self.end - datetime.timedelta.resolution

    @property
    def known_at(self) -> datetime.datetime | None:
        return None if self.known_on is None else day_start(self.known_on + DAY, self.company.zone)

    def parts(self) -> dict[str, str]:
        """The parts of an address that looks from here."""
        known = {"known_on": self.known_on.isoformat()} if self.known_on else {}
        return {"as_of": self.day.isoformat(), **known}


def versions_at(moment: Moment, deals: object) -> DealVersionQuerySet:
    """The versions that held then, one per deal, of ``deals``: who may see a deal today sees what it was."""
    rows: DealVersionQuerySet = DealVersion.objects.known_on(moment.known_at).valid_on(moment.day)
    return rows.filter(deal__in=deals.order_by().values("pk"))  # type: ignore[attr-defined]


def deal_then(version: DealVersion) -> Deal:
    """The deal of a version, unsaved, with its columns as they were. What keeps no history is empty: the next step."""
    deal = version.deal
    for name in ("account", "owner", "stage", "pipeline", "lost_reason", "channel", "campaign"):
        setattr(deal, name, getattr(version, name))
    for name in ("outcome", "currency", "rate", "base_minor", "expected_close_on", "kind", "closed_at"):
        setattr(deal, name, getattr(version, name))
    minor = version.amount_minor
    deal.amount = None if minor is None else from_minor(minor, version.currency)
    deal.probability = Decimal(version.probability_bp) / 10_000
    deal.forecast_category = version.category
    deal.opened_at = deal.opened_at if version.opened_on else None
    deal.next_step_on = deal.stage_entered_at = None
    return deal


def entered_stages(deals: Iterable[Deal], moment: Moment) -> None:
    """Give deals of the past the time at which they had come into their stage; with one query.

    Not with the knowledge of an earlier day: visits are kept as they are known now.
    """
    by_id = {deal.pk: deal for deal in deals}
    if moment.known_on or not by_id:
        return
    visits = StageVisit.objects.filter(deal__in=by_id, entered_at__lt=moment.end).order_by("entered_at", "pk")
    for deal, stage, entered_at in visits.values_list("deal", "stage", "entered_at"):
        if by_id[deal].stage_id == stage:
            by_id[deal].stage_entered_at = entered_at
