"""Worlds that may be: draws of what a period comes to, always the same for the same seed, and what nine of ten show."""

import math
from collections.abc import Sequence
from random import Random

WORLDS = 200
"""How many draws make an interval."""
QUANTILES = (0.1, 0.5, 0.9)


def source(*key: object) -> Random:
    """A source of chance of its own for each key."""
    return Random("/".join(map(str, key)))  # noqa: S311


def quantiles(draws: Sequence[float]) -> tuple[int, int, int]:
    """P10, P50 and P90 of some draws, by linear interpolation, in whole minor units."""
    ordered = sorted(draws)
    found = []
    for q in QUANTILES:
        place = q * (len(ordered) - 1)
        below = math.floor(place)
        above = min(below + 1, len(ordered) - 1)
        found.append(round(ordered[below] + (place - below) * (ordered[above] - ordered[below])))
    return found[0], found[1], found[2]


def winning_worlds(chance: float, random: Random) -> list[int]:
    """In which of the worlds a deal is won: a share of them that is the chance, in random places."""
    wanted = math.floor(chance * WORLDS + random.random())
    return random.sample(range(WORLDS), min(wanted, WORLDS))
