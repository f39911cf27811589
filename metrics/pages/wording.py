"""Figures and their parts as plain text, and changes between two figures: for charts, twins, formulas and sentences."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from accounts import formats
from metrics.figure import MONEY_UNITS, Value
from metrics.formulas.derived import Growth
from metrics.metric import Metric
from metrics.numbers import decimal_of, ratio

NIL = "–"


@dataclass(frozen=True)
class Change:
    """A difference between two figures. ``unit``: percent (relative), points, or the figure's own.

    ``change`` None: not comparable, for ``reason``. ``is_new``: there was nothing before.
    """

    change: Decimal | None
    unit: str
    better: str
    is_new: bool = False
    reason: str = ""


def is_rate(metric: Metric) -> bool:
    """Whether the figure is a share of cases, which a small number of cases turns into a count."""
    return metric.counts_cases


def is_small(metric: Metric, value: Value) -> bool:
    """Whether a rate has too few cases to be a percent or to be compared."""
    return is_rate(metric) and value.n < formats.RATE_NEEDS


def shown_unit(metric: Metric) -> str:
    """The unit as templates name it."""
    return metric.unit.replace("_", " ")


def has_cents(amounts: Iterable[Decimal | None]) -> bool:
    """Whether any amount of a column needs its decimals."""
    return any(amount is not None and amount != int(amount) for amount in amounts)


def figure_text(
    metric: Metric, value: Value, currency: str, *, compact: bool = False, cents: bool | None = None
) -> str:
    """The figure in words: €48,500, 57.4%, 7 of 12, 46 days; an en dash when it is not known.

    ``cents`` None: as many decimals as the amount needs.
    """
    if is_small(metric, value) and value.numerator is not None and value.denominator:
        return formats.rate(int(value.numerator), int(value.denominator))
    return amount_text(metric.unit, value.value, currency, compact=compact, cents=cents)


def amount_text(
    unit: str, value: Decimal | None, currency: str, *, compact: bool = False, cents: bool | None = None
) -> str:
    """A number of a unit in words."""
    if value is None:
        return NIL
    if unit in MONEY_UNITS:
        decimals = has_cents([value]) if cents is None else cents
        text = formats.money_compact(value, currency) if compact else formats.money(value, currency, cents=decimals)
        return _("%s/day") % text if unit == "money_per_day" else text
    writers: dict[str, Callable[..., str]] = {
        "percent": formats.percent,
        "ratio": formats.multiple,
        "days": formats.days,
        "months": formats.months,
        "minutes": formats.minutes,
        "count": formats.number,
    }
    return writers.get(unit, formats.plain)(value)


def part_texts(metric: Metric, value: Value, currency: str) -> tuple[str, str]:
    """Numerator and denominator in words; empty where the figure has none."""
    top = _part_text(value.numerator, currency, money=metric.top_is_money)
    bottom = _part_text(value.denominator, currency, money=metric.bottom_is_money)
    return top, bottom


def _part_text(part: Decimal | None, currency: str, *, money: bool) -> str:
    if part is None:
        return ""
    return formats.money(part, currency, cents=has_cents([part])) if money else formats.plain(part, 2)


def change_of(metric: Metric, now: Value, before: Value) -> Change:
    """How a figure moved: money relatively, rates in points, everything else in its own unit."""
    unit = {"money": "percent", "money_per_day": "percent", "percent": "points"}.get(metric.unit, shown_unit(metric))
    if now.value is None or before.value is None:
        reason = _("not known") if now.value is None else _("no figure then")
        return Change(None, unit, metric.better, reason=reason)
    if is_small(metric, now) or is_small(metric, before):
        return Change(None, unit, metric.better, reason=_("too few"))
    difference = now.value - before.value
    if not before.value and difference and not isinstance(metric, Growth):
        return Change(None, unit, metric.better, is_new=True)
    if unit == "percent":
        share = ratio(Fraction(difference), abs(Fraction(before.value))) if difference else Fraction(0)
        difference = decimal_of(share or 0)
    return Change(difference, unit, metric.better)
