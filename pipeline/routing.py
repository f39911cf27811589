"""Which rule a new lead falls under, and whose turn it is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Prefetch, QuerySet

from accounts.models import Rep
from pipeline.models import Lead, RoutingRule


@dataclass
class Route:
    """A rule with the reps who are at work, in the order of their turns. ``given`` runs on while leads are given."""

    rule: RoutingRule
    reps: list[Rep]
    given: int

    def fits(self, channel: int | None, region: str) -> bool:
        """Whether a lead of this channel and region is meant."""
        rule = self.rule
        right_channel = rule.channel_id is None or rule.channel_id == channel
        return right_channel and (not rule.region or rule.region.casefold() == region.strip().casefold())

    @property
    def next_rep(self) -> Rep:
        return self.reps[self.given % len(self.reps)]


class Router:
    """The rules in their order. One that has nobody at work any more is passed over."""

    def __init__(self, rules: Iterable[RoutingRule]) -> None:
        self.routes = [Route(rule, list(rule.reps.all()), rule.given) for rule in rules]
        self._gave: Counter[int] = Counter()

    @classmethod
    def load(cls, *, locked: bool = False) -> "Router":
        """The rules as they are; ``locked``: until the transaction ends nobody else gives leads by them."""
        rules: QuerySet[RoutingRule] = RoutingRule.objects.order_by("position", "pk").select_related("channel")
        if locked:
            rules = rules.select_for_update(of=("self",))
        at_work = Rep.objects.filter(left_on=None).order_by("name", "pk")
        return cls(rules.prefetch_related(Prefetch("reps", at_work)))

    def route_of(self, channel: int | None, region: str) -> Route | None:
        """The first rule that fits; None: the lead stays nobody's."""
        return next((route for route in self.routes if route.reps and route.fits(channel, region)), None)

    def give(self, lead: Lead) -> Rep | None:
        """Whose the lead becomes; the turn passes on. ``store`` afterwards."""
        route = self.route_of(lead.channel_id, lead.region)
        if route is None:
            return None
        rep = route.next_rep
        route.given += 1
        self._gave[route.rule.pk] += 1
        return rep

    def store(self) -> None:
        """Keep whose turn it is."""
        for pk, count in self._gave.items():
            RoutingRule.objects.filter(pk=pk).update(given=F("given") + count)
        self._gave.clear()


def preview(leads: Iterable[tuple[int | None, str]]) -> tuple[dict[int, int], int]:
    """How many of these leads (channel, region) each rule would have given, by its id, and how many none."""
    router = Router.load()
    found: Counter[int] = Counter()
    rest = 0
    for channel, region in leads:
        route = router.route_of(channel, region)
        if route is None:
            rest += 1
        else:
            found[route.rule.pk] += 1
    return dict(found), rest
