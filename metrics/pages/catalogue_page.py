"""docs/metrics.md: the catalogue as a page, written from the definitions so that the two cannot part."""

from collections.abc import Iterable

from django.utils.translation import override

from metrics.metric import Metric

GROUPS = {
    "activity": "Activity",
    "marketing": "Marketing and leads",
    "pipeline": "Pipeline",
    "performance": "Performance",
    "customer": "Customers",
    "financial": "Money",
}
UNITS = {
    "money": "money in the base currency", "money_per_day": "money a day", "percent": "percent (stored as a fraction)",
}  # fmt: skip
BETTER = {"higher": "more is better", "lower": "less is better", "neutral": "neither", "range": "a range is best"}
HEAD = """# Metrics

Every figure the product can show. Written by `manage.py write_catalogue` from `metrics/catalogue/`; not by hand.
A definition that changes gets a new version; `make check` refuses a silent change.
"""


def catalogue_page(metrics: Iterable[Metric]) -> str:
    """The whole page in Markdown, by group, in the order of the catalogue."""
    listed = list(metrics)
    known = [*GROUPS, *sorted({metric.group for metric in listed} - GROUPS.keys())]
    with override("en"):
        parts = [
            _group(GROUPS.get(group, group.capitalize()), [metric for metric in listed if metric.group == group])
            for group in known
        ]
    return HEAD + "".join(parts)


def _group(title: str, metrics: list[Metric]) -> str:
    return f"\n## {title}\n" + "".join(map(_entry, metrics)) if metrics else ""


def _entry(metric: Metric) -> str:
    cohort = " It is a cohort: the figure matures." if metric.cohort else ""
    dimensions = ", ".join(metric.dimensions) or "none"
    return (
        f"\n### `{metric.slug}` {metric.name}\n"
        f"{metric.help}{cohort}\n\n"
        f"- Formula: {metric.formula}\n"
        f"- Put in a period by: {metric.date}\n"
        f"- Unit: {UNITS.get(metric.unit, metric.unit)}; {BETTER[metric.better]}; {metric.timing}; "
        f"version {metric.version}\n"
        f"- Dimensions: {dimensions}\n"
        f"- Example: {metric.example}\n"
    )
