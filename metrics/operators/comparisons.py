"""A figure beside another one: the period before, a benchmark, a baseline."""

from dataclasses import dataclass, replace
from fractions import Fraction

from accounts.money import minor_digits
from metrics.answers import asked_once
from metrics.books.book import as_reported, frozen_books, kept_parts, reported
from metrics.dimensions import ALL, Member
from metrics.metric import MONEY_UNITS, Metric, Number, Parts
from metrics.models import Benchmark, Book
from metrics.numbers import ratio
from metrics.operators.operator import Operator, with_time
from metrics.periods import DAY, Period
from metrics.question import Question

_UNSET = Parts(None, None, None, 0)


def moved(metric: Metric, now: Number | None, before: Number | None, n: int) -> Parts:
    """The change relative to before; of percentages in points. None unless what was before is above 0."""
    if now is None or before is None:
        return Parts(None, None, before, n)
    if metric.unit == "percent":
        return Parts(now - before, now - before, None, n)
    return Parts(ratio(now - before, before) if before > 0 else None, now - before, before, n)


@dataclass(frozen=True, kw_only=True)
class GrowthOf(Operator):
    """Against the period before; a running period against as many days of the one before."""

    def before(self, q: Question) -> Question:
        """The question about the period before."""
        earlier, elapsed = q.period.previous(), (q.as_of - q.period.start).days + 1
        if q.period.last_day > q.as_of and elapsed > 0:
            earlier = earlier.clipped(elapsed)
        return replace(q, period=earlier)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        now, before = self.of.parts(q), self.of.parts(self.before(q))
        return {
            member: moved(self.of, now.get(member, _UNSET).value, before.get(member, _UNSET).value,
                          now.get(member, _UNSET).n)
            for member in {**now, **before}
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BenchmarkGap(Operator):
    """Actual less the benchmark of the newest year that is not later than the period's; by segment where it has one.

    Numerator is the actual figure, denominator the benchmark. None where no benchmark was entered.
    """

    def unit_on(self, metric: Metric) -> str:
        return metric.unit

    def better_on(self, metric: Metric) -> str:
        return metric.better

    def dimensions_on(self, metric: Metric) -> tuple[str, ...]:
        return with_time(*(dimension for dimension in metric.dimensions if dimension == "segment"))

    def sliced(self, q: Question) -> dict[Member, Parts]:
        found = {}
        for member, parts in self.of.parts(q).items():
            segment = member.key if q.by == "segment" else dict(q.where).get("segment", "")
            level = self._benchmark(q, segment)
            gap = None if parts.value is None or level is None else parts.value - level
            found[member] = Parts(gap, parts.value, level, parts.n)
        return found

    def _benchmark(self, q: Question, segment: str) -> Fraction | None:
        levels = asked_once(q, ("benchmarks", self.of.slug), lambda: _benchmarks(self.of.slug))
        scale = 10 ** minor_digits(q.company.base_currency) if self.of.unit in MONEY_UNITS else 1
        for year, about, value in levels:
            if year <= q.period.last_day.year and about == segment:
                return value * scale
        return None


def _benchmarks(slug: str) -> list[tuple[int, str, Fraction]]:
    rows = Benchmark.objects.filter(metric=slug).order_by("-year", "source")
    return [(year, segment, Fraction(value)) for year, segment, value in rows.values_list("year", "segment", "value")]


@dataclass(frozen=True, kw_only=True)
class BaselineChange(Operator):
    """Against the baseline: what was reported of the first frozen period of the same length. None without one."""

    def dimensions_on(self, _metric: Metric) -> tuple[str, ...]:
        return with_time()

    def sliced(self, q: Question) -> dict[Member, Parts]:
        parts = self.of.parts(q.whole()).get(ALL, _UNSET)
        book = self._baseline(q)
        if book is None:
            return {ALL: Parts(None, parts.value, None, parts.n)}
        period = Period(book.starts_on, book.ends_on + DAY, book.name, q.period.kind)
        then = replace(as_reported(replace(q, period=period, as_of=book.ends_on), reported(book)), by=None)
        before = kept_parts(self.of, then) or self.of.parts(then).get(ALL, _UNSET)
        return {ALL: moved(self.of, parts.value, before.value, parts.n)}

    def _baseline(self, q: Question) -> Book | None:
        books = asked_once(q, "frozen books", frozen_books)
        same = [book for book in books if _months(book.starts_on, book.ends_on) == _months(q.period.start, q.level_day)]
        return min(same, key=lambda book: book.starts_on, default=None)


def _months(first: object, last: object) -> int:
    end = last + DAY  # type: ignore[operator]
    return (end.year - first.year) * 12 + end.month - first.month  # type: ignore[attr-defined]
