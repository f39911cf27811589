"""What the sample company's admin put together and pinned: two metrics, and what managers and leaders see first."""

import datetime
from dataclasses import asdict

from django.conf import settings

from accounts.models import User
from accounts.roles import Role
from metrics.composing import Composition
from metrics.models import MetricDefinition, MetricVersion, PinnedKpi
from pipeline.sample.world import World

_SITE = (("channel", "Website"),)
METRICS = (
    Composition(
        slug="website_win_rate", name="Win rate of the website",
        meaning="Of deals that began on our site, those we win.",
        top="won", top_where=_SITE, bottom="closed", bottom_where=_SITE, shown_as="percent",
    ),
    Composition(
        slug="website_revenue_share", name="Revenue from the website",
        meaning="The part of won revenue that began on our site.",
        top="won_money", top_where=_SITE, bottom="won_money", shown_as="percent",
    ),
)  # fmt: skip
PINNED = {
    Role.MANAGER: ("won_revenue", "win_rate", "open_pipeline", "sales_cycle_length", "lead_response_time",
                   "activities_logged", "website_win_rate"),
    Role.LEADER: ("won_revenue", "win_rate", "average_deal_size", "open_pipeline", "sales_velocity",
                  "lead_to_customer_rate", "website_revenue_share"),
}  # fmt: skip
CADENCES = ("weekly", "monthly", "quarterly")


def define_and_pin(world: World) -> dict[str, int]:
    """Slugs that are taken and roles that have pins already stay as they are; how many of what."""
    taken = set(MetricDefinition.objects.values_list("slug", flat=True))
    told = [one for one in METRICS if one.slug not in taken]
    for one in told:
        _define(one, world)
    pins = [pin for role, slugs in PINNED.items() for pin in _pins(role, slugs, world)]
    PinnedKpi.objects.bulk_create(pins)
    return {"own metrics": len(told), "pinned figures": len(pins)}


def _define(told: Composition, world: World) -> None:
    values = {key: value for key, value in asdict(told).items() if key not in ("slug", "version")}
    values = {
        key: [list(pair) for pair in value] if isinstance(value, tuple) else value for key, value in values.items()
    }
    row = MetricDefinition.objects.create(
        slug=told.slug, created_at=world.moment, changed_at=world.moment, is_sample=True, **values
    )
    MetricVersion.objects.create(definition=row, at=world.moment, is_sample=True, **values)


def _pins(role: Role, slugs: tuple[str, ...], world: World) -> list[PinnedKpi]:
    if PinnedKpi.objects.filter(role=role).exists():
        return []
    owner = User.objects.filter(role=role, email=settings.SAMPLE_SIGN_INS[role]).first()
    day = world.today - datetime.timedelta(days=40)
    return [
        PinnedKpi(
            metric=slug, role=role, position=place, owner=owner, cadence=CADENCES[place % 3], pinned_on=day,
            reviewed_on=world.today - datetime.timedelta(days=5 + place), is_sample=True,
        )
        for place, slug in enumerate(slugs)
    ]  # fmt: skip
