"""A frozen period as reported against now: every metric, and the records that moved one of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from accounts import formats
from metrics.books.book import as_reported, period_of, reported
from metrics.books.records import Moved, moved_records
from metrics.evaluate import whole_parts
from metrics.figure import MONEY_UNITS, Value, dress
from metrics.formulas.derived import Growth
from metrics.known import known_metrics
from metrics.metric import Metric
from metrics.models import Book
from metrics.operators.comparisons import BaselineChange
from metrics.pages.wording import NIL, amount_text, figure_text
from metrics.question import Question
from metrics.records.rows import adds_up
from metrics.snapshots.shelf import Shelf
from pipeline.models import DealEvent

MOST_SHOWN = 200


@dataclass(frozen=True)
class Difference:
    """A metric of a frozen period: as reported and now; the values alone, because no more of them is shown."""

    metric: Metric
    then: Value
    now: Value
    currency: str

    @property
    def has_moved(self) -> bool:
        return self.then != self.now

    @property
    def change(self) -> Decimal | None:
        """Now less as reported; None where one of them is not known."""
        then, now = self.then.value, self.now.value
        return None if then is None or now is None else now - then

    @property
    def texts(self) -> tuple[str, str, str]:
        """As reported, now, and the difference in the metric's own unit."""
        then, now = (figure_text(self.metric, value, self.currency) for value in (self.then, self.now))
        return then, now, signed(self.metric, self.change, self.currency)


class BookComparison:
    """A book and a scope of it, asked both ways with shared readings."""

    def __init__(self, book: Book, question: Question) -> None:
        self.book = book
        self.now = replace(
            question, period=period_of(book, question.company), by=None, where=(), shelf=Shelf(question.today)
        )
        self.then = replace(as_reported(self.now, reported(book)), shelf=Shelf(question.today))

    def difference(self, metric: Metric) -> Difference:
        currency = self.now.company.base_currency
        then, now = (dress(metric, whole_parts(metric, q), currency) for q in (self.then, self.now))
        return Difference(metric, then, now, currency)

    def differences(self) -> list[Difference]:
        """Every metric, in the order of the catalogue; but for the baseline, which is itself a frozen period.

        What admins made is asked both ways as it was defined when the book froze: its records moved it, not its words.
        """
        metrics = known_metrics(self.book.frozen_at).values()
        return [self.difference(metric) for metric in metrics if not isinstance(metric, BaselineChange)]

    def moved(self, metric: Metric) -> list[Moved] | None:
        """The records that moved the metric, largest first; None where they were not kept."""
        found = moved_records(metric, self.then, self.now)
        return None if found is None else sorted(found, key=lambda row: (-abs(row.numerator), row.kind, row.id))


@dataclass(frozen=True)
class MovedRows:
    """What a page or a file of moved records shows; ``remainder`` is what no record explains, empty when nothing is."""

    rows: list[Moved]
    numerator: Decimal
    denominator: Decimal
    adds_up: bool
    remainder: Decimal


def moved_rows(difference: Difference, rows: list[Moved]) -> MovedRows:
    """Records with their sums, checked against the difference of the figure's parts."""
    numerator = sum((row.numerator for row in rows), Decimal(0))
    denominator = sum((row.denominator for row in rows), Decimal(0))
    then, now = difference.then, difference.now
    remainder = Decimal(0)
    if adds_up(difference.metric):
        remainder = (now.numerator or Decimal(0)) - (then.numerator or Decimal(0)) - numerator
    return MovedRows(rows, numerator, denominator, adds_up(difference.metric), remainder)


def last_changes(book: Book, rows: Iterable[Moved]) -> dict[tuple[str, int], dict[str, Any]]:
    """Of deals: what was changed after the freeze, by whom and when."""
    deals = [row.id for row in rows if row.kind == "deal"]
    events = DealEvent.objects.filter(deal__in=deals, recorded_at__gte=book.frozen_at).select_related("by")
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for event in events.order_by("pk"):
        line = found.setdefault(("deal", event.deal_id), {"what": []})
        line["what"] += [key.replace("_", " ") for key in event.patch if key.replace("_", " ") not in line["what"]]
        line |= {"who": str(event.by or event.by_text), "when": event.recorded_at, "why": event.reason}
    return found


def signed(metric: Metric, change: Decimal | None, currency: str) -> str:
    """A difference with its sign, points for rates; an en dash when it is not known, 0 when there is none."""
    if change is None:
        return NIL
    if metric.unit == "percent":
        return formats.points(change)
    return with_sign(amount_text(metric.unit, abs(change), currency), change)


def part_signed(metric: Metric, amount: Decimal, currency: str, *, top: bool) -> str:
    """What a record adds more or less to a part of the figure, with its sign; empty for nothing."""
    if not amount:
        return ""
    money = (metric.unit in MONEY_UNITS and top) or isinstance(metric, Growth)
    text = formats.money(abs(amount), currency, cents=True) if money else formats.plain(abs(amount), 4)
    return with_sign(text, amount)


def with_sign(text: str, amount: Decimal) -> str:
    return f"+{text}" if amount > 0 else f"\N{MINUS SIGN}{text}" if amount < 0 else text
