"""What the sample company sees of the world: visits to its pages, followers, benchmarks, its market."""

import datetime
from decimal import Decimal

from accounts.models import Account
from accounts.money import to_minor
from metrics.catalogue import METRICS
from metrics.indicators import new_indicator
from metrics.models import Benchmark, Indicator, IndicatorReading, MarketSize
from pipeline.models import Channel
from pipeline.sample.money import price_scale
from pipeline.sample.world import World

SESSIONS = (
    # source, channel of the sample, sessions on an ordinary day
    ("Organic search", "Website", 310),
    ("Search ads", "Search ads", 140),
    ("Social ads", "Social ads", 85),
    ("Direct", "", 120),
)
FOLLOWERS = (("LinkedIn", 4200, 1.012), ("Instagram", 1900, 1.018), ("YouTube", 640, 1.009))
VISITORS_OF_SESSIONS = 0.74
BENCHMARKS = {
    "win_rate": ("0.22", "0.15", "0.31"), "lead_to_customer_rate": ("0.04", "0.02", "0.07"),
    "sales_cycle_length": ("46", "30", "75"), "lead_response_time": ("120", "35", "600"), "nps": ("32", "15", "50"),
    "csat": ("0.78", "0.68", "0.86"), "sales_expense_ratio": ("0.3", "0.2", "0.45"),
}  # fmt: skip
SOURCE = "Made up for the sample company"
MARKET = (("TAM", 60_000, 540), ("SAM", 15_000, 150), ("SOM", 2_400, 26))
"""Kind, companies, million euros a year."""
WEEK = datetime.timedelta(days=7)


def note_outside(world: World) -> int:
    """Readings, benchmarks and market sizes; how many readings."""
    _note_benchmarks(world)
    _note_market(world)
    rows = [*_visits(world), *_followers(world), *_staff(world)]
    IndicatorReading.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def _indicator(slug: str) -> Indicator:
    """The company's own indicator where it has one, else the sample's."""
    found = Indicator.objects.filter(slug=slug).first()
    if found is None:
        found = new_indicator(slug)
        found.is_sample = True
        found.save()
    return found


def _visits(world: World) -> list[IndicatorReading]:
    sessions, visitors = _indicator("website_sessions"), _indicator("unique_visitors")
    channels = {row.name: row for row in Channel.objects.filter(is_sample=True)}
    random = world.random("visits")
    rows = []
    for day, busy in zip(world.days, world.busyness, strict=True):
        total = 0
        for source, channel, usual in SESSIONS:
            count = round(usual * max(busy, 0.45) * random.uniform(0.75, 1.25))
            total += count
            rows.append(_reading(sessions, day, count, source, channels.get(channel)))
        rows.append(_reading(visitors, day, round(total * VISITORS_OF_SESSIONS), "Web statistics"))
    return rows


def _followers(world: World) -> list[IndicatorReading]:
    indicator = _indicator("followers")
    rows = []
    for source, at_first, a_month in FOLLOWERS:
        random, count, day = world.random("followers", source), float(at_first), world.first_day
        while day <= world.last_day:
            rows.append(_reading(indicator, day, round(count), source))
            count *= a_month ** (7 / 30) * random.uniform(0.998, 1.003)
            day += WEEK
    return rows


def _staff(world: World) -> list[IndicatorReading]:
    """Every quarter the company asks its own people."""
    indicator, random = _indicator("enps"), world.random("enps")
    days = [day for day in world.days if day.day == 15 and day.month % 3 == 2]
    return [_reading(indicator, day, random.randrange(8, 42), "Staff survey") for day in days]


def _reading(
    indicator: Indicator, day: datetime.date, value: int, source: str, channel: Channel | None = None
) -> IndicatorReading:
    return IndicatorReading(
        indicator=indicator, day=day, value=value, source=source, channel=channel, is_sample=True
    )  # fmt: skip


def _note_benchmarks(world: World) -> None:
    for slug, (value, low, high) in BENCHMARKS.items():
        if slug in METRICS:
            Benchmark.objects.create(
                metric=slug, value=Decimal(value), low=Decimal(low), high=Decimal(high), source=SOURCE,
                year=world.today.year - 1, is_sample=True,
            )  # fmt: skip


def _note_market(world: World) -> None:
    """The whole market of each year, and by segment what can be served. Sizes that are there already stay."""
    base, scale = world.company.base_currency, price_scale(world)
    segments = sorted(set(Account.objects.filter(is_sample=True).values_list("segment", flat=True).order_by()))
    rows = []
    for year in range(world.first_day.year, world.today.year + 1):
        grown = 1.04 ** (year - world.first_day.year)
        for kind, accounts, millions in MARKET:
            money = to_minor(Decimal(round(millions * grown)) * 1_000_000 * scale, base)
            rows.append(_market(kind, year, "", round(accounts * grown), money, base))
        for number, segment in enumerate(segments):
            share = (0.6, 0.28, 0.12)[number % 3] if len(segments) <= 3 else 1 / len(segments)
            rows.append(_market("SAM", year, segment, int(15_000 * grown * share), None, ""))
    MarketSize.objects.bulk_create(rows, ignore_conflicts=True)


def _market(kind: str, year: int, segment: str, accounts: int, money: int | None, currency: str) -> MarketSize:
    return MarketSize(
        kind=kind, year=year, segment=segment, accounts=accounts, revenue_minor=money, currency=currency,
        base_minor=money, source=SOURCE, is_sample=True,
    )  # fmt: skip
