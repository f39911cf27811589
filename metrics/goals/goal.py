"""What targets and benchmarks are about: a metric, a whole period, a value in the metric's own unit."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from django.utils.translation import gettext as _

from metrics.errors import QuestionRefused
from metrics.known import known_metrics, plain_metric
from metrics.metric import Metric
from metrics.periods import DAY, Period, parse_period
from metrics.scopes import Scope

PERIOD_KINDS = ("month", "quarter", "year", "fiscal quarter", "fiscal year")
DECIMALS = 6
_MOST = Decimal(10) ** 18


@dataclass(frozen=True)
class Goal:
    """What a target says. ``ends_on`` is the last day; ``member`` the key of a product or channel, by ``dimension``."""

    metric: str
    scope_kind: str
    scope_id: int
    period_kind: str
    period: str
    starts_on: datetime.date
    ends_on: datetime.date
    value: Decimal
    dimension: str = ""
    member: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What one target at a time may be about."""
        return (
            self.metric, self.scope_kind, self.scope_id, self.starts_on, self.ends_on, self.dimension, self.member,
        )  # fmt: skip


def goal_of(metric: str, scope: Scope, period: Period, value: Decimal, dimension: str = "", member: str = "") -> Goal:
    """A goal for a metric in a scope and a period of the engine's."""
    return Goal(
        metric, scope.kind, scope.id, period.kind, period.name, period.start, period.end - DAY, value, dimension, member
    )


def goal_metric(slug: str, known: Mapping[str, Metric] | None = None) -> Metric:
    """The metric of a slug; QuestionRefused with the nearest ones. ``known``: all metrics, where many are read."""
    clean = slug.strip().lower()
    metric = plain_metric(clean) if known is None else known.get(clean)
    if metric is None:
        known = known_metrics() if known is None else known
        near = get_close_matches(slug, known, n=5, cutoff=0.4) or sorted(known)[:5]
        message = _("There is no metric “%(slug)s”; the nearest of %(count)s are %(nearest)s.") % {
            "slug": slug[:60],
            "count": len(known),
            "nearest": ", ".join(near),
        }
        raise QuestionRefused(message, "metric")
    return metric


def goal_period(text: str, *, fiscal_start: int) -> Period:
    """A month, quarter or year, also a fiscal one; QuestionRefused says how they are written.

    Relative names, weeks, days and free ranges are refused: a target holds for a whole period of the calendar.
    """
    clean = text.strip()
    try:
        period = parse_period(clean, today=datetime.date(2000, 1, 1), fiscal_start=fiscal_start)
    except QuestionRefused:
        period = None
    if period is None or period.kind not in PERIOD_KINDS or period.name.lower() != clean.lower():
        message = _("“%(text)s” is no month, quarter or year; write 2026-10, 2026-Q4, 2026, FY2026-Q4 or FY2026.") % {
            "text": clean[:60]
        }
        raise QuestionRefused(message, "period")
    return period


def goal_value(metric: Metric, text: str) -> Decimal:
    """A value in the metric's unit; a percentage as a fraction (0.25) or with its sign (25%)."""
    clean = text.strip()
    percent = clean.endswith("%")
    if percent and metric.unit != "percent":
        raise QuestionRefused(
            _("“%(text)s”: %(metric)s is no percentage.") % {"text": clean[:60], "metric": metric.slug}, "value"
        )
    try:
        value = Decimal(clean.rstrip("% \u00a0") if percent else clean)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise QuestionRefused(_("“%(text)s” is no number such as 1234.56.") % {"text": clean[:60]}, "value")
    value = value / 100 if percent else value
    check_goal_value(metric, value, signed=percent)
    return value


def check_goal_value(metric: Metric, value: Decimal, *, signed: bool = False) -> None:
    """Refuse what is too large, too fine, or a percentage above 1 without its sign, which may be meant in two ways."""
    if metric.unit == "percent" and abs(value) > 1 and not signed:
        percent = f"{value.normalize():f}"
        raise QuestionRefused(
            _("“%(percent)s” may mean %(percent)s%% or %(percent_value)s%%; write a %% sign.")
            % {"percent": percent, "percent_value": f"{value * 100:f}"},
            "value",
        )
    if abs(value) >= _MOST or value != round(value, DECIMALS):
        raise QuestionRefused(
            _("At most 18 digits before and %(decimals)s after the point are allowed.") % {"decimals": DECIMALS},
            "value",
        )
