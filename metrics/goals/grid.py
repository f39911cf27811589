"""A year of monthly targets for many people: filling it by rules, reading it from a spreadsheet. Pure."""

import calendar
import datetime
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from accounts.money import round_half_even, split_minor

Months = list[Decimal | None]
"""Twelve values; None: no target."""
MONTHS = 12


def spread(total: Decimal, weights: Sequence[Fraction], decimals: int) -> Months:
    """A year's total over its months by weights, in steps of so many decimals; the months add up to the total.

    Weights that are all 0 spread it evenly.
    """
    whole = sum(weights, Fraction(0))
    shares = [weight / whole for weight in weights] if whole > 0 else [Fraction(1, MONTHS)] * MONTHS
    scale = 10**decimals
    parts = split_minor(round_half_even(Fraction(total) * scale), shares)
    return [Decimal(part).scaleb(-decimals) for part in parts]


def scaled(values: Sequence[Decimal | None], percent: Decimal, decimals: int) -> Months:
    """Each value and ``percent`` more of it, rounded half to even."""
    scale, factor = 10**decimals, 1 + Fraction(percent) / 100
    return [
        None if value is None else Decimal(round_half_even(Fraction(value) * factor * scale)).scaleb(-decimals)
        for value in values
    ]


def ramped(
    values: Sequence[Decimal | None], months: Sequence[datetime.date], *, hired: datetime.date | None,
    left: datetime.date | None, ramp: int, decimals: int,
) -> Months:  # fmt: skip
    """Targets of who joins or leaves: none before the month of joining and after that of leaving.

    ``months``: the first day of each.
    In the k-th of ``ramp`` months k / ramp of the target, the month of joining the first; in the month of leaving the
    share of its days up to the last one.
    """
    scale = 10**decimals
    found: Months = []
    for value, month in zip(values, months, strict=True):
        share = _share(month, hired, left, ramp)
        if value is None or not share:
            found.append(None)
            continue
        found.append(Decimal(round_half_even(Fraction(value) * share * scale)).scaleb(-decimals))
    return found


def _share(month: datetime.date, hired: datetime.date | None, left: datetime.date | None, ramp: int) -> Fraction:
    share = Fraction(1)
    if hired is not None:
        there = (month.year - hired.year) * MONTHS + month.month - hired.month + 1
        if there < 1:
            return Fraction(0)
        share = min(Fraction(there, ramp), share) if ramp else share
    if left is not None and month >= left.replace(day=1):
        is_last = month == left.replace(day=1)
        share *= Fraction(left.day, calendar.monthrange(month.year, month.month)[1]) if is_last else 0
    return share


def read_pasted(text: str) -> list[tuple[str, list[str]]]:
    """Rows of a spreadsheet: a name, then up to twelve cells. Raises ValueError naming the line."""
    found = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            continue
        name, *cells = line.split("\t")
        if not name.strip() or not 1 <= len(cells) <= MONTHS:
            raise ValueError(number)
        found.append((name.strip(), [cell.strip() for cell in cells]))
    return found
