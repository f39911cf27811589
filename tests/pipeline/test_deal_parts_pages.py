"""Credits and lines of a deal, typed into its page."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pipeline.actions.deals import change_deal
from pipeline.models import Product
from tests.pipeline.deal_pages import page_of, url
from tests.pipeline.test_board import queries_of


def rows(*rows, **fields):
    sent = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0, **fields}
    for number, row in enumerate(rows):
        sent |= {f"rows-{number}-{name}": value for name, value in row.items()}
    return sent


def test_credits_add_up_to_a_hundred_percent(rep, cast, deal):
    mine, other = cast.reps["rep"].pk, cast.reps["colleague"].pk
    refused = rep.post(
        url("credits", deal), rows({"rep": mine, "share": "60"}, {"rep": other, "share": "30"}, version=deal.version)
    )
    assert refused.status_code == 422
    assert "add up to 90 %" in refused.content.decode()
    twice = rep.post(
        url("credits", deal), rows({"rep": mine, "share": "50"}, {"rep": mine, "share": "50"}, version=deal.version)
    )
    assert twice.status_code == 422
    sent = rows(
        {"rep": mine, "share": "66,6667"}, {"rep": other, "share": "33.3333 %"}, {"rep": "", "share": ""},
        version=deal.version,
    )  # fmt: skip
    assert rep.post(url("credits", deal), sent).status_code == 302
    assert dict(deal.credits.values_list("rep", "share")) == {mine: Decimal("0.666667"), other: Decimal("0.333333")}
    deal.refresh_from_db()
    assert rep.post(url("credits", deal), rows(version=deal.version)).status_code == 302
    assert not deal.credits.exists()


def test_a_credit_goes_only_to_reps_in_sight(rep, cast, deal):
    sent = rows({"rep": cast.reps["rival"].pk, "share": "100"}, version=deal.version)
    assert rep.post(url("credits", deal), sent).status_code == 422


def test_lines_are_replaced_and_add_up(rep, cast, deal):
    sensor, gateway = (Product.objects.create(name=name) for name in ("Sensor", "Gateway"))
    sent = rows(
        {"product": sensor.pk, "quantity": "40", "unit_price": "25", "discount": "10", "unit_cost": ""},
        {"product": gateway.pk, "quantity": "1", "unit_price": "99.99", "discount": "", "unit_cost": "50"},
        {"product": "", "quantity": "1", "unit_price": "", "discount": "", "unit_cost": ""},
        version=deal.version,
    )
    assert rep.post(url("lines", deal), sent).status_code == 302
    context = page_of(rep, deal).context
    assert (context["lines_total"], context["lines_differ"]) == (Decimal("999.99"), True)
    deal.refresh_from_db()
    removed = rows(
        {"product": sensor.pk, "quantity": "40", "unit_price": "25", "discount": "0"},
        {"product": gateway.pk, "quantity": "1", "DELETE": "on"},
        version=deal.version,
    )
    assert rep.post(url("lines", deal), removed).status_code == 302
    context = page_of(rep, deal).context
    assert ([line.product for line in context["lines"]], context["lines_differ"]) == ([sensor], False)


@pytest.mark.parametrize("quantity", ["0", "-1", "many", ""])
def test_a_wrong_line_is_refused_in_its_row(rep, cast, deal, quantity):
    product = Product.objects.create(name="Sensor")
    sent = rows({"product": product.pk, "quantity": quantity}, version=deal.version)
    response = rep.post(url("lines", deal), sent)
    assert response.status_code == 422
    assert "quantity" in response.context["form"].rows.forms[0].errors


def test_lines_saved_meanwhile_stand_beside_the_typed_ones(rep, cast, deal):
    product = Product.objects.create(name="Sensor")
    sent = rows({"product": product.pk, "quantity": "3"}, version=deal.version)
    change_deal(deal=deal, by=cast.manager, now=timezone.now(), amount=Decimal(2))
    response = rep.post(url("lines", deal), sent)
    assert response.status_code == 409
    assert [(one.saved, one.typed) for one in response.context["conflicts"]] == [("nothing", "Sensor × 3")]
    assert not deal.lines.exists()


def test_many_products_cost_no_more_queries(rep, cast, deal):
    Product.objects.create(name="First")
    rep.get(url("lines", deal))
    few = queries_of(rep, url("lines", deal))
    Product.objects.bulk_create(Product(name=f"Product {number}") for number in range(50))
    with CaptureQueriesContext(connection) as captured:
        rep.get(url("lines", deal))
    assert len(captured) == few


def test_the_sum_of_the_lines_is_taken_over_as_the_reader_writes_numbers(rep, cast, deal):
    """1.234 of a currency with three decimals, which a German reader would take for a thousand and more."""
    change_deal(deal=deal, by=cast.rep, now=timezone.now(), currency="KWD")
    deal.lines.create(product=Product.objects.create(name="Oven"), quantity=1, unit_price=Decimal("1.234"))
    page = rep.get(deal.get_absolute_url(), headers={"accept-language": "de"}).content.decode()
    typed = re.search(r'name="amount"\s+value="([^"]*)"', page)[1]
    deal.refresh_from_db()
    sent = {"field": "amount", "amount": typed, "version": deal.version}
    rep.post(url("mend", deal), sent, headers={"accept-language": "de"})
    deal.refresh_from_db()
    assert (typed, deal.amount) == ("1,234", Decimal("1.234"))


def test_the_owner_stands_in_the_first_row_and_alone_says_nothing_new(rep, cast, deal):
    mine, other = cast.reps["rep"].pk, cast.reps["colleague"].pk
    shown = rep.get(url("credits", deal)).content.decode()
    assert re.search(rf'value="{mine}" selected', shown)
    assert 'name="rows-0-share" value="100"' in shown
    whole = rows({"rep": mine, "share": "100"}, version=deal.version, **{"rows-INITIAL_FORMS": 1})
    assert rep.post(url("credits", deal), whole).status_code == 302
    assert not deal.credits.exists()
    deal.refresh_from_db()
    # The first row left alone counts as it stands: 100 and 40 are 140.
    sent = rows({"rep": mine, "share": "100"}, {"rep": other, "share": "40"}, version=deal.version)
    assert "add up to 140 %" in rep.post(url("credits", deal), sent | {"rows-INITIAL_FORMS": 1}).content.decode()
    sent |= {"rows-0-share": "60", "rows-INITIAL_FORMS": 1}
    assert rep.post(url("credits", deal), sent).status_code == 302
    assert dict(deal.credits.values_list("rep", "share")) == {mine: Decimal("0.6"), other: Decimal("0.4")}


def test_credits_and_lines_opened_while_winning_lead_back_to_what_was_typed(rep, cast, deal):
    mine, other = cast.reps["rep"].pk, cast.reps["colleague"].pk
    typed = {"closed_on": "2026-11-25", "amount": "7,250.50", "version": deal.version}
    for part in ("credits", "lines"):
        opened = rep.post(url("win", deal), {**typed, "first": part})
        assert opened.status_code == 302
        assert opened.url.startswith(url(part, deal) + "?next=")
    deal.refresh_from_db()
    assert deal.outcome == "open"

    opened = rep.post(url("win", deal), {**typed, "first": "credits"})
    parts = rep.get(opened.url)
    cancel = parts.context["cancel_url"]
    assert cancel.startswith(url("win", deal))
    sent = rows({"rep": mine, "share": "60"}, {"rep": other, "share": "40"}, version=deal.version)
    saved = rep.post(opened.url, sent)
    assert (saved.status_code, saved.url) == (302, cancel)
    back = rep.get(saved.url)
    form = back.context["form"]
    assert (form["closed_on"].value(), form["amount"].value()) == ("2026-11-25", "7,250.50")
    assert (
        '"7,250.50"' not in back.context["seen"]
    )  # what is saved, so that a later change of it is not taken for typed
    deal.refresh_from_db()
    won = rep.post(saved.url, {**typed, "version": deal.version})
    assert (won.status_code, won.url) == (302, deal.get_absolute_url())
    deal.refresh_from_db()
    assert (deal.outcome, deal.amount) == ("won", Decimal("7250.50"))


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_lines_lead_back_to_this_site_only(rep, deal, address):
    saved = rep.post(f"{url('lines', deal)}?next={address}", rows(version=deal.version))
    assert (saved.status_code, saved.url) == (302, deal.get_absolute_url())
