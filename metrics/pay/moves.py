"""Statements that a calculation changed by more than what is usual."""

import datetime
from dataclasses import dataclass

from accounts import formats
from accounts.models import Company
from accounts.money import from_minor
from metrics.models import Statement


@dataclass(frozen=True)
class Move:
    """A statement that is not approved, and what it came to before, in minor units."""

    statement: Statement
    before: int

    def __str__(self) -> str:
        row = self.statement
        amounts = [
            formats.money(from_minor(minor, row.currency), row.currency, cents=True)
            for minor in (self.before, row.total_minor)
        ]
        return f"{row.rep}, {row.period}: {' → '.join(amounts)}"


def is_unusual(before: int, after: int, *, percent: int | None, is_over: bool) -> bool:
    """Whether it changed by more than ``percent`` (None: never). In a running period a rise is what is expected."""
    if percent is None or (after >= before and not is_over):
        return False
    return abs(after - before) * 100 > percent * abs(before)


def marked_from(
    row: Statement | None, after: int, *, company: Company, ends_on: datetime.date, today: datetime.date
) -> int | None:
    """``Statement.was_minor`` after a calculation. ``row``: the statement as the calculation before left it.

    A mark stays until the statement is reviewed, or comes back to about what it was.
    """
    if row is None:
        return None
    before = row.total_minor if row.was_minor is None else row.was_minor
    rule = {"percent": company.pay_alert_percent, "is_over": ends_on < today}
    return before if is_unusual(before, after, **rule) else None  # type: ignore[arg-type]
