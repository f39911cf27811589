"""Checks of the catalogue at every start: a definition that can't be right, or that changed silently, stops it."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error

from metrics.catalogue import METRICS
from metrics.dimensions import DIMENSIONS, MODEL, TIME
from metrics.fingerprints import silently_changed
from metrics.measures.measure import Measure
from metrics.metric import Metric

UNITS = ("count", "money", "percent", "ratio", "days", "minutes", "months", "money_per_day", "score")
BETTER = ("higher", "lower", "neutral", "range")
TIMING = ("leading", "lagging")
WORDS = ("name", "help", "formula", "date", "example")


def catalogue_is_sound(**_options: Any) -> list[CheckMessage]:
    """Known dimensions and units, nothing left unsaid, no measure key with two meanings."""
    found: list[CheckMessage] = []
    measures: dict[str, Measure] = {}
    for metric in METRICS.values():
        found += [Error(f"{metric.slug}: {problem}", id="metrics.E001") for problem in problems_of(metric)]
        for measure in metric.measures():
            if measures.setdefault(measure.key, measure) != measure:
                message = f"{metric.slug}: the measure {measure.key} is declared twice with different meanings."
                found.append(Error(message, id="metrics.E002"))
    return found


def definitions_keep_their_version(**_options: Any) -> list[CheckMessage]:
    """A definition that was published changes only together with its version."""
    return [
        Error(
            f"{slug}: the definition changed and its version did not.",
            hint="Raise version= in the catalogue, then `manage.py write_catalogue`.",
            id="metrics.E003",
        )
        for slug in silently_changed(METRICS.values())
    ]


def problems_of(metric: Metric) -> Iterator[str]:
    """What can't be right about a definition, a sentence each."""
    for field in WORDS:
        if not str(getattr(metric, field)).strip():
            yield f"{field} is missing."
    for field, allowed in (("unit", UNITS), ("better", BETTER), ("timing", TIMING)):
        if getattr(metric, field) not in allowed:
            yield f"{field} {getattr(metric, field)!r} is not among {', '.join(allowed)}."
    for dimension in metric.dimensions:
        if dimension not in DIMENSIONS:
            yield f"unknown dimension {dimension!r}."
    for measure in metric.measures():
        lacking = [
            dimension
            for dimension in metric.dimensions
            if dimension not in TIME
            and dimension not in measure.fact.columns
            and not _shared(measure, dimension)
            and not (dimension == MODEL and _knows_models(metric))
        ]
        if lacking:
            yield f"its measure {measure.key} does not carry {', '.join(lacking)}."


def _knows_models(metric: Metric) -> bool:
    """Whether a part of it is attributed by a model; the other parts are the same for each."""
    return any(_shared(measure, MODEL) for measure in metric.measures())


def _shared(measure: Measure, dimension: str) -> bool:
    """Whether the measure knows the dimension by other means than a column of its fact."""
    return dimension in getattr(measure, "dimensions", ())
