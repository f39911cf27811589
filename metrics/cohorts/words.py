"""Triangles of cohorts in words: what a cell says, how dark it is, and the sentence that sums a triangle up."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor
from metrics.cohorts.triangles import Cell, Triangle
from metrics.numbers import decimal_of, ratio
from metrics.pages.wording import has_cents

SHADES = 5
KINDS = {"customers": "cohort_retention", "net": "cohort_nrr", "gross": "cohort_grr", "value": "cohort_value"}
"""The metric of each reading of the page."""


@dataclass(frozen=True)
class Words:
    """A reading: its name, its heading, what the rows are, how it is read, and the header of its file."""

    label: str
    heading: str
    row_head: str
    size_head: str
    meaning: str
    header: tuple[str, str, str]
    sentence: str


def cohort_words(kind: str) -> Words:
    """The words of a reading of KINDS."""
    first, customers = _("First purchase"), _("Customers")
    begins = _(
        " A row holds the accounts whose recurring revenue began in that month and lasted to its end; what they brought"
        " then is the whole. A month that is not over is left out."
    )
    match kind:
        case "net":
            return Words(
                _("Net revenue"), _("Monthly revenue so many months later"), _("First month"), _("Accounts"),
                _("More than 100% is bought on top by the accounts that are left.") + begins,
                ("accounts", "monthly_revenue", "first_monthly_revenue"),
                _("%(n)s months after they began the accounts brought %(share)s of their first monthly revenue:"
                  " %(part)s of %(whole)s."),
            )  # fmt: skip
        case "gross":
            return Words(
                _("Gross revenue"), _("First monthly revenue kept so many months later"), _("First month"),
                _("Accounts"), _("No account counts for more than it brought first.") + begins,
                ("accounts", "monthly_revenue_kept", "first_monthly_revenue"),
                _("%(n)s months after they began %(share)s of the accounts' first monthly revenue was left: %(part)s of"
                  " %(whole)s."),
            )  # fmt: skip
        case "value":
            return Words(
                _("Revenue per customer"), _("Paid per customer by the end of so many months"), first, customers,
                _(
                    "A row holds who bought for the first time in that month. Counted is all that they had paid by the"
                    " end of the month, credit notes off, over their number; a month that is not over is left out."
                ),
                ("customers", "won_revenue", "old_enough"),
                _("%(n)s months after the first purchase a customer had paid %(share)s: %(part)s from %(whole)s."),
            )  # fmt: skip
        case _:
            return Words(
                customers, _("Active after so many months"), first, customers,
                _(
                    "A row holds who bought for the first time in that month. Active in a month is who bought in it or"
                    " subscribes at its end; a month that is not over is left out."
                ),
                ("customers", "active", "old_enough"),
                _("%(n)s months after the first purchase %(part)s of %(whole)s customers were active."),
            )  # fmt: skip


def sides(kind: str, cell: Cell, currency: str) -> tuple[Decimal, Decimal]:
    """Both sides of a cell, money in major units."""
    part = Decimal(cell.part) if kind == "customers" else from_minor(cell.part, currency)
    whole = from_minor(cell.whole, currency) if kind in ("net", "gross") else Decimal(cell.whole)
    return part, whole


def side_texts(kind: str, cell: Cell, currency: str) -> tuple[str, str]:
    """Both sides of a cell in words, money with its currency."""
    part, whole = sides(kind, cell, currency)

    def money(amount: Decimal) -> str:
        return formats.money(amount, currency, cents=has_cents([amount]))

    number = formats.number
    return (number if kind == "customers" else money)(part), (money if kind in ("net", "gross") else number)(whole)


def cell_text(kind: str, cell: Cell, currency: str) -> str:
    """The figure of a cell: 7 of 12, 57.4%, €1.2k; empty where nothing can be divided."""
    share = ratio(cell.part, cell.whole)
    if share is None:
        return ""
    if kind == "customers":
        return formats.rate(cell.part, cell.whole)
    if kind == "value":
        return formats.money_compact(from_minor(round(share), currency), currency)
    return formats.percent(decimal_of(share))


def shade(kind: str, cell: Cell, highest: Fraction) -> str:
    """One of five steps: of the whole, or, where that is no share, of the highest cell."""
    share = ratio(cell.part, cell.whole)
    if share is None:
        return ""
    of = (ratio(share, highest) or Fraction(0)) if kind == "value" else share
    return f"st-heat-{max(0, min(SHADES, int(of * SHADES)))}"


def highest_cell(found: Triangle) -> Fraction:
    return max(
        (ratio(c.part, c.whole) or Fraction(0) for row in found.rows for c in row.cells.values()), default=Fraction(0)
    )


def sentence(kind: str, found: Triangle, currency: str) -> str:
    """What became of all cohorts after the most months that at least half of the accounts have had."""
    ages = [age for age in found.ages if 2 * found.total.cells[age].accounts >= found.total.size]
    if not ages:
        return ""
    cell = found.total.cells[ages[-1]]
    part, whole = side_texts(kind, cell, currency)
    return cohort_words(kind).sentence % {
        "n": ages[-1], "part": part, "whole": whole, "share": cell_text(kind, cell, currency),
    }  # fmt: skip


CellWriter = Callable[[Cell], dict[str, Any]]


def cell_writer(kind: str, found: Triangle, currency: str) -> CellWriter:
    """What the template shows of a cell."""
    highest = highest_cell(found)

    def write(cell: Cell) -> dict[str, Any]:
        part, whole = side_texts(kind, cell, currency)
        from_ = _("%(part)s from %(whole)s") if kind == "value" else _("%(part)s of %(whole)s")
        return {
            "text": cell_text(kind, cell, currency),
            "title": from_ % {"part": part, "whole": whole},
            "look": shade(kind, cell, highest),
        }

    return write
