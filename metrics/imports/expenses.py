"""Expenses: what selling costs besides campaign spend."""

import datetime
from functools import cached_property
from typing import Any, ClassVar

from accounts.memberships import TeamHistory
from accounts.models import Team
from accounts.money import MoneyError
from metrics.imports.facts import FactKind, Prices
from metrics.models import Expense
from pipeline.imports.cells import Reader
from pipeline.imports.customers import text_of
from pipeline.imports.equal_rows import EqualRowsKind
from pipeline.imports.kind import Column, Columns, Item, Row, Task, one_of
from pipeline.models import ChangedDay

CATEGORIES, PURPOSES = Expense.Category.values, Expense.Purpose.values
TEAM_OF_REP = "The team of these rows is the rep's team of the day, whatever team the file names"


class Expenses(FactKind, EqualRowsKind):
    """Two equal costs of a day may both be true, so rows without an external id are counted, not joined."""

    name = "expenses"
    model = Expense
    subject = ChangedDay.Subject.EXPENSES
    identities = (("external_id",),)
    loose = (
        "day", "category", "purpose", "amount_minor", "currency", "rep", "team", "campaign", "account", "note",
    )  # fmt: skip
    extra = frozenset({"amount"})
    columns: ClassVar[Columns] = {
        "day": Column(Reader.day, required=True),
        "category": one_of(CATEGORIES, required=True),
        "amount": Column(Reader.decimal, required=True, about="negative: a credit note"),
        "currency": Column(Reader.currency, about="default: the company's"),
        "team": Column(shelf="teams", about="default: the rep's of that day"),
        "rep": Column(shelf="reps"),
        "campaign": Column(shelf="campaigns"),
        "account": Column(shelf="accounts"),
        "purpose": one_of(PURPOSES, keeps=True, about="acquire (win new customers; default), retain"),
        "note": Column(text_of(300), empty=""),
        "external_id": Column(text_of(200), keeps=True),
    }

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self._prices = Prices(task)

    @classmethod
    def days_of(cls, row: Any) -> set[datetime.date]:
        return {row.day}

    def prefetch(self, rows: list[Row]) -> None:
        super().prefetch(rows)
        self._prices.prefetch(rows)

    def values_of(self, row: Row) -> dict[str, Any] | None:
        values = super().values_of(row)
        if values is None:
            return None
        values["currency"] = values.get("currency") or self.task.company.base_currency
        try:
            found = self._prices.price(values["amount"], values["currency"], values["day"])
        except MoneyError as error:
            self.refuse(row.number, "amount", str(error))
            return None
        values |= {"amount_minor": found.amount_minor, "rate": found.rate, "base_minor": found.base_minor}
        if not values.get("external_id"):
            values.setdefault("purpose", Expense.Purpose.ACQUIRE.value)
        self._settle_team(values)
        if "campaign" in values:
            values["channel"] = values["campaign"].channel if values["campaign"] else None
        return values

    def _settle_team(self, values: dict[str, Any]) -> None:
        rep = values.get("rep")
        team = self._team_on(rep.pk, values["day"]) if rep is not None and rep.pk else None
        if team is None:
            return
        if values.get("team") not in (None, team):
            self.task.report.warn(TEAM_OF_REP, 1)
        values["team"] = team

    def _team_on(self, rep: int, day: datetime.date) -> Team | None:
        return self._teams.get(self._memberships.team_on(rep, day) or 0)

    @cached_property
    def _memberships(self) -> TeamHistory:
        return TeamHistory.load()

    @cached_property
    def _teams(self) -> dict[int, Team]:
        return Team.objects.in_bulk()

    def loose_rows(self, items: list[Item]) -> Any:
        return Expense.objects.filter(day__in={item.values["day"] for item in items})

    def settle(self, items: list[Item]) -> None:
        waiting = sum(1 for item in items if item.values.get("base_minor") is None)
        if waiting:
            self.task.report.warn("No exchange rate of the day is known: these rows wait for one, out of sums", waiting)
