"""Durations in words, as a chart with its table twin, and as facts."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from metrics.cohorts.durations import Durations, Span
from metrics.numbers import decimal_of, text_of
from metrics.pages.wording import NIL


@dataclass(frozen=True)
class Words:
    """What a duration is called: its unit, what goes on, what an end is, and how it is read."""

    unit: str
    span_head: str
    begun: str
    going_on: str
    over: str
    share_head: str
    meaning: str
    ends: dict[str, str]

    def length(self, value: int | Fraction | Decimal) -> str:
        number = value if isinstance(value, Decimal) else decimal_of(value)
        return formats.months(number) if self.unit == "months" else formats.days(number)


def duration_words(end: str) -> Words:
    """The words of an end: closed, won, left or ramped."""
    if end == "ramped":
        return Words(
            "months", _("Months since hired"), _("reps hired"), _("Not there yet"),
            _("at their target"), _("Share not there yet"),
            _(
                "A rep is there at the end of three full months in a row whose won revenue reaches 80% of the targets."
                " Who is not there yet, or left before, counts for as long as he was seen."
            ),
            {"ramped": _("Got there")},
        )  # fmt: skip
    if end == "left":
        return Words(
            "days", _("Days in the stage"), _("deals that came into a stage"), _("Still in it"),
            _("gone on"), _("Share still in the stage"),
            _(
                "A deal begins on the day on which it first came into a stage, and all its stays in it add up. One that"
                " is in the stage still counts for the days that it has been there. Without a stage chosen, a deal"
                " stands for each stage that it came into."
            ),
            {"left": _("Left it")},
        )  # fmt: skip
    deals = ("days", _("Days since opened"), _("deals opened"), _("Still open"))
    ends = {"won": _("Won"), "lost": _("Lost")}
    if end == "won":
        return Words(
            *deals, _("won"), _("Share not won"),
            _(
                "The end is a win. A lost deal counts as seen until the day on which it was lost: this is how long"
                " winning takes while a deal is still in play, not how many deals are won."
            ),
            ends,
        )  # fmt: skip
    return Words(
        *deals, _("closed"), _("Share still open"),
        _(
            "The end is the day on which a deal was closed, won or lost alike. A deal that is still open counts for the"
            " days that it has been open, and says nothing of later ones."
        ),
        ends,
    )  # fmt: skip


def span_label(span: Span) -> str:
    """0, 7, 8 to 14."""
    return str(span.last) if span.first == span.last else _("%s to %s") % (span.first, span.last)


def share_text(share: Fraction | Decimal) -> str:
    return formats.percent(share if isinstance(share, Decimal) else decimal_of(share))


def duration_facts(found: Durations, words: Words) -> list[dict[str, str]]:
    """The median with those that go on counted in, beside the middle of those alone that are over."""
    median, plain = found.median, found.plain_median
    n, over = len(found.cases), found.over
    return [
        {
            "label": _("Median, unfinished counted"),
            "sub": _("n %s") % formats.number(n),
            "value": NIL if median is None else words.length(median),
            "reason": _("more than half are not over in the time that was seen") if median is None else "",
        },
        {
            "label": _("Median of the finished alone"),
            "sub": _("n %s") % formats.number(over),
            "value": NIL if plain is None else words.length(plain),
            "reason": _("none is over yet") if plain is None else "",
        },
    ]


def sentence(found: Durations, words: Words) -> str:
    """What the curve says, and how much shorter the finished ones alone would make it."""
    last = found.spans()[-1]
    numbers = {
        "n": formats.number(len(found.cases)), "begun": words.begun, "over": words.over,
        "done": formats.number(found.over), "open": share_text(last.share), "end": words.length(last.last),
    }  # fmt: skip
    if found.median is None:
        text = _("Of %(n)s %(begun)s %(done)s are %(over)s; after %(end)s an estimated %(open)s are not.")
    else:
        numbers["median"] = words.length(found.median)
        text = _("Half of %(n)s %(begun)s are %(over)s after %(median)s, unfinished ones counted.")
        if found.counted == ("won",):
            text = _(
                "Were no deal lost, half of %(n)s deals opened would be won within %(median)s, at the pace of these."
            )
    told = [text % numbers]
    if found.plain_median is not None:
        numbers["plain"] = words.length(found.plain_median)
        told.append(_("Of the %(done)s that are %(over)s half took no longer than %(plain)s.") % numbers)
    if found.uncertain_from is not None:
        told.append(_("Fewer than 5 were seen for %s or more.") % words.length(found.uncertain_from))
    return " ".join(told)


def duration_chart(found: Durations, words: Words, link: Callable[[Span], str]) -> dict[str, Any] | None:
    """The share that goes on, falling in steps; None for nobody. Each span opens who ended in it or was last seen."""
    spans = found.spans()
    if not spans:
        return None
    last = spans[-1]
    label = share_text(last.share)
    line: dict[str, Any] = {
        "label": words.share_head, "type": "line", "colour": "c1", "stepped": True, "endLabel": label,
        "data": [text_of(span.share) for span in spans],
    }  # fmt: skip
    kinds = [end for end in words.ends if any(span.ends[end] for span in spans) or end in found.counted]
    shares = [end for end in kinds if end in found.counted] if len(found.counted) > 1 else []
    return {
        "id": "durations",
        "title": words.share_head,
        "summary": sentence(found, words),
        "alt": _("%(head)s: 100%% at the beginning, %(share)s after %(end)s; the table below has every step.")
        % {"head": words.share_head, "share": share_text(last.share), "end": words.length(last.last)},
        "note": words.span_head,
        "spec": {
            "labels": [str(span.last) for span in spans], "type": "line", "format": "percent", "min": 0, "max": 1,
            "links": [link(span) for span in spans], "sets": [line], "room": min(136, 24 + 7 * len(label)),
        } if len(spans) > 1 else None,
        "heads": [
            words.span_head, _("At risk"), *(words.ends[end] for end in kinds), words.going_on, words.share_head,
            *(_("%s by then") % words.ends[end] for end in shares),
        ],
        "rows": [
            {
                "label": span_label(span),
                "url": link(span) if span.ends or span.censored else "",
                "cells": [
                    formats.number(span.at_risk), *(formats.number(span.ends[end]) for end in kinds),
                    formats.number(span.censored), share_text(span.share),
                    *(share_text(span.ended[end]) for end in shares),
                ],
            }
            for span in spans
        ],
        "total": {
            "label": _("All"),
            "cells": [
                formats.number(len(found.cases)),
                *(formats.number(sum(span.ends[end] for span in spans)) for end in kinds),
                formats.number(sum(span.censored for span in spans)),
                share_text(last.share), *(share_text(last.ended[end]) for end in shares),
            ],
        },
    }  # fmt: skip
