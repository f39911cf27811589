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
    return None if metric is None else under_operator(operator, metric)


def under_operator(operator: Operator | None, metric: Metric) -> Metric | None:
    """The operator on a metric; None without one, and of what is an operator on something itself."""
    return None if operator is None or isinstance(metric, Operator) else operator.on(metric)
