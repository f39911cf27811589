"""Figures in templates, one filter or tag per kind of value; None becomes a dash that explains itself.

The writing itself is ``accounts.formats``; here it gets its marks: titles, ``<time>``, arrows, hidden words.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats

register = template.Library()

Value = Decimal | int | None

BETTER_WORDS = "better,worse"
JUDGEMENTS = {
    "better": gettext_lazy("better"),
    "worse": gettext_lazy("worse"),
    "ahead": gettext_lazy("ahead"),
    "behind": gettext_lazy("behind"),
}

_UNITS = {
    "count": formats.number,
    "units": formats.plain,
    "score": formats.plain,
    "points": formats.plain,
    "percent": formats.percent,
    "ratio": formats.multiple,
    "multiple": formats.multiple,
    "days": formats.days,
    "months": formats.months,
    "hours": formats.hours,
    "minutes": formats.minutes,
}


@register.simple_tag
def nil(reason: str = "") -> str:
    """What stands where nothing is known; the reason is read out and shown on hover."""
    reason = reason or _("not known")
    return format_html(
        '<span class="st-nil" title="{}">–<span class="visually-hidden"> {}</span></span>', reason, reason
    )


def _known(write: Callable[..., str]) -> Callable[..., str]:
    """The filter ``write``, with the explained dash for None."""

    @wraps(write)
    def filter_value(value: Any, *arguments: Any) -> str:
        return nil() if value is None or value == "" else write(value, *arguments)

    return filter_value


def _money_cents(amount: Decimal, currency: str) -> str:
    return formats.money(amount, currency, cents=True)


def _money_tile(amount: Decimal, currency: str) -> str:
    exact = formats.money(amount, currency, cents=amount != int(amount))
    return format_html('<span title="{}">{}</span>', exact, formats.money_compact(amount, currency))


def _days_short(value: Decimal) -> str:
    return formats.days(value, short=True)


register.filter("count", _known(formats.number))
register.filter("plain", _known(formats.plain))
register.filter("money", _known(formats.money))
register.filter("money_cents", _known(_money_cents))
register.filter("money_compact", _known(_money_tile))
register.filter("percent", _known(formats.percent))
register.filter("points", _known(formats.points))
register.filter("multiple", _known(formats.multiple))
register.filter("days", _known(formats.days))
register.filter("days_short", _known(_days_short))
register.filter("months", _known(formats.months))
register.filter("hours", _known(formats.hours))
register.filter("minutes", _known(formats.minutes))


def _day(value: dt.date, today: dt.date | None = None) -> str:
    value = _date_of(value)
    text = formats.day(value, today=today or timezone.localdate())
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


def _full_day(value: dt.date) -> str:
    value = _date_of(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.full_day(value))


def _moment(value: dt.datetime, now: dt.datetime | None = None) -> str:
    text = formats.moment(value, now=now or timezone.now())
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="minutes"), text)


def _stamp(value: dt.datetime) -> str:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="minutes"), formats.stamp(value))


def _date_of(value: dt.date | dt.datetime) -> dt.date:
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value


register.filter("day", _known(_day))
register.filter("full_day", _known(_full_day))
register.filter("moment", _known(_moment))
register.filter("stamp", _known(_stamp))


def written(value: Decimal | int, *, unit: str, currency: str = "", compact: bool = False, cents: bool = False) -> str:
    """A figure of any unit of the catalogue as plain text; an unknown unit is written as a number."""
    if unit == "money per day":
        return _("%s/day") % written(value, unit="money", currency=currency, compact=compact, cents=cents)
    if unit == "money":
        return formats.money_compact(value, currency) if compact else formats.money(value, currency, cents=cents)
    return _UNITS.get(unit, formats.plain)(value)


@register.simple_tag
def figure(
    value: Value,
    unit: str,
    currency: str = "",
    *,
    compact: bool = False,
    cents: bool = False,
    part: int | None = None,
    whole: int | None = None,
    reason: str = "",
) -> str:
    """A figure of any unit.

    ``part`` and ``whole`` are the cases behind a percent: under 20 the cases are shown instead. ``compact`` is for
    tiles and keeps the exact value in the title. ``reason`` says why a value of None is not known.
    """
    if unit == "percent" and whole is not None and part is not None and whole < formats.RATE_NEEDS:
        return rate(part, whole, reason=reason)
    if value is None:
        return nil(reason)
    text = written(value, unit=unit, currency=currency, compact=compact, cents=cents)
    exact = written(value, unit=unit, currency=currency, cents=True)
    return format_html('<span title="{}">{}</span>', exact, text) if compact and exact != text else text


@register.simple_tag
def rate(part: int | None, whole: int | None, *, reason: str = "", beside: bool = False) -> str:
    """A rate of ``part`` in ``whole`` cases: counts under 20, greyed under 5; with ``beside`` a percent shows its n."""
    if not whole or part is None:
        return nil(reason or _("no cases yet"))
    text = formats.rate(part, whole)
    if whole < formats.RATE_FAINT_BELOW:
        return format_html('<span class="st-muted" title="{}">{}</span>', _("too few to compare"), text)
    if beside and whole >= formats.RATE_NEEDS:
        return format_html('{} <span class="st-todate">{}</span>', text, _("n %s") % formats.number(whole))
    return text


def change_text(change: Decimal | int, *, unit: str, currency: str = "") -> str:
    """A change with its sign. ``percent`` is a relative change (0.083 is +8.3%), ``points`` a difference of shares."""
    if unit == "points":
        return formats.points(change)
    text = written(change, unit=unit, currency=currency, compact=unit.startswith("money"))
    return f"+{text}" if change > 0 else text


@register.inclusion_tag("components/delta.html")
def delta(
    change: Value,
    unit: str = "percent",
    better: str = "higher",
    *,
    currency: str = "",
    words: str = BETTER_WORDS,
    is_new: bool = False,
    reason: str = "",
) -> dict[str, str]:
    """A change as arrow, sign, word and colour.

    ``better`` is ``higher`` or ``lower``; anything else is neutral and says "more" or "less". ``words`` are the good
    and the bad word, such as "ahead,behind". ``is_new``: there was nothing before. None: ``reason`` (short, visible).
    """
    if is_new:
        return {"text": _("new")}
    if change is None:
        return {"text": reason or _("not known"), "icon": "minus"}
    text = change_text(change, unit=unit, currency=currency)
    if text.strip("+" + formats.MINUS) == change_text(0, unit=unit, currency=currency):
        return {"text": "0", "word": _("no change"), "icon": "minus"}
    rises = change > 0
    arrow = "arrow-up" if rises else "arrow-down"
    if better not in {"higher", "lower"}:
        return {"text": text, "word": _("more") if rises else _("less"), "icon": arrow}
    good, bad = words.split(",")
    is_better = rises == (better == "higher")
    word = good if is_better else bad
    return {"text": text, "word": str(JUDGEMENTS[word]), "icon": arrow, "tone": "better" if is_better else "worse"}
