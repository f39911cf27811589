"""Values of targets and benchmarks in words, in the metric's own unit. ``known``: all metrics, where many are told."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Company
from metrics.errors import QuestionRefused
from metrics.known import plain_metric
from metrics.metric import Metric
from metrics.models import Target
from metrics.period_names import period_title
from metrics.periods import parse_period

Known = Mapping[str, Metric] | None


def _metric(slug: str, known: Known) -> Metric | None:
    return plain_metric(slug) if known is None else known.get(slug)


def metric_name(slug: str, known: Known = None) -> str:
    """The metric's name; its slug when it is there no more."""
    metric = _metric(slug, known)
    return str(metric.name) if metric else slug


def goal_text(slug: str, value: Decimal | None, currency: str, known: Known = None) -> str:
    """€48,500, 25%, 46 days or 12; money is in the base currency. Empty for None."""
    if value is None:
        return ""
    metric = _metric(slug, known)
    unit = metric.unit if metric else ""
    if unit == "percent":
        return formats.percent(value)
    if unit == "money":
        return formats.money(value, currency, cents=value != value.to_integral_value())
    if unit == "money_per_day":
        return _("%(money)s a day") % {"money": formats.money(value, currency)}
    words = {"days": _("%s days"), "months": _("%s months"), "minutes": _("%s min")}.get(unit, "%s")
    return words % formats.exact(value)


def goal_period(target: Target, company: Company) -> str:
    """December 2026, Q4 2026, FY2026: the target's period in words; its name where nothing reads it any more."""
    try:
        period = parse_period(target.period, today=target.starts_on, fiscal_start=company.fiscal_year_start_month)
    except QuestionRefused:
        return target.period
    return period_title(period)


def goal_input(slug: str, value: Decimal | None) -> str:
    """The value as it is typed: 25% or 48500."""
    if value is None:
        return ""
    metric = plain_metric(slug)
    if metric and metric.unit == "percent":
        return f"{formats.as_typed(value * 100)}%"
    return formats.as_typed(value)
