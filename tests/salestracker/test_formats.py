"""Every kind of number, as the table of the design language writes it."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from accounts import formats

TODAY = dt.date(2026, 11, 23)  # a Monday
BERLIN = ZoneInfo("Europe/Berlin")


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("amount", "whole", "cents"),
    [
        (Decimal("48500"), "€48,500", "€48,500.00"),
        (Decimal("48500.5"), "€48,500", "€48,500.50"),
        (Decimal("-6318.40"), "−€6,318", "−€6,318.40"),
        (Decimal("0"), "€0", "€0.00"),
        (Decimal("-0.004"), "€0", "€0.00"),
        (7, "€7", "€7.00"),
    ],
)
def test_money_in_a_table_is_whole_or_has_all_its_cents(amount, whole, cents):
    assert formats.money(amount, "EUR", language="en") == whole
    assert formats.money(amount, "EUR", cents=True, language="en") == cents


def test_money_has_the_decimals_of_its_currency():
    assert formats.money(Decimal("1200"), "JPY", cents=True, language="en") == "¥1,200"
    assert formats.money(Decimal("1.234"), "KWD", cents=True, language="en").endswith("1.234")


def test_money_follows_the_language():
    assert formats.money(Decimal("-6318.40"), "EUR", cents=True, language="de") == "−6.318,40\N{NO-BREAK SPACE}€"
    assert formats.money(Decimal("48500"), "EUR", language="de") == "48.500\N{NO-BREAK SPACE}€"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1205150", "€1.21M"), ("32600", "€32.6k"), ("402000", "€402k"), ("1000", "€1k"), ("999", "€999"),
        ("999499", "€999k"), ("999500", "€1M"), ("999999", "€1M"), ("-1205150", "−€1.21M"), ("0", "€0"),
        ("4.2", "€4.20"), ("99.999", "€100.00"), ("850.4", "€850"), ("1234567890", "€1.23B"),
    ],
)  # fmt: skip
def test_money_in_a_tile_has_three_digits(amount, text):
    assert formats.money_compact(Decimal(amount), "EUR", language="en") == text


def test_a_language_without_a_short_thousand_writes_it_out():
    assert formats.money_compact(Decimal("32649"), "EUR", language="de") == "32.600\N{NO-BREAK SPACE}€"


def test_the_exact_amount_of_a_tile_is_in_its_title():
    assert (
        rendered("{{ v|money_compact:'EUR' }}", v=Decimal("1205150.25")) == '<span title="€1,205,150.25">€1.21M</span>'
    )


@pytest.mark.parametrize("value", [0.5, 1.0, True])
def test_a_float_is_refused(value):
    with pytest.raises(TypeError):
        formats.money(value, "EUR")


def test_percent_has_one_decimal_and_its_language_s_space():
    assert formats.percent(Decimal("0.5"), language="en") == "50.0%"
    assert formats.percent(Decimal("-0.0004"), language="en") == "0.0%"
    assert formats.percent(Decimal("0.574"), language="de") == "57,4\N{NO-BREAK SPACE}%"


def test_a_change_of_a_percent_is_in_points():
    assert formats.points(Decimal("-0.021"), language="en") == "−2.1 pts"
    assert formats.points(Decimal("0.014"), language="en") == "+1.4 pts"
    assert formats.points(Decimal("0"), language="en") == "0.0 pts"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(7, 12, "7 of 12"), (19, 19, "19 of 19"), (10, 20, "50.0%"), (37, 74, "50.0%"), (0, 3, "0 of 3")],
)
def test_a_rate_of_fewer_than_twenty_is_a_count(part, whole, text):
    assert formats.rate(part, whole, language="en") == text


def test_a_rate_of_fewer_than_five_is_greyed():
    assert "st-muted" in rendered("{% rate 2 4 %}")
    assert rendered("{% rate 2 5 %}") == "2 of 5"


def test_a_rate_of_nothing_is_a_dash_with_its_reason():
    assert "no cases yet" in rendered("{% rate 0 0 %}")
    assert rendered("{% rate 0 0 %}").count("–") == 1


def test_a_percent_shows_its_n_beside_it_when_asked():
    assert rendered("{% rate 37 74 beside=True %}") == '50.0% <span class="st-todate">n 74</span>'


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [(46, "46 days", "46 d"), (1, "1 day", "1 d"), (Decimal("46.5"), "46.5 days", "46.5 d"), (-4, "−4 days", "−4 d")],
)
def test_days(value, long, short):
    assert formats.days(value, language="en") == long
    assert formats.days(value, short=True, language="en") == short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (38, "38 min"),
        (119, "119 min"),
        (200, "3 h 20 min"),
        (180, "3 h"),
        (3120, "2 d 4 h"),
        (2880, "2 d"),
        (-9, "−9 min"),
    ],
)
def test_minutes(value, text):
    assert formats.minutes(value, language="en") == text


def test_multiples_have_two_decimals():
    assert formats.multiple(Decimal("1.98"), language="en") == "1.98×"
    assert formats.multiple(Decimal("3"), language="en") == "3.00×"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.date(2026, 11, 26), "Thu 26 Nov"), (dt.date(2026, 11, 17), "Tue 17 Nov"), (dt.date(2026, 11, 16), "16 Nov"),
        (dt.date(2026, 12, 4), "4 Dec"), (dt.date(2027, 12, 4), "4 Dec 2027"), (dt.date(2025, 11, 23), "23 Nov 2025"),
    ],
)  # fmt: skip
def test_a_day_has_its_weekday_when_near_and_its_year_when_far(value, text):
    assert formats.day(value, today=TODAY, language="en") == text


def test_instants_are_written_in_the_reader_s_zone():
    late = dt.datetime(2026, 11, 22, 23, 40, tzinfo=dt.UTC)
    now = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
    with timezone.override(BERLIN):
        assert formats.moment(late, now=now, language="en") == "Mon 00:40"
        assert formats.stamp(late, language="en") == "23 Nov 2026, 00:40"
    with timezone.override(dt.UTC):
        assert formats.moment(late, now=now, language="en") == "Sun 23:40"
    assert "17 Oct" in formats.moment(late - dt.timedelta(days=36), now=now, language="en")


def test_dates_in_pages_carry_the_machine_s_form():
    source = "{{ d|day:today }} {{ d|full_day }}"
    assert rendered(source, d=dt.date(2026, 12, 4), today=TODAY) == (
        '<time datetime="2026-12-04">4 Dec</time> <time datetime="2026-12-04">4 Dec 2026</time>'
    )


@pytest.mark.parametrize(
    "name", ["money:'EUR'", "money_cents:'EUR'", "money_compact:'EUR'", "percent", "days", "count", "day"]
)
def test_none_is_a_dash_that_explains_itself_and_zero_is_zero(name):
    text = rendered("{{ v|" + name + " }}", v=None)
    assert text == '<span class="st-nil" title="not known">–<span class="visually-hidden"> not known</span></span>'


def test_a_reason_is_escaped():
    assert "&lt;b&gt;" in rendered("{% nil reason %}", reason="<b>")


@pytest.mark.parametrize(
    ("source", "classes", "words"),
    [
        ("{% delta v 'percent' 'higher' %}", "is-better", "+8.3% better"),
        ("{% delta v 'percent' 'lower' %}", "is-worse", "+8.3% worse"),
        ("{% delta v 'percent' 'neutral' %}", 'st-delta"', "+8.3% more"),
        ("{% delta v 'points' 'higher' words='ahead,behind' %}", "is-better", "+8.3 pts ahead"),
    ],
)
def test_a_change_says_its_direction_and_whether_it_is_good(source, classes, words):
    text = rendered(source, v=Decimal("0.083"))
    assert classes in text
    assert words in text


def test_a_fall_can_be_good():
    text = rendered("{% delta v 'days' 'lower' %}", v=Decimal("-4"))
    assert "is-better" in text
    assert "−4 days better" in text


@pytest.mark.parametrize("unit", ["percent", "points", "days", "multiple", "count"])
@pytest.mark.parametrize("value", [Decimal("0"), Decimal("0.0001"), Decimal("-0.0001")])
def test_a_change_that_rounds_to_nothing_is_no_change(unit, value):
    text = rendered("{% delta v unit 'higher' %}", v=value, unit=unit)
    assert "0 no change" in text
    assert "is-" not in text


def test_what_was_nothing_before_is_new():
    assert ">new<" in rendered("{% delta None 'percent' 'higher' is_new=True %}")


def test_an_unknown_change_shows_its_reason():
    assert "too few" in rendered("{% delta None 'percent' 'higher' reason='too few' %}")


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("count", 1205, "1,205"), ("money", 48500, "€48,500"), ("percent", Decimal("0.5"), "50.0%"),
        ("days", 46, "46 days"), ("minutes", 38, "38 min"), ("ratio", Decimal("1.98"), "1.98×"),
        ("money per day", 21700, "€21,700/day"), ("months", 14, "14 months"), ("score 0–100", 72, "72"),
    ],
)  # fmt: skip
def test_a_figure_of_any_unit_of_the_catalogue(unit, value, text):
    assert rendered("{% figure v unit 'EUR' %}", v=value, unit=unit) == text


def test_a_small_percent_is_shown_by_its_cases():
    assert rendered("{% figure v 'percent' part=7 whole=12 %}", v=Decimal("0.5833")) == "7 of 12"
    assert rendered("{% figure v 'percent' part=37 whole=74 %}", v=Decimal("0.5")) == "50.0%"


def test_an_unknown_figure_gives_its_reason():
    assert "no target set" in rendered("{% figure None 'ratio' reason='no target set' %}")


def test_the_active_language_decides_where_none_is_given():
    with translation.override("de"):
        assert formats.money(Decimal("48500"), "EUR") == "48.500\N{NO-BREAK SPACE}€"
        assert formats.full_day(dt.date(2026, 12, 4)) == "4. Dez. 2026"


def test_a_language_that_nobody_knows_is_written_like_english():
    assert formats.number(1205, language="xx") == "1,205"
