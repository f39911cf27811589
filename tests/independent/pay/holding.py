"""Which plan version holds for a rep on which days."""

import datetime
from dataclasses import dataclass
from typing import Any

from tests.independent.pay.calendar_units import DAY, Span
from tests.independent.pay.case import EVER, Case, day_of


class TwoPlans(Exception):
    """Two plans at the same level hold on one day."""


@dataclass(frozen=True)
class Held:
    """A version with its stretches: runs of days on which it holds."""

    plan: str
    number: int
    terms: dict[str, Any]
    stretches: tuple[Span, ...]


def held_versions(case: Case, rep: str) -> list[Held]:
    """All that hold on some day, in order of their first days."""
    runs: list[tuple[int, Span]] = []
    edges = _edges(case, rep)
    for first, after in zip(edges, [*edges[1:], None], strict=True):
        last = EVER.last if after is None else after - DAY
        at = _version_on(case, rep, first)
        if at is None:
            continue
        if runs and runs[-1][0] == at and runs[-1][1].last + DAY == first:
            runs[-1] = at, Span(runs[-1][1].first, last)
        else:
            runs.append((at, Span(first, last)))
    numbers = _numbers(case)
    return [
        Held(case.plans[at]["name"], numbers[at], case.plans[at], tuple(span for one, span in runs if one == at))
        for at in dict.fromkeys(at for at, _span in runs)
    ]


def _edges(case: Case, rep: str) -> list[datetime.date]:
    """Days on which another version may begin to hold."""
    found = {day_of(plan["publish_from"], EVER.first) for plan in case.plans}
    employed = case.employed(rep)
    found.add(employed.first)
    if employed.last < EVER.last:
        found.add(employed.last + DAY)
    for one in case.facts.get("memberships", []):
        if one["rep"] == rep:
            found.add(day_of(one.get("starts_on"), EVER.first))
            if one.get("ends_on"):
                found.add(day_of(one["ends_on"], EVER.first) + DAY)
    return sorted(found)


def _version_on(case: Case, rep: str, day: datetime.date) -> int | None:
    """The place in the list of plans of the version that holds; None: none does."""
    if day not in case.employed(rep):
        return None
    newest: dict[str, int] = {}
    for at, plan in enumerate(case.plans):
        begins = day_of(plan["publish_from"], EVER.first)
        other = newest.get(plan["name"])
        if begins <= day and (other is None or begins >= day_of(case.plans[other]["publish_from"], EVER.first)):
            newest[plan["name"]] = at
    teams = case.teams_above(case.team_on(rep, day))
    levels = [[at for at in newest.values() if rep in case.plans[at]["applies_to"].get("reps", [])]]
    levels += [
        [at for at in newest.values() if team in case.plans[at]["applies_to"].get("teams", [])] for team in teams
    ]
    role = case.reps[rep].get("role", "rep")
    levels += [[at for at in newest.values() if role in case.plans[at]["applies_to"].get("roles", [])]]
    for level in levels:
        if len(level) > 1:
            raise TwoPlans(", ".join(case.plans[at]["name"] for at in level))
        if level:
            return level[0]
    return None


def _numbers(case: Case) -> list[int]:
    """The version number of each plan of the list within those of its name."""
    names = [plan["name"] for plan in case.plans]
    return [names[: at + 1].count(name) for at, name in enumerate(names)]
