"""Damped Holt-Winters smoothing of monthly figures, additive: level, damped trend and twelve seasons.

R. J. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice, the ETS(A,Ad,A) recursions. Plain Python: a
library that does the same takes seconds to load, and a fit of five years takes milliseconds here. Floats live in here
alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

SEASON = 12
FEWEST = 2 * SEASON
"""With less than two years nobody can tell a season from a trend."""
_STARTS = [
    (alpha, beta, gamma, phi)
    for alpha in (0.05, 0.2, 0.4, 0.7)
    for beta in (0.02, 0.1, 0.3)
    for gamma in (0.02, 0.1, 0.3)
    for phi in (0.8, 0.9, 0.98)
]
_LOWEST, _HIGHEST = (0.001, 0.001, 0.001, 0.8), (0.999, 0.999, 0.999, 0.98)
_STEPS = (0.1, 0.1, 0.1, 0.04)
_ROUNDS = 6
Weights = tuple[float, float, float, float]


@dataclass
class Path:
    """Where the smoothing stands after the last month: ``seasons`` holds the coming month's first.

    ``residuals`` are the errors of one month ahead, oldest first.
    """

    weights: Weights
    level: float
    trend: float
    seasons: list[float]
    residuals: list[float] = field(default_factory=list)

    def step(self, error: float) -> None:
        """Take in how far the coming month was from what was expected of it."""
        alpha, beta, gamma, phi = self.weights
        damped = phi * self.trend
        self.level += damped + alpha * error
        self.trend = damped + alpha * beta * error
        self.seasons.append(self.seasons.pop(0) + gamma * error)

    @property
    def expected(self) -> float:
        """What the coming month is expected to come to."""
        return self.level + self.weights[3] * self.trend + self.seasons[0]

    def ahead(self, errors: Sequence[float]) -> list[float]:
        """The coming months, one for each error; with errors of 0 the forecast, with others a world that may be."""
        path = Path(self.weights, self.level, self.trend, list(self.seasons))
        found = []
        for error in errors:
            found.append(path.expected + error)
            path.step(error)
        return found


def fit(months: Sequence[float]) -> Path | None:
    """The path with the smallest squared errors of one month ahead; None with less than 24 months."""
    if len(months) < FEWEST:
        return None
    best = min(_STARTS, key=lambda weights: _loss(months, weights))
    return smooth(months, _refined(months, best))


def smooth(months: Sequence[float], weights: Weights) -> Path:
    """Run through all months with given weights (alpha, beta, gamma, phi)."""
    path = _start(months, weights)
    for value in months:
        error = value - path.expected
        path.residuals.append(error)
        path.step(error)
    return path


def _start(months: Sequence[float], weights: Weights) -> Path:
    """From the first two years: the mean, its rise, and how far each month is from the line on the average."""
    first, second = months[:SEASON], months[SEASON:FEWEST]
    rise = (sum(second) - sum(first)) / SEASON**2
    middle = (SEASON - 1) / 2
    seasons = []
    for place in range(SEASON):
        line = (place - middle) * rise
        seasons.append((first[place] - sum(first) / SEASON - line + second[place] - sum(second) / SEASON - line) / 2)
    level = sum(first) / SEASON - (middle + 1) * rise
    return Path(weights, level, rise, seasons)


def _loss(months: Sequence[float], weights: Weights) -> float:
    """The sum of squared errors; the same arithmetic as ``smooth``, without objects."""
    alpha, beta, gamma, phi = weights
    start = _start(months, weights)
    level, trend, seasons = start.level, start.trend, list(start.seasons)
    total = 0.0
    for place, value in enumerate(months):
        damped = phi * trend
        season = seasons[place % SEASON]
        error = value - level - damped - season
        total += error * error
        level += damped + alpha * error
        trend = damped + alpha * beta * error
        seasons[place % SEASON] = season + gamma * error
    return total


def _refined(months: Sequence[float], weights: Weights) -> Weights:
    """Better weights near good ones: each is moved up and down by steps that halve."""
    best, loss, steps = weights, _loss(months, weights), _STEPS
    for _round in range(_ROUNDS):
        for place in range(4):
            for way in (1, -1):
                moved = list(best)
                moved[place] += way * steps[place]
                moved[place] = min(max(moved[place], _LOWEST[place]), _HIGHEST[place])
                moved[2] = min(moved[2], 1 - moved[0])
                tried = (moved[0], moved[1], moved[2], moved[3])
                if (found := _loss(months, tried)) < loss:
                    best, loss = tried, found
        steps = (steps[0] / 2, steps[1] / 2, steps[2] / 2, steps[3] / 2)
    return best
