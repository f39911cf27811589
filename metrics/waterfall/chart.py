"""The waterfall of a pipeline for its page: the chart, its table twin in cents, and the sentences that say it."""

from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.money import from_minor
from accounts.sentences import mid_sentence
from metrics.numbers import text_of
from metrics.period_names import period_title
from metrics.waterfall.changes import Bar, Waterfall
from metrics.waterfall.words import BAR_WORDS

COLOURS = {"won": "won", "starting": "ink-3", "ending": "ink-3"}
ONLY_WITH_CLOSING = ("pulled_in", "pushed_out")
CUT_ABOVE = Decimal("0.6")
"""The axis is cut where everything lies above this share of the largest level: small changes could not be seen."""
Link = Callable[[str], str]


def signed(amount: Decimal, currency: str, *, compact: bool = False) -> str:
    """A change with its sign: +€284,000.00, −€6,318.40."""
    text = formats.money_compact(amount, currency) if compact else formats.money(amount, currency, cents=True)
    return f"+{text}" if amount > 0 else text


def shown_bars(found: Waterfall) -> list[Bar]:
    """The bars of the chart: without a closing period nothing can be pulled in or pushed out."""
    return [bar for bar in found.bars.values() if found.closing or bar.key not in ONLY_WITH_CLOSING]


def waterfall_chart(found: Waterfall, *, link: Link) -> dict[str, Any]:
    """The context of components/chart_figure.html."""
    currency = found.question.company.base_currency

    def money(minor: int) -> Decimal:
        return from_minor(minor, currency)

    bars = shown_bars(found)
    start, end = money(found.starting.amount), money(found.ending.amount)
    levels, spans, labels = [start], [], []
    for bar in bars:
        amount = money(bar.amount)
        spans.append([levels[-1], levels[-1] + amount])
        labels.append(signed(amount, currency, compact=True) if bar.deals else "")
        levels.append(levels[-1] + amount)
    low, high, step = _axis([*levels, end])
    ends = [formats.money_compact(start, currency), formats.money_compact(end, currency)]
    names = ["starting", *(bar.key for bar in bars), "ending"]
    data = [[max(low, Decimal(0)), start], *spans, [max(low, Decimal(0)), end]]
    summary = sentence(found)
    return {
        "id": "waterfall",
        "title": title(found),
        "summary": summary,
        "alt": _("Waterfall. %s The table below has every figure.") % summary,
        "size": "is-tall",
        "key": [
            {"swatch": "", "label": _("Added")},
            {"swatch": "won", "label": _("Won")},
            {"swatch": "minus", "label": _("Removed")},
        ],
        "spec": {
            "labels": [str(BAR_WORDS[name]).split(" ") for name in names],
            "format": "money",
            "currency": currency,
            "min": text_of(low),
            "max": text_of(high),
            "step": float(step),
            "zero": low == 0,
            "levels": [text_of(level) for level in [*levels, end]],
            "links": [None, *(link(bar.key) if bar.deals else None for bar in bars), None],
            "sets": [
                {
                    "label": _("Change"),
                    "floating": True,
                    "data": [[text_of(side) for side in span] for span in data],
                    "colours": [COLOURS.get(name) or _colour(found, name) for name in names],
                    "barLabels": [ends[0], *labels, ends[1]],
                }
            ],
        },
        "note": _cut_note(low, currency),
        **_twin(found, bars, link),
    }


def _colour(found: Waterfall, key: str) -> str:
    return "c1" if found.bars[key].amount >= 0 and not key.endswith("out") else "c-minus"


def _cut_note(low: Decimal, currency: str) -> str:
    if low <= 0:
        return ""
    axis = formats.money_compact(low, currency)
    return _("Axis starts at %s, so that small changes can be seen. Starting and ending bars are cut.") % axis


def _axis(levels: list[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """From, to and step of the value axis, in round figures."""
    low, high = min(levels), max(levels)
    is_cut = high > 0 and low > high * CUT_ABOVE and low < high
    low = low if is_cut else min(low, Decimal(0))
    step = _round_step((high - low) / 5 or Decimal(1))
    first = (low / step).to_integral_value(ROUND_FLOOR) * step
    if is_cut:
        first = max(Decimal(0), first - step)
    last = ((high / step).to_integral_value(ROUND_FLOOR) + 1) * step
    return first, last, step


def _round_step(size: Decimal) -> Decimal:
    power = Decimal(10) ** size.adjusted()
    return next((power * factor for factor in (1, 2, 5) if power * factor >= size), power * 10)


def _twin(found: Waterfall, bars: list[Bar], link: Link) -> dict[str, Any]:
    currency = found.question.company.base_currency

    def level(amount: int, deals: int) -> list[str]:
        return [formats.number(deals), formats.money(from_minor(amount, currency), currency, cents=True)]

    rows = [{"label": BAR_WORDS["starting"], "cells": level(found.starting.amount, found.starting.deals)}]
    for bar in bars:
        cells = [formats.number(bar.deals), signed(from_minor(bar.amount, currency), currency)]
        rows.append({"label": BAR_WORDS[bar.key], "url": link(bar.key) if bar.deals else "", "cells": cells})
    ending = {"label": BAR_WORDS["ending"], "cells": level(found.ending.amount, found.ending.deals)}
    return {"heads": [_("Change"), _("Deals"), _("Amount")], "rows": rows, "total": ending}


def title(found: Waterfall) -> str:
    """What the chart shows, of which days."""
    days = {"first": formats.full_day(found.first), "last": formats.full_day(found.last)}
    if found.closing is None:
        return _("Open pipeline, %(first)s to %(last)s") % days
    days["closing"] = period_title(found.closing)
    return _("Open pipeline closing in %(closing)s, %(first)s to %(last)s") % days


def sentence(found: Waterfall) -> str:
    """Whether it rose or fell, and by what most."""
    currency = found.question.company.base_currency
    difference = found.ending.amount - found.starting.amount
    if not found.changes:
        return _("Nothing changed in the open pipeline between these days.")
    size = formats.money(from_minor(abs(difference), currency), currency, cents=True)
    if difference > 0:
        first = _("Open pipeline rose by %s.") % size
    elif difference < 0:
        first = _("Open pipeline fell by %s.") % size
    else:
        first = _("Open pipeline ended where it started.")
    parts = [first]
    moved = [bar for bar in found.bars.values() if bar.amount]
    most = max(moved, key=lambda bar: bar.amount, default=None)
    least = min(moved, key=lambda bar: bar.amount, default=None)
    if most and most.amount > 0:
        parts.append(_("Most was added by “%(bar)s”: %(amount)s in %(deals)s.") % _bar_words(most, currency))
    if least and least.amount < 0:
        parts.append(_("Most was taken by “%(bar)s”: %(amount)s in %(deals)s.") % _bar_words(least, currency))
    return " ".join(parts)


def _bar_words(bar: Bar, currency: str) -> dict[str, str]:
    return {
        "bar": mid_sentence(BAR_WORDS[bar.key]),
        "amount": signed(from_minor(bar.amount, currency), currency),
        "deals": ngettext("%d deal", "%d deals", bar.deals) % bar.deals,
    }
