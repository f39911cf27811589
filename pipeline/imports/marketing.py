"""Campaigns, what was spent on them, and whom they reached."""

from typing import Any, ClassVar

from accounts.money import MoneyError
from accounts.rates import RateBook
from pipeline.actions.spend import base_of_spend
from pipeline.imports.catalogue import label, price
from pipeline.imports.cells import Reader
from pipeline.imports.customers import text_of
from pipeline.imports.kind import Column, Columns, Item, Row
from pipeline.imports.records import ModelKind
from pipeline.models import Campaign, CampaignSpend, Touch


class Campaigns(ModelKind):
    name = "campaigns"
    model = Campaign
    identities = (("name",),)
    columns: ClassVar[Columns] = {
        "name": Column(label, required=True),
        "channel": Column(shelf="channels"),
        "starts_on": Column(Reader.day),
        "ends_on": Column(Reader.day),
        "budget": Column(price, about="in the company's currency"),
    }

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end < start:
            return self.refuse(row, "ends_on", f"{end} lies before starts_on {start}.")
        return True


class Spend(ModelKind):
    name = "spend"
    model = CampaignSpend
    identities = (("campaign", "day", "currency"),)
    derived = ("base_minor",)
    columns: ClassVar[Columns] = {
        "campaign": Column(shelf="campaigns", required=True),
        "day": Column(Reader.day, required=True),
        "amount": Column(price, required=True),
        "currency": Column(Reader.currency, about="default: the company's"),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._rates = RateBook([], task.company.rate_max_age_days)
        self._currencies: set[str] = {task.company.base_currency}

    def check(self, rows: list[Row]) -> list[Item]:
        told = {row.cells.get("currency", "").upper() for row in rows} - {""}
        if not told <= self._currencies:
            self._currencies |= told
            self._rates = RateBook.load(self._currencies, self.task.company)
        return super().check(rows)

    def values_of(self, row: Row) -> dict[str, Any] | None:
        values = super().values_of(row)
        if values is not None:
            values["currency"] = values.get("currency") or self.task.company.base_currency
            try:
                values["base_minor"] = base_of_spend(
                    values["amount"], values["currency"], values["day"], self._rates, self.task.company
                )
            except MoneyError as error:
                self.refuse(row.number, "amount", str(error))
                return None
        return values

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        if values["day"] > self.task.today:
            return self.refuse(row, "day", f"{values['day']} lies in the future.")
        return True


class Touches(ModelKind):
    """Rows are found again by all that they say: a touch has nothing that could change."""

    name = "touches"
    model = Touch
    identities = (("at", "campaign", "kind", "lead", "contact"),)
    columns: ClassVar[Columns] = {
        "campaign": Column(shelf="campaigns", required=True),
        "lead": Column(shelf="leads", about="who was reached: a lead or a contact"),
        "contact": Column(shelf="contacts", about="who was reached, where it is no lead"),
        "kind": Column(text_of(40), required=True, about="in your own words, such as click, form or event"),
        "at": Column(Reader.instant, required=True),
    }

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        values["at"], _has_time = values["at"]
        if (values.get("lead") is None) == (values.get("contact") is None):
            return self.refuse(row, "lead", "or contact is required, and not both: who was reached.")
        if values["at"] > self.task.now:
            return self.refuse(row, "at", "lies in the future.")
        return True
