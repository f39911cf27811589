"""An operator: a figure made of another metric's figures, for any metric of the catalogue."""

from dataclasses import dataclass, field, replace

from accounts.sentences import mid_sentence
from metrics.dimensions import TIME
from metrics.measures.measure import Measure
from metrics.metric import MONEY_UNITS, Metric, Stream
from metrics.question import Question


@dataclass(frozen=True, kw_only=True)
class Operator(Metric):
    """``of`` is the metric that it works on; its slug is ``operator-metric``, the operator's alone by default.

    The records behind it are those of the metric.
    """

    of: Metric
    splits_by_time: bool = field(default=False)

    def measures(self) -> tuple[Measure, ...]:
        return self.of.measures()

    @property
    def top_is_money(self) -> bool:
        return self.of.unit in MONEY_UNITS

    @property
    def bottom_is_money(self) -> bool:
        return self.of.unit in MONEY_UNITS

    def on(self, metric: Metric) -> "Operator":
        """The same operator on another metric."""
        return replace(
            self,
            of=metric,
            slug=f"{self.slug}-{metric.slug}",
            name=f"{metric.name}: {mid_sentence(self.name)}",
            unit=self.unit_on(metric),
            better=self.better_on(metric),
            dimensions=self.dimensions_on(metric),
        )

    def unit_on(self, _metric: Metric) -> str:
        """The unit of the result."""
        return self.unit

    def better_on(self, _metric: Metric) -> str:
        return self.better

    def dimensions_on(self, metric: Metric) -> tuple[str, ...]:
        """How the result may be sliced."""
        return metric.dimensions

    def streams(self, q: Question) -> list[Stream]:
        return self.of.streams(q)


def with_time(*dimensions: str) -> tuple[str, ...]:
    """These dimensions and the units of time."""
    return (*dimensions, *TIME)
