"""Every metric that can be asked: those of the catalogue and those that admins made, also under an operator.

A slug of the catalogue costs no statement; one that an admin made costs one, all of them together one.
"""

import datetime

from metrics.catalogue import METRICS
from metrics.catalogue.operators import OPERATORS
from metrics.composing import SLUG, Composition, compose
from metrics.errors import QuestionRefused
from metrics.metric import Metric
from metrics.models import MetricDefinition, MetricVersion
from metrics.models.definition import ComposedFields
from metrics.operators.operated import SEPARATOR, operated, under_operator


def known_metrics(at: datetime.datetime | None = None) -> dict[str, Metric]:
    """The catalogue, then what admins made and did not retire; as it was at an instant, where one is given."""
    return {**METRICS, **{slug: metric for slug, metric in made_metrics(at).items() if slug not in METRICS}}


def known_metric(slug: str, at: datetime.datetime | None = None) -> Metric | None:
    """The metric of a slug, also an operator on one; None when there is none."""
    found = METRICS.get(slug) or operated(slug)
    if found is not None:
        return found
    name, separator, inner = slug.partition(SEPARATOR)
    made = made_metrics(at, slug=inner if separator else slug).get(inner if separator else slug)
    if made is None or not separator:
        return made
    return under_operator(OPERATORS.get(name), made)


def plain_metric(slug: str) -> Metric | None:
    """The metric of a slug, operators left out: what targets and benchmarks are about."""
    return METRICS.get(slug) or (None if SEPARATOR in slug else made_metrics(slug=slug).get(slug))


def made_metrics(at: datetime.datetime | None = None, *, slug: str = "") -> dict[str, Metric]:
    """What admins made, by slug: all of it or one. What the program can make no sense of any more is left out."""
    if slug and not SLUG.fullmatch(slug):
        return {}
    found = {}
    for told in _definitions(slug) if at is None else _definitions_at(at, slug):
        try:
            found[told.slug] = compose(told)
        except QuestionRefused:
            continue
    return found


def composition_of(row: ComposedFields, slug: str) -> Composition:
    """The row as the engine reads it."""
    return Composition(
        slug=slug,
        name=row.name,
        meaning=row.meaning,
        better=row.better,
        version=row.version,
        top=row.top,
        top_where=tuple((dimension, member) for dimension, member in row.top_where),
        bottom=row.bottom,
        bottom_where=tuple((dimension, member) for dimension, member in row.bottom_where),
        shown_as=row.shown_as,
        operator=row.operator,
        dimensions=tuple(row.dimensions),
    )


def _definitions(slug: str) -> list[Composition]:
    rows = MetricDefinition.objects.filter(retired_at=None).order_by("name", "pk")
    return [composition_of(row, row.slug) for row in (rows.filter(slug=slug) if slug else rows)]


def _definitions_at(at: datetime.datetime, slug: str) -> list[Composition]:
    """As they were at an instant; of what was made later its first version."""
    rows = MetricVersion.objects.exclude(definition__retired_at__lte=at).select_related("definition")
    if slug:
        rows = rows.filter(definition__slug=slug)
    held: dict[str, MetricVersion] = {}
    for row in rows.order_by("definition__name", "definition", "version"):
        if row.at <= at or row.definition.slug not in held:
            held[row.definition.slug] = row
    return [composition_of(row, of) for of, row in held.items()]
