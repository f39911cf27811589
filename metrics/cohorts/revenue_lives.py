"""How an account's recurring revenue went on by month, from the first one at whose end there was some. Pure."""

import datetime
from collections import Counter
from collections.abc import Sequence

from metrics.measures.mrr_moves import NEW, REACTIVATION, Run, moves_of


def month_index(day: datetime.date) -> int:
    """Months from the year 0 on, so that ages are differences."""
    return day.year * 12 + day.month - 1


def month_levels(runs: Sequence[Run], over: int) -> Counter[int]:
    """What the runs bring a month at the end of each month up to ``over``. The last day of one is the first without."""
    levels: Counter[int] = Counter()
    for run in runs:
        end = over + 1 if run.ends_on is None else min(over + 1, month_index(run.ends_on))
        for month in range(month_index(run.starts_on), end):
            levels[month] += run.amount
    return levels


def revenue_story(runs: Sequence[Run], over: int) -> tuple[datetime.date, tuple[int, ...]] | None:
    """The day from which one account first brought something that lasted to the end of the month, and its revenue at
    the end of that month and of each one after it, up to ``over``. None while there is no such month."""
    levels = month_levels(runs, over)
    first = min((month for month, amount in levels.items() if amount > 0), default=None)
    if first is None:
        return None
    begins = [move.day for move in moves_of(runs) if move.kind in (NEW, REACTIVATION)]
    day = max(day for day in begins if month_index(day) <= first)
    return day, tuple(levels[month] for month in range(first, over + 1))
