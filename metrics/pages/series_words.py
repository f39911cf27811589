"""The sentence above a chart over time: what it shows, with exact figures."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from accounts import formats
from metrics.figure import Figure
from metrics.metric import Metric, Total
from metrics.numbers import decimal_of, ratio
from metrics.pages.reading import Point
from metrics.pages.wording import amount_text, figure_text, is_rate, is_small
from metrics.period_names import period_title


def series_summary(
    metric: Metric, points: Sequence[Point], before: Sequence[Point], currency: str, *, whole: Figure | None
) -> str:
    """One or two sentences about the series."""
    known = [point for point in points if point.value.value is not None]
    if not known or not any(point.value.n for point in known):
        return _("No records in this time.")
    if isinstance(metric, Total) and metric.level:
        return _level_words(metric, known, currency)
    if isinstance(metric, Total):
        return _flow_words(metric, points, before, currency)
    return _span_words(metric, known, currency, whole)


def title_of(point: Point) -> str:
    """A unit of time in words, with what is to be said of it."""
    title = period_title(point.period)
    if point.is_running:
        return _("%s to date") % title
    return _("%s, maturing") % title if point.is_ripening else title


def _flow_words(metric: Metric, points: Sequence[Point], before: Sequence[Point], currency: str) -> str:
    known = [point for point in points if point.value.value is not None]
    last, most = known[-1], max(known, key=lambda point: point.value.value or Decimal(0))
    words = {
        "last": title_of(last),
        "figure": figure_text(metric, last.value, currency),
        "most": title_of(most),
        "top": figure_text(metric, most.value, currency),
    }
    first = _("%(last)s comes to %(figure)s")
    first += "." if most is last else _("; the most was %(top)s in %(most)s.")
    return " ".join(filter(None, [first % words, _against_before(metric, points, before, currency)]))


def _against_before(metric: Metric, points: Sequence[Point], before: Sequence[Point], currency: str) -> str:
    """Units that are over against the same ones a year before; empty unless all of both are known."""
    pairs = [(now, then) for now, then in zip(points, before, strict=False) if not now.is_running]
    if not pairs or any(point.value.value is None for pair in pairs for point in pair):
        return ""
    now, then = (sum((pair[side].value.value or Decimal(0) for pair in pairs), Decimal(0)) for side in (0, 1))
    share = ratio(Fraction(now) - Fraction(then), Fraction(then)) if then > 0 else None
    if share is None:
        return ""
    words = {
        "count": formats.number(len(pairs)),
        "figure": amount_text(metric.unit, now, currency),
        "share": formats.percent(decimal_of(abs(share))),
    }
    words["units"] = _units(points)
    if share < 0:
        return _("The %(count)s %(units)s that are over make %(figure)s, %(share)s less than a year before.") % words
    return _("The %(count)s %(units)s that are over make %(figure)s, %(share)s more than a year before.") % words


def _units(points: Sequence[Point]) -> str:
    """Days, weeks, months, quarters or years."""
    words = {"day": _("days"), "week": _("weeks"), "month": _("months"), "quarter": _("quarters"), "year": _("years")}
    return words.get(points[-1].period.kind, _("periods"))


def _level_words(metric: Metric, known: Sequence[Point], currency: str) -> str:
    first, last = known[0], known[-1]
    words = {
        "first": figure_text(metric, first.value, currency),
        "start": period_title(first.period),
        "last": figure_text(metric, last.value, currency),
        "end": period_title(last.period),
    }
    if first is last:
        return _("%(last)s at the end of %(end)s.") % words
    if last.is_running:
        return _("From %(first)s at the end of %(start)s to %(last)s now.") % words
    return _("From %(first)s at the end of %(start)s to %(last)s at the end of %(end)s.") % words


def _span_words(metric: Metric, known: Sequence[Point], currency: str, whole: Figure | None) -> str:
    drawn = [point for point in known if not is_small(metric, point.value)]
    sentences = []
    if len(drawn) > 1:
        low = min(drawn, key=lambda point: point.value.value or Decimal(0))
        high = max(drawn, key=lambda point: point.value.value or Decimal(0))
        words = {
            "low": figure_text(metric, low.value, currency),
            "high": figure_text(metric, high.value, currency),
            "down": title_of(low),
            "up": title_of(high),
        }
        sentences.append(_("Between %(low)s (%(down)s) and %(high)s (%(up)s).") % words)
    if whole is not None and whole.value.value is not None:
        sentences.append(_("%s over the whole time.") % figure_text(metric, whole.value, currency))
    small = len(known) - len(drawn)
    if small and is_rate(metric):
        words = {"small": formats.number(small), "all": formats.number(len(known)), "units": _units(known)}
        text = _("Fewer than 20 cases, so in the table only: %(small)s of %(all)s %(units)s.")
        sentences.append(text % words)
    if any(point.is_ripening for point in drawn):
        sentences.append(_("Dashed is what still matures."))
    return " ".join(sentences)
