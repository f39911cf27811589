"""A value in a metric's own unit, as a file writes it."""

from decimal import Decimal

from metrics.goals.goal import DECIMALS, check_goal_value
from metrics.metric import Metric
from pipeline.imports.cells import CellError, Reader


def metric_value(reader: Reader, metric: Metric, text: str) -> Decimal:
    """A number; of a percentage the fraction, or the percentage with its sign. CellError, QuestionRefused."""
    percent = text.endswith("%")
    if percent and metric.unit != "percent":
        raise CellError(f"“{text[:60]}”: {metric.slug} is no percentage.")
    value = reader.decimal(text.rstrip("% \u00a0") if percent else text, digits=18, decimals=DECIMALS)
    value = value / 100 if percent else value
    check_goal_value(metric, value, signed=percent)
    return value
