"""Ramp time: how many months new reps take until they sell what they should."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.memberships import TeamHistory
from accounts.models import Rep
from accounts.money import minor_digits
from metrics.answers import asked_once, named_once
from metrics.catalogue.deals import won_money
from metrics.cohorts.survival import curve, quantile_day
from metrics.dimensions import ALL, Member, find_values
from metrics.errors import QuestionRefused
from metrics.facts.credit_parts import credits_of
from metrics.measures.capacity import capacity_people
from metrics.measures.people import PeopleMeasure, Person
from metrics.metric import Parts, Quantile, Stream
from metrics.models import Target
from metrics.periods import DAY
from metrics.question import Question
from metrics.records.listed import ListedRow
from metrics.scopes import COMPANY

WINDOW = 3
"""Months whose sales are held together against their targets."""
ENOUGH = Fraction(4, 5)
Months = dict[tuple[int, int], Fraction]
"""By rep and month (year x 12 + month - 1)."""


class Hire(NamedTuple):
    """A new rep. ``months``: full calendar months until he sold enough, or until we lost sight of him."""

    rep: Rep
    team: int
    months: int
    is_ramped: bool


@dataclass(frozen=True)
class Ramp(PeopleMeasure):
    """Reps hired in the period who have had a target since.

    A rep is ramped at the end of the first three full calendar months whose won revenue reaches 80 % of their targets;
    a target of a quarter or a year counts evenly for its months. Who is not ramped yet, or left before, is censored.
    """

    def people(self, q: Question) -> Iterator[Person]:
        """Those who are ramped, with their months."""
        for rep, team, months, is_ramped in self.hires(q):
            if is_ramped:
                yield Person(rep, team, Fraction(months), rep.hired_on or q.period.start)

    def hires(self, q: Question) -> list[Hire]:
        """The cohort, in the team of the first day."""
        teams, reps = asked_once(q, "people", capacity_people)
        hired = [rep for rep in reps if rep.hired_on and q.period.start <= rep.hired_on <= q.level_day]
        placed = [
            (rep, team) for rep in hired if (team := _team(teams, rep, q)) is not None and _is_asked(q, rep, team)
        ]
        if not placed:
            return []
        first, last = min(rep.hired_on for rep in hired if rep.hired_on), q.as_of
        sold = _sold(replace(q, scope=COMPANY, by=None, where=()).between(first, last))
        targets = _targets(q, first, last)
        found = []
        for rep, team in placed:
            begins, ends = _first_month(rep), _last_month(min(rep.left_on or last, last))
            if any((rep.pk, month) in targets for month in range(begins, max(ends, _month(last)) + 1)):
                found.append(Hire(rep, team, *_ramped(rep.pk, begins, ends, sold, targets)))
        return found


@dataclass(frozen=True, kw_only=True)
class RampMedian(Quantile):
    """The median of the Kaplan-Meier curve: the first month at which at most half of the hires are not ramped yet.

    None while more than half are. n = hires in the cohort.
    """

    splits_by_time: bool = False

    def sliced(self, q: Question) -> dict[Member, Parts]:
        hires = self._hires(q)
        if q.by != "team":
            return {ALL: _median(hires)}
        names = named_once(q, "team", {hire.team for hire in hires})
        return {name: _median([hire for hire in hires if hire.team == team]) for team, name in names.items()}

    def _hires(self, q: Question) -> list[Hire]:
        return self.of.hires(q) if isinstance(self.of, Ramp) else []

    def streams(self, q: Question) -> list[Stream]:
        rows: dict[bool, list[ListedRow]] = {True: [], False: []}
        for hire in self._hires(q):
            rep = hire.rep
            day = rep.hired_on or q.period.start
            rows[hire.is_ramped].append(ListedRow(day, rep.pk, rep.name, rep.external_id or "", hire.months))
        kind = self.of.fact.kind
        ramped, censored = (sorted(rows[key], key=lambda row: (row.day, row.id)) for key in (True, False))
        return [Stream(ramped, kind, 1, None), Stream(censored, kind, None, None)]


def _median(hires: list[Hire]) -> Parts:
    months = quantile_day(curve((hire.months, hire.is_ramped) for hire in hires))
    return Parts(months, months, None, len(hires))


def _team(teams: TeamHistory, rep: Rep, q: Question) -> int | None:
    """That of the first day; of somebody who joined a team later, the last known one."""
    first = teams.team_on(rep.pk, rep.hired_on or q.period.start)
    return first if first is not None else teams.team_on(rep.pk, min(rep.left_on or q.as_of, q.as_of))


def _is_asked(q: Question, rep: Rep, team: int) -> bool:
    for dimension, member in q.where:
        if dimension != "team":
            raise QuestionRefused(_("People have no time in where; ask for the period instead."), "where")
        if team not in find_values(dimension, member):
            return False
    if q.scope.kind == "company":
        return True
    return team in q.scope.team_ids if q.scope.kind == "team" else rep.pk == q.scope.id


def _ramped(rep: int, begins: int, ends: int, sold: Months, targets: Months) -> tuple[int, bool]:
    for last in range(begins + WINDOW - 1, ends + 1):
        window = [(rep, month) for month in range(last - WINDOW + 1, last + 1)]
        if not all(place in targets for place in window):
            continue
        wanted = sum(targets[place] for place in window)
        if wanted > 0 and sum(sold.get(place, Fraction(0)) for place in window) >= ENOUGH * wanted:
            return last - begins + 1, True
    return max(0, ends - begins + 1), False


def _sold(q: Question) -> Months:
    """Won revenue by shares, in minor units."""
    rows: Iterable[Any] = (
        credits_of(q)
        .filter(version__in=won_money.population(q).values("pk"))
        .values_list("rep_id", "version__closed_on")
        .annotate(sum_=Sum("base_minor"))
    )
    found: Months = defaultdict(Fraction)
    for rep, day, amount in rows:
        found[rep, _month(day)] += amount or 0
    return found


def _targets(q: Question, first: datetime.date, last: datetime.date) -> Months:
    """Targets for won revenue in minor units; of several for a month that of the shortest period."""
    rows = Target.objects.filter(
        metric="won_revenue", scope_kind="rep", dimension="", starts_on__lte=last, ends_on__gte=first
    ).known_on(q.known_at)
    scale = 10 ** minor_digits(q.company.base_currency)
    found: dict[tuple[int, int], tuple[int, Fraction]] = {}
    for rep, starts_on, ends_on, value in rows.values_list("scope_id", "starts_on", "ends_on", "value"):
        months = range(_month(starts_on), _month(ends_on) + 1)
        for month in months:
            known = found.get((rep, month))
            if known is None or len(months) < known[0]:
                found[rep, month] = (len(months), Fraction(value) * scale / len(months))
    return {place: value for place, (_length, value) in found.items()}


def _month(day: datetime.date) -> int:
    return day.year * 12 + day.month - 1


def _first_month(rep: Rep) -> int:
    """The first calendar month that he works in full."""
    day = rep.hired_on or datetime.date.min
    return _month(day) + (day.day > 1)


def _last_month(day: datetime.date) -> int:
    """The last calendar month that is over at the end of a day."""
    return _month(day + DAY) - 1
