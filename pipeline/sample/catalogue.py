"""What the sample sells and how: pipelines, products, channels, lost reasons."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from pipeline.models import Channel, ForecastCategory, LostReason, Outcome, Pipeline, Product, Stage
from pipeline.sample.money import price_scale
from pipeline.sample.people import free_name
from pipeline.sample.world import World

STAGES = {
    "Sales": (
        ("Qualification", Outcome.OPEN, 1000, ForecastCategory.PIPELINE, 14, []),
        ("Discovery", Outcome.OPEN, 2500, ForecastCategory.PIPELINE, 21, []),
        ("Proposal", Outcome.OPEN, 5000, ForecastCategory.BEST_CASE, 21, ["amount"]),
        ("Negotiation", Outcome.OPEN, 7500, ForecastCategory.COMMIT, 14, ["amount", "expected_close_on"]),
        ("Won", Outcome.WON, 10_000, ForecastCategory.CLOSED, None, []),
        ("Lost", Outcome.LOST, 0, ForecastCategory.OMITTED, None, []),
    ),
    "Renewals": (
        ("Review", Outcome.OPEN, 6000, ForecastCategory.PIPELINE, 30, []),
        ("Offer", Outcome.OPEN, 7500, ForecastCategory.BEST_CASE, 21, ["amount"]),
        ("Contract", Outcome.OPEN, 9000, ForecastCategory.COMMIT, 14, ["amount"]),
        ("Renewed", Outcome.WON, 10_000, ForecastCategory.CLOSED, None, []),
        ("Not renewed", Outcome.LOST, 0, ForecastCategory.OMITTED, None, []),
    ),
}
PRODUCTS = (
    # name, family, list price, unit cost, recurring, how often it is sold, months since its launch (None: older)
    ("Planner Basic", "Software", 900, 130, True, 9, None),
    ("Planner Team", "Software", 3600, 480, True, 8, None),
    ("Planner Company", "Software", 14_400, 1700, True, 4, None),
    ("Route module", "Software", 2400, 260, True, 5, 10),
    ("Set-up", "Services", 1500, 950, False, 6, None),
    ("Training day", "Services", 1200, 640, False, 5, None),
    ("Scanner", "Devices", 420, 265, False, 4, None),
    ("Dock terminal", "Devices", 1850, 1190, False, 2, 19),
)
CHANNELS = (
    # name, kind, share of leads, how much better than average its deals are won
    ("Search ads", Channel.Kind.PAID, 18, -0.05),
    ("Social ads", Channel.Kind.PAID, 12, -0.09),
    ("Website", Channel.Kind.ORGANIC, 22, 0.02),
    ("Webinar", Channel.Kind.INBOUND, 9, 0.03),
    ("Cold calls", Channel.Kind.OUTBOUND, 14, -0.06),
    ("Partner", Channel.Kind.PARTNER, 9, 0.09),
    ("Referral", Channel.Kind.REFERRAL, 8, 0.17),
    ("Trade fair", Channel.Kind.EVENT, 8, 0.00),
)
LOST_REASONS = (
    ("Price", True, 22), ("No decision", True, 24), ("Competitor", True, 18), ("Missing feature", True, 9),
    ("Bad timing", True, 11), ("No budget", True, 10), ("Duplicate", False, 4), ("Spam", False, 1.5),
    ("Test", False, 0.5),
)  # fmt: skip


@dataclass(frozen=True)
class Way:
    """A pipeline with its stages sorted out."""

    pipeline: Pipeline
    open: list[Stage]
    won: Stage
    lost: Stage


@dataclass(frozen=True)
class Offer:
    """A product and how often it is sold."""

    product: Product
    weight: float

    def is_sold_on(self, day: datetime.date) -> bool:
        """Whether it was launched by then."""
        return self.product.launched_on is None or self.product.launched_on <= day


@dataclass(frozen=True)
class Source:
    """A channel, its share of the leads and how well they sell."""

    channel: Channel
    share: float
    lift: float


@dataclass(frozen=True)
class Catalogue:
    """Everything that deals and leads of the sample refer to."""

    sales: Way
    renewals: Way
    offers: list[Offer]
    sources: list[Source]
    reasons: list[tuple[LostReason, float]]


def stock_catalogue(world: World) -> Catalogue:
    """Create it; channels and lost reasons that exist under the same name are used as they are."""
    sales, renewals = (_way(name, position) for position, name in enumerate(STAGES, start=1))
    return Catalogue(
        sales,
        renewals,
        _offers(world),
        [
            Source(Channel.objects.get_or_create(name=name, defaults={"kind": kind, "is_sample": True})[0], share, lift)
            for name, kind, share, lift in CHANNELS
        ],
        [
            (LostReason.objects.get_or_create(name=name, defaults={"counts": counts, "is_sample": True})[0], weight)
            for name, counts, weight in LOST_REASONS
        ],
    )


def _way(name: str, position: int) -> Way:
    pipeline = Pipeline.objects.create(name=free_name(Pipeline, name), position=position, is_sample=True)
    stages = [
        Stage.objects.create(
            pipeline=pipeline, name=stage, position=number, outcome=outcome, probability_bp=probability,
            forecast_category=category, rot_after_days=rot, required_fields=required, is_sample=True,
        )
        for number, (stage, outcome, probability, category, rot, required) in enumerate(STAGES[name], start=1)
    ]  # fmt: skip
    return Way(
        pipeline,
        [stage for stage in stages if stage.outcome == Outcome.OPEN],
        next(stage for stage in stages if stage.outcome == Outcome.WON),
        next(stage for stage in stages if stage.outcome == Outcome.LOST),
    )


def _offers(world: World) -> list[Offer]:
    scale = price_scale(world)
    return [
        Offer(
            Product.objects.create(
                name=free_name(Product, name), sku=_free_sku(f"S-{number:03}"), family=family,
                list_price=Decimal(price) * scale, unit_cost=Decimal(cost) * scale, recurring=recurring,
                launched_on=_launched_on(world, age), is_sample=True,
            ),
            weight,
        )
        for number, (name, family, price, cost, recurring, weight, age) in enumerate(PRODUCTS, start=1)
    ]  # fmt: skip


def _launched_on(world: World, months: int | None) -> datetime.date:
    """The day so many months before today; with None a year before the sample begins."""
    if months is None:
        return world.first_day.replace(year=world.first_day.year - 1)
    return world.today - datetime.timedelta(days=30 * months)


def _free_sku(sku: str) -> str:
    return f"{sku}-SAMPLE" if Product.objects.filter(sku=sku).exists() else sku
