"""The sample's campaigns and what they cost each day."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accounts.money import minor_digits, to_minor
from pipeline.models import Campaign, CampaignSpend
from pipeline.sample.catalogue import Source
from pipeline.sample.money import in_currency, price_scale
from pipeline.sample.people import free_name
from pipeline.sample.world import World

CAMPAIGNS = (
    # name, channel, running days, spend a day
    ("Spring offer", "Search ads", 95, 210), ("Plan the dock", "Search ads", 160, 160),
    ("Routes for less", "Social ads", 120, 120), ("Meet the planner", "Social ads", 75, 145),
    ("Warehouse week", "Trade fair", 14, 1900), ("Logistics days", "Trade fair", 10, 2400),
    ("Planning in practice", "Webinar", 130, 55), ("Ask the planners", "Webinar", 90, 60),
    ("Partner push", "Partner", 150, 70), ("Autumn offer", "Search ads", 100, 230),
    ("Bring a colleague", "Referral", 180, 40), ("Year-end planning", "Social ads", 85, 175),
)  # fmt: skip
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Effort:
    """A campaign with its days."""

    campaign: Campaign
    channel_id: int
    starts_on: datetime.date
    ends_on: datetime.date


def run_campaigns(world: World, sources: list[Source]) -> list[Effort]:
    """Create twelve campaigns spread over the sample's days, the last one still to come, with spend for each day."""
    channels = {source.channel.name: source.channel for source in sources}
    span = (world.today - world.first_day).days
    efforts: list[Effort] = []
    spend: list[CampaignSpend] = []
    for number, (name, channel, days, a_day) in enumerate(CAMPAIGNS):
        random = world.random("campaign", number)
        start = world.first_day + DAY * int(span * number / len(CAMPAIGNS) + random.randrange(10))
        if number == len(CAMPAIGNS) - 1:
            start = world.today + 21 * DAY
        effort = _effort(
            world, free_name(Campaign, name), channels[channel].pk, start, start + days * DAY, a_day * days
        )
        efforts.append(effort)
        for day in world.days:
            if effort.starts_on <= day <= effort.ends_on:
                weekend = 0.45 if day.weekday() > 4 else 1.0
                spend.append(_spent(world, effort.campaign, day, a_day * weekend * random.uniform(0.6, 1.4)))
    CampaignSpend.objects.bulk_create(spend, batch_size=500)
    return efforts


def _effort(
    world: World, name: str, channel: int, start: datetime.date, end: datetime.date, budget: int
) -> Effort:  # fmt: skip
    running = Campaign.Status.RUNNING if end >= world.today else Campaign.Status.ENDED
    campaign = Campaign.objects.create(
        name=name, channel_id=channel, starts_on=start, ends_on=end, budget=Decimal(budget) * price_scale(world),
        status=Campaign.Status.PLANNED if start > world.today else running, is_sample=True,
    )  # fmt: skip
    return Effort(campaign, channel, start, end)


def _spent(world: World, campaign: Campaign, day: datetime.date, amount: float) -> CampaignSpend:
    base = world.company.base_currency
    digits = minor_digits(base)
    value = in_currency(Decimal(f"{amount:.{digits}f}") * price_scale(world), base)
    return CampaignSpend(
        campaign=campaign, day=day, amount=value, currency=base, base_minor=to_minor(value, base), is_sample=True
    )
