"""What plans of this company may name, read from the database for the linter."""

from accounts.models import Rep, Team
from metrics.incentives.linting import Known
from metrics.known import known_metric
from pipeline.models import Channel, Pipeline, Product


def known_names() -> Known:
    """Five queries."""
    slugs = {pk: (slug, parent) for pk, slug, parent in Team.objects.values_list("pk", "slug", "parent_id")}
    products = list(Product.objects.values_list("name", "sku", "family"))
    reps = Rep.objects.values_list("email", "external_id")
    return Known(
        unit_of=_unit_of,
        parents={slug: slugs[parent][0] if parent else None for slug, parent in slugs.values()},
        products=frozenset(name for one in products for name in one[:2] if name),
        families=frozenset(family for _name, _sku, family in products if family),
        pipelines=frozenset(Pipeline.objects.values_list("name", flat=True)),
        channels=frozenset(Channel.objects.values_list("name", flat=True)),
        reps=frozenset(key.lower() for pair in reps for key in pair if key),
    )


def _unit_of(slug: str) -> str | None:
    metric = known_metric(slug)
    return metric.unit if metric else None
