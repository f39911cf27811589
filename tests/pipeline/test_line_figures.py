"""What the lines of a won deal come to, by hand. Amounts in cents; 5 and 6 are products."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from pipeline.allocation import split_products
from pipeline.line_figures import LineFigures, SoldLines
from pipeline.prices import Price, PriceBook

D = datetime.date

PRICES = {5: Price(Decimal(100), Decimal(60)), 6: Price(Decimal(50), Decimal("30.005")), 7: Price(None, None)}


def came_to(lines, amount, *, kind="new", rate=Fraction(1)):
    base = None if amount is None else round(amount * rate)
    parts = split_products(base, amount, lines, "EUR")
    return SoldLines(lines, kind, "EUR", rate, PRICES.__getitem__).by_product(parts)


def test_two_lines():
    """2 x 100 - 10 % and 1 x 50: list 200 and 50, cost 120 and 30.005 (half-even: 30.00)."""
    found = came_to([[5, "2", "100", "0.1", None], [6, "1", "50", "0", None]], 23_000)
    assert found == {
        5: LineFigures(20_000, 18_000, 20_000, 18_000, 6_000),
        6: LineFigures(10_000, 5_000, 5_000, 5_000, 2_000),
    }
    assert LineFigures.total(found.values()) == LineFigures(30_000, 23_000, 25_000, 23_000, 8_000)


def test_a_line_has_its_own_cost_in_the_currency_of_the_deal():
    """100 dollars at 0.8 with a cost of 40 dollars: 80 - 32; the list price is in the base currency."""
    found = came_to([[5, "1", "100", "0", "40"]], 10_000, rate=Fraction(4, 5))
    assert found == {5: LineFigures(10_000, 8_000, 10_000, 8_000, 4_800)}


def test_what_nobody_knows_is_left_out_of_both_sides():
    found = came_to([[5, "1", "100", "0", None], [7, "1", "40", "0", None]], 14_000)
    assert found[7] == LineFigures(10_000, None, None, None, None)
    assert LineFigures.total(found.values()) == LineFigures(20_000, 10_000, 10_000, 10_000, 4_000)


def test_a_line_without_a_price_beside_others_is_not_known():
    found = came_to([[5, "1", None, "0", None], [6, "1", "50", "0", None]], 14_000)
    assert found[5] == LineFigures(10_000)
    assert found[None] == LineFigures()


def test_a_sole_line_without_a_price_is_worth_the_deal():
    assert came_to([[5, "1", None, "0", None]], 9_000) == {5: LineFigures(10_000, 9_000, 10_000, 9_000, 3_000)}


def test_a_discount_on_the_whole_deal_lowers_what_is_known():
    """100 + 50 - 10 for the whole: the profit of 40 + 20 falls by 10."""
    found = came_to([[5, "1", "100", "0", None], [6, "1", "50", "0", "30"]], 14_000)
    assert found[None] == LineFigures(None, -1_000, 0, -1_000, -1_000)
    assert LineFigures.total(found.values()) == LineFigures(20_000, 14_000, 15_000, 14_000, 5_000)


def test_that_discount_is_left_out_where_a_line_is_not_known():
    found = came_to([[5, "1", "100", "0", None], [7, "1", "50", "0", None]], 14_000)
    assert found[None] == LineFigures()


def test_money_that_no_line_covers_has_no_cost():
    assert came_to([[5, "1", "100", "0", None]], 15_000)[None] == LineFigures()
    assert came_to([], 15_000) == {None: LineFigures()}


@pytest.mark.parametrize("price", ["100", "-100"])
def test_the_lines_of_a_credit_note_came_back(price):
    found = came_to([[5, "1", price, "0", None]], -10_000, kind="credit")
    assert found == {5: LineFigures(-10_000, -10_000, -10_000, -10_000, -4_000)}


def test_a_credit_note_for_money_alone_lowers_the_profit():
    assert came_to([], -500, kind="credit") == {None: LineFigures(None, -500, 0, -500, -500)}


def test_without_an_amount_only_units_are_known():
    assert came_to([[5, "1.5", "100", "0", None]], None) == {5: LineFigures(15_000)}


def test_a_price_holds_from_its_day_and_the_first_one_before_it_too():
    book = PriceBook(
        [
            (5, D(2025, 1, 1), Price(None, Decimal(10))),
            (5, D(2025, 3, 1), Price(Decimal(90), Decimal(12))),
            (5, D(2025, 4, 1), Price(Decimal(95), None)),
        ]
    )
    assert book.on(5, D(2024, 12, 31)) == (90, 10)
    assert book.on(5, D(2025, 2, 28)) == (90, 10)
    assert book.on(5, D(2025, 3, 1)) == (90, 12)
    assert book.on(5, D(2025, 4, 1)) == (95, 12)
    assert book.on(6, D(2025, 4, 1)) == (None, None)
