"""What a figure is held against: its target, how much of it is reached, how much should be by now."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from metrics.catalogue.operators import OPERATORS
from metrics.dimensions import ALL
from metrics.figure import Figure, dress
from metrics.goals.target_values import targets_of
from metrics.metric import Metric
from metrics.numbers import decimal_of, text_of
from metrics.operators.operator import Operator
from metrics.operators.targets import elapsed_share


@dataclass(frozen=True)
class Aim:
    """A target in the metric's unit; attainment, pace and the share of working days that are over as fractions.

    ``pace`` is the attainment that the whole period comes to. None: not known. ``lower``: less is better, and the
    attainment is target / actual.
    """

    target: Decimal
    attainment: Decimal | None
    pace: Decimal | None
    elapsed: Decimal | None
    lower: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "value": text_of(self.target),
            "attainment": text_of(self.attainment),
            "pace": text_of(self.pace),
            "elapsed": text_of(self.elapsed),
        }


def aim_of(figure: Figure) -> Aim | None:
    """The target of a figure's scope and period; None where there is none, as for every operator."""
    metric, q = figure.metric, figure.question.whole()
    if isinstance(metric, Operator) or ALL not in targets_of(metric, q):
        return None
    attained = _operated("target_attainment", metric, figure)
    paced = _operated("pace_to_target", metric, figure)
    share = elapsed_share(q)
    lower = metric.better == "lower"
    target = attained.numerator if lower else attained.denominator
    if target is None:
        return None
    return Aim(target, attained.value, paced.value, None if share is None else decimal_of(share), lower)


def _operated(name: str, metric: Metric, figure: Figure) -> Any:
    operator = OPERATORS[name].on(metric)
    q = figure.question.whole()
    return dress(operator, operator.parts(q)[ALL], q.company.base_currency)


def with_aim(figure: Figure) -> Figure:
    """The figure with its target, where it has one."""
    return replace(figure, aim=aim_of(figure))
