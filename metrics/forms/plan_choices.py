"""What a plan of this company may name, to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Rep, Team
from accounts.roles import Role
from metrics.known import known_metrics
from metrics.pages.group_words import GROUPS
from pipeline.models import Channel, Deal, Pipeline, Product

MOST_LISTED = 12
"""Choices that are all shown as boxes to tick; of more, only what is chosen, beside a field to look for others."""
MOST_SUGGESTED = 500
FEW = ("roles", "deal_kind")

Names = Mapping[str, str]


@dataclass(frozen=True)
class PlanChoices:
    """By key the values with what they are called; metrics in groups of (slug, name)."""

    names: Mapping[str, Names]
    metrics: Sequence[tuple[str, list[tuple[str, str]]]]

    def is_long(self, key: str) -> bool:
        """Whether there are too many to show all."""
        return key not in FEW and len(self.names[key]) > MOST_LISTED

    @property
    def suggestions(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What fields to look for others suggest, by key."""
        return [(key, list(names.items())[:MOST_SUGGESTED]) for key, names in self.names.items() if self.is_long(key)]


def plan_choices() -> PlanChoices:
    """Five queries, and that of the metrics that admins made."""
    reps = Rep.objects.order_by("name", "pk").values_list("name", "email", "external_id")
    products = list(Product.objects.order_by("name").values_list("sku", "name", "family"))
    families = sorted({family for _sku, _name, family in products if family})
    return PlanChoices(
        {
            "reps": {(email or key).lower(): name for name, email, key in reps if email or key},
            "teams": dict(Team.objects.order_by("name").values_list("slug", "name")),
            "roles": {value: str(label) for value, label in Role.choices},
            "deal_kind": {value: str(label) for value, label in Deal.Kind.choices},
            "product_family": {name: name for name in families},
            "product": {sku or name: name for sku, name, _family in products},
            "pipeline": _named(Pipeline),
            "channel": _named(Channel),
        },
        _metrics(),
    )


def _named(model: type[Pipeline] | type[Channel]) -> Names:
    return {name: name for name in model.objects.order_by("name").values_list("name", flat=True)}


def _metrics() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for slug, metric in known_metrics().items():
        group = str(GROUPS.get(metric.group, metric.group.capitalize()))
        groups.setdefault(group, []).append((slug, str(metric.name)))
    return [(group, sorted(found, key=lambda one: one[1])) for group, found in groups.items()]
