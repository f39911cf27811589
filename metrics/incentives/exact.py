"""Exact arithmetic where there is much of it: whole numbers in place of fractions, the same results. Pure."""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import lcm

Number = int | Fraction


@lru_cache(maxsize=65_536)
def number_of(text: str) -> Fraction:
    """The exact number of a text such as "0.25" or "4/5"."""
    return Fraction(text)


def as_whole(value: Number) -> Number:
    """A whole number as ``int``; anything else as it is."""
    return value.numerator if value.denominator == 1 else value


def sum_of(values: Iterable[Fraction]) -> Fraction:
    """The sum; what has one denominator is added up first."""
    sums: dict[int, int] = {}
    for value in values:
        numerator, denominator = value.as_integer_ratio()
        sums[denominator] = sums.get(denominator, 0) + numerator
    common = lcm(*sums)
    return Fraction(sum(numerator * (common // denominator) for denominator, numerator in sums.items()), common)
