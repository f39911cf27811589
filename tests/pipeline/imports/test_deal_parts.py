"""Lines and credits: the rows of a file for a deal are its set."""

import datetime
from decimal import Decimal

import pytest

from pipeline.models import Credit, Deal, DealLine, DealVersion, VersionCredit
from tests.pipeline.imports.conftest import counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date
DEALS = """external_id,name,account,owner,outcome,amount,opened_at,closed_at
D1,One,A1,a1,won,1000.01,2026-01-10,2026-02-01
D2,Two,A2,b1,open,500,2026-01-20,
D3,Three,A2,b1,open,500,,
"""


@pytest.fixture
def three_deals(load, people):
    assert not load("deals", DEALS).problems


def products(deal: str, **found) -> list[tuple]:
    version = DealVersion.objects.get(deal__external_id=deal, superseded_at=None, **found)
    return sorted((part.product.name if part.product else "", part.base_minor) for part in version.products.all())


def test_first_lines_hold_from_the_first_day(load, three_deals):
    text = (
        "deal,product,quantity,unit_price,discount\nD2,P-1,2,100,0.1\nD2,P-1,1,120,\nD2,Bolt,1,100,10%\nD3,P-1,,200,\n"
    )
    assert counts(load("deal_lines", text)) == (4, 0, 0, 0)
    # 2 x 100 x 0.9 + 120 = 300; 100 x 0.9 = 90; 500 - 390 = 110 of no product
    assert products("D2", valid_from=DAY(2026, 1, 20)) == [("", 11000), ("Anvil", 30000), ("Bolt", 9000)]
    assert products("D3", valid_from=DAY(1, 1, 1)) == [("", 30000), ("Anvil", 20000)]
    assert DealVersion.objects.filter(deal__external_id="D2", superseded_at=None).count() == 1
    assert counts(load("deal_lines", text)) == (0, 0, 4, 0)
    assert DealLine.objects.count() == 4


def test_other_lines_replace_them_from_today(load, three_deals):
    load("deal_lines", "deal,product,unit_price\nD2,P-1,500\nD1,P-1,1000.01\n")
    assert counts(load("deal_lines", "deal,product,unit_price\nD2,P-2,500\nD1,P-1,1000.01\n")) == (0, 1, 1, 0)
    assert products("D2", valid_to=DAY(2026, 6, 15)) == [("Anvil", 50000)]
    assert products("D2", valid_from=DAY(2026, 6, 15)) == [("Bolt", 50000)]


def test_shares_split_a_won_deal_exactly(load, three_deals):
    text = "deal,rep,share\nD1,a1,0.5\nD1,bob@x.test,50%\n"
    assert counts(load("credits", text)) == (2, 0, 0, 0)
    # 100001 minor units: the odd one goes to the owner.
    parts = VersionCredit.objects.filter(version__superseded_at=None, version__outcome="won").order_by("rep__name")
    assert [(part.rep.name, part.base_minor) for part in parts] == [("Ann", 50001), ("Bob", 50000)]
    assert counts(load("credits", text)) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("D1,a1,0.5\nD1,b1,0.4\n", "row 2, share: the shares of deal “D1” add up to 0.9, not to 1."),
        ("D1,a1,0.5\nD1,a1,0.5\n", "row 2, share: deal “D1” credits a rep twice."),
        ("D1,a1,0\n", "row 2, share: “0” is not above 0."),
        ("D1,a1,1.5\n", "row 2, share: “1.5” is no fraction from 0 to 1 (0.25 or 25%)."),
        ("D9,a1,1\n", "row 2, deal: there is no deal “D9”; allowed are existing ones by external id or name."),
    ],
)
def test_shares_that_cannot_be(load, three_deals, text, problem):
    report = load("credits", "deal,rep,share\n" + text)
    assert told(report)[0] == problem
    assert not Credit.objects.exists()


def test_a_bad_row_leaves_out_its_deal_when_skipping(load, three_deals):
    report = load("credits", "deal,rep,share\nD1,a1,0.7\nD1,b1,0.2\nD2,a1,1\n", on_error="skip")
    assert counts(report) == (1, 0, 0, 2)
    assert Credit.objects.get().deal.external_id == "D2"
    assert Credit.objects.get().share == Decimal(1)


def test_parts_raise_the_version_that_guards_against_lost_updates(load, three_deals):
    load("credits", "deal,rep,share\nD1,a1,1\n")
    assert Deal.objects.get(external_id="D1").version == 2
