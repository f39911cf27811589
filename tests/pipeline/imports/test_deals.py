"""Deals become events; what is asserted was worked by hand."""

import datetime
from decimal import Decimal

import pytest

from accounts.business_dates import BEGINNING
from accounts.models import Account
from pipeline.models import Deal, DealEvent, DealVersion, LostReason, Pipeline, Stage, StageVisit
from tests.pipeline.imports.conftest import NOW, counts, told

pytestmark = pytest.mark.django_db
HEAD = "external_id,name,account,owner,outcome,amount,currency,opened_at,closed_at,lost_reason"
DAY = datetime.date


def deals(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


def current(external_id: str) -> list[tuple]:
    rows = DealVersion.objects.filter(deal__external_id=external_id, superseded_at=None).order_by("valid_from")
    return list(rows.values_list("valid_from", "valid_to", "outcome", "closed_on", "base_minor"))


def test_open_deal_begins_in_a_pipeline_made_for_it(load, people):
    report = load("deals", deals("D1,One,A1,a1,open,100.50,EUR,2026-01-10,,"))
    assert counts(report) == (1, 0, 0, 0)
    deal = Deal.objects.get()
    assert (deal.amount, deal.base_minor, deal.account.name, deal.owner.name) == (
        Decimal("100.5"),
        10050,
        "Acme",
        "Ann",
    )
    assert deal.opened_at == datetime.datetime(2026, 1, 9, 23, tzinfo=datetime.UTC)
    assert (deal.pipeline.name, deal.stage.name, deal.stage.outcome) == ("Sales", "Open", "open")
    assert current("D1") == [(DAY(2026, 1, 10), None, "open", None, 10050)]


def test_won_deal_is_open_until_its_closing_day(load, people):
    load("deals", deals("D1,One,A1,a1,won,100,EUR,2026-01-10,2026-02-01T23:30:00Z,"))
    # 23:30 UTC is 00:30 on 2 February in Berlin.
    assert current("D1") == [
        (DAY(2026, 1, 10), DAY(2026, 2, 2), "open", None, 10000),
        (DAY(2026, 2, 2), None, "won", DAY(2026, 2, 2), 10000),
    ]
    assert [visit.stage.outcome for visit in StageVisit.objects.order_by("pk")] == ["open", "won"]


def test_unknown_start_is_open_from_the_beginning_of_time(load, people):
    report = load("deals", deals("D1,One,A1,a1,open,70,EUR,,,"))
    assert current("D1") == [(BEGINNING, None, "open", None, 7000)]
    assert Deal.objects.get().opened_at is None
    assert any("opened_at missing: 1 deals" in note for note in report.notes)


def test_same_file_twice_writes_nothing(load, people):
    text = deals(
        "D1,One,A1,a1,won,100,EUR,2026-01-10,2026-02-01,",
        "D2,Two,A2,b1,lost,0,EUR,2026-01-11,2026-02-02,price",
        "D3,Three,,,open,,EUR,,,",
    )
    assert counts(load("deals", text)) == (3, 0, 0, 0)
    before = DealEvent.objects.count(), DealVersion.objects.count()
    assert counts(load("deals", text)) == (0, 0, 3, 0)
    assert (DealEvent.objects.count(), DealVersion.objects.count()) == before


def test_missing_amounts_are_counted_once(load, people):
    report = load("deals", deals(*(f"D{n},Deal {n},A1,a1,open,,EUR,2026-01-10,," for n in range(1200))))
    assert report.notes["amount missing: 1,200 deals"] == 1200
    assert Deal.objects.filter(amount=None, base_minor=None).count() == 1200


def test_lost_reasons_are_made_and_spam_does_not_count(load, people):
    rows = "D1,One,A1,a1,lost,1,EUR,2026-01-10,2026-02-01,price", "D2,Two,A1,a1,lost,1,EUR,2026-01-10,2026-02-01,SPAM"
    load("deals", deals(*rows))
    assert dict(LostReason.objects.values_list("name", "counts")) == {"price": True, "SPAM": False}
    assert DealVersion.objects.get(deal__external_id="D2", valid_to=None).discounted_on == DAY(2026, 2, 1)


def test_winning_later_is_one_event_on_the_closing_day(load, people):
    load("deals", deals("D1,One,A1,a1,open,100,EUR,2026-01-10,,"))
    report = load("deals", deals("D1,One,A1,a1,won,120,EUR,2026-01-10,2026-03-05,"))
    assert counts(report) == (0, 1, 0, 0)
    assert current("D1") == [
        (DAY(2026, 1, 10), DAY(2026, 3, 5), "open", None, 10000),
        (DAY(2026, 3, 5), None, "won", DAY(2026, 3, 5), 12000),
    ]


def test_other_changes_hold_from_changed_on_else_from_today(load, people):
    head = "external_id,name,account,owner,amount,currency,opened_at,changed_on"
    load("deals", deals("D1,One,A1,a1,100,EUR,2026-01-10,", head=head))
    load("deals", deals("D1,One,A1,a1,200,EUR,2026-01-10,2026-03-01", head=head))
    load("deals", deals("D1,One,A1,b1,200,EUR,2026-01-10,", head=head))
    assert [row[:2] + row[4:] for row in current("D1")] == [
        (DAY(2026, 1, 10), DAY(2026, 3, 1), 10000),
        (DAY(2026, 3, 1), DAY(2026, 6, 15), 20000),
        (DAY(2026, 6, 15), None, 20000),
    ]
    assert Deal.objects.get().owner.name == "Bob"


@pytest.mark.parametrize("day", ["2026-01-20", "2026-03-20"])
def test_another_closing_day_moves_the_close(load, people, day):
    load("deals", deals("D1,One,A1,a1,won,100,EUR,2026-01-10,2026-02-01,"))
    report = load("deals", deals(f"D1,One,A1,a1,won,100,EUR,2026-01-10,{day},"))
    assert counts(report) == (0, 1, 0, 0)
    closed = datetime.date.fromisoformat(day)
    assert DealVersion.objects.get(valid_to=None, superseded_at=None).closed_on == closed
    assert [row[2] for row in current("D1") if row[0] < closed] == ["open"] * len(
        [r for r in current("D1") if r[0] < closed]
    )
    assert counts(load("deals", deals(f"D1,One,A1,a1,won,100,EUR,2026-01-10,{day},"))) == (0, 0, 1, 0)


def test_a_deal_may_be_reopened(load, people):
    load("deals", deals("D1,One,A1,a1,won,100,EUR,2026-01-10,2026-02-01,"))
    load("deals", deals("D1,One,A1,a1,open,100,EUR,2026-01-10,,"))
    assert [row[2] for row in current("D1")] == ["open", "won", "open"]
    assert Deal.objects.get().closed_at is None


def test_another_opening_day_moves_the_start(load, people):
    load("deals", deals("D1,One,A1,a1,open,100,EUR,2026-01-10,,"))
    load("deals", deals("D1,One,A1,a1,open,100,EUR,2025-12-01,,"))
    versions = DealVersion.objects.filter(superseded_at=None)
    assert [(v.valid_from, v.opened_on) for v in versions] == [(DAY(2025, 12, 1), DAY(2025, 12, 1))]


def test_product_is_one_line_at_the_amount(load, people):
    head = "external_id,name,owner,amount,opened_at,product"
    load("deals", deals("D1,One,a1,100,2026-01-10,P-1", "D2,Two,a1,,2026-01-10,Bolt", head=head))
    assert [
        (line.product.name, line.quantity, line.unit_price) for line in Deal.objects.get(name="One").lines.all()
    ] == [("Anvil", 1, 100)]
    assert Deal.objects.get(name="Two").lines.get().unit_price is None
    parts = DealVersion.objects.get(deal__name="One").products.all()
    assert [(part.product.name, part.base_minor) for part in parts] == [("Anvil", 10000)]
    assert counts(load("deals", deals("D1,One,a1,150,2026-01-10,P-1", head=head))) == (0, 1, 0, 0)
    now = DealVersion.objects.get(deal__name="One", valid_to=None, superseded_at=None)
    assert [(part.product.name, part.base_minor) for part in now.products.all()] == [("Anvil", 15000)]
    assert Deal.objects.get(name="One").lines.get().unit_price == 150


STAGED = "external_id,name,stage,outcome,opened_at,closed_at"
ALLOWED = {"create_missing": ["stages"]}


def test_stages_are_made_when_the_mapping_allows_it(load, people):
    text = deals(
        "D1,One,Won,won,2026-01-10,2026-02-01",
        "D2,Two,Talk,open,2026-01-10,",
        "D3,Three,Lost,lost,2026-01-10,2026-02-01",
        "D4,Four,Offer,open,2026-01-10,",
        head=STAGED,
    )
    refused = load("deals", text)
    assert "has no stage “Won”" in told(refused)[0]
    assert not Deal.objects.exists()
    report = load("deals", text, mapping=ALLOWED)
    assert counts(report) == (4, 0, 0, 0)
    stages = Stage.objects.order_by("position").values_list("name", "outcome", "probability_bp")
    assert list(stages) == [("Talk", "open", 0), ("Offer", "open", 0), ("Won", "won", 10000), ("Lost", "lost", 0)]
    # A closed deal in a closing stage began in the first open one.
    assert DealVersion.objects.get(deal__name="One", outcome="open").stage.name == "Talk"


def test_an_open_stage_of_a_closed_deal_is_where_it_was_before(load, people):
    text = deals(
        "D1,One,Talk,won,2026-01-10,2026-02-01", "D2,Two,Talk,open,2026-01-10,", head=STAGED
    )  # fmt: skip
    load("deals", text, mapping=ALLOWED)
    rows = DealVersion.objects.filter(deal__name="One").order_by("valid_from")
    assert [(row.stage.name, row.stage.outcome) for row in rows] == [("Talk", "open"), ("Won", "won")]
    assert counts(load("deals", text, mapping=ALLOWED)) == (0, 0, 2, 0)


def test_a_stage_says_the_outcome(load, people):
    load("stages", "pipeline,name,outcome,probability\nSales,Talk,open,0.25\nSales,Won,won,1\nSales,Lost,lost,0\n")
    load("deals", deals("D1,One,Won,,2026-01-10,2026-02-01", "D2,Two,Talk,,2026-01-10,", head=STAGED))
    assert dict(Deal.objects.values_list("name", "outcome")) == {"One": "won", "Two": "open"}
    assert DealVersion.objects.get(deal__name="Two").probability_bp == 2500
    report = load("deals", deals("D3,Three,Won,lost,2026-01-10,2026-02-01", head=STAGED))
    assert told(report) == ["row 2, stage: “Won” means won, but the outcome is lost."]
    assert Pipeline.objects.count() == 1


def test_probability_is_rounded_half_even_to_four_decimals(load, people):
    head = "external_id,name,opened_at,probability"
    load("deals", deals("D1,One,2026-01-10,0.12345", "D2,Two,2026-01-10,0.12355", "D3,Three,2026-01-10,35%", head=head))
    shares = dict(Deal.objects.values_list("name", "probability"))
    assert shares == {"One": Decimal("0.1234"), "Two": Decimal("0.1236"), "Three": Decimal("0.35")}
    assert DealVersion.objects.get(deal__name="Three").probability_bp == 3500


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("D1,One,A1,a1,won,1,EUR,2026-01-10,,", "row 2, closed_at: is required, because the deal is won."),
        ("D1,One,A1,a1,open,1,EUR,2026-01-10,2026-02-01,", "row 2, closed_at: an open deal has no closed_at; leave it"),
        ("D1,One,A1,a1,won,1,EUR,2026-01-10,2026-01-09,", "row 2, closed_at: lies before opened_at."),
        ("D1,One,A1,a1,won,1,EUR,2026-01-10,2026-06-16,", "row 2, closed_at: lies in the future"),
        ("D1,One,A1,a1,open,1,EUR,2026-06-16,,", "row 2, opened_at: lies in the future."),
        ("D1,One,A1,a1,open,-1,EUR,2026-01-10,,", "row 2, amount: is below 0; only a deal of the kind credit may be."),
        ("D1,One,A1,a1,open,1.005,EUR,2026-01-10,,", "row 2, amount: 1.005 has more than the 2 decimals of EUR."),
        ("D1,One,A1,a1,open,1,XXQ,2026-01-10,,", "row 2, currency: “XXQ” is not a currency code"),
        (
            "D1,One,A1,a1,maybe,1,EUR,2026-01-10,,",
            "row 2, outcome: “maybe” is not allowed; allowed are open, won, lost.",
        ),
        ("D1,One,A9,a1,open,1,EUR,2026-01-10,,", "row 2, account: there is no account “A9”; allowed are existing ones"),
        ("D1,One,A1,zz,open,1,EUR,2026-01-10,,", "row 2, owner: there is no rep “zz”"),
        ("D1,,A1,a1,open,1,EUR,2026-01-10,,", "row 2, name: is required and empty."),
        (
            "D1,One,A1,a1,won,1,EUR,2026-01-10,2026-02-01,price",
            "row 2, lost_reason: only a lost deal has one; this is won.",
        ),
    ],
)
def test_rows_that_cannot_be(load, people, row, problem):
    report = load("deals", deals(row))
    assert report.refused
    assert told(report)[0].startswith(problem)
    assert not Deal.objects.exists()


def test_credit_deals_may_be_negative(load, people):
    load("deals", deals("D1,One,a1,-250,won,2026-01-10,2026-02-01,credit",
                        head="external_id,name,owner,amount,outcome,opened_at,closed_at,kind"))  # fmt: skip
    assert Deal.objects.get().base_minor == -25000


def test_deals_without_external_id_are_known_by_account_and_name(load, people):
    head = "name,account,amount,opened_at"
    load("deals", deals("One,A1,1,2026-01-10", "One,A2,2,2026-01-10", head=head))
    report = load("deals", deals("One,A2,3,2026-01-10", "One,A1,1,2026-01-10", head=head))
    assert counts(report) == (0, 1, 1, 0)
    assert Deal.objects.get(account__name="Beta").amount == 3


def test_a_close_that_is_expected_or_came_true_by_outcome(load, people):
    """Exports of common programs have one closing date; the mapping feeds both of ours with it."""
    mapping = {"columns": {"Close Date": ["closed_at", "expected_close_on"], "Id": "external_id"}}
    head = "Id,name,outcome,Close Date,opened_at"
    load(
        "deals",
        deals("1,One,open,2027-01-31,2026-01-01", "2,Two,won,2026-03-01,2026-01-01", head=head),
        mapping=mapping,
    )
    one, two = Deal.objects.order_by("name")
    assert (one.closed_at, one.expected_close_on) == (None, DAY(2027, 1, 31))
    assert two.closed_at == datetime.datetime(2026, 2, 28, 23, tzinfo=datetime.UTC)


def test_foreign_money_at_the_rates_of_opening_and_closing(load, people):
    load("rates", "currency,day,rate\nUSD,2026-01-10,1.25\nUSD,2026-02-01,1.10\n")
    report = load(
        "deals",
        deals("D1,One,A1,a1,won,110,USD,2026-01-10,2026-02-01,", "D2,Two,A1,a1,won,5,CHF,2026-01-10,2026-02-01,"),
    )
    assert [row[4] for row in current("D1")] == [8800, 10000]
    assert [row[4] for row in current("D2")] == [None, None]
    assert report.notes["no exchange rate for CHF: 1 deals wait for one and are in no money sum"] == 1


def test_wall_time_of_the_company_and_its_missing_hour(load, people):
    text = deals("D1,One,2026-03-29 02:30", "D2,Two,2025-10-26T02:30:00", head="external_id,name,opened_at")
    load("deals", text)
    times = dict(Deal.objects.values_list("external_id", "opened_at"))
    assert times["D1"] == datetime.datetime(2026, 3, 29, 1, 30, tzinfo=datetime.UTC)  # 03:30 summer time
    assert times["D2"] == datetime.datetime(2025, 10, 26, 0, 30, tzinfo=datetime.UTC)  # the first 02:30


def test_statements_grow_with_batches_not_with_rows(load, people, django_assert_max_num_queries):
    rows = [f"D{n},Deal {n},A1,a1,won,1,EUR,2026-01-10,2026-02-01," for n in range(400)]
    with django_assert_max_num_queries(120):
        load("deals", deals(*rows))


def test_new_accounts_when_the_mapping_allows_it(load, people):
    text = deals("D1,One,New One,a1,open,1,EUR,2026-01-10,,", "D2,Two,New One,a1,open,1,EUR,2026-01-10,,")
    report = load("deals", text, mapping={"create_missing": ["accounts"]})
    assert counts(report) == (2, 0, 0, 0)
    assert Account.objects.filter(name="New One").count() == 1
    assert report.notes["1 accounts that rows name were created"] == 1
    assert Account.objects.get(name="New One").created_at == NOW


def test_an_outcome_that_changed_later_holds_from_changed_on(load, people):
    head = "external_id,name,account,owner,outcome,amount,currency,opened_at,closed_at,changed_on"
    load("deals", deals("D1,One,A1,a1,won,100,EUR,2026-01-10,2026-02-01,", head=head))
    load("deals", deals("D1,One,A1,a1,lost,100,EUR,2026-01-10,2026-02-01,2026-04-11", head=head))
    assert [row[1:3] for row in current("D1")] == [(DAY(2026, 2, 1), "open"), (DAY(2026, 4, 11), "won"), (None, "lost")]
