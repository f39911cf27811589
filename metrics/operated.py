"""Operators on any metric: ``target_attainment-calls_made`` is the attainment of the target for calls.

By itself an operator is that of won revenue, the benchmark gap that of the win rate.
"""

from functools import cache

from metrics.catalogue import METRICS
from metrics.catalogue.operators import OPERATORS
from metrics.metric import Metric
from metrics.operators.operator import Operator

SEPARATOR = "-"


@cache
def operated(slug: str) -> Metric | None:
    """The metric of a slug such as ``growth-deals_won``; None when there is no such operator or metric."""
    name, _separator, inner = slug.partition(SEPARATOR)
    operator, metric = OPERATORS.get(name), METRICS.get(inner)
    if operator is None or metric is None or isinstance(metric, Operator):
        return None
    return operator.on(metric)


def is_metric(slug: str) -> bool:
    """Whether there is a metric, or an operator on one, of this slug."""
    return slug in METRICS or operated(slug) is not None
