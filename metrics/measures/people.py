"""Measures of the sales people themselves: who was there, who left, who reached the target."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Rep
from metrics.answers import asked_once
from metrics.catalogue.deals import won_revenue
from metrics.cells import Cell, Cells
from metrics.dimensions import find_values
from metrics.errors import QuestionRefused
from metrics.facts.fact import Fact
from metrics.goals.target_values import targets_of
from metrics.measures.capacity import capacity_people, rep_days
from metrics.measures.measure import Measure, named_cells
from metrics.operators.targets import EARLIEST_PACE, elapsed_share
from metrics.question import Question
from metrics.records.listed import ListedRow
from metrics.scopes import COMPANY

LEAST_DAYS = 30
"""Who was there for less (or for less than all of a shorter period) is not held against a target."""


class Person(NamedTuple):
    """A rep in a team, with what he adds, on the day that says so."""

    rep: Rep
    team: int
    adds: Fraction
    day: datetime.date


@dataclass(frozen=True)
class PeopleFact(Fact):
    """Reps whose days count as capacity; what is asked of them is worked out one by one."""

    adds_up = False

    def everything(self, q: Question) -> Any:
        return Rep.objects.filter(counts_as_capacity=True)


PEOPLE_OF_SALES = PeopleFact("rep", "left_on", {"rep": "id", "team": "team_id"})


@dataclass(frozen=True)
class PeopleMeasure(Measure):
    """People of the scope, in the team of the day. No sum over days."""

    live: bool = True

    def people(self, q: Question) -> Iterator[Person]:
        """Whom it counts."""
        raise NotImplementedError

    def _asked(self, q: Question) -> list[Person]:
        people = list(self.people(q))
        for dimension, member in q.where:
            if dimension != "team":
                raise QuestionRefused(_("People have no time in where; ask for the period instead."), "where")
            teams = find_values(dimension, member)
            people = [person for person in people if person.team in teams]
        return people

    def live_cells(self, q: Question) -> Cells:
        found: dict[Any, Cell] = {}
        for person in self._asked(q):
            found.setdefault(person.team if q.by == "team" else "", Cell()).add(person.adds, 1)  # type: ignore[arg-type]
        return named_cells(found, q)

    def records(self, q: Question) -> Any:
        rows: dict[int, ListedRow] = {}
        for rep, _team, adds, day in self._asked(q):
            before = rows[rep.pk].contribution if rep.pk in rows else 0
            rows[rep.pk] = ListedRow(day, rep.pk, rep.name, rep.external_id or "", before + adds)  # type: ignore[arg-type]
        return sorted(rows.values(), key=lambda row: (row.day, row.id))


def _day_of(rep: Rep, q: Question) -> datetime.date:
    """His last day in the period."""
    return min(rep.left_on or q.level_day, q.level_day)


@dataclass(frozen=True)
class Headcount(PeopleMeasure):
    """The average number of people: days there / days of the period so far."""

    def people(self, q: Question) -> Iterator[Person]:
        length = (q.level_day - q.period.start).days + 1
        for row in rep_days(q):
            yield Person(row.rep, row.team, Fraction(row.days, length), _day_of(row.rep, q))


@dataclass(frozen=True)
class Leavers(PeopleMeasure):
    """Who had his last day in the period, in the team of that day. A change of team is no leaving."""

    def people(self, q: Question) -> Iterator[Person]:
        for rep, team in _present(q).items():
            if rep.left_on and q.period.start <= rep.left_on <= q.level_day:
                yield Person(rep, team, Fraction(1), rep.left_on)


@dataclass(frozen=True)
class Staff(PeopleMeasure):
    """Everybody who was there on a day of the period, each once, in his last team."""

    def people(self, q: Question) -> Iterator[Person]:
        for rep, team in _present(q).items():
            yield Person(rep, team, Fraction(1), _day_of(rep, q))


@dataclass(frozen=True)
class Targeted(PeopleMeasure):
    """Reps with a target for their won revenue who were there long enough; ``reached``: those who reached it.

    In a running period that is the pace: what is won so far / the share of the working days that are over.
    """

    reached: bool = False

    def people(self, q: Question) -> Iterator[Person]:
        whole = replace(q, scope=COMPANY, by="rep", where=())
        share = elapsed_share(q) if q.level_day < q.period.last_day else Fraction(1)
        if share is None or share < EARLIEST_PACE:
            return
        targets = {member.key: value for member, value in targets_of(won_revenue, whole).items() if value > 0}
        won = {member.key: parts.value or 0 for member, parts in won_revenue.parts(whole).items()} if targets else {}
        least = min(LEAST_DAYS, (q.level_day - q.period.start).days + 1)
        days: dict[int, int] = {}
        for row in rep_days(replace(whole, by=None)):
            days[row.rep.pk] = days.get(row.rep.pk, 0) + row.days
        for rep, team in _present(q).items():
            is_judged = rep.key in targets and days.get(rep.pk, 0) >= least
            if is_judged and (not self.reached or won.get(rep.key, 0) >= targets[rep.key] * share):
                yield Person(rep, team, Fraction(1), _day_of(rep, q))


def _present(q: Question) -> dict[Rep, int]:
    """Who was there on a day of the period, with the last team; cut to the scope by that team."""
    teams, _reps = asked_once(q, "people", capacity_people)
    found: dict[Rep, int] = {}
    for row in rep_days(replace(q, scope=COMPANY)):
        team = teams.team_on(row.rep.pk, _day_of(row.rep, q))
        is_asked = q.scope.kind == "company" or (
            team in q.scope.team_ids if q.scope.kind == "team" else row.rep.pk == q.scope.id
        )
        if team is not None and is_asked:
            found[row.rep] = team
    return found
