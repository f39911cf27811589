"""The rows behind a figure. They come from the populations that made it, so list and number agree."""

import datetime
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from accounts.business_dates import BEGINNING
from accounts.money import minor_digits
from metrics.metric import Metric, Stream, Total
from metrics.numbers import decimal_of, text_of
from metrics.question import Question
from pipeline.past import Moment

KEY_FIELDS = {"deal": "deal_id"} | dict.fromkeys(
    (
        "lead",
        "activity",
        "account",
        "contact",
        "survey",
        "spend",
        "expense",
        "reading",
        "campaign",
        "market",
        "rep",
        "target",
        "forecast",
        "statement",
    ),
    "pk",
)
URLS = {
    "deal": "/deals/{}/", "lead": "/leads/{}/", "activity": "/activities/{}/", "account": "/accounts/{}/",
    "contact": "/contacts/{}/", "statement": "/statements/{}/",
}  # fmt: skip
"""Answers to surveys, spend, expenses, readings, campaigns, sizes of markets, reps, targets and forecasts have no page
of their own that every reader may open."""
LOOKS_BACK = {"deal": ("as_of", "known_on"), "lead": ("as_of",), "activity": ("as_of",)}
"""What the page of a record can be asked of an earlier day, as ``salestracker.looking_back`` has it."""


@dataclass
class Record:
    """A row behind a figure, with what it adds to each part; None where it adds nothing to it.

    ``date`` is the day that put it in the period; ``BEGINNING`` for an open deal whose start nobody knows.
    """

    kind: str
    id: int
    external_id: str
    name: str
    date: datetime.date
    numerator: Decimal | None
    denominator: Decimal | None

    @property
    def cursor(self) -> tuple[datetime.date, str, int]:
        return self.date, self.kind, self.id

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "id": self.id,
            "external_id": self.external_id,
            "name": self.name,
            "date": None if self.date == BEGINNING else self.date.isoformat(),
            "numerator": text_of(self.numerator),
            "denominator": text_of(self.denominator),
            "url": address_of(self.kind, self.id),
        }


def address_of(kind: str, ident: int) -> str:
    """The page of a record; empty for a kind that has none."""
    return URLS[kind].format(ident) if kind in URLS else ""


def address_then(kind: str, ident: int, q: Question) -> str:
    """The page of a record, seen from the question's day and with its knowledge as far as the page can look back."""
    address, looks = address_of(kind, ident), LOOKS_BACK.get(kind, ())
    is_past = bool(q.valid_day or q.known_on) and q.book is None
    parts = Moment(q.as_of, q.known_on, q.company).parts() if is_past else {}
    kept = {name: day for name, day in parts.items() if name in looks}
    return f"{address}?{urlencode(kept)}" if kept else address


def list_records(
    metric: Metric, q: Question, *, after: tuple[datetime.date, str, int] | None = None, limit: int | None = None
) -> list[Record]:
    """Rows in order of (date, kind, id), from behind ``after``, at most ``limit``. A row of two populations is one."""
    streams = [_read(metric, q.whole(), stream, after, limit) for stream in _streams(metric, q)]
    merged: list[Record] = []
    for record in heapq.merge(*streams, key=lambda record: record.cursor):
        if merged and merged[-1].cursor == record.cursor:
            merged[-1].numerator = _plus(merged[-1].numerator, record.numerator)
            merged[-1].denominator = _plus(merged[-1].denominator, record.denominator)
            continue
        if limit is not None and len(merged) == limit:
            break
        merged.append(record)
    return merged


def count_records(metric: Metric, q: Question) -> int:
    """How many rows ``list_records`` has in all."""
    keys: set[tuple[str, int]] = set()
    for stream in _streams(metric, q):
        if isinstance(stream.rows, list):
            keys |= {(stream.kind, row.id) for row in stream.rows}
        else:
            keys |= {(stream.kind, pk) for pk in stream.rows.values_list(KEY_FIELDS[stream.kind], flat=True)}
    return len(keys)


def _streams(metric: Metric, q: Question) -> list[Stream]:
    return metric.streams(q.whole()) if metric.reaches(q) else []


def _plus(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    if left is None or right is None:
        return right if left is None else left
    return left + right


def _read(
    metric: Metric, q: Question, stream: Stream, after: tuple[datetime.date, str, int] | None, limit: int | None
) -> Iterator[Record]:
    for day, pk, name, external_id, contribution in _rows(stream, after, limit):
        yield Record(
            stream.kind,
            pk,
            external_id or "",
            name or "",
            day,
            _share(metric, q, stream.numerator, contribution, top=True),
            _share(metric, q, stream.denominator, contribution, top=False),
        )


def _rows(stream: Stream, after: tuple[datetime.date, str, int] | None, limit: int | None) -> Iterable[Any]:
    """Day, id, name, external id and contribution of the rows behind ``after``, in order."""
    key = KEY_FIELDS[stream.kind]
    rows = stream.rows
    if isinstance(rows, list):
        found = [row for row in rows if not after or (row.day, stream.kind, row.id) > after]
        return found[:limit]
    if after:
        day, kind, pk = after
        later = Q(recorded_day__gt=day)
        if kind == stream.kind:
            later |= Q(recorded_day=day, **{f"{key}__gt": pk})
        elif stream.kind > kind:
            later |= Q(recorded_day=day)
        rows = rows.filter(later)
    rows = rows.order_by("recorded_day", key)
    names = ("deal__name", "deal__external_id") if stream.kind == "deal" else _names(stream.kind)
    rows = rows.values_list("recorded_day", key, *names, "contribution")
    return rows[:limit] if limit else rows.iterator()


def _names(kind: str) -> tuple[str, str]:
    return {"activity": "subject", "survey": "kind"}.get(kind, "name"), "external_id"


def _share(metric: Metric, q: Question, sign: int | None, contribution: int | None, *, top: bool) -> Decimal | None:
    if sign is None:
        return None
    amount = decimal_of(sign * (contribution or 0))
    money = metric.top_is_money if top else metric.bottom_is_money
    if isinstance(metric, Total) and metric.scale > 1:
        amount /= metric.scale
    return amount.scaleb(-minor_digits(q.company.base_currency)) if money else amount
