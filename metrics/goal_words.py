"""Values of targets and benchmarks in words, in the metric's own unit."""

from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Company
from metrics.catalogue import METRICS
from metrics.errors import QuestionRefused
from metrics.models import Target
from metrics.period_names import period_title
from metrics.periods import parse_period


def metric_name(slug: str) -> str:
    """The metric's name; its slug when the catalogue has it no more."""
    metric = METRICS.get(slug)
    return str(metric.name) if metric else slug


def goal_text(slug: str, value: Decimal | None, currency: str) -> str:
    """€48,500, 25%, 46 days or 12; money is in the base currency. Empty for None."""
    if value is None:
        return ""
    metric = METRICS.get(slug)
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
    metric = METRICS.get(slug)
    if metric and metric.unit == "percent":
        return f"{(value * 100).normalize():f}%"
    return f"{value.normalize():f}"
