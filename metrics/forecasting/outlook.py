"""A forecast of a period for every scope at once: each method's amount, its interval and how it did before."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from accounts.models import Team
from metrics.forecasting.methods import MEDIAN, METHODS, Method, all_methods, won_so_far
from metrics.forecasting.past import Cell, Past
from metrics.forecasting.spans import Span
from metrics.forecasting.worlds import quantiles

FEWEST_TRIALS = 4
"""With fewer earlier periods no method has proved itself; then the median is the default."""
Place = tuple[str, int]
"""Kind and id of a scope."""
COMPANY: Place = ("company", 0)


@dataclass
class Record:
    """How a method did at the same lead time of earlier periods, all added up, in minor units.

    ``missed`` = sum of |forecast - actual|, ``off`` = sum of (forecast - actual), ``actual`` = sum of actuals.
    """

    tried: int = 0
    missed: int = 0
    off: int = 0
    actual: int = 0

    def add(self, forecast: int, actual: int) -> None:
        self.tried += 1
        self.missed += abs(forecast - actual)
        self.off += forecast - actual
        self.actual += actual


@dataclass(frozen=True)
class Line:
    """What one method says of one scope, in minor units. ``low`` to ``high``: P10, P50, P90; None: not known."""

    place: Place
    method: str
    amount: int
    low: int | None
    mid: int | None
    high: int | None
    record: Record
    is_default: bool


@dataclass(frozen=True)
class Outlook:
    """The lines of a period by scope and method, and what was won of it so far by scope."""

    span: Span
    lines: dict[Place, dict[str, Line]]
    won: dict[Place, int]
    default: str = ""


@dataclass
class Places:
    """Which scopes a cell belongs to: the company, its team and those above, its rep."""

    above: dict[int, list[int]] = field(default_factory=dict)
    with_reps: bool = True

    @classmethod
    def now(cls, *, with_reps: bool = True) -> "Places":
        parents = dict(Team.objects.values_list("pk", "parent"))
        above: dict[int, list[int]] = {}
        for team in parents:
            above[team] = []
            up: int | None = team
            while up is not None and up not in above[team]:
                above[team].append(up)
                up = parents.get(up)
        return cls(above, with_reps)

    def of(self, cell: Cell) -> Iterable[Place]:
        yield COMPANY
        for team in self.above.get(cell[0], ()):
            yield "team", team
        if cell[1] and self.with_reps:
            yield "rep", cell[1]

    def summed(self, cells: Mapping[Cell, int]) -> dict[Place, int]:
        """The amounts of scopes."""
        found: dict[Place, int] = defaultdict(int)
        for cell, amount in cells.items():
            for place in self.of(cell):
                found[place] += amount
        return dict(found)

    def drawn(self, cells: Mapping[Cell, list[float]]) -> dict[Place, list[float]]:
        """The worlds of scopes."""
        found: dict[Place, list[float]] = {}
        for cell, draws in cells.items():
            for place in self.of(cell):
                before = found.get(place)
                found[place] = list(draws) if before is None else [a + b for a, b in zip(before, draws, strict=True)]
        return found


def outlook(
    past: Past, span: Span, places: Places, *, is_wanted: Callable[[Place], bool] = lambda place: True
) -> Outlook:
    """The forecast of a period as of a day. Without any past there are no lines."""
    methods = all_methods(past, span)
    records = _records(past, span, places)
    default = _best(methods, records)
    lines: dict[Place, dict[str, Line]] = {COMPANY: {}}
    summed = {name: places.summed(method.cells) for name, method in methods.items()}
    known = [place for place in {COMPANY: None, **dict.fromkeys(chain(*summed.values()))} if is_wanted(place)]
    for name, method in methods.items():
        amounts, draws = summed[name], places.drawn(method.draws() or {})
        for place in known:
            low, mid, high = quantiles(draws[place]) if place in draws else (None, None, None)
            record = records.get((place, name), Record())
            amount = amounts.get(place, 0)
            lines.setdefault(place, {})[name] = Line(place, name, amount, low, mid, high, record, name == default)
    return Outlook(span, lines, places.summed(won_so_far(past, span)), default)


def _records(past: Past, span: Span, places: Places) -> dict[tuple[Place, str], Record]:
    found: dict[tuple[Place, str], Record] = defaultdict(Record)
    for trial in span.trials():
        if past.first_day is None or trial.as_of < past.first_day:
            break
        whole = Span(trial.period, trial.period.last_day)
        actual = places.summed(won_so_far(past, whole))
        for name, method in all_methods(past, trial).items():
            amounts = places.summed(method.cells)
            for place in {COMPANY: None, **amounts, **actual}:
                found[place, name].add(amounts.get(place, 0), actual.get(place, 0))
    return found


def _best(methods: Mapping[str, Method], records: Mapping[tuple[Place, str], Record]) -> str:
    """The method that missed the company's revenue by the smallest share; the median where none was tried enough."""
    tried = {name: records[COMPANY, name] for name in METHODS if name in methods and (COMPANY, name) in records}
    proved = {
        name: one.missed / one.actual for name, one in tried.items() if one.tried >= FEWEST_TRIALS and one.actual > 0
    }
    if proved:
        return min(proved, key=lambda name: proved[name])
    return MEDIAN if methods else ""
