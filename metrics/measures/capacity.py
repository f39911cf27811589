"""Selling capacity: days employed / days of the period, of the reps with a team."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from django.utils.translation import gettext as _

from accounts.memberships import TeamHistory
from accounts.models import Rep
from accounts.working_days import WorkingCalendar
from metrics.answers import asked_once, named_once
from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, Member, find_values
from metrics.measures.measure import Measure
from metrics.metric import Metric, Parts, Stream
from metrics.numbers import ratio
from metrics.periods import DAY
from metrics.question import Question


@dataclass(frozen=True)
class RepDays:
    """Days on which a rep was employed in a team, cut to a question."""

    rep: Rep
    team: int
    days: int
    workdays: int = 0
    """Those among them on which the company works; 0 where they were not asked for."""


def rep_days(q: Question, calendar: WorkingCalendar | None = None) -> list[RepDays]:
    """Who was there, up to the as-of day. ``left_on`` is the last day; without ``hired_on`` from the beginning."""
    first, last = q.period.start, q.level_day
    if last < first:
        return []
    teams, reps = asked_once(q, "people", capacity_people)
    found: list[RepDays] = []
    for rep in reps:
        start = max(first, rep.hired_on or datetime.date.min)
        end = min(last, rep.left_on or datetime.date.max)
        days: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        day = start
        cuts = [*teams.changes(rep.pk, start, end + DAY), end + DAY] if start <= end else []
        for cut in cuts:
            team = teams.team_on(rep.pk, day)
            if team is not None:
                days[team][0] += (cut - day).days
                days[team][1] += calendar.count(day, cut - DAY) if calendar else 0
            day = cut
        found += [RepDays(rep, team, *numbers) for team, numbers in days.items() if _in_scope(q, rep.pk, team)]
    return found


def capacity_people() -> tuple[TeamHistory, list[Rep]]:
    """Who was in which team when, and whose days count."""
    return TeamHistory.load(), list(Rep.objects.filter(counts_as_capacity=True).order_by("name", "pk"))


def _in_scope(q: Question, rep: int, team: int) -> bool:
    for dimension, member in q.where:
        if dimension in ("rep", "team"):
            ids = asked_once(q, ("ids", dimension, member), partial(find_values, dimension, member))
            if (rep if dimension == "rep" else team) not in ids:
                return False
    match q.scope.kind:
        case "team":
            return team in q.scope.team_ids
        case "rep":
            return rep == q.scope.id
        case _:
            return True


@dataclass(frozen=True, kw_only=True)
class PerCapacity(Metric):
    """A total divided by the average number of people who were there to make it."""

    of: Measure
    splits_by_time: bool = False

    @property
    def per(self) -> str:
        """What the denominator is called."""
        return _("reps employed")

    def measures(self) -> tuple[Measure, ...]:
        return (self.of,)

    def sliced(self, q: Question) -> dict[Member, Parts]:
        totals = self._totals(q)
        capacity = self._capacity(q)
        found = {}
        for member in {**capacity, **totals}:
            cell = totals.get(member, Cell())
            people = capacity.get(member, Fraction(0))
            total = None if not q.by and not cell.n and not self.of.covered(q) else cell.total
            found[member] = Parts(ratio(total, people), total, people, cell.n)
        return found

    def _totals(self, q: Question) -> Cells:
        return self.of.cells(q)

    def _capacity(self, q: Question) -> dict[Member, Fraction]:
        length = (q.level_day - q.period.start).days + 1
        days: dict[int, int] = defaultdict(int)
        for row in rep_days(q):
            days[row.team if q.by == "team" else 0] += row.days
        if q.by != "team":
            return {ALL: Fraction(days.get(0, 0), length)} if length > 0 else {ALL: Fraction(0)}
        names = named_once(q, "team", days.keys())
        return {names[team]: Fraction(number, length) for team, number in days.items()}

    def streams(self, q: Question) -> list[Stream]:
        return [Stream(self.of.records(q), self.of.fact.kind, 1, None)]


@dataclass(frozen=True, kw_only=True)
class PerRepDay(PerCapacity):
    """A total divided by the working days of those who were there, so that idle days count as well."""

    @property
    def per(self) -> str:
        return _("working days of reps")

    def _capacity(self, q: Question) -> dict[Member, Fraction]:
        days: dict[int, int] = defaultdict(int)
        for row in rep_days(q, asked_once(q, "working days", partial(WorkingCalendar.of, q.company))):
            days[{"rep": row.rep.pk, "team": row.team}.get(q.by or "", 0)] += row.workdays
        if q.by in ("rep", "team"):
            names = named_once(q, q.by, days.keys())
            return {names[ident]: Fraction(number) for ident, number in days.items()}
        whole = Fraction(days.get(0, 0))
        return {ALL: whole} if not q.by else dict.fromkeys(self._totals(q), whole)
