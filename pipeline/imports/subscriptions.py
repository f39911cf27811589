"""Subscriptions: recurring amounts per month."""

from typing import Any, ClassVar

from accounts.rates import RateBook
from pipeline.actions.subscriptions import base_of_month
from pipeline.imports.catalogue import price
from pipeline.imports.cells import Reader
from pipeline.imports.customers import text_of
from pipeline.imports.kind import UPDATED, Column, Columns, Item, Row
from pipeline.imports.ledger import plain
from pipeline.imports.records import ModelKind
from pipeline.models import Subscription


class Subscriptions(ModelKind):
    name = "subscriptions"
    model = Subscription
    identities = (("external_id",), ("account", "product", "starts_on"))
    columns: ClassVar[Columns] = {
        "account": Column(shelf="accounts", required=True),
        "product": Column(shelf="products"),
        "deal": Column(shelf="deals"),
        "monthly_amount": Column(price, required=True),
        "currency": Column(Reader.currency, keeps=True, about="default: the company's"),
        "starts_on": Column(Reader.day, required=True),
        "ends_on": Column(Reader.day, about="the first day without it; empty: still running"),
        "churn_reason": Column(text_of(200), empty=""),
        "external_id": Column(text_of(200), keeps=True),
    }

    derived = ("base_minor",)

    def values_of(self, row: Row) -> dict[str, Any] | None:
        values = super().values_of(row)
        if values is not None and not values.get("external_id"):
            values.setdefault("product", None)
        return values

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        if values.get("ends_on") and values["ends_on"] < values["starts_on"]:
            return self.refuse(row, "ends_on", f"{values['ends_on']} lies before starts_on {values['starts_on']}.")
        return True

    def store(self, items: list[Item]) -> None:
        self._rates = RateBook.load({item.instance.currency for item in items}, self.task.company)
        super().store(items)

    def complete(self, item: Item) -> None:
        row, company = item.instance, self.task.company
        base = base_of_month(row.monthly_amount, row.currency, row.starts_on, self._rates, company)
        if item.verdict == UPDATED and base != row.base_minor:
            item.before["base_minor"] = plain(row.base_minor)
        row.base_minor = base

    def new(self, item: Item) -> Subscription:
        return Subscription(currency=self.task.company.base_currency)
