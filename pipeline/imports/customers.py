"""Accounts and contacts."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from accounts.models import Account, Contact
from pipeline.history import Change, append_changes
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.kind import UPDATED, Column, Columns, Item
from pipeline.imports.records import ModelKind
from pipeline.imports.tree import TreeKind
from pipeline.models import Deal

DIMENSIONS = ("segment", "industry", "region", "is_key")


def text_of(longest: int) -> Any:
    return lambda reader, text: reader.text(text, longest)


def domain_of(reader: Reader, text: str) -> str:
    return reader.text(text.lower().removeprefix("https://").removeprefix("http://").rstrip("/"), 253)


def revenue_of(reader: Reader, text: str) -> Decimal:
    value = reader.decimal(text, digits=18, decimals=2)
    if value < 0:
        raise CellError(f"“{text}” is below 0.")
    return value


class Accounts(TreeKind):
    name = "accounts"
    model = Account
    identities = (("external_id",), ("domain",), ("name",))
    adopts = True
    columns: ClassVar[Columns] = {
        "name": Column(text_of(300), required=True),
        "domain": Column(domain_of, empty=""),
        "industry": Column(text_of(200), empty=""),
        "segment": Column(text_of(200), empty=""),
        "region": Column(text_of(200), empty=""),
        "country": Column(text_of(200), empty=""),
        "employees": Column(Reader.whole),
        "annual_revenue": Column(revenue_of),
        "is_key": Column(Reader.yes_no, keeps=True, about="yes or no: a key account"),
        "parent": Column(text_of(300), about="an account of this file or an existing one"),
        "owner": Column(shelf="reps"),
        "external_id": Column(text_of(200), keeps=True),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._resliced: dict[int, dict[str, Any]] = {}

    def stored(self, items: Iterable[Item]) -> None:
        for item in items:
            if item.verdict == UPDATED and set(DIMENSIONS) & set(item.before):
                self._resliced[item.instance.pk] = {
                    key: getattr(item.instance, key) for key in DIMENSIONS if key in item.before
                }

    def finish(self) -> None:
        """A new segment, industry or region goes into the history of open deals from today on."""
        tell_open_deals(self._resliced, self.task.today, self.task.now, self.task)


def tell_open_deals(
    patches: dict[int, dict[str, Any]], today: datetime.date, now: datetime.datetime, task: Any
) -> None:
    """Append the accounts' new dimensions to their open deals."""
    deals = Deal.objects.live().open().filter(account__in=list(patches)).values_list("pk", "account_id")
    changes = [
        Change(
            pk,
            patches[account],
            today,
            now,
            by=task.by,
            reason="The account's data changed.",
            import_run_id=task.run_id,
        )
        for pk, account in deals
    ]
    if changes:
        append_changes(changes, now=now, company=task.company)


class Contacts(ModelKind):
    name = "contacts"
    model = Contact
    identities = (("external_id",), ("email",), ("name", "account"))
    adopts = True
    columns: ClassVar[Columns] = {
        "account": Column(shelf="accounts", required=True),
        "name": Column(text_of(300), required=True),
        "email": Column(Reader.email, empty=""),
        "phone": Column(text_of(60), empty=""),
        "title": Column(text_of(200), empty=""),
        "external_id": Column(text_of(200), keeps=True),
    }
