"""Every figure that a page shows is read here: one reader per request, which asks nothing twice."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Company
from metrics.books.book import as_reported
from metrics.dimensions import ALL, DIMENSIONS, TIME, Member
from metrics.errors import QuestionRefused
from metrics.evaluate import compared, evaluate, find_metric, make_question
from metrics.figure import Figure, Value, dress
from metrics.metric import Metric, Parts, Total
from metrics.pages.addresses import PageQuestion, Where
from metrics.period_names import compared_title
from metrics.periods import DAY, Period, add_months, containing, range_name
from metrics.question import Question
from metrics.scopes import Scope
from metrics.snapshots.shelf import Shelf, expect

NOT_KNOWN = Value(None, None, None, 0)
MOST_SLICES = {True: 400, False: 60}
"""How many units of time a breakdown may have: many where one statement reads all, few where each is a question."""


@dataclass(frozen=True)
class Earlier:
    """An earlier value to compare with. ``unit`` is the whole earlier period, ``period`` what is compared of it."""

    period: Period
    unit: Period
    title: str
    short: str
    value: Value


@dataclass(frozen=True)
class Reading:
    """A figure beside the same one of the period before and of a year before."""

    figure: Figure
    previous: Earlier
    year: Earlier


@dataclass(frozen=True)
class Point:
    """A figure of one calendar unit in a series.

    ``is_running``: the unit is not over; ``is_ripening``: some of its cases are too young to be decided.
    """

    period: Period
    value: Value
    is_running: bool
    is_ripening: bool = False


class Reader:
    """Reads figures as an address asks them: same as-of day, same knowledge, same clock for all of a page."""

    def __init__(self, asking: PageQuestion) -> None:
        self.asking = asking
        self.shelf = Shelf(asking.today)
        self._figures: dict[tuple[object, ...], Figure] = {}
        self._metrics: dict[str, Metric] = {}

    @property
    def company(self) -> Company:
        return self.asking.company

    def metric(self, slug: str) -> Metric:
        """The metric of a slug; of a frozen period as it was defined when that froze. Raises QuestionRefused."""
        if slug not in self._metrics:
            self._metrics[slug] = find_metric(slug, self.asking.book.frozen_at if self.asking.book else None)
        return self._metrics[slug]

    def expect(self, months: int) -> None:
        """Tell the shelf that the page shows many figures, each with earlier ones and the last ``months`` months."""
        asking, last = self.asking, self.last_day
        if asking.book:
            return
        first, end = add_months(last.replace(day=1), 1 - months), containing(last, "month").end
        q = Question(
            asking.period, asking.scope, asking.company, asking.today, min(asking.as_of, asking.today),
            asking.known_on, shelf=self.shelf,
        )  # fmt: skip
        series = replace(q, period=Period(first, end, range_name(first, end), "range"), by="month")
        shown = [q, compared(q, "previous"), compared(q, "year"), q.at(containing(last, "month"))]
        expect(self.shelf, [*shown, series, *(compared(one, "previous") for one in shown[1:])])

    def figure(
        self, slug: str, *, scope: Scope | None = None, period: Period | None = None, by: str | None = None,
        where: Where = (),
    ) -> Figure:  # fmt: skip
        """One figure, by default of the address's scope and period. Raises QuestionRefused."""
        asking = self.asking
        asked = (slug, scope or asking.scope, period or asking.period, by, where)
        if asked not in self._figures:
            self._check_slices(self.metric(slug), asked[2], by)
            self._figures[asked] = evaluate(
                slug, period=asked[2], scope=asked[1], company=asking.company, today=asking.today, now=asking.now,
                by=by, where=where, as_of=asking.as_of, known_on=asking.known_on, shelf=self.shelf, book=asking.book,
                metric=self.metric(slug),
            )  # fmt: skip
        return self._figures[asked]

    def reading(self, slug: str, *, scope: Scope | None = None, where: Where = ()) -> Reading:
        """The figure of the address's period with both earlier ones; a running period is compared day for day."""
        figure = self.figure(slug, scope=scope, where=where)
        return Reading(figure, self.earlier(figure, "previous"), self.earlier(figure, "year"))

    def earlier(self, figure: Figure, kind: str) -> Earlier:
        """The value to compare a figure with. ``kind``: previous or year."""
        q = compared(figure.question, kind)
        unit = figure.question.period.previous() if kind == "previous" else figure.question.period.year_before()
        parts = figure.metric.parts(q).get(ALL, Parts(None, None, None, 0))
        title, short = (compared_title(q.period, figure.question.period, unit, short=brief) for brief in (False, True))
        return Earlier(q.period, unit, title, short, dress(figure.metric, parts, self._currency))

    def earlier_members(self, figure: Figure, kind: str) -> dict[str, Value]:
        """By member key, the values of an earlier period, sliced as the figure is."""
        q = replace(compared(figure.question, kind), by=figure.question.by)
        parts = figure.metric.parts(q)
        return {member.key: dress(figure.metric, found, self._currency) for member, found in parts.items()}

    def series(
        self, slug: str, *, first: datetime.date, last: datetime.date, every: str, scope: Scope | None = None,
        where: Where = (),
    ) -> list[Point]:  # fmt: skip
        """The figure of each calendar unit (day, week, month, quarter, year) that touches ``first`` to ``last``.

        Sliced by time in one go where the metric is a sum over days. Units before the first record are not known.
        """
        metric = self.metric(slug)
        period = Period(first, last + DAY, range_name(first, last + DAY), "range")
        q = self._question(metric, period, every, scope, where)
        self._prime(metric, q)
        parts = metric.parts(q)
        points = []
        for unit in period.split(every):
            found = parts.get(Member(unit.name, unit.name))
            value = self._missing(metric, q.at(unit)) if found is None else dress(metric, found, self._currency)
            points.append(Point(unit, value, unit.last_day > self.asking.as_of or self._is_cut(unit, every)))
        return points

    def ripening(self, figure: Figure, points: list[Point]) -> list[Point]:
        """The same series of a figure; units that hold cases too young to be decided are marked."""
        q, ripens = figure.question, figure.metric.ripens
        age = ripens.age(q.whole()) if ripens else None
        if age is None:
            return points
        young = q.as_of - (age - 1) * DAY
        return [replace(point, is_ripening=point.period.last_day >= young) for point in points]

    def months(self, slug: str, count: int, *, where: Where = (), scope: Scope | None = None) -> list[Point]:
        """The last ``count`` months up to the asked period's end."""
        last = self.last_day
        first = add_months(last.replace(day=1), 1 - count)
        return self.series(
            slug, first=first, last=containing(last, "month").last_day, every="month", scope=scope, where=where
        )

    @property
    def last_day(self) -> datetime.date:
        """The last day of the asked period that can hold anything."""
        return max(min(self.asking.period.last_day, self.asking.as_of), self.asking.period.start)

    @property
    def _currency(self) -> str:
        return self.asking.company.base_currency

    def _question(self, metric: Metric, period: Period, every: str, scope: Scope | None, where: Where) -> Question:
        asking = self.asking
        q = make_question(
            metric, period=period, scope=scope or asking.scope, company=asking.company, today=asking.today, by=every,
            where=where, as_of=asking.as_of, known_on=asking.known_on, shelf=self.shelf,
        )  # fmt: skip
        return as_reported(q, asking.book) if asking.book else q

    @staticmethod
    def _prime(metric: Metric, q: Question) -> None:
        """Read the sums of a metric that is none over days in one go each, before it asks for every unit."""
        if not metric.splits_by_time:
            for measure in metric.measures():
                if measure.adds_up and not measure.fact.level:
                    measure.cells(q)

    def _missing(self, metric: Metric, q: Question) -> Value:
        """A unit without records: 0 of a total once such records are known, else not known."""
        if not isinstance(metric, Total) or q.period.start > q.as_of:
            return NOT_KNOWN
        known = metric.reaches(q) and metric.of.covered(q)
        return Value(Decimal(0), Decimal(0), None, 0) if known else NOT_KNOWN

    @staticmethod
    def _is_cut(unit: Period, every: str) -> bool:
        return unit.end < containing(unit.start, every).end

    @staticmethod
    def _check_slices(metric: Metric, period: Period, by: str | None) -> None:
        if by not in TIME or by not in metric.dimensions:
            return
        most = MOST_SLICES[metric.splits_by_time]
        days = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}[by]
        if period.days / days > most:
            coarser = [unit for unit in DIMENSIONS if unit in TIME and unit in metric.dimensions and unit != by]
            message = _(
                "%(period)s has more than %(most)s units of “%(by)s”. Ask for a shorter period, or by %(coarser)s."
            )
            words = {"period": period.name, "most": most, "by": by, "coarser": ", ".join(coarser)}
            raise QuestionRefused(message % words, "by")
