"""What pay comes to month by month, for the books: earned by state, paid out, and owed at the end of the month."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field, fields
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import Company
from metrics.models import Statement
from metrics.periods import Period, containing


@dataclass
class MonthOfPay:
    """Minor units of the base currency. A statement stands in the month in which its period ends.

    ``accruing``: the period runs; ``pending``: it is over and not approved; ``approved``: fixed and not paid. ``owed``:
    what was earned up to the end of the month less what was paid out by then, by today's statements.
    """

    first: datetime.date
    accruing: int = 0
    pending: int = 0
    approved: int = 0
    paid: int = 0
    statements: int = 0
    paid_out: int = 0
    owed: int = 0

    @property
    def earned(self) -> int:
        return self.accruing + self.pending + self.approved + self.paid


@dataclass
class Accruals:
    """Twelve months in order, with what they add up to; ``unpriced``: statements without an exchange rate, left out."""

    months: list[MonthOfPay] = field(default_factory=list)
    unpriced: int = 0

    @property
    def total(self) -> MonthOfPay:
        """The months together; what is owed is that of the last one."""
        whole = MonthOfPay(self.months[0].first)
        for one in fields(MonthOfPay):
            if one.name != "first":
                setattr(whole, one.name, sum(getattr(month, one.name) for month in self.months))
        whole.owed = self.months[-1].owed
        return whole


def accruals_of(
    year: Period, rows: QuerySet[Statement], *, company: Company, today: datetime.date
) -> Accruals:  # fmt: skip
    """The months of a year of some statements. Three queries."""
    earned = _by_month(rows, today)
    paid_out = _paid_out(rows, company)
    months, owed = [], 0
    before = {month for month in {*earned, *paid_out} if month < year.start}
    for month in before:
        owed += sum(minor for minor, _n in earned[month].values()) - paid_out[month]
    for unit in year.split("month"):
        made = MonthOfPay(unit.start, paid_out=paid_out[unit.start])
        for state, (minor, n) in earned[unit.start].items():
            setattr(made, state, minor)
            made.statements += n
        owed += made.earned - made.paid_out
        made.owed = owed
        months.append(made)
    in_year = rows.filter(ends_on__gte=year.start, ends_on__lt=year.end, base_minor=None)
    return Accruals(months, in_year.count())


def _by_month(rows: QuerySet[Statement], today: datetime.date) -> dict[datetime.date, dict[str, tuple[int, int]]]:
    """By the first of a month: by state the sum and how many."""
    found: dict[datetime.date, dict[str, tuple[int, int]]] = defaultdict(dict)
    groups: QuerySet[Any, Any] = rows.order_by().values("ends_on", "status")
    for row in groups.annotate(minor=Sum("base_minor"), n=Count("pk")):
        state = _state(row["status"], row["ends_on"], today)
        month = containing(row["ends_on"], "month").start
        minor, n = found[month].get(state, (0, 0))
        found[month][state] = (minor + (row["minor"] or 0), n + row["n"])
    return found


def _state(status: str, ends_on: datetime.date, today: datetime.date) -> str:
    if status in (Statement.Status.APPROVED, Statement.Status.PAID):
        return status
    return "pending" if ends_on < today else "accruing"


def _paid_out(rows: QuerySet[Statement], company: Company) -> dict[datetime.date, int]:
    """By the first of a month what was marked as paid in it."""
    month = TruncMonth("paid_at", tzinfo=company.zone)
    groups: QuerySet[Any, Any] = rows.order_by().exclude(paid_at=None).annotate(month=month).values("month")
    found: dict[datetime.date, int] = defaultdict(int)
    for row in groups.annotate(minor=Sum("base_minor")):
        found[row["month"].date()] += row["minor"] or 0
    return found
