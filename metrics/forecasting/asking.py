"""From a request's words to a forecast: the one reading of period, as_of and scope, and its answer as JSON."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.business_dates import business_date
from accounts.models import Company
from accounts.money import from_minor
from metrics.asking import parse_day
from metrics.catalogue.deals import won_revenue
from metrics.dimensions import ALL
from metrics.errors import QuestionRefused
from metrics.forecasting.methods import METHODS, NAIVE
from metrics.forecasting.outlook import Line, Places, Record, outlook
from metrics.forecasting.past import Past
from metrics.forecasting.spans import Span
from metrics.forecasting.words import METHOD_WORDS, REASONS
from metrics.models import ForecastPoint, ForecastRun
from metrics.numbers import decimal_of, ratio, text_of
from metrics.periods import Period, add_months, parse_period
from metrics.question import Question
from metrics.scopes import Scope, parse_scope

MOST_MONTHS_AHEAD = 24


@dataclass(frozen=True)
class Forecast:
    """What each method says of a period of a scope, as of a day, in minor units. ``run`` None: worked out just now."""

    period: Period
    scope: Scope
    as_of: datetime.date
    company: Company
    won: int
    lines: dict[str, Line] = field(default_factory=dict)
    run: ForecastRun | None = None

    @property
    def default(self) -> Line | None:
        """The line of the method that did best so far; None when there is none at all."""
        return next((line for line in self.lines.values() if line.is_default), None)


def ask_forecast(words: Mapping[str, str], *, user: Any, now: datetime.datetime, kept: bool = False) -> Forecast:
    """Read the words for this user and answer. Raises QuestionRefused with the field and what is possible.

    ``kept``: where no as-of day is named, the newest run that was kept answers; else today's deals do.
    """
    company = Company.current()
    today = business_date(now, company.zone)
    as_of = min(parse_day(words.get("as_of"), "as_of") or today, today)
    scope = parse_scope(words.get("scope"), user, company)
    period = parse_period(words.get("period") or "", today=as_of, fiscal_start=company.fiscal_year_start_month)
    if kept and not words.get("as_of") and period.last_day > as_of:
        as_of = newest_forecast(period, scope=scope, as_of=as_of) or as_of
    return forecast_of(period, scope=scope, as_of=as_of, company=company, today=today)


def newest_forecast(period: Period, *, scope: Scope, as_of: datetime.date) -> datetime.date | None:
    """As of which day a period of a scope was last kept, up to a day before its own last; None when it never was."""
    points = ForecastPoint.objects.filter(
        scope_kind=scope.kind, scope_id=scope.id, starts_on=period.start, ends_on=period.last_day,
        run__as_of__lte=as_of, run__as_of__lt=period.last_day,
    )  # fmt: skip
    return points.order_by("-run__as_of").values_list("run__as_of", flat=True).first()


def forecast_of(
    period: Period, *, scope: Scope, as_of: datetime.date, company: Company, today: datetime.date
) -> Forecast:
    """What was kept of that day; where nothing was, what the history of deals says as of it."""
    if period.last_day <= as_of:
        message = _("%(period)s is over on %(as_of)s; give an as_of before %(last)s.") % {
            "period": period.name,
            "as_of": as_of,
            "last": period.last_day,
        }
        raise QuestionRefused(message, "period")
    if period.end > add_months(as_of, MOST_MONTHS_AHEAD + 1):
        message = _("%(period)s ends more than %(months)s months after %(as_of)s; nothing is forecast so far.") % {
            "period": period.name,
            "months": MOST_MONTHS_AHEAD,
            "as_of": as_of,
        }
        raise QuestionRefused(message, "period")
    kept = list(
        ForecastPoint.objects.filter(
            run__as_of=as_of, scope_kind=scope.kind, scope_id=scope.id, starts_on=period.start, ends_on=period.last_day
        ).select_related("run")
    )
    if kept:
        won = won_revenue.parts(Question(period, scope, company, today, as_of)).get(ALL)
        lines = {point.method: line_of(point) for point in kept}
        return Forecast(period, scope, as_of, company, int(won.value or 0) if won else 0, lines, kept[0].run)
    place = (scope.kind, scope.id)
    found = outlook(Past(as_of), Span(period, as_of), Places.now(), is_wanted=lambda asked: asked == place)
    return Forecast(period, scope, as_of, company, found.won.get(place, 0), found.lines.get(place, {}))


def line_of(point: ForecastPoint) -> Line:
    """A stored point as the line that it was."""
    record = Record(point.tried, point.missed, point.off, point.actual)
    place = (point.scope_kind, point.scope_id)
    return Line(place, point.method, point.amount, point.low, point.mid, point.high, record, point.is_default)


def error_share(record: Record, missed: int) -> Decimal | None:
    """A sum of errors as a share of what was won; None where nothing was."""
    share = ratio(missed, record.actual) if record.actual > 0 else None
    return None if share is None else decimal_of(share)


def beats_naive(found: Forecast, line: Line) -> bool | None:
    """Whether a method missed by a smaller share than the naive one; None where one of them has no record."""
    naive = found.lines.get(NAIVE)
    if naive is None or line.method == NAIVE:
        return None
    ours, theirs = error_share(line.record, line.record.missed), error_share(naive.record, naive.record.missed)
    return None if ours is None or theirs is None else ours < theirs


def forecast_json(found: Forecast) -> dict[str, Any]:
    """The forecast as programs read it: money as decimal text in the base currency, shares as fractions."""
    default = found.default
    return {
        "period": found.period.name,
        "starts_on": found.period.start.isoformat(),
        "ends_on": found.period.last_day.isoformat(),
        "scope": found.scope.key,
        "as_of": found.as_of.isoformat(),
        "currency": found.company.base_currency,
        "run": found.run.pk if found.run else None,
        "made_at": found.run.made_at.isoformat() if found.run else None,
        "won": _money(found, found.won),
        "default": default.method if default else None,
        "value": _money(found, default.amount) if default else None,
        "methods": [_method_json(found, method) for method in METHODS],
    }


def _method_json(found: Forecast, method: str) -> dict[str, Any]:
    line = found.lines.get(method)
    name = {"method": method, "label": str(METHOD_WORDS[method])}
    if line is None:
        empty = dict.fromkeys(("value", "low", "mid", "high"))
        return {**name, **empty, "error": None, "reason": str(REASONS[method])}
    record = line.record
    error = {
        "n": record.tried,
        "absolute": text_of(error_share(record, record.missed)),
        "signed": text_of(error_share(record, record.off)),
        "missed": _money(found, record.missed),
        "off": _money(found, record.off),
        "actual": _money(found, record.actual),
        "beats_naive": beats_naive(found, line),
    }
    return {
        **name,
        "value": _money(found, line.amount),
        "low": _money(found, line.low),
        "mid": _money(found, line.mid),
        "high": _money(found, line.high),
        "error": error if record.tried else None,
        "reason": None,
    }


def _money(found: Forecast, minor: int | None) -> str | None:
    return None if minor is None else text_of(from_minor(minor, found.company.base_currency))
