"""The catalogue: every metric the product can show. A figure that is not here can't be shown anywhere."""

from metrics.catalogue import (
    activities,
    customers,
    deals,
    expenses,
    flow,
    leads,
    margins,
    marketing,
    mix,
    operators,
    pipeline,
    recurring,
    stages,
    web,
)
from metrics.metric import Metric

FILES = (
    deals,
    margins,
    mix,
    pipeline,
    flow,
    stages,
    leads,
    activities,
    customers,
    recurring,
    web,
    marketing,
    expenses,
    operators,
)
METRICS: dict[str, Metric] = {metric.slug: metric for file in FILES for metric in file.METRICS}
