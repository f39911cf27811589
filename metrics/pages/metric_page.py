"""One metric in depth: the figure large, how it compares, its course over twelve units of time."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from metrics.errors import QuestionRefused
from metrics.figure import Figure
from metrics.metric import Total
from metrics.pages.breakdowns import moved
from metrics.pages.charts import is_flow, series_chart
from metrics.pages.reading import Earlier, Reader
from metrics.pages.tiles import figure_entry
from metrics.pages.wording import figure_text, has_cents, is_rate, is_small
from metrics.periods import Period, add_months, containing

UNITS = ("day", "week", "month", "quarter", "year")
POINTS = 12


def read_every(text: str | None, period: Period) -> str:
    """The unit of the course: the asked one, else months, or days and weeks for short periods.

    Raises QuestionRefused for a unit that does not exist.
    """
    if text:
        if text not in UNITS:
            raise QuestionRefused(
                _("Unknown unit “%(text)s”. Possible: %(possible)s.")
                % {"text": text[:40], "possible": ", ".join(UNITS)},
                "every",
            )
        return text
    if period.kind in ("day", "week"):
        return period.kind
    return "month" if period.days > 27 else "day"


def usual_course(reader: Reader, slug: str, every: str) -> tuple[str, dict[str, Any]]:
    """The course by ``every``; by quarter where the months of a rate have too few cases to be drawn."""
    chart = course(reader, slug, every)
    if every != "month" or chart["spec"] is not None:
        return every, chart
    by_quarter = course(reader, slug, "quarter")
    return (every, chart) if by_quarter["spec"] is None else ("quarter", by_quarter)


def course(reader: Reader, slug: str, every: str) -> dict[str, Any]:
    """The last twelve units up to the asked period's end."""
    asking = reader.asking
    last = containing(reader.last_day, every)
    first = last
    for _n in range(POINTS - 1):
        first = first.previous()
    figure = reader.figure(slug, where=asking.where)
    metric = figure.metric
    points = reader.series(slug, first=first.start, last=last.last_day, every=every, where=asking.where)
    points = reader.ripening(figure, points)
    before: list[Any] = []
    if is_flow(metric) and every in ("month", "quarter", "year"):
        start, end = add_months(first.start, -12), add_months(last.end, -12)
        before = reader.series(
            slug, first=start, last=end - datetime.timedelta(days=1), every=every, where=asking.where
        )
    whole = None
    if not isinstance(metric, Total):
        span = Period(first.start, last.end, f"{first.start}..{last.last_day}", "range")
        whole = reader.figure(slug, period=span, where=asking.where)
    return series_chart(
        metric, points, before=before, ident="course", currency=reader.company.base_currency, whole=whole,
        link=lambda period: asking.metric_address(slug, period=period.name, where=asking.where, by=asking.by),
    )  # fmt: skip


def interval_text(figure: Figure) -> str:
    """The parts and the 95 % interval of a rate; n of anything else."""
    value = figure.value
    if not is_rate(figure.metric):
        words = [_("n %s") % formats.number(value.n)]
        if figure.low is not None and figure.high is not None:
            bounds = {"low": formats.plain(figure.low), "high": formats.plain(figure.high)}
            words.append(_("95%% interval %(low)s to %(high)s") % bounds)
        return " · ".join(words)
    if not value.denominator or value.numerator is None:
        return _("n %s") % 0
    parts = formats.number(value.numerator), formats.number(value.denominator)
    words = [] if is_small(figure.metric, value) else [_("%s of %s") % parts]
    if figure.low is not None and figure.high is not None:
        bounds = {"low": formats.percent(figure.low), "high": formats.percent(figure.high)}
        words.append(_("95%% interval %(low)s to %(high)s") % bounds)
    return " · ".join(words)


def comparisons(figure: Figure, earlier: list[Earlier]) -> list[dict[str, Any]]:
    """The figure against earlier ones, for the facts beside it."""
    currency = figure.question.company.base_currency
    return [
        {
            "label": _("v %s") % before.title,
            "before": figure_text(figure.metric, before.value, currency),
            **moved(figure, figure.value, before.value),
        }
        for before in earlier
    ]


def head(reader: Reader, figure: Figure) -> dict[str, Any]:
    """The figure as its page shows it large."""
    return {
        **figure_entry(reader, figure),
        "interval": interval_text(figure),
        "cents": isinstance(figure.metric, Total) and has_cents([figure.value.value]),
    }
