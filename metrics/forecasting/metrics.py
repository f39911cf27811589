"""Metrics made of stored forecasts: what is expected of a period, and how good what was expected turned out.

A forecast is judged by what was kept before its period began; it is never worked out again.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Rep, Team
from metrics.answers import asked_once, named_once
from metrics.dimensions import ALL, TIME, Member, find_values
from metrics.errors import QuestionRefused
from metrics.forecasting.words import METHOD_WORDS
from metrics.measures.measure import Measure
from metrics.metric import Metric, Parts, Stream, Total
from metrics.models import ForecastPoint
from metrics.numbers import ratio
from metrics.periods import DAY, Period
from metrics.question import Question
from metrics.records.listed import ListedRow
from metrics.scopes import Scope

METHOD = "method"
MADE_AFTER = 7
"""A run that was made more than so many days after the day that it looks from was made from history."""
_UNSET = Parts(None, None, None, 0)


class Place(NamedTuple):
    """A member of a breakdown, or the whole, and the scope whose points it has."""

    member: Member
    kind: str
    id: int
    method: str = ""


@dataclass(frozen=True, kw_only=True)
class OfForecasts(Metric):
    """What reads stored points. By rep, team or method; the members do not add up."""

    splits_by_time: bool = field(default=False)
    overlaps: tuple[str, ...] = ("rep", "team", METHOD)

    @property
    def is_live(self) -> bool:
        return True

    def measures(self) -> tuple[Measure, ...]:
        return ()

    def places(self, q: Question) -> list[Place]:
        """The scopes that a question is about, by member of ``q.by``."""
        asked = dict(q.where)
        if any(dimension in TIME for dimension in asked):
            raise QuestionRefused(_("Forecasts have no time in where; ask for the period instead."), "where")
        kinds: set[str] = {kind for kind in ("rep", "team") if kind == q.by or kind in asked}
        if len(kinds) > 1:
            raise QuestionRefused(_("Forecasts are by rep or by team, not by both."), "where")
        methods = [asked[METHOD]] if METHOD in asked else []
        if methods:
            find_values(METHOD, methods[0])
        method = methods[0] if methods else ""
        if q.by == METHOD:
            return [
                replace_place(place, Member(name, str(word)), name)
                for place in self._scopes(q, kinds, asked)
                for name, word in METHOD_WORDS.items()
                if not method or name == method
            ]
        return [place._replace(method=method) for place in self._scopes(q, kinds, asked)]

    def _scopes(self, q: Question, kinds: set[str], asked: dict[str, str]) -> list[Place]:
        if not kinds:
            return [Place(ALL, q.scope.kind, q.scope.id)]
        kind = kinds.pop()
        ids = _inside(q.scope, kind, by=q.by == kind)
        if kind in asked:
            wanted = find_values(kind, asked[kind])
            ids = [ident for ident in ids if ident in wanted]
        if q.by != kind:
            return [Place(ALL, kind, ident) for ident in ids]
        names = named_once(q, kind, ids)
        return [Place(names[ident], kind, ident) for ident in ids]


def replace_place(place: Place, member: Member, method: str) -> Place:
    """The same scope as another member, of one method."""
    return place._replace(member=member, method=method)


def _inside(scope: Scope, kind: str, *, by: bool) -> list[int]:
    """Reps or teams of a scope: reps by the team they are in; a breakdown has the teams that have none below them."""
    if kind == "rep":
        if scope.kind == "rep":
            return [scope.id]
        reps = Rep.objects.filter(team__in=scope.team_ids) if scope.kind == "team" else Rep.objects.all()
        return list(reps.order_by("pk").values_list("pk", flat=True))
    if scope.kind == "rep":
        return []
    teams = Team.objects.filter(pk__in=scope.team_ids) if scope.kind == "team" else Team.objects.all()
    if by:
        teams = teams.exclude(pk__in=Team.objects.exclude(parent=None).values("parent"))
    return list(teams.order_by("pk").values_list("pk", flat=True))


def _points(q: Question, places: list[Place]) -> QuerySet[ForecastPoint]:
    """Points of the scopes that were kept when the question knows of them."""
    kinds = {place.kind for place in places}
    rows = ForecastPoint.objects.filter(scope_kind__in=kinds, scope_id__in={place.id for place in places})
    return rows.filter(run__made_at__lte=q.known_at) if q.known_at else rows


@dataclass(frozen=True, kw_only=True)
class Expected(OfForecasts):
    """What is expected of a period, by the newest run as of the day or before; of a period that is over the last one.

    The bounds are P10 and P90. n = 1: the point.
    """

    looks_ahead: bool = field(default=True)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        found = {
            place.member: Parts(
                point.amount, point.amount, None, 1,
                None if point.low is None or point.high is None else (point.low, point.high),
            )
            for place, point in self._found(q)
        }  # fmt: skip
        return found or ({} if q.by else {ALL: _UNSET})

    def _by_period(self, q: Question) -> dict[Member, Parts]:
        """Each calendar unit that is forecast, those to come too."""
        found = {}
        for period in q.period.split(q.by or "month"):
            parts = self.sliced(q.at(period)).get(ALL, _UNSET)
            if parts.n:
                found[Member(period.name, period.name)] = parts
        return found

    def _found(self, q: Question) -> Iterator[tuple[Place, ForecastPoint]]:
        places = self.places(q)
        rows = _points(q, places).filter(
            starts_on=q.period.start, ends_on=q.period.last_day, run__as_of__lte=min(q.as_of, q.period.last_day)
        )
        newest: dict[tuple[str, int], list[ForecastPoint]] = {}
        for point in rows.select_related("run").order_by("-run__as_of", "pk"):
            held = newest.setdefault((point.scope_kind, point.scope_id), [])
            if not held or held[0].run_id == point.run_id:
                held.append(point)
        for place in places:
            for point in newest.get((place.kind, place.id), ()):
                if point.method == place.method or (not place.method and point.is_default):
                    yield place, point

    def notes(self, q: Question) -> list[str]:
        """Which run and method the figure is of; why there is none."""
        found = [point for _place, point in self._found(q.whole())]
        if not found:
            return [_("no forecast of this period and scope was kept as of the day")]
        words = {"as_of": found[0].run.as_of, "method": found[0].method}
        return [_("forecast as of %(as_of)s, method %(method)s") % words]

    def streams(self, q: Question) -> list[Stream]:
        rows = [_row(point, point.amount) for _place, point in self._found(q.whole())]
        return [Stream(sorted(rows, key=lambda row: (row.day, row.id)), "forecast", 1, None)]


@dataclass(frozen=True)
class Judged:
    """A month whose forecast, kept before it began, can be held against what was won."""

    place: Place
    point: ForecastPoint
    actual: int

    @property
    def off(self) -> int:
        return self.point.amount - self.actual


@dataclass(frozen=True, kw_only=True)
class Judgement(OfForecasts):
    """Months of the period that are over, each with the forecast kept before its first day. n = those months.

    Both parts are sums over months, divided last: 1 - sum of |forecast - actual| / sum of actuals; ``signed``: sum of
    (forecast - actual) / sum of actuals.
    """

    of: Total
    signed: bool = False

    @property
    def top_is_money(self) -> bool:
        return True

    @property
    def bottom_is_money(self) -> bool:
        return True

    def part(self, judged: Judged) -> int:
        """What a month adds to the numerator."""
        return judged.off if self.signed else judged.actual - abs(judged.off)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        top: dict[Member, int] = {}
        bottom: dict[Member, int] = {}
        months: dict[Member, int] = {}
        for judged in self.judged(q):
            member = judged.place.member
            top[member] = top.get(member, 0) + self.part(judged)
            bottom[member] = bottom.get(member, 0) + judged.actual
            months[member] = months.get(member, 0) + 1
        found = {
            member: Parts(ratio(top[member], bottom[member]) if bottom[member] > 0 else None, top[member],
                          bottom[member], months[member])
            for member in top
        }  # fmt: skip
        return found or ({} if q.by else {ALL: _UNSET})

    def judged(self, q: Question) -> list[Judged]:
        """Every month that is judged, by scope and method."""
        places, months = self.places(q), _whole_months(q)
        if not months or not places:
            return []
        rows = _points(q, places).filter(
            starts_on__in=[month.start for month in months], run__as_of__gte=months[0].start - DAY,
            run__as_of__lt=months[-1].start,
        ).select_related("run")  # fmt: skip
        kept: dict[tuple[str, int, datetime.date], list[ForecastPoint]] = {}
        ends = {month.start: month.last_day for month in months}
        for point in rows:
            if point.run.as_of == point.starts_on - DAY and ends.get(point.starts_on) == point.ends_on:
                kept.setdefault((point.scope_kind, point.scope_id, point.starts_on), []).append(point)
        found = []
        for month in months:
            won: dict[str, dict[str, int]] = {}
            for place in places:
                for point in kept.get((place.kind, place.id, month.start), ()):
                    if point.method == place.method or (not place.method and point.is_default):
                        found.append(Judged(place, point, self._actual(q, month, place, won)))
        return found

    def _actual(self, q: Question, month: Period, place: Place, won: dict[str, dict[str, int]]) -> int:
        """What the scope won in the month; asked once for all reps or teams of a breakdown."""
        of_scope = (place.kind, place.id) == (q.scope.kind, q.scope.id)
        by = None if of_scope else place.kind
        if (by or "") not in won:
            parts = self.of.parts(replace(q, period=month, by=by, where=()))
            won[by or ""] = {member.key: int(each.value or 0) for member, each in parts.items()}
        name = named_once(q, place.kind, [place.id])[place.id].key if by else ALL.key
        return won[by or ""].get(name, 0)

    def notes(self, q: Question) -> list[str]:
        """Why there is no figure; how many of the forecasts were made from history, not at the time."""
        found = self.judged(q.whole())
        if not found:
            return [_("no month of the period is over for which a forecast was kept before it began")]
        late = sum((one.point.run.made_on - one.point.run.as_of).days > MADE_AFTER for one in found)
        words = _("%(late)s of %(found)s forecasts were made from history, not at the time")
        return [words % {"late": late, "found": len(found)}] if late else []

    def streams(self, q: Question) -> list[Stream]:
        found = self.judged(q.whole())
        top = [_row(one.point, self.part(one)) for one in found]
        bottom = [_row(one.point, one.actual) for one in found]
        return [
            Stream(sorted(rows, key=lambda row: (row.day, row.id)), "forecast", *sides)
            for rows, sides in ((top, (1, None)), (bottom, (None, 1)))
        ]


def _whole_months(q: Question) -> list[Period]:
    """Months that lie in the period as a whole and are over on the as-of day."""
    months = asked_once(q, ("whole months", q.period), lambda: list(q.period.split("month")))
    return [month for month in months if month.start.day == 1 and month.end.day == 1 and month.last_day <= q.as_of]


def _row(point: ForecastPoint, amount: int) -> ListedRow:
    words = {"period": point.period, "method": METHOD_WORDS[point.method]}
    return ListedRow(point.run.as_of, point.pk, _("Forecast of %(period)s: %(method)s") % words, "", amount)
