"""What the kinds of rows that figures are made of have in common: the days that a row moves, and the way back."""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, ClassVar

from accounts.models import User
from accounts.rates import RateBook
from metrics.pricing import Price, price
from pipeline.history import queue_days
from pipeline.imports.kind import UPDATED, Item, Row, Task
from pipeline.imports.records import ModelKind
from pipeline.imports.undone import Undone
from pipeline.models import ChangedDay, ImportRun


class FactKind(ModelKind):
    """Rows of a model of metrics. ``subject`` None: no stored figure is made of them."""

    subject: ClassVar[ChangedDay.Subject | None] = None

    @classmethod
    def days_of(cls, row: Any) -> set[datetime.date]:
        """The days whose figures a record enters."""
        return set()

    @classmethod
    def effect(cls, row: Any) -> tuple[ChangedDay.Subject, set[datetime.date]] | None:
        return (cls.subject, cls.days_of(row)) if cls.subject and isinstance(row, cls.model) else None

    @classmethod
    def undo(
        cls, run: ImportRun, undone: Undone, put_back: Callable[[ImportRun, str], None], *, by: User | None,
        now: datetime.datetime,
    ) -> None:  # fmt: skip
        put_back(run, cls.model._meta.label_lower)

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self._days: set[datetime.date] = set()

    def _compare(self, item: Item) -> None:
        before = self.days_of(item.instance)
        super()._compare(item)
        if item.verdict == UPDATED:
            self._days |= before

    def stored(self, items: Iterable[Item]) -> None:
        for item in items:
            self._days |= self.days_of(item.instance)

    def finish(self) -> None:
        if self.subject:
            queue_days(self.subject, {(day, day) for day in self._days}, now=self.task.now)


class Prices:
    """Prices amounts of rows; the rates of a chunk's currencies are read at once."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._currencies: set[str] = {task.company.base_currency}
        self._rates = RateBook([], task.company.rate_max_age_days)

    def prefetch(self, rows: list[Row]) -> None:
        told = {row.cells.get("currency", "").upper() for row in rows} - {""}
        if not told <= self._currencies:
            self._currencies |= told
            self._rates = RateBook.load(self._currencies, self.task.company)

    def price(self, amount: Decimal, currency: str, day: datetime.date) -> Price:
        """MoneyError when the amount has more decimals than its currency."""
        return price(amount, currency, day, rates=self._rates, company=self.task.company, today=self.task.today)
