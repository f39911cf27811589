"""Products, channels and lost reasons."""

from decimal import Decimal
from typing import ClassVar

from pipeline.imports.book import NOT_COUNTING
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.kind import Column, Columns, Item, one_of
from pipeline.imports.records import ModelKind
from pipeline.models import Channel, LostReason, Product


def label(reader: Reader, text: str) -> str:
    return reader.text(text, 200)


def price(reader: Reader, text: str) -> Decimal:
    value = reader.decimal(text)
    if value < 0:
        raise CellError(f"“{text}” is below 0.")
    return value


class Products(ModelKind):
    name = "products"
    model = Product
    identities = (("sku",), ("name",))
    adopts = True
    columns: ClassVar[Columns] = {
        "name": Column(label, required=True),
        "sku": Column(lambda reader, text: reader.text(text, 100), keeps=True),
        "family": Column(label, empty=""),
        "list_price": Column(price),
        "unit_cost": Column(price),
        "launched_on": Column(Reader.day, keeps=True, about="the first day on which it was sold"),
        "recurring": Column(Reader.yes_no, keeps=True, about="yes or no"),
    }


class Channels(ModelKind):
    name = "channels"
    model = Channel
    identities = (("name",),)
    columns: ClassVar[Columns] = {
        "name": Column(label, required=True),
        "kind": one_of(Channel.Kind.values, keeps=True),
    }


class LostReasons(ModelKind):
    name = "lost_reasons"
    model = LostReason
    identities = (("name",),)
    columns: ClassVar[Columns] = {
        "name": Column(label, required=True),
        "counts": Column(Reader.yes_no, keeps=True, about="yes or no; no for duplicate, spam, test"),
    }

    def new(self, item: Item) -> LostReason:
        return LostReason(counts=item.values["name"].lower() not in NOT_COUNTING)
