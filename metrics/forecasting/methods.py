"""The methods that say what will be won in a period, all in minor units by team and rep, so that they add up.

Each is what was won up to the day and what the rest may bring: as a year ago (naive), as level, trend and season go on
(holt_winters), as the open deals turn out (pipeline), and what lies in the middle of the three (median).
"""

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from metrics.forecasting.chances import chances
from metrics.forecasting.past import YEARS, Cell, Past
from metrics.forecasting.spans import Span
from metrics.forecasting.worlds import WORLDS, source, winning_worlds
from metrics.periods import add_months

NAIVE, SMOOTHED, PIPELINE, MEDIAN = METHODS = ("naive", "holt_winters", "pipeline", "median")
FEWEST_ERRORS = 6
"""With fewer errors of its own the naive method has no interval."""
MOST_ERRORS = 36

Amounts = dict[Cell, int]
Draws = dict[Cell, list[float]]


@dataclass(frozen=True)
class Method:
    """What a method says: an amount by cell; ``draws``: the same in each of many worlds, None where it can't say."""

    cells: Amounts
    draws: Callable[[], Draws | None]


def won_so_far(past: Past, span: Span) -> Amounts:
    """Money won in the period up to the day."""
    end = min(span.today, span.end)
    found = (
        {cell: takings.between(span.start, end) for cell, takings in past.takings.items()} if end > span.start else {}
    )
    return {cell: amount for cell, amount in found.items() if amount}


def all_methods(past: Past, span: Span) -> dict[str, Method]:
    """Each method that the past suffices for."""
    makers = {NAIVE: naive, SMOOTHED: smoothed, PIPELINE: pipeline}
    made = {name: make(past, span) for name, make in makers.items()}
    found = {name: method for name, method in made.items() if method is not None}
    return {**found, MEDIAN: middle(list(found.values()))} if found else {}


def naive(past: Past, span: Span) -> Method | None:
    """The rest as it was a year before (further back where a year before is yet to come); None without that year."""
    days = _year_before(span)
    if past.first_day is None or any(start < past.first_day for start, _end in days):
        return None
    cells: Amounts = defaultdict(int, won_so_far(past, span))
    for cell, takings in past.takings.items():
        cells[cell] += sum(takings.between(start, end) for start, end in days)

    def draws() -> Draws | None:
        months = past.whole_months(span.today)
        pairs = [(month, before) for before, month in zip(months, months[12:], strict=False)][-MOST_ERRORS:]
        if len(pairs) < FEWEST_ERRORS:
            return None
        random = source(NAIVE, span.as_of, span.end)
        shares = [share for _place, share in span.months()]
        drawn = [[random.randrange(len(pairs)) for _share in shares] for _world in range(WORLDS)]
        found = {}
        for cell, takings in past.takings.items():
            errors = [_month(takings.between, month) - _month(takings.between, before) for month, before in pairs]
            found[cell] = [
                cells[cell] + sum(share * errors[place] for share, place in zip(shares, world, strict=True))
                for world in drawn
            ]
        return found

    return Method(dict(cells), draws)


def _month(between: Callable[[datetime.date, datetime.date], int], month: datetime.date) -> int:
    return between(month, add_months(month, 1))


def _year_before(span: Span) -> list[tuple[datetime.date, datetime.date]]:
    """Days of the past that stand for the rest: as many years back as it takes to have them all behind."""
    found, start, years = [], span.rest, 1
    while start < span.end:
        end = min(span.end, add_months(span.today, 12 * years))
        if start < end:
            found.append((add_months(start, -12 * years), add_months(end, -12 * years)))
            start = end
        years += 1
    return found


def smoothed(past: Past, span: Span) -> Method | None:
    """Damped Holt-Winters of each team, added up; a team's money goes to its reps as in the last twelve months.

    None with less than 24 whole months. A team's rest is never below 0.
    """
    paths = {team: past.path(team, span.today) for team in past.teams}
    if not paths or any(path is None for path in paths.values()):
        return None
    months = span.months()
    length = months[-1][0] + 1 if months else 0
    won = won_so_far(past, span)
    shares = {team: _shares_of(past, span, team) for team in paths}
    cells: Amounts = defaultdict(int, won)
    for team, path in paths.items():
        ahead = path.ahead([0.0] * length) if path else []
        _spread(cells, team, max(0.0, sum(share * ahead[place] for place, share in months)), shares[team])

    def draws() -> Draws | None:
        known = len(past.whole_months(span.today))
        random = source(SMOOTHED, span.as_of, span.end)
        drawn = [[random.randrange(known) for _month in range(length)] for _world in range(WORLDS)]
        found: Draws = {cell: [float(amount)] * WORLDS for cell, amount in won.items()}
        for team, path in paths.items():
            if path is None:
                continue
            rests = []
            for world in drawn:
                ahead = path.ahead([path.residuals[place] for place in world])
                rests.append(max(0.0, sum(share * ahead[place] for place, share in months)))
            for cell, part in shares[team].items():
                before = found.get(cell, [0.0] * WORLDS)
                found[cell] = [sofar + part * rest for sofar, rest in zip(before, rests, strict=True)]
        return found

    return Method(dict(cells), draws)


def _shares_of(past: Past, span: Span, team: int) -> dict[Cell, float]:
    """Who of a team won which part of its money in the twelve months up to the day, else ever; else the team itself."""
    for months in (12, 12 * YEARS):
        start = add_months(span.today, -months)
        won = {cell: takings.between(start, span.today) for cell, takings in past.takings.items() if cell[0] == team}
        won = {cell: amount for cell, amount in won.items() if amount > 0}
        total = sum(won.values())
        if total:
            return {cell: amount / total for cell, amount in won.items()}
    return {(team, 0): 1.0}


def _spread(cells: Amounts, team: int, amount: float, shares: dict[Cell, float]) -> None:
    """Add a team's amount to its cells in whole minor units that add up to it."""
    reached, given = 0.0, 0
    for cell in sorted(shares):
        reached += shares[cell]
        part = round(amount * min(reached, 1.0)) - given
        cells[cell] += part
        given += part


def pipeline(past: Past, span: Span) -> Method | None:
    """Each open amount times its chance of being won in the rest; None where no such stretch has been seen yet."""
    chance = chances(past, span.as_of, span.after, span.until)
    if chance is None:
        return None
    won = won_so_far(past, span)
    expected: dict[Cell, float] = defaultdict(float)
    deals = [(deal, chance.of(deal)) for deal in past.open_on(span.as_of)] if span.rest < span.end else []
    for deal, likely in deals:
        expected[deal.cell] += deal.amount * likely
    cells = {cell: won.get(cell, 0) + round(expected.get(cell, 0.0)) for cell in {**won, **expected}}

    def draws() -> Draws:
        random = source(PIPELINE, span.as_of, span.end)
        found: Draws = {cell: [float(won.get(cell, 0))] * WORLDS for cell in cells}
        for deal, likely in deals:
            if deal.amount and likely:
                row = found[deal.cell]
                for world in winning_worlds(likely, random):
                    row[world] += deal.amount
        return found

    return Method(cells, draws)


def middle(methods: list[Method]) -> Method:
    """The method in the middle of the company's figures, for every team and rep; of two their mean.

    So the middle of the company is the sum of its teams', which the middles of the teams would not add up to.
    """
    ordered = sorted(methods, key=lambda method: sum(method.cells.values()))
    if len(ordered) % 2:
        return ordered[len(ordered) // 2]
    one, other = ordered[len(ordered) // 2 - 1], ordered[len(ordered) // 2]
    both = {**one.cells, **other.cells}
    cells = {cell: round((one.cells.get(cell, 0) + other.cells.get(cell, 0)) / 2) for cell in both}

    def draws() -> Draws | None:
        ours, theirs = one.draws(), other.draws()
        if ours is None or theirs is None:
            return None
        none = [0.0] * WORLDS
        return {
            cell: [(a + b) / 2 for a, b in zip(ours.get(cell, none), theirs.get(cell, none), strict=True)]
            for cell in {**ours, **theirs}
        }

    return Method(cells, draws)
