"""An amount is written again when one leaves its field, as the server will read it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.formats import numbers_written_as
from pipeline.forms.amounts import plain_number

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What is typed, what the field then says, what is read: by hand.
WRITTEN = {
    "en": [
        ("8.400", "8.40", "8.4"),
        ("8,400", "8,400", "8400"),
        ("1.234.567,5", "1,234,567.50", "1234567.5"),
        ("12000", "12,000", "12000"),
        ("0.1255", "0.1255", "0.1255"),
        ("-5.5", "-5.50", "-5.5"),
    ],
    "de": [
        ("8.400", "8.400", "8400"),
        ("8,4", "8,40", "8.4"),
        ("1,234,567.5", "1.234.567,50", "1234567.5"),
        ("0,1255", "0,1255", "0.1255"),
    ],
    "fr": [("8400,5", "8\u202f400,50", "8400.5")],
    "de-CH": [("8400.5", "8’400.50", "8400.5")],
}
LEFT = ["abc", "€ 5", "48k", "", "1.2.3,4,5"]


@pytest.mark.parametrize("tag", WRITTEN)
def test_an_amount_says_how_it_is_read(visit, cast, tag):
    cast.rep.number_format = tag
    cast.rep.save()
    page = visit(reverse("pipeline:deal_edit", args=[cast.owns["rep"].deal.pk]), user=cast.rep)
    field = page.locator("[name=amount]")

    def leave(text):
        field.fill(text)
        field.press("Tab")
        return field.input_value()

    for typed, shown, read in WRITTEN[tag]:
        assert leave(typed) == shown
        with numbers_written_as(tag):
            assert Decimal(plain_number(typed)) == Decimal(plain_number(shown)) == Decimal(read)
    for typed in LEFT:
        assert leave(typed) == typed
    assert page.heard == []
