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
    # name, channel, when it starts and how long it runs as shares of the sample's time, spend a day
    ("Spring offer", "Search ads", 0.00, 0.16, 720), ("Meet the planner", "Social ads", 0.04, 0.20, 430),
    ("Planning in practice", "Webinar", 0.10, 0.17, 190), ("Plan the dock", "Search ads", 0.18, 0.24, 640),
    ("Warehouse week", "Trade fair", 0.27, 0.02, 5200), ("Routes for less", "Social ads", 0.33, 0.22, 510),
    ("Partner push", "Partner", 0.40, 0.25, 260), ("Bring a colleague", "Referral", 0.52, 0.24, 120),
    ("Autumn offer", "Search ads", 0.58, 0.30, 760), ("Ask the planners", "Webinar", 0.72, 0.26, 210),
    ("Logistics days", "Trade fair", 0.80, 0.02, 6100), ("Year-end planning", "Social ads", 0.84, 0.22, 580),
    ("Fresh start", "Search ads", 1.03, 0.12, 700),
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
    """Create campaigns spread over the sample's days, the last one still to come, with what each day cost."""
    channels = {source.channel.name: source.channel for source in sources}
    span = world.today - world.first_day
    efforts: list[Effort] = []
    spend: list[CampaignSpend] = []
    for number, (name, channel, begin, length, a_day) in enumerate(CAMPAIGNS):
        random = world.random("campaign", number)
        start = world.first_day + span * begin
        end = start + max(6 * DAY, span * length)
        effort = _effort(world, free_name(Campaign, name), channels[channel].pk, start, end, a_day)
        efforts.append(effort)
        for day in world.days:
            if effort.starts_on <= day <= effort.ends_on:
                weekend = 0.45 if day.weekday() > 4 else 1.0
                spend.append(_spent(world, effort.campaign, day, a_day * weekend * random.uniform(0.6, 1.4)))
    CampaignSpend.objects.bulk_create(spend, batch_size=500)
    return efforts


def _effort(
    world: World, name: str, channel: int, start: datetime.date, end: datetime.date, a_day: int
) -> Effort:  # fmt: skip
    running = Campaign.Status.RUNNING if end >= world.today else Campaign.Status.ENDED
    budget = Decimal(a_day * (end - start).days) * price_scale(world)
    campaign = Campaign.objects.create(
        name=name, channel_id=channel, starts_on=start, ends_on=end, budget=budget,
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
