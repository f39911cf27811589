"""What was spent: on campaigns, and as expenses; and what campaigns may cost, day by day."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.money import to_minor
from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, TIME, find_values, name_members
from metrics.facts.fact import Fact
from metrics.measures.capacity import rep_days
from metrics.measures.measure import Measure
from metrics.models import Expense
from metrics.periods import DAY, parse_period
from metrics.question import Question
from metrics.records.listed import ListedRow
from pipeline.models import Campaign, CampaignSpend

SMALLEST_GROUP = 3
"""Costs of fewer people than that are shown to nobody: what one of them earns could be read from them."""


@dataclass(frozen=True)
class SpendFact(Fact):
    """Spend of campaigns. It belongs to no team and no rep."""

    def everything(self, q: Question) -> QuerySet[Any]:
        return CampaignSpend.objects.all()


@dataclass(frozen=True)
class ExpenseFact(Fact):
    """Expenses, whoever they are booked on."""

    def everything(self, q: Question) -> QuerySet[Any]:
        return Expense.objects.all()


@dataclass(frozen=True)
class CostOfPeople(ExpenseFact):
    """Expenses that hold pay: of the company, and of teams in which at least three people were employed."""

    def reaches(self, q: Question) -> bool:
        match q.scope.kind:
            case "company":
                return True
            case "team":
                return len({row.rep.pk for row in rep_days(q)}) >= SMALLEST_GROUP
            case _:
                return False


SPEND = SpendFact("spend", "day", {"channel": "campaign__channel_id", "campaign": "campaign_id"})
EXPENSES = ExpenseFact("expense", "day", {"channel": "channel_id", "campaign": "campaign_id"})
PEOPLE = CostOfPeople("expense", "day", {"team": "team_id", "rep": "rep_id"})


@dataclass(frozen=True)
class Spent(Measure):
    """Money that was spent, in minor units of the base currency at the rate of its day."""

    value: str = "base_minor"
    money: bool = True
    live: bool = True

    def records(self, q: Question) -> Any:
        rows = self.population(q).order_by("day", "pk")
        named = rows.values_list("day", "pk", "campaign__name", "base_minor")
        return [ListedRow(day, pk, name or "", "", base or 0) for day, pk, name, base in named]

    def notes(self, q: Question) -> list[str]:
        missing = self.population(q).filter(base_minor=None).count()
        words = ngettext(
            "%(n)s row of spend without an exchange rate, not converted",
            "%(n)s rows of spend without an exchange rate, not converted",
            missing,
        )
        return [words % {"n": formats.number(missing)}] if missing else []


@dataclass(frozen=True)
class Expenses(Spent):
    """The same of expenses. Those booked on people are listed as one row a day, without names."""

    def records(self, q: Question) -> Any:
        words = dict(Expense.Category.choices)
        listed: list[ListedRow] = []
        people: dict[datetime.date, list[tuple[int, int]]] = defaultdict(list)
        rows = self.population(q).order_by("day", "pk")
        for day, pk, rep, category, base in rows.values_list("day", "pk", "rep", "category", "base_minor"):
            if rep is None:
                listed.append(ListedRow(day, pk, str(words[category]), "", base or 0))
            else:
                people[day].append((pk, base or 0))
        for day, parts in people.items():
            listed.append(ListedRow(day, parts[0][0], _("Booked on people"), "", sum(base for _pk, base in parts)))
        return sorted(listed)


@dataclass(frozen=True)
class CampaignFact(Fact):
    """Campaigns with a budget and both of their days."""

    def everything(self, q: Question) -> QuerySet[Any]:
        return Campaign.objects.exclude(budget=None).exclude(starts_on=None).exclude(ends_on=None)


CAMPAIGNS = CampaignFact("campaign", "starts_on", {"channel": "channel_id", "campaign": "id"})


@dataclass(frozen=True)
class Budgeted(Measure):
    """Budgets of campaigns, spread evenly over their days, whole minor units: the days add up to the budget."""

    money: bool = True
    live: bool = True

    def population(self, q: Question) -> QuerySet[Any]:
        where = [pair for pair in q.where if pair[0] not in TIME]
        running = self.fact.everything(q).filter(starts_on__lte=q.level_day, ends_on__gte=q.period.start)
        for dimension, member in where:
            running = running.filter(_is_one_of(self.fact.columns[dimension], find_values(dimension, member)))
        return running

    def live_cells(self, q: Question) -> Cells:
        if q.by in TIME:
            return self._by_time(q)
        found: dict[Any, Cell] = defaultdict(Cell)
        for row in self.population(q):
            found[self._raw(row, q.by)].add(_budget_between(row, *_span(q), q.company.base_currency), 1)
        if not q.by:
            return {ALL: found.get("", Cell())}
        names = name_members(q.by, list(found))
        cells: Cells = {}
        for raw, cell in found.items():
            cells.setdefault(names[raw], Cell()).add(cell.total, cell.n)  # type: ignore[arg-type]
        return cells

    def _by_time(self, q: Question) -> Cells:
        cells = {}
        for unit in q.period.split(q.by or "month"):
            cell = self.live_cells(q.at(unit))[ALL]
            if cell.n and unit.start <= q.as_of:
                cells[next(iter(name_members(q.by or "month", [unit.start]).values()))] = cell
        return cells

    @staticmethod
    def _raw(row: Campaign, by: str | None) -> Any:
        return {"campaign": row.pk, "channel": row.channel_id}.get(by or "", "")

    def records(self, q: Question) -> Any:
        rows = self.population(q).order_by("starts_on", "pk")
        return [
            ListedRow(row.starts_on, row.pk, row.name, "", _budget_between(row, *_span(q), q.company.base_currency))
            for row in rows
        ]


def _span(q: Question) -> tuple[datetime.date, datetime.date]:
    """The days of the question up to the as-of day, cut to the time in ``where``."""
    first, last = q.period.start, q.level_day
    for dimension, member in q.where:
        if dimension in TIME:
            span = parse_period(member, today=q.as_of, fiscal_start=q.company.fiscal_year_start_month)
            first, last = max(first, span.start), min(last, span.last_day)
    return first, last


def _budget_between(row: Any, first: datetime.date, last: datetime.date, base: str) -> int:
    """The part of a campaign's budget that falls on some days, both included."""
    whole, days = to_minor(row.budget, base), (row.ends_on - row.starts_on).days + 1

    def until(day: datetime.date) -> int:
        elapsed = min(max((day - row.starts_on).days + 1, 0), days)
        return whole * elapsed // days

    return max(0, until(last) - until(first - DAY))


def _is_one_of(column: str, values: list[Any]) -> Q:
    known = [value for value in values if value not in (None, "")]
    return Q(**{f"{column}__in": known}) if known else Q(**{f"{column}__isnull": True})
