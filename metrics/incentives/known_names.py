"""What plans of this company may name, read from the database for the linter."""

import datetime
from dataclasses import replace

from accounts.business_dates import business_date
from accounts.models import Company, Rep, Team
from metrics.errors import QuestionRefused
from metrics.evaluate import make_question, whole_parts
from metrics.incentives.linting import Known
from metrics.known import known_metric
from metrics.models import Target
from metrics.periods import DAY, Period, add_months
from metrics.scopes import COMPANY
from pipeline.models import Channel, Pipeline, Product

YEAR = 12


def known_names(now: datetime.datetime | None = None) -> Known:
    """Five queries. With ``now`` also whether metrics have targets and figures: one more, and those of the figures."""
    slugs = {pk: (slug, parent) for pk, slug, parent in Team.objects.values_list("pk", "slug", "parent_id")}
    products = list(Product.objects.values_list("name", "sku", "family"))
    reps = Rep.objects.values_list("email", "external_id")
    known = Known(
        unit_of=_unit_of,
        parents={slug: slugs[parent][0] if parent else None for slug, parent in slugs.values()},
        products=frozenset(name for one in products for name in one[:2] if name),
        families=frozenset(family for _name, _sku, family in products if family),
        pipelines=frozenset(Pipeline.objects.values_list("name", flat=True)),
        channels=frozenset(Channel.objects.values_list("name", flat=True)),
        reps=frozenset(key.lower() for pair in reps for key in pair if key),
    )
    if now is None:
        return known
    company = Company.current()
    today = business_date(now, company.zone)
    targets = frozenset(Target.objects.order_by().values_list("metric", flat=True).distinct())
    return replace(
        known, has_figure=lambda slug: _has_figure(slug, company, today), has_target=lambda slug: slug in targets
    )


def _unit_of(slug: str) -> str | None:
    metric = known_metric(slug)
    return metric.unit if metric else None


def _has_figure(slug: str, company: Company, today: datetime.date) -> bool:
    metric = known_metric(slug)
    if metric is None:
        return False
    year = Period(add_months(today, -YEAR), today + DAY, "last twelve months", "range")
    try:
        question = make_question(metric, period=year, scope=COMPANY, company=company, today=today)
        parts = whole_parts(metric, question)
    except QuestionRefused:
        return False
    return parts.value is not None and parts.n > 0
