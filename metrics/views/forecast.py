from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import formats
from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from accounts.money import from_minor
from accounts.working_days import WorkingCalendar
from metrics.catalogue import METRICS
from metrics.errors import QuestionRefused
from metrics.forecasting.asking import (
    Forecast,
    beats_naive,
    error_share,
    forecast_of,
    newest_forecast,
)
from metrics.forecasting.members import member_rows
from metrics.forecasting.methods import METHODS
from metrics.forecasting.outlook import Line
from metrics.forecasting.track import share, track, track_chart
from metrics.forecasting.words import METHOD_HELP, METHOD_WORDS, REASONS
from metrics.numbers import text_of
from metrics.pages.addresses import PageQuestion
from metrics.pages.chips import Chips, past_banner
from metrics.pages.reading import Reader
from metrics.period_names import current_quarter, period_title, progress_mark
from metrics.periods import Period, containing, parse_period
from metrics.question import Question
from metrics.views.pages import FigurePage

CSV_HEADER = [
    "method", "default", "value", "p10", "p50", "p90", "error", "signed_error", "periods_tried", "currency",
]  # fmt: skip


class ForecastChips(Chips):
    """Offers periods that are not over."""

    def _offered(self) -> list[Period]:
        asking = self.asking
        start = asking.company.fiscal_year_start_month
        month, quarter = containing(asking.as_of, "month"), current_quarter(asking.as_of, start)
        year = f"FY{quarter.name[2:6]}" if start > 1 else str(asking.as_of.year)
        whole = parse_period(year, today=asking.as_of, fiscal_start=start)
        following = containing(month.end, "month")
        return [month, following, quarter, current_quarter(quarter.end, start), whole]


class ForecastView(FigurePage):
    """What each method expects of a period, how far it was off before, and what was made of it."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asking = replace(self.question(request), by=None, where=(), book=None, known_on=None)
        found = self.forecast(request, asking)
        if request.GET.get("format") == "csv":
            note_export(kind="forecast", query=request.GET.urlencode(), by=request.user, now=asking.now)
            return SafeWriter(CSV_HEADER).response(csv_rows(found), f"forecast-{found.period.name}-{found.as_of}.csv")
        if request.GET.get("format", "html") != "html":
            raise QuestionRefused(_("format: possible are html, csv."), "format")
        return render(request, "metrics/forecast.html", self.context(request, asking, found))

    @staticmethod
    def forecast(request: HttpRequest, asking: PageQuestion) -> Forecast:
        """That of the newest run, unless the address names a day."""
        as_of = asking.as_of
        if not request.GET.get("as_of") and asking.period.last_day > as_of:
            as_of = newest_forecast(asking.period, scope=asking.scope, as_of=as_of) or as_of
        return forecast_of(
            asking.period, scope=asking.scope, as_of=as_of, company=asking.company, today=asking.today
        )  # fmt: skip

    @staticmethod
    def context(request: HttpRequest, asking: PageQuestion, found: Forecast) -> dict[str, Any]:
        chips = ForecastChips(asking, request)
        currency = asking.company.base_currency
        then = replace(asking, as_of=found.as_of)
        reader = Reader(then)
        months = track(Question(
            asking.period, asking.scope, asking.company, asking.today, found.as_of, shelf=reader.shelf
        ))  # fmt: skip
        default = found.default
        return {
            "title": _("Forecast"),
            "mark": progress_mark(asking.period, asking.as_of, asking.today, WorkingCalendar.of(asking.company)),
            "period_title": period_title(asking.period),
            "filters": chips.bar(
                [chips.scope(), chips.period(), *chips.as_of(("as_of",))], export_url=chips.address(format="csv")
            ),
            "banner": past_banner(asking, chips.address(as_of=None)),
            "found": found,
            "kept": found.run is not None,
            "methods": [method_row(found, method) for method in METHODS],
            "value": text(default.amount, currency) if default else "",
            "method": METHOD_WORDS[default.method] if default else "",
            "span": span(default, currency) if default else "",
            "won": text(found.won, currency),
            "won_url": then.metric_address("won_revenue"),
            "chart": track_chart(months, currency) if months else None,
            "members": member_rows(reader),
            "accuracy_url": then.metric_address("forecast_accuracy", period="last-year"),
            "coverage": METRICS["pipeline_coverage"].name,
        }


def text(minor: int | None, currency: str) -> str:
    """Money without its cents: a forecast is no book-keeping."""
    return "–" if minor is None else formats.money(from_minor(minor, currency), currency, cents=False)


def span(line: Line, currency: str) -> str:
    """P10 to P90; empty where the past was too short."""
    return "" if line.low is None else f"{text(line.low, currency)} – {text(line.high, currency)}"


def method_row(found: Forecast, method: str) -> dict[str, Any]:
    """A method with its figure, interval and record, or why it has none."""
    line, currency = found.lines.get(method), found.company.base_currency
    row = {"name": METHOD_WORDS[method], "help": METHOD_HELP[method]}
    if line is None:
        return {**row, "reason": REASONS[method]}
    record = line.record
    return {
        **row,
        "is_default": line.is_default,
        "value": text(line.amount, currency),
        "span": span(line, currency),
        "missed": share(record.missed, record.actual).lstrip("+") if record.tried else "",
        "off": share(record.off, record.actual) if record.tried else "",
        "tried": record.tried,
        "beats": {True: _("yes"), False: _("no"), None: ""}[beats_naive(found, line)],
    }


def csv_rows(found: Forecast) -> Iterator[list[Any]]:
    """A line for each method that has a figure."""
    currency = found.company.base_currency
    for method in METHODS:
        line = found.lines.get(method)
        if line is None:
            continue
        amounts = [
            "" if minor is None else from_minor(minor, currency)
            for minor in (line.amount, line.low, line.mid, line.high)
        ]
        errors = [text_of(error_share(line.record, part)) or "" for part in (line.record.missed, line.record.off)]
        yield [method, "yes" if line.is_default else "", *amounts, *errors, line.record.tried, currency]
