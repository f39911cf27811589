"""The catalogue: every metric the product can show. A figure that is not here can't be shown anywhere."""

from metrics.catalogue import (
    activities,
    contribution,
    customer_base,
    customers,
    deals,
    economics,
    expenses,
    flow,
    leads,
    margins,
    marketing,
    markets,
    mix,
    operators,
    people,
    pipeline,
    recurring,
    stages,
    surveys,
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
    customer_base,
    surveys,
    markets,
    recurring,
    economics,
    web,
    marketing,
    expenses,
    contribution,
    people,
    operators,
)
METRICS: dict[str, Metric] = {metric.slug: metric for file in FILES for metric in file.METRICS}
