"""What all kinds of rows have in common: columns, and the reading of cells."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from accounts.models import Company, User
from pipeline.imports.book import SHELVES, Book
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.ledger import Ledger
from pipeline.imports.mapping import FileMapping
from pipeline.imports.report import Report
from pipeline.imports.undone import Undone
from pipeline.models import ChangedDay, ImportRun

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


@dataclass(frozen=True)
class Column:
    """A column of the contract. ``read`` gives the value of a text; or ``shelf`` names what the text refers to.

    ``words`` are the only texts that are possible, where they are few (``one_of``). An empty cell means ``empty``; with
    ``keeps`` it leaves what an existing record has.
    """

    read: Callable[[Reader, str], Any] | None = None
    shelf: str = ""
    required: bool = False
    empty: Any = None
    keeps: bool = False
    about: str = ""
    words: tuple[str, ...] = ()


def one_of(words: Iterable[str], *, about: str | None = None, **options: Any) -> Column:
    """A column with one of some words, in any case; ``about``: by itself the words."""
    known = tuple(words)
    return Column(
        lambda reader, text: reader.choice(text, known), about=", ".join(known) if about is None else about,
        words=known, **options,
    )  # fmt: skip


Columns = Mapping[str, Column]


@dataclass(slots=True)
class Row:
    """A record of the file in our columns."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Item:
    """A good row: its values, the record it is about, and what becomes of it."""

    number: int
    values: dict[str, Any]
    instance: Any = None
    verdict: str = UNCHANGED
    before: dict[str, Any] = field(default_factory=dict)


@dataclass
class Task:
    """Everything that a kind needs to know about the import at hand."""

    company: Company
    now: datetime.datetime
    today: datetime.date
    by: User | None
    reader: Reader
    book: Book
    report: Report
    mapping: FileMapping
    columns: set[str]
    """Our columns that the file fills."""
    shared_close: bool = False
    run_id: int | None = None
    ledger: Ledger | None = None

    @property
    def lines(self) -> Ledger:
        """The ledger; exists from the moment on when rows are written."""
        if self.ledger is None:
            raise RuntimeError("Nothing is written during a check.")
        return self.ledger


class Kind:
    """A kind of rows. ``check`` reads chunks and writes nothing; ``settle`` looks at the file as a whole; ``store``
    writes chunks of good items, ``finish`` what follows from all of them."""

    name: ClassVar[str]
    columns: ClassVar[Columns]
    whole: ClassVar[bool] = False
    """Rows only make sense together with others of the file: all are kept until the end."""

    @classmethod
    def undo(
        cls, run: ImportRun, undone: Undone, put_back: Callable[[ImportRun, str], None], *, by: User | None,
        now: datetime.datetime,
    ) -> None:  # fmt: skip
        """Take back what an import made and changed of an app above. ``put_back`` does it for records of a model."""

    @classmethod
    def effect(cls, row: Any) -> tuple[ChangedDay.Subject, set[datetime.date]] | None:
        """The days whose figures a record of an app above enters; None when it is none of this kind."""
        return None

    def __init__(self, task: Task) -> None:
        self.task = task
        self._seen: dict[Any, tuple[int, int]] = {}
        self._taken: dict[tuple[str, Any], tuple[int, Any]] = {}

    def check(self, rows: list[Row]) -> list[Item]:
        raise NotImplementedError

    def settle(self, items: list[Item]) -> None:
        """Checks over all rows of the file; ``items`` are all of them, or none in a file too large to keep."""

    def store(self, items: list[Item]) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """What follows when all rows are written."""

    def restart(self) -> None:
        """Forget what the check pass remembered about rows, before a large file is read a second time."""
        self._seen, self._taken = {}, {}

    # -- reading rows

    def parse(self, rows: list[Row]) -> list[Item]:
        """The rows whose cells can all be read; problems of the others go to the report."""
        self.prefetch(rows)
        items = []
        for row in rows:
            values = self.values_of(row)
            if values is not None:
                items.append(Item(row.number, values))
        return items

    def prefetch(self, rows: list[Row]) -> None:
        for name, column in self.columns.items():
            if column.shelf and name in self.task.columns:
                self.task.book.prefetch(column.shelf, {row.cells[name] for row in rows})

    def values_of(self, row: Row) -> dict[str, Any] | None:
        """Our columns' values; None when at least one can't be read."""
        values: dict[str, Any] = {}
        good = True
        for name, text in row.cells.items():
            column = self.columns[name]
            try:
                if text:
                    values[name] = self._value(column, text, row.number)
                elif column.required:
                    raise CellError("is required and empty.")
                elif not column.keeps:
                    values[name] = column.empty
            except CellError as error:
                self.task.report.problem(row.number, name, str(error), error.value)
                good = False
        return values if good and self.fits(row.number, values) else None

    def _value(self, column: Column, text: str, row: int) -> Any:
        if column.shelf:
            return self.task.book.find(column.shelf, text, row)
        return column.read(self.task.reader, text) if column.read else text

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        """Whether the values go together; problems go to the report."""
        return True

    def refuse(self, row: int, column: str, message: str, value: str = "") -> bool:
        """Report a problem; False, for ``fits`` to return."""
        self.task.report.problem(row, column, message, value)
        return False

    def is_repeated(self, row: int, key: Any, content: Any) -> bool:
        """Whether an earlier row of the file spoke of the same record. Saying something else about it is a problem."""
        told = hash(repr(content))
        first = self._seen.setdefault(key, (row, told))
        if first[0] == row:
            return False
        if first[1] != told:
            self.task.report.problem(row, "", f"says something else than row {first[0]} about the same {self.word}.")
        return True

    @property
    def word(self) -> str:
        shelf = SHELVES.get(self.name)
        return shelf.word if shelf else self.name.replace("_", " ").rstrip("s")
