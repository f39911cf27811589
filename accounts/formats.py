"""How figures are written for people: one function per kind of value, locale through Babel.

Values are Decimal or int, never float; None is the caller's business (pages print an explained dash).
``language`` is a language code such as ``de`` or ``en-us``; None means the active one.
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    format_currency,
    format_decimal,
    get_decimal_symbol,
    get_group_symbol,
    parse_pattern,
)
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.money import minor_digits

MINUS = "\N{MINUS SIGN}"
Number = Decimal | int

# A rate with fewer cases is written as a count; with fewer still it is greyed and not ranked.
RATE_NEEDS = 20
RATE_FAINT_BELOW = 5

_KEPT = 8192
"""So many written figures are kept: a page writes hundreds, most of them again and again."""


@lru_cache
def number_locale(language: str | None) -> Locale:
    """The Babel locale for figures; English where the language is not known to Babel."""
    try:
        return Locale.parse(language or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def date_locale(language: str | None) -> Locale:
    """As for figures, but plain English writes the day before the month."""
    return Locale("en", "GB") if (language or "en") == "en" else number_locale(language)


_chosen: ContextVar[str] = ContextVar("number_format", default="")


@contextmanager
def numbers_written_as(tag: str) -> Iterator[None]:
    """Figures within are written, and read, as in the language of ``tag``; empty: as in the reader's language."""
    token = _chosen.set(tag)
    try:
        yield
    finally:
        _chosen.reset(token)


def numbers_tag() -> str:
    """The language in which figures are written now."""
    return _chosen.get() or get_language() or "en"


def _numbers(language: str | None) -> Locale:
    return number_locale(language or numbers_tag())


def group_sign(*, language: str | None = None) -> str:
    """What stands between the thousands."""
    return get_group_symbol(_numbers(language))


def _dates(language: str | None) -> Locale:
    return date_locale(language or get_language())


def _exact(value: Number) -> Decimal:
    if isinstance(value, bool | float):
        raise TypeError(f"Figures are Decimal or int, not {type(value).__name__}.")
    return Decimal(value)


def _rounded(value: Number, decimals: int) -> Decimal:
    """Half-even; a negative value that rounds to nothing is plain 0."""
    return _exact(value).quantize(Decimal(1).scaleb(-decimals)) + 0


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def _plus(text: str, value: Decimal) -> str:
    return f"+{text}" if value > 0 else text


def _pattern(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


@lru_cache
def _currency_pattern(locale: Locale, decimals: int) -> NumberPattern:
    standard = locale.currency_formats["standard"].pattern
    return parse_pattern(re.sub(r"0\.0+", "0" + ("." + "0" * decimals if decimals else ""), standard))


@lru_cache(maxsize=_KEPT)
def _grouped(rounded: Decimal, decimals: int, locale: Locale) -> str:
    return _minus(format_decimal(rounded, _pattern(decimals), locale=locale))


@lru_cache(maxsize=_KEPT)
def _priced(rounded: Decimal, currency: str, decimals: int, locale: Locale) -> str:
    pattern = _currency_pattern(locale, decimals)
    return _minus(format_currency(rounded, currency, pattern, locale=locale, currency_digits=False))


@lru_cache(maxsize=_KEPT)
def _compact(three: Decimal, currency: str, locale: Locale) -> str:
    return format_compact_currency(three, currency, locale=locale, fraction_digits=2)


def number(value: Number, decimals: int = 0, *, language: str | None = None) -> str:
    """A count or another plain figure, grouped: 1,205."""
    return _grouped(_rounded(value, decimals), decimals, _numbers(language))


def plain(value: Number, decimals: int = 1, *, language: str | None = None) -> str:
    """At most ``decimals`` decimals, none that are zero: 46 or 46.5."""
    rounded = _rounded(value, decimals)
    return number(rounded, 0 if rounded == rounded.to_integral_value() else decimals, language=language)


def exact(value: Decimal, *, language: str | None = None) -> str:
    """Every decimal but zeros at the end: 1.0845 or 12.5."""
    places = -int(value.normalize().as_tuple().exponent)
    return number(value, max(0, places), language=language)


def as_typed(value: Decimal, *, language: str | None = None) -> str:
    """For a field: as the language writes it, without groups. 0,125 in German, where 0.125 would be read as 125."""
    return f"{value.normalize():f}".replace(".", get_decimal_symbol(_numbers(language)))


def money(amount: Number, currency: str, *, cents: bool = False, language: str | None = None) -> str:
    """An amount in full: €48,500, or with ``cents`` €48,500.00 in the decimals that the currency has."""
    locale = _numbers(language)
    decimals = minor_digits(currency) if cents else 0
    return _priced(_rounded(amount, decimals), currency, decimals, locale)


def money_compact(amount: Number, currency: str, *, language: str | None = None) -> str:
    """Three digits for tiles, axes and bar labels: €1.21M, €32.6k. Never where figures are summed by eye."""
    value = _exact(amount)
    if abs(value) < 1000:
        return money(value, currency, cents=abs(value) < 100 and value != value.to_integral_value(), language=language)
    locale = _numbers(language)
    three = value.quantize(Decimal(1).scaleb(value.adjusted() - 2))
    three = three.quantize(Decimal(1)) if three.as_tuple().exponent > 0 else three
    text = _compact(three, currency, locale)
    if re.search(r"\d{4}", text):
        return money(three, currency, language=language)
    return _minus(re.sub(r"(\d)K\b", r"\1k", text))


def percent(fraction: Number, decimals: int = 1, *, language: str | None = None) -> str:
    """A share held as a fraction: 0.5 is written 50.0%."""
    locale = _numbers(language)
    value = _rounded(_exact(fraction) * 100, decimals)
    sign = locale.percent_formats[None].pattern.replace("#,##0", "")
    return _grouped(value, decimals, locale) + sign


def points(difference: Number, *, language: str | None = None) -> str:
    """The difference of two fractions, in points with its sign: +1.4 pts."""
    value = _rounded(_exact(difference) * 100, 1)
    return _("%(figure)s pts") % {"figure": _plus(number(value, 1, language=language), value)}


def rate(part: int, whole: int, *, language: str | None = None) -> str:
    """``part`` of ``whole`` cases: a percent from 20 cases on, a count below. ``whole`` is not 0."""
    if whole < RATE_NEEDS:
        return _("%(part)s of %(whole)s") % {"part": number(part), "whole": number(whole)}
    return percent(Decimal(part) / Decimal(whole), language=language)


def multiple(value: Number, *, language: str | None = None) -> str:
    """Coverage and other multiples: 1.98×."""
    return number(value, 2, language=language) + "×"


def days(value: Number, *, short: bool = False, language: str | None = None) -> str:
    """46 days; ``short`` (board cards only) 46 d."""
    text = plain(value, language=language)
    return f"{text} d" if short else ngettext("%s day", "%s days", _count_of(value)) % text


def months(value: Number, *, language: str | None = None) -> str:
    """14 months."""
    return ngettext("%s month", "%s months", _count_of(value)) % plain(value, language=language)


def hours(value: Number, *, language: str | None = None) -> str:
    """3.5 hours."""
    return ngettext("%s hour", "%s hours", _count_of(value)) % plain(value, language=language)


def minutes(value: Number, *, language: str | None = None) -> str:
    """38 min; from two hours on 3 h 20 min; from two days on 2 d 4 h."""
    whole = int(_rounded(value, 0))
    size, sign = abs(whole), MINUS if whole < 0 else ""
    if size < 120:
        return _("%s min") % f"{sign}{number(size, language=language)}"
    hour, minute = divmod(size, 60)
    if hour < 48:
        words = {"hours": f"{sign}{hour}", "minutes": minute}
        return (_("%(hours)s h %(minutes)s min") if minute else _("%(hours)s h")) % words
    day, hour = divmod(hour, 24)
    words = {"days": f"{sign}{number(day, language=language)}", "hours": hour}
    return (_("%(days)s d %(hours)s h") if hour else _("%(days)s d")) % words


def _count_of(value: Number) -> int:
    """The number that picks singular or plural: only exactly 1 is singular."""
    return 1 if _rounded(value, 1) == 1 else 2


def day(value: dt.date, *, today: dt.date, language: str | None = None) -> str:
    """4 Dec; with its weekday within seven days of ``today``, with its year in another year."""
    if abs((value - today).days) < 7:
        skeleton = "MMMEd"
    else:
        skeleton = "MMMd" if value.year == today.year else "yMMMd"
    return format_skeleton(skeleton, value, locale=_dates(language))


def full_day(value: dt.date, *, language: str | None = None) -> str:
    """4 Dec 2026, for stamps, headings and statements."""
    return format_skeleton("yMMMd", value, locale=_dates(language))


def clock(value: dt.datetime, *, language: str | None = None) -> str:
    """09:40 in the active time zone."""
    return format_skeleton("Hm", timezone.localtime(value), locale=_dates(language))


def moment(value: dt.datetime, *, now: dt.datetime, language: str | None = None) -> str:
    """Fri 09:40 within the last week, 17 Nov 16:05 before, with the year in another one."""
    local, today = timezone.localtime(value), timezone.localtime(now).date()
    if 0 <= (today - local.date()).days < 7:
        text = format_skeleton("E", local.date(), locale=_dates(language))
    else:
        text = day(local.date(), today=today, language=language)
    return f"{text} {clock(value, language=language)}"


def stamp(value: dt.datetime, *, language: str | None = None) -> str:
    """23 Nov 2026, 02:00 in the active time zone."""
    return f"{full_day(timezone.localtime(value).date(), language=language)}, {clock(value, language=language)}"
