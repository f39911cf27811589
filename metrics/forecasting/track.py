"""How forecasts turned out: for each of the last months what was expected before it began, and what was won."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor
from metrics.catalogue.deals import won_revenue
from metrics.forecasting.words import METHOD_WORDS
from metrics.models import ForecastPoint
from metrics.numbers import decimal_of, ratio, text_of
from metrics.period_names import axis_name, period_title
from metrics.periods import DAY, Period, add_months, containing
from metrics.question import Question

MONTHS = 12


@dataclass(frozen=True)
class Tracked:
    """A month that is over, in minor units; ``low`` and ``high`` are P10 and P90, None where there was no interval."""

    month: Period
    method: str
    expected: int
    low: int | None
    high: int | None
    won: int

    @property
    def is_inside(self) -> bool:
        """Whether what was won lay in the interval."""
        return self.low is not None and self.high is not None and self.low <= self.won <= self.high


def track(q: Question) -> list[Tracked]:
    """The last twelve months before the as-of day of which a forecast was kept before they began, oldest first."""
    last = containing(q.as_of + DAY, "month").start
    first = add_months(last, -MONTHS)
    rows = ForecastPoint.objects.filter(
        scope_kind=q.scope.kind, scope_id=q.scope.id, is_default=True, starts_on__gte=first, ends_on__lt=last,
        run__as_of__gte=first - DAY, run__as_of__lt=last,
    ).select_related("run")  # fmt: skip
    kept = {point.starts_on: point for point in rows if _is_first(point)}
    if not kept:
        return []
    asked = Question(Period(first, last, "", "range"), q.scope, q.company, q.today, q.as_of, by="month", shelf=q.shelf)
    won = {member.key: int(parts.value or 0) for member, parts in won_revenue.parts(asked).items()}
    found = []
    for start, point in sorted(kept.items()):
        month = containing(start, "month")
        found.append(Tracked(month, point.method, point.amount, point.low, point.high, won.get(month.name, 0)))
    return found


def _is_first(point: ForecastPoint) -> bool:
    month: datetime.date = containing(point.starts_on, "month").last_day
    return bool(point.run.as_of == point.starts_on - DAY and point.ends_on == month)


def track_chart(found: list[Tracked], currency: str) -> dict[str, Any]:
    """The context of components/chart_figure.html."""

    def money(minor: int | None) -> Decimal | None:
        return None if minor is None else from_minor(minor, currency)

    def texts(values: list[int | None]) -> list[str | None]:
        return [text_of(money(value)) for value in values]

    summary = _summary(found)
    return {
        "id": "track",
        "title": _("What was forecast before each month, and what was won"),
        "summary": summary,
        "alt": _("Bars and lines. %s The table below has every figure.") % summary,
        "key": [{"swatch": "", "label": _("Won")}, {"swatch": "c2", "label": _("Forecast, dashed P10 and P90")}],
        "spec": {
            "labels": [axis_name(one.month, first=place == 0).split(" ") for place, one in enumerate(found)],
            "format": "money",
            "currency": currency,
            "sets": [
                {"label": _("Won"), "data": texts([one.won for one in found]), "colour": "c1", "order": 2},
                _line(_("Forecast"), texts([one.expected for one in found]), dots=True),
                _line(_("P10"), texts([one.low for one in found]), dashed=True),
                _line(_("P90"), texts([one.high for one in found]), dashed=True),
            ],
        },
        "heads": [_("Month"), _("Method"), _("Forecast"), _("P10 to P90"), _("Won"), _("Error")],
        "rows": [{"label": period_title(one.month), "cells": _cells(one, currency)} for one in found],
        "total": {"label": _("All"), "cells": _total(found, currency)},
    }


def _line(label: str, data: list[str | None], **look: bool) -> dict[str, Any]:
    return {"label": label, "type": "line", "data": data, "colour": "c2", "order": 1, **look}


def _cells(one: Tracked, currency: str) -> list[str]:
    def text(minor: int) -> str:
        return formats.money(from_minor(minor, currency), currency, cents=False)

    span = "–" if one.low is None or one.high is None else f"{text(one.low)} – {text(one.high)}"
    return [
        str(METHOD_WORDS[one.method]),
        text(one.expected),
        span,
        text(one.won),
        share(one.expected - one.won, one.won),
    ]


def _total(found: list[Tracked], currency: str) -> list[str]:
    expected, won = sum(one.expected for one in found), sum(one.won for one in found)
    missed = share(sum(abs(one.expected - one.won) for one in found), won)
    amounts = [formats.money(from_minor(minor, currency), currency, cents=False) for minor in (expected, won)]
    return ["", amounts[0], "", amounts[1], _("%s on the average") % missed]


def share(part: int, whole: int) -> str:
    """An error as a share of what was won, with its sign; a dash where nothing was."""
    found = ratio(part, whole) if whole > 0 else None
    if found is None:
        return "–"
    text = formats.percent(decimal_of(found))
    return f"+{text}" if part > 0 else text


def _summary(found: list[Tracked]) -> str:
    won = sum(one.won for one in found)
    missed = share(sum(abs(one.expected - one.won) for one in found), won).lstrip("+")
    spans = [one for one in found if one.low is not None]
    words = {"missed": missed, "months": len(found), "inside": sum(one.is_inside for one in spans), "spans": len(spans)}
    text = _("Over %(months)s months forecasts missed by %(missed)s of what was won.") % words
    if spans:
        text += " " + _("In %(inside)s of %(spans)s it lay between P10 and P90, where eight of ten should.") % words
    return text
