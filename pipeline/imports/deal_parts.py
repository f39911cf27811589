"""Lines and credits of deals: the rows of a file for a deal are its set, replacing what it had."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

from accounts.bulk_rows import insert_objects, update_objects
from accounts.business_dates import BEGINNING, business_date
from pipeline.history import Change, append_changes
from pipeline.imports.catalogue import price
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.kind import CREATED, UNCHANGED, UPDATED, Column, Columns, Item, Kind, Row
from pipeline.imports.ledger import plain
from pipeline.models import Credit, Deal, DealEvent, DealLine, Outcome
from pipeline.patches import credits_patch, lines_patch

SLICE = 2000
LARGEST = Decimal(10) ** 14


def quantity_of(reader: Reader, text: str) -> Decimal:
    value = reader.decimal(text, digits=10)
    if value <= 0:
        raise CellError(f"“{text}” is not above 0.")
    return value


def share_of(reader: Reader, text: str) -> Decimal:
    value = reader.fraction(text, decimals=20)
    if value <= 0:
        raise CellError(f"“{text}” is not above 0.")
    if value != value.quantize(Decimal("0.000001")):
        raise CellError(f"“{text}” has more than 6 decimals.")
    return value.quantize(Decimal("0.000001"))


class Parts(Kind):
    """Rows that together are a part of a deal."""

    whole = True
    part: ClassVar[str]
    """The tracked field of the deal's history."""

    def check(self, rows: list[Row]) -> list[Item]:
        return self.parse(rows)

    def settle(self, items: list[Item]) -> None:
        groups = self.groups(items)
        for start in range(0, len(groups), SLICE):
            chunk = dict(list(groups.items())[start : start + SLICE])
            stored = self.stored_parts(list(chunk))
            for deal_id, rows in chunk.items():
                if self.group_fits(rows):
                    self._compare(rows, stored.get(deal_id, []))

    def groups(self, items: list[Item]) -> dict[int, list[Item]]:
        """Rows by deal, in the order of the file."""
        found: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            found[item.values["deal"].pk].append(item)
        return found

    def group_fits(self, rows: list[Item]) -> bool:
        return True

    def _compare(self, rows: list[Item], stored: list[Any]) -> None:
        mine = self.contents([self.part_of(item) for item in rows])
        theirs = self.contents(stored)
        for item, content in zip(rows, mine, strict=True):
            if mine == theirs:
                item.verdict = UNCHANGED
            else:
                item.verdict = UPDATED if stored else CREATED
            item.before = {"parts": theirs, "own": content}

    def stored_parts(self, deal_ids: list[int]) -> dict[int, list[Any]]:
        """What is stored, by deal."""
        raise NotImplementedError

    def part_of(self, item: Item) -> Any:
        """The unsaved record of a row."""
        raise NotImplementedError

    def contents(self, parts: list[Any]) -> list[Any]:
        """Comparable contents of records, in their order."""
        raise NotImplementedError

    def patch(self, parts: list[Any]) -> dict[str, Any]:
        raise NotImplementedError

    def batches(self, items: list[Item]) -> Iterator[list[Item]]:
        """Whole deals at a time."""
        batch: list[Item] = []
        for rows in self.groups(items).values():
            batch += rows
            if len(batch) >= SLICE:
                yield batch
                batch = []
        if batch:
            yield batch

    def store(self, items: list[Item]) -> None:
        task = self.task
        groups = self.groups([item for item in items if item.verdict != UNCHANGED])
        if not groups:
            return
        deals = Deal.objects.in_bulk(list(groups))
        had = self._had_before(list(groups))
        changes, made = [], []
        for deal_id, rows in groups.items():
            parts = [self.part_of(item) for item in rows]
            made += parts
            deal = deals[deal_id]
            day, at = self._day(deal, had=deal_id in had)
            changes.append(Change(deal_id, self.patch(parts), day, at, by=task.by, import_run_id=task.run_id))
            deal.version += 1
            deal.updated_at = task.now
            before = {self.part: rows[0].before["parts"]}
            task.lines.updated(rows[0].number, deal, before, {self.part: self.contents(parts)})
        model = type(made[0])
        model._default_manager.filter(deal__in=list(groups)).delete()
        insert_objects(made)
        update_objects(deals.values(), ["version", "updated_at"])
        append_changes(changes, now=task.now, company=task.company)

    def _had_before(self, deal_ids: list[int]) -> set[int]:
        """Deals that had such parts at some time."""
        events = DealEvent.objects.filter(deal__in=deal_ids).values_list("deal_id", "patch")
        return {deal_id for deal_id, patch in events if patch.get(self.part)}

    def _day(self, deal: Deal, *, had: bool) -> tuple[datetime.date, datetime.datetime | None]:
        """The first parts of a deal hold from its first day; others from today, of a closed deal from its closing."""
        zone = self.task.company.zone
        if not had:
            return (business_date(deal.opened_at, zone), deal.opened_at) if deal.opened_at else (BEGINNING, None)
        if deal.outcome != Outcome.OPEN and deal.closed_at:
            return business_date(deal.closed_at, zone), None
        return self.task.today, self.task.now


class DealLines(Parts):
    name = "deal_lines"
    part = "lines"
    columns: ClassVar[Columns] = {
        "deal": Column(shelf="deals", required=True),
        "product": Column(shelf="products", required=True),
        "quantity": Column(quantity_of, empty=Decimal(1), about="above 0; default 1"),
        "unit_price": Column(Reader.decimal, about="in the deal's currency; empty: not known"),
        "discount": Column(Reader.fraction, empty=Decimal(0), about="a fraction, 0 to 1"),
        "unit_cost": Column(price, about="in the deal's currency; empty: the product's"),
    }

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        price, quantity = values.get("unit_price") or Decimal(0), values.get("quantity", Decimal(1))
        if abs(price * quantity) >= LARGEST:
            return self.refuse(row, "unit_price", "times the quantity is too large.")
        return True

    def stored_parts(self, deal_ids: list[int]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for line in DealLine.objects.filter(deal__in=deal_ids).order_by("position", "pk"):
            found[line.deal_id].append(line)
        return found

    def part_of(self, item: Item) -> DealLine:
        return DealLine(**item.values, position=item.number)

    def contents(self, parts: list[Any]) -> list[Any]:
        names = ("product_id", "quantity", "unit_price", "discount", "unit_cost")
        return [[plain(getattr(part, name)) for name in names] for part in parts]

    patch: Callable[..., dict[str, Any]] = staticmethod(lines_patch)


class Credits(Parts):
    name = "credits"
    part = "credits"
    columns: ClassVar[Columns] = {
        "deal": Column(shelf="deals", required=True),
        "rep": Column(shelf="reps", required=True),
        "share": Column(share_of, required=True, about="a fraction above 0; the shares of a deal add up to 1"),
    }

    def group_fits(self, rows: list[Item]) -> bool:
        """The shares add up to exactly 1, each rep once."""
        deal = rows[0].values["deal"]
        reps = [item.values["rep"].pk or id(item.values["rep"]) for item in rows]
        total = sum(item.values["share"] for item in rows)
        if len(set(reps)) < len(reps):
            message = f"deal “{deal.external_id or deal.name}” credits a rep twice."
        elif total != 1:
            message = (
                f"the shares of deal “{deal.external_id or deal.name}” add up to {plain(Decimal(total))}, not to 1."
            )
        else:
            return True
        for item in rows:
            self.refuse(item.number, "share", message)
        return False

    def stored_parts(self, deal_ids: list[int]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for credit in Credit.objects.filter(deal__in=deal_ids).order_by("pk"):
            found[credit.deal_id].append(credit)
        return found

    def part_of(self, item: Item) -> Credit:
        return Credit(**item.values)

    def contents(self, parts: list[Any]) -> list[Any]:
        return sorted([part.rep_id or 0, plain(part.share)] for part in parts)

    def _compare(self, rows: list[Item], stored: list[Any]) -> None:
        mine = self.contents([self.part_of(item) for item in rows])
        verdict = UNCHANGED if mine == self.contents(stored) else UPDATED if stored else CREATED
        for item in rows:
            item.verdict, item.before = verdict, {"parts": self.contents(stored)}

    patch: Callable[..., dict[str, Any]] = staticmethod(credits_patch)
