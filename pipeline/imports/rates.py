"""Exchange rates: our own columns, or the European Central Bank's history file as it is."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from accounts.actions.rates import keep_replaced
from accounts.models import ExchangeRate
from pipeline.imports.cells import CellError, Reader, clean
from pipeline.imports.kind import UPDATED, Column, Columns, Item
from pipeline.imports.records import ModelKind
from pipeline.imports.tables import Record, Table

_CODE = re.compile(r"[A-Z]{3}")


def rate_of(reader: Reader, text: str) -> Decimal:
    value = reader.decimal(text, digits=10, decimals=10)
    if value <= 0:
        raise CellError(f"“{text}” is not above 0.")
    return value


class Rates(ModelKind):
    name = "rates"
    model = ExchangeRate
    identities = (("currency", "day", "base"),)
    columns: ClassVar[Columns] = {
        "currency": Column(Reader.currency, required=True),
        "day": Column(Reader.day, required=True),
        "rate": Column(rate_of, required=True, about="units of the currency for one unit of the base"),
        "base": Column(Reader.currency, about="EUR where it is not said"),
    }

    def values_of(self, row: Any) -> dict[str, Any] | None:
        values = super().values_of(row)
        return None if values is None else {**values, "base": values.get("base") or "EUR"}

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        if values["currency"] == (values.get("base") or "EUR") and values["rate"] != 1:
            return self.refuse(row, "rate", "of a currency to itself is 1.")
        if values["day"] > self.task.today:
            return self.refuse(row, "day", f"{values['day']} lies in the future.")
        return True

    def store(self, items: list[Item]) -> None:
        corrected = [item for item in items if item.verdict == UPDATED and "rate" in item.before]
        keep_replaced([(item.instance, Decimal(item.before["rate"])) for item in corrected], now=self.task.now)
        super().store(items)

    def new(self, item: Item) -> ExchangeRate:
        return ExchangeRate()


def unfold_wide(table: Table) -> Table:
    """A table with a column per currency as one with a row per rate; any other as it is. ``N/A`` is no rate."""
    codes = [(at, name) for at, name in enumerate(table.headers) if _CODE.fullmatch(name)]
    if not table.headers or table.headers[0].casefold() != "date" or len(codes) < len(table.headers) - 1:
        return table

    def read() -> Iterator[Record]:
        for number, cells in table.rows():
            for at, code in codes:
                text = clean(cells[at])
                if text and text != "N/A":
                    yield number, [code, cells[0], text]

    return Table(["currency", "day", "rate"], read, notes=table.notes)
