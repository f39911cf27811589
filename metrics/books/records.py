"""What moved a reported figure: its records at the freeze against its records now. They add up to the difference."""

import datetime
import heapq
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metrics.books.book import is_versioned
from metrics.metric import Metric
from metrics.models import BookRecords
from metrics.numbers import text_of
from metrics.question import Question
from metrics.records.lists import Record
from metrics.records.rows import every_record
from metrics.scopes import COMPANY

BEFORE, AFTER = 0, 1
NIL = Decimal(0)


@dataclass
class Moved:
    """A record whose part in a figure changed: what it added to each part as reported, and what it adds now.

    ``was_in`` and ``is_in``: whether it is among the figure's records at all.
    """

    kind: str
    id: int
    external_id: str
    name: str
    was_in: bool = False
    is_in: bool = False
    numerator_then: Decimal = NIL
    numerator_now: Decimal = NIL
    denominator_then: Decimal = NIL
    denominator_now: Decimal = NIL

    @property
    def numerator(self) -> Decimal:
        return self.numerator_now - self.numerator_then

    @property
    def denominator(self) -> Decimal:
        return self.denominator_now - self.denominator_then

    @property
    def has_moved(self) -> bool:
        return bool(self.numerator or self.denominator or self.was_in != self.is_in)

    def add(self, record: Record, side: int) -> None:
        numerator, denominator = record.numerator or NIL, record.denominator or NIL
        if side == BEFORE:
            self.was_in = True
            self.numerator_then += numerator
            self.denominator_then += denominator
        else:
            self.is_in, self.name, self.external_id = True, record.name, record.external_id
            self.numerator_now += numerator
            self.denominator_now += denominator


def moved_records(metric: Metric, then: Question, now: Question) -> list[Moved] | None:
    """Records that moved the figure between a book's question and the one of today, by kind and id.

    None when the records of that moment were not kept: those without versions are kept for the company alone.
    """
    before = records_then(metric, then)
    if before is None:
        return None
    found: dict[tuple[str, int], Moved] = {}
    for side, record in _unlike(before, every_record(metric, now)):
        key = (record.kind, record.id)
        if key not in found:
            found[key] = Moved(record.kind, record.id, record.external_id, record.name)
        found[key].add(record, side)
    return [found[key] for key in sorted(found) if found[key].has_moved]


def records_then(metric: Metric, then: Question) -> Iterable[Record] | None:
    """The records behind a figure as reported, in their order; None when they were not kept."""
    if is_versioned(metric):
        return every_record(metric, then)
    if then.book is None or then.scope.kind != COMPANY.kind:
        return None
    row = BookRecords.objects.filter(book=then.book.id, metric=metric.slug).first()
    return None if row is None else unpack(row.content)


def _unlike(before: Iterable[Record], after: Iterable[Record]) -> Iterator[tuple[int, Record]]:
    """Records of two ordered lists, but for those that stand in both with the same parts."""
    sides = (((BEFORE, record) for record in before), ((AFTER, record) for record in after))
    held: tuple[int, Record] | None = None
    for side, record in heapq.merge(*sides, key=lambda pair: (pair[1].cursor, pair[0])):
        if held and held[0] != side and held[1].cursor == record.cursor and _same(held[1], record):
            held = None
            continue
        if held:
            yield held
        held = (side, record)
    if held:
        yield held


def _same(left: Record, right: Record) -> bool:
    return (left.numerator, left.denominator) == (right.numerator, right.denominator)


def pack(records: Iterable[Record]) -> bytes:
    """Records as compressed JSON, in their order."""
    rows = [
        [
            record.kind, record.id, record.external_id, record.name, record.date.isoformat(), text_of(record.numerator),
            text_of(record.denominator),
        ]
        for record in records
    ]  # fmt: skip
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode())


def unpack(content: Any) -> Iterator[Record]:
    """What ``pack`` packed."""
    for kind, pk, external_id, name, day, numerator, denominator in json.loads(zlib.decompress(bytes(content))):
        yield Record(
            kind, pk, external_id, name, datetime.date.fromisoformat(day), _read(numerator), _read(denominator)
        )


def _read(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
