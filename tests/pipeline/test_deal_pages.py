"""The list of deals, the page of one, and the forms that change it."""

import csv
import datetime
import io
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from pipeline.actions.activities import log_activity
from pipeline.actions.deals import assign_deal, change_deal, create_deal
from pipeline.actions.outcomes import lose_deal, move_deal, win_deal
from pipeline.models import Deal, LostReason, Product, Stage
from tests.pipeline.test_board import bulk, queries_of

LIST = "/deals/"
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)


@pytest.fixture
def deal(cast):
    return cast.owns["rep"].deal


@pytest.fixture
def rep(client, cast):
    client.force_login(cast.rep)
    return client


@pytest.fixture
def price():
    return LostReason.objects.create(name="Price")


def page_of(client, deal, query=""):
    response = client.get(f"{deal.get_absolute_url()}{query}")
    assert response.status_code == 200
    return response


def url(name, deal):
    return reverse(f"pipeline:deal_{name}", args=[deal.pk])


def rows_of_csv(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


# The list


def test_the_list_adds_up_what_it_shows_in_the_base_currency(rep, cast, price):
    for name, values in {
        "half": {"amount": Decimal("0.50")},
        "none": {},
        "foreign": {"amount": Decimal(9), "currency": "JPY"},
    }.items():
        create_deal(by=None, now=timezone.now(), name=name, owner=cast.reps["rep"], **values)
    context = rep.get(LIST).context
    assert (context["summed"], context["sum"], context["unpriced"]) == (4, Decimal("1000.50"), 2)


def test_the_outcome_is_a_filter_and_open_its_default(rep, cast, deal, price):
    lost = create_deal(by=None, now=timezone.now(), name="lost one", owner=cast.reps["rep"])
    lose_deal(deal=lost, reason=price, by=None, now=timezone.now())
    for query, names in {"": {"Deal of rep"}, "?outcome=lost": {"lost one"}, "?outcome=won": set()}.items():
        assert {row.name for row in rep.get(f"{LIST}{query}").context["rows"]} == names
    assert len(rep.get(f"{LIST}?outcome=all").context["rows"]) == 2
    assert rep.get(f"{LIST}?outcome=maybe").status_code == 400


@pytest.mark.parametrize("sort", ["changed", "close", "amount", "name", "age", "closed"])
def test_every_sort_goes_through_all_rows_once(rep, cast, deal, sort):
    bulk(cast, 100, deal.stage)
    Deal.objects.filter(pk__gt=deal.pk, pk__lt=deal.pk + 40).update(base_minor=None, stage_entered_at=None)
    seen, address = [], f"{LIST}?sort={sort}"
    while address:
        context = rep.get(address).context
        assert len(context["rows"]) <= 50
        seen += [row.pk for row in context["rows"]]
        address = context["next_url"]
    assert len(seen) == len(set(seen)) == 101
    assert rep.get(f"{LIST}?sort=secret").status_code == 400


def test_a_long_list_adds_up_its_page_and_says_so(rep, cast, deal):
    bulk(cast, 1001, deal.stage)
    Deal.objects.update(owner=cast.reps["rep"])
    response = rep.get(f"{LIST}?sort=name")
    assert (response.context["total_text"], response.context["summed"]) == ("1,000+", 50)
    assert "This page, 50 deals" in response.content.decode()


@pytest.mark.parametrize("who", ["rep", "manager", "leader", "admin"])
def test_the_list_asks_the_database_as_often_for_two_hundred_deals(client, cast, deal, who):
    bulk(cast, 10, deal.stage)
    client.force_login(getattr(cast, who))
    client.get(LIST)
    few = queries_of(client, LIST)
    bulk(cast, 200, deal.stage)
    assert queries_of(client, LIST) == few <= 8


def test_the_csv_has_every_row_of_the_filter_and_nothing_that_a_spreadsheet_runs(rep, cast, deal):
    evil = '=HYPERLINK("http://evil.test")'
    create_deal(by=None, now=timezone.now(), name=evil, owner=cast.reps["rep"], kind="credit", amount=Decimal("-5"))
    bulk(cast, 60, deal.stage)
    rows = rows_of_csv(rep.get(f"{LIST}?format=csv"))
    assert len(rows) == 62
    assert rows[0]["name"] == "Deal of rep"
    assert (rows[0]["amount"], rows[0]["currency"], rows[0]["owner"]) == ("1000.00", "EUR", "rep@cast.test")
    assert (rows[1]["name"], rows[1]["amount"]) == ("'" + evil, "-5.00")
    assert AuditEntry.objects.get(action="export").by == cast.rep
    assert [row["name"] for row in rows_of_csv(rep.get(f"{LIST}?format=csv&q=HYPER"))] == ["'" + evil]


def test_the_csv_holds_only_what_its_reader_sees(client, cast, deal):
    client.force_login(cast.other_manager)
    assert [row["name"] for row in rows_of_csv(client.get(f"{LIST}?format=csv"))] == ["Deal of rival"]


# The page of one deal


def test_the_page_tells_the_path_and_the_history_from_old_to_new(rep, cast, deal):
    start = timezone.now()
    change_deal(deal=deal, by=cast.rep, now=start, amount=Decimal(1500), expected_close_on=datetime.date(2027, 1, 10))
    for day in (20, 30):
        change_deal(deal=deal, by=cast.rep, now=start, expected_close_on=datetime.date(2027, 1, day))
    change_deal(deal=deal, by=cast.rep, now=start, expected_close_on=datetime.date(2027, 1, 15))
    move_deal(deal=deal, stage=Stage.objects.get(name="Proposal"), by=cast.manager, now=start)
    context = page_of(rep, deal).context
    told = [(entry.title, getattr(entry, "before", ""), getattr(entry, "after", "")) for entry in context["entries"]]
    assert ("Amount", "€1,000.00", "€1,500.00") in told
    assert ("Stage", "Qualification", "Proposal") in told
    assert context["slips"] == 2
    assert [entry.text for entry in context["entries"] if entry.title == "Stage"] == ["Manager"]
    current = [step.stage.name for step in context["path"] if step.is_current]
    assert current == ["Proposal"]
    assert [step.stage.name for step in context["path"]] == [
        "Qualification",
        "Discovery",
        "Proposal",
        "Negotiation",
        "Won",
    ]


def test_the_timeline_can_show_activities_or_changes_alone(rep, cast, deal):
    kinds = {query: {entry.kind for entry in page_of(rep, deal, query).context["entries"]}
             for query in ("", "?show=activities", "?show=changes")}  # fmt: skip
    assert kinds == {"": {"call", "opened"}, "?show=activities": {"call"}, "?show=changes": {"opened"}}


def test_an_account_out_of_sight_has_no_name_in_the_history(rep, cast, deal):
    change_deal(deal=deal, by=None, now=timezone.now(), account=cast.owns["rival"].account)
    change_deal(deal=deal, by=None, now=timezone.now(), account=cast.owns["rep"].account)
    assert "Account of rival" not in page_of(rep, deal).content.decode()


def test_the_page_asks_the_database_as_often_for_a_long_history(rep, cast, deal):
    def history(count):
        for number in range(count):
            change_deal(deal=deal, by=cast.rep, now=timezone.now(), amount=Decimal(number))
            log_activity(by=cast.rep, now=timezone.now(), kind="email", owner=cast.reps["rep"], deal=deal)

    history(2)
    page_of(rep, deal)
    few = queries_of(rep, deal.get_absolute_url())
    history(20)
    assert queries_of(rep, deal.get_absolute_url()) == few <= 20


@pytest.mark.parametrize(
    ("who", "status"), [("colleague", 404), ("rival", 404), ("other_manager", 404), ("manager", 200), ("leader", 200)]
)
def test_a_deal_out_of_sight_is_like_one_that_does_not_exist(client, cast, deal, who, status):
    client.force_login(getattr(cast, who))
    response = client.get(deal.get_absolute_url())
    assert response.status_code == status
    if status == 404:
        absent = client.get("/deals/999999/")
        assert MAIN.findall(response.content.decode()) == MAIN.findall(absent.content.decode()) != []


def test_a_leader_reads_and_nothing_offers_him_to_write(client, cast, deal):
    client.force_login(cast.leader)
    page = page_of(client, deal).content.decode()
    for name in ("edit", "win", "lose", "move", "lines", "credits", "delete"):
        assert url(name, deal) not in page
    for name in ("edit", "win", "lose", "move", "lines", "credits", "delete", "reopen", "assign"):
        assert client.post(url(name, deal)).status_code == 403


# Changing it


def form_of(response):
    form = response.context["form"]
    fields = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in fields.items()}


def test_editing_keeps_the_rest_and_writes_an_event(rep, cast, deal):
    data = form_of(rep.get(url("edit", deal)))
    response = rep.post(url("edit", deal), data | {"amount": "1.234,50", "probability": "62,5", "currency": "eur"})
    assert response.status_code == 302
    deal.refresh_from_db()
    assert (deal.amount, deal.probability, deal.currency) == (Decimal("1234.50"), Decimal("0.625"), "EUR")
    assert (deal.account, deal.name) == (cast.owns["rep"].account, "Deal of rep")
    assert deal.events.order_by("-pk").first().patch["amount_minor"] == 123450


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "required"),
        ("amount", "much", "Enter an amount"),
        ("amount", "-1", "kind credit"),
        ("amount", "1.005", "decimals of EUR"),
        ("currency", "XYZ", "not a currency code"),
        ("probability", "101", "At most 100"),
        ("account", "Account of rival", "You see none"),
        ("contact", "Contact of rival", "You see none"),
        ("expected_close_on", "2026-02-30", "valid date"),
        ("kind", "gift", "gift"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field_and_kept(rep, cast, deal, field, value, words):
    data = form_of(rep.get(url("edit", deal))) | {field: value}
    response = rep.post(url("edit", deal), data)
    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])
    assert response.context["form"][field].value() == value
    assert Deal.objects.get(pk=deal.pk).version == deal.version


def test_a_lost_update_shows_both_values_and_loses_neither(rep, cast, deal):
    data = form_of(rep.get(url("edit", deal))) | {"amount": "700", "competitor": "Sensoria"}
    change_deal(deal=deal, by=cast.manager, now=timezone.now(), amount=Decimal(900))
    response = rep.post(url("edit", deal), data)
    assert response.status_code == 409
    differs = {one.label: (one.saved, one.typed) for one in response.context["conflicts"]}
    assert differs == {"Amount": ("900", "700"), "Competitor": ("nothing", "Sensoria")}
    assert "Sensoria" in response.content.decode()
    assert Deal.objects.get(pk=deal.pk).amount == 900
    assert rep.post(url("edit", deal), form_of(response)).status_code == 302
    assert Deal.objects.get(pk=deal.pk).amount == 700


def test_a_rep_opens_deals_for_himself_and_a_manager_for_his_team(client, cast):
    client.force_login(cast.rep)
    form = client.get("/deals/new/").context["form"]
    assert "owner" not in form.fields
    sent = {"name": "Mine", "currency": "EUR", "kind": "new", "stage": cast.owns["rep"].deal.stage_id}
    client.post("/deals/new/", sent)
    assert Deal.objects.get(name="Mine").owner == cast.reps["rep"]
    client.force_login(cast.manager)
    assert set(client.get("/deals/new/").context["form"].fields["owner"].queryset) == {
        cast.reps["rep"],
        cast.reps["colleague"],
    }
    foreign = client.post("/deals/new/", sent | {"name": "Theirs", "owner": cast.reps["rival"].pk})
    assert foreign.status_code == 422
    client.post("/deals/new/", sent | {"name": "Theirs", "owner": cast.reps["colleague"].pk, "amount": "5"})
    assert Deal.objects.get(name="Theirs").owner == cast.reps["colleague"]
    client.force_login(cast.leader)
    assert client.get("/deals/new/").status_code == 404


def test_winning_asks_for_day_and_amount_and_is_undone_in_one_press(rep, cast, deal):
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    version = deal.version
    for wrong in ({"closed_on": tomorrow, "amount": "5"}, {"closed_on": today, "amount": ""}, {"amount": "5"}):
        assert rep.post(url("win", deal), {"version": version, **wrong}).status_code == 422
    sent = {"version": version, "closed_on": today, "amount": "950.25"}
    assert rep.post(url("win", deal), sent)["Location"] == deal.get_absolute_url()
    deal.refresh_from_db()
    assert (deal.outcome, deal.amount) == ("won", Decimal("950.25"))
    page = page_of(rep, deal).content.decode()
    assert url("reopen", deal) in page
    assert rep.post(url("reopen", deal)).status_code == 302
    deal.refresh_from_db()
    assert (deal.outcome, deal.stage.name, deal.closed_at) == ("open", "Qualification", None)


def test_losing_needs_one_of_the_reasons(rep, cast, deal, price):
    sent = {"version": deal.version, "closed_on": timezone.localdate()}
    refused = rep.post(url("lose", deal), sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    rep.post(url("lose", deal), sent | {"reason": price.pk, "competitor": "Sensoria"})
    deal.refresh_from_db()
    assert (deal.outcome, deal.lost_reason, deal.competitor) == ("lost", price, "Sensoria")


def test_a_closed_deal_is_neither_won_again_nor_moved(rep, cast, deal):
    win_deal(deal=deal, by=None, now=timezone.now())
    deal.refresh_from_db()
    again = {"version": deal.version, "closed_on": timezone.localdate(), "amount": "5"}
    assert rep.post(url("win", deal), again).status_code == 422
    assert rep.post(url("move", deal), {"stage": Stage.objects.get(name="Proposal").pk}).status_code == 422
    page = page_of(rep, deal).content.decode()
    assert url("win", deal) not in page
    assert "Reopen" in page


def test_winning_after_somebody_changed_the_deal_shows_it(rep, cast, deal):
    sent = {"version": deal.version, "closed_on": timezone.localdate(), "amount": "5"}
    change_deal(deal=deal, by=cast.manager, now=timezone.now(), amount=Decimal(900))
    response = rep.post(url("win", deal), sent)
    assert response.status_code == 409
    assert "900" in response.content.decode()
    assert Deal.objects.get(pk=deal.pk).outcome == "open"


def test_a_deleted_deal_is_gone_and_comes_back_for_who_deleted_it(client, cast, deal):
    client.force_login(cast.rep)
    response = client.post(url("delete", deal), {"version": deal.version})
    assert response["Location"] == "/pipeline/"
    assert url("restore", deal) in client.get("/pipeline/").content.decode()
    assert client.get(deal.get_absolute_url()).status_code == 404
    client.force_login(cast.manager)
    assert client.post(url("restore", deal)).status_code == 404
    client.force_login(cast.rep)
    assert client.post(url("restore", deal))["Location"] == deal.get_absolute_url()
    assert client.get(deal.get_absolute_url()).status_code == 200


def test_a_manager_gives_a_deal_to_another_of_his_team(client, cast, deal):
    client.force_login(cast.manager)
    choices = set(client.get(url("assign", deal)).context["form"].fields["owner"].queryset)
    assert choices == {cast.reps["colleague"]}
    foreign = {"owner": cast.reps["rival"].pk, "version": deal.version}
    assert client.post(url("assign", deal), foreign).status_code == 422
    assert client.post(url("assign", deal), foreign | {"owner": cast.reps["colleague"].pk}).status_code == 302
    deal.refresh_from_db()
    assert deal.owner == cast.reps["colleague"]
    assign_deal(deal=deal, owner=cast.reps["rep"], by=cast.admin, now=timezone.now())
    client.force_login(cast.rep)
    assert client.get(url("assign", deal)).status_code == 404


# Its parts


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
