from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from pipeline.forms.amounts import AmountField, plain_number
from pipeline.forms.percents import PercentField


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("48500", "en", "48500"),
        ("48,500.00", "en", "48500.00"),
        ("48.500,00", "en", "48500.00"),
        ("€ 48 500", "en", "48500"),
        ("1,234", "en", "1234"),
        ("1.234", "en", "1.234"),
        ("1.234", "de", "1234"),
        ("1,234", "de", "1.234"),
        ("1,5", "en", "1.5"),
        ("1.234.567", "en", "1234567"),
        ("−3,50", "en", "-3.50"),
        ("0", "en", "0"),
        ("1'234'567.50 CHF", "en", "1234567.50"),
        ("USD 1,250", "en", "1250"),
        ("33.3333 %", "en", "33.3333"),
    ],
)
def test_both_ways_of_writing_are_read(text, language, number):
    assert plain_number(text, language=language) == number


def test_empty_is_not_known_and_words_are_refused():
    field = AmountField(required=False)
    with translation.override("en"):
        assert field.clean("") is None
        assert field.clean("€1,250.50") == Decimal("1250.50")
        for text in ("many", "1,2,3.4.5", "--1", "48k", "1e400", "1e4", "12 mio", "5-7", "€", "3 USD 4"):
            with pytest.raises(ValidationError):
                field.clean(text)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("number", ["0.125", "1234.567", "48500", "-3.5", "1000.125"])
def test_what_a_field_shows_is_read_back_as_the_same_number(language, number):
    """A price of 0.125 that is left alone in German must not become 125."""
    with translation.override(language):
        field = AmountField()
        assert field.clean(field.prepare_value(Decimal(number))) == Decimal(number)


@pytest.mark.parametrize("language", ["en", "de"])
def test_so_is_a_share(language):
    with translation.override(language):
        field = PercentField(places=4)
        assert field.prepare_value(Decimal("0.12125")) == ("12.125" if language == "en" else "12,125")
        assert field.clean(field.prepare_value(Decimal("0.12125"))) == Decimal("0.12125")
