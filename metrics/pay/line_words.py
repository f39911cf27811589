"""What lines of statements and their warnings say, in the reader's language.

The engine says it in plain English, which is kept, hashed and read by programs; pages translate those sentences. One
that is not known here stays as it is.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from accounts import formats
from metrics.goals.words import metric_name
from metrics.period_names import title_of

FIXED = (
    _("above the most that this component pays"),
    _("held back before, now below the most again"),
    _("other facts of approved periods: targets, figures, teams, the days of plans"),
    _("is won no more; its period was approved"),
    _("was won in a period that was approved before"),
    _("was changed after its period was approved"),
    _("no target"),
    _("threshold not reached"),
    _("no figure"),
    _("amount missing"),
    _("cost not known"),
    _("no exchange rate"),
    _("undone after the clawback window"),
    _("units"),
)
"""Sentences and words without a figure in them."""
_NUMBER = r"-?[\d,]+(?:\.\d+)?"
_FIGURE = rf"(?P<metric>\S+) of (?P<period>\S+) is (?P<value>{_NUMBER}) \(n = (?P<n>\d+)\)"
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        rf"(?P<basis>{_NUMBER}) (?P<unit>\S+) x (?P<rate>{_NUMBER}), the step from (?P<start>{_NUMBER})",
        _("%(basis)s %(unit)s x %(rate)s, the step from %(start)s"),
    ),
    (rf"(?P<basis>{_NUMBER}) (?P<unit>\S+) x (?P<rate>{_NUMBER})", _("%(basis)s %(unit)s x %(rate)s")),
    (rf"(?P<amount>{_NUMBER}) (?P<unit>\S+) for this deal", _("%(amount)s %(unit)s for this deal")),
    (
        rf"{_FIGURE}, at least (?P<level>{_NUMBER})",
        _("%(metric)s of %(period)s is %(value)s (n = %(n)s), at least %(level)s"),
    ),
    (
        rf"{_FIGURE}, at most (?P<level>{_NUMBER})",
        _("%(metric)s of %(period)s is %(value)s (n = %(n)s), at most %(level)s"),
    ),
    (
        rf"(?P<period>\S+) now comes to (?P<now>{_NUMBER}) instead of (?P<then>{_NUMBER})",
        _("%(period)s now comes to %(now)s instead of %(then)s"),
    ),
    (rf"(?P<due>{_NUMBER}) is due, (?P<earned>{_NUMBER}) earned", _("%(due)s is due, %(earned)s earned")),
    (rf"pays back of (?P<balance>{_NUMBER}) drawn before", _("pays back of %(balance)s drawn before")),
    (r"n below (?P<n>\d+)", _("n below %(n)s")),
)
_FORMS = tuple((re.compile(pattern), words) for pattern, words in _PATTERNS)
_ABOUT = re.compile(r"(?P<line>.*): (?P<amount>-?[\d.]+) (?P<currency>[A-Z]{3}) \((?P<text>.*)\)")
_IN_WORDS: dict[str, Callable[[str], str]] = {"metric": metric_name, "period": title_of, "unit": gettext}


def line_words(text: str) -> str:
    """A text of a line, or a warning, in the reader's language; in English as it is kept."""
    if (get_language() or "en").startswith("en"):
        return text
    if text in FIXED:
        return gettext(text)
    for form, words in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            return gettext(words) % {name: _shown(name, part) for name, part in found.groupdict().items()}
    about, colon, rest = text.rpartition(": ")
    return f"{about}: {line_words(rest)}" if colon else text


def about_words(text: str) -> str:
    """What a dispute is about, as it is kept (``metrics.actions.disputes``), in the reader's language."""
    found = _ABOUT.fullmatch(text)
    if found is None or (get_language() or "en").startswith("en"):
        return text
    amount = formats.money(Decimal(found["amount"]), found["currency"], cents=True)
    return f"{found['line']}: {amount} ({line_words(found['text'])})"


def _shown(name: str, text: str) -> str:
    if name in _IN_WORDS:
        return _IN_WORDS[name](text)
    number = Decimal(text.replace(",", ""))
    return formats.number(number, max(0, -int(number.as_tuple().exponent)))
