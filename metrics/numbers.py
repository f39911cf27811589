"""Exact numbers: fractions inside, decimal text at the edge. Nothing is rounded before display."""

import math
from collections import Counter
from decimal import Context, Decimal
from fractions import Fraction

_CONTEXT = Context(prec=24)
_EXACT = Context(prec=120)
Z95 = 1.959963984540054


def ratio(numerator: int | Fraction | None, denominator: int | Fraction | None) -> Fraction | None:
    """The quotient; None when there is nothing to divide or to divide by. The only division in the product."""
    if numerator is None or not denominator:
        return None
    return Fraction(numerator) / Fraction(denominator)


def decimal_of(value: int | Fraction) -> Decimal:
    """A decimal with all digits where they end, else 24 significant ones."""
    fraction = Fraction(value)
    rest = fraction.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        context = _EXACT if abs(fraction.numerator) < 10**60 else Context(prec=len(str(fraction.numerator)) + 60)
        return context.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))
    return _CONTEXT.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def shifted(value: int | Fraction, digits: int) -> Decimal:
    """The value with its point moved ``digits`` to the left: 12345 with 2 is 123.45."""
    if isinstance(value, int) and abs(value) < 10**60:
        return _EXACT.divide(Decimal(value), 10**digits)
    return decimal_of(Fraction(value) / 10**digits)


def text_of(value: int | Fraction | Decimal | None) -> str | None:
    """Decimal text without an exponent; None stays None."""
    if value is None:
        return None
    number = value if isinstance(value, Decimal) else decimal_of(value)
    return format(number, "f")


def wilson(successes: int, n: int) -> tuple[Decimal, Decimal] | None:
    """The Wilson 95 % interval of a rate (E. B. Wilson 1927), None for n = 0."""
    if n <= 0:
        return None
    share, square = successes / n, Z95**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Decimal(f"{low:.12f}"), Decimal(f"{high:.12f}")


def quantile(histogram: Counter[int], q: Fraction) -> Fraction | None:
    """The quantile of a histogram (value -> count) by linear interpolation, as PostgreSQL's percentile_cont."""
    n = sum(histogram.values())
    if n == 0:
        return None
    place = q * (n - 1)
    below = int(place // 1)
    part = place - below
    low = high = None
    seen = 0
    for value in sorted(histogram):
        seen += histogram[value]
        if low is None and seen > below:
            low = value
        if seen > below + 1 or (seen > below and below + 1 >= n):
            high = value
            break
    if low is None or high is None:
        raise AssertionError("a place inside the histogram was not found")
    return low + part * (high - low)
