"""Undo: made records go, changed ones are as before, what was edited since stays and is listed."""

import datetime
from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.errors import ActionRefused
from accounts.models import Account, AuditEntry, ExchangeRate, Rep, Team, TeamMembership
from pipeline.actions.deals import change_deal
from pipeline.imports.undoing import undo_import
from pipeline.imports.undone import Undone
from pipeline.models import Activity, Credit, Deal, DealEvent, DealLine, DealVersion, ImportRun, Lead, Product
from tests.pipeline.imports.conftest import NOW, counts

pytestmark = pytest.mark.django_db
LATER = NOW + datetime.timedelta(hours=1)
DEALS = "external_id,name,account,owner,outcome,amount,opened_at,closed_at,product\n"


def undo(number: int) -> Undone:
    return undo_import(run=ImportRun.objects.get(pk=number), by=None, now=LATER)


def versions(**found) -> list[tuple]:
    rows = DealVersion.objects.filter(superseded_at=None, **found).order_by("deal", "valid_from")
    return list(rows.values_list("deal__name", "valid_from", "outcome", "base_minor", "owner__name", "closed_on"))


def test_new_deals_leave_every_figure_and_may_come_again(load, people):
    text = DEALS + "D1,One,A1,a1,won,100,2026-01-10,2026-02-01,P-1\nD2,Two,A1,a1,open,,2026-01-10,,\n"
    number = load("deals", text).import_id
    before = versions()
    undone = undo(number)
    assert (undone.removed, undone.restored) == (2, 0)
    # The history of the deals keeps the pipeline that was made for them.
    assert [(left.kind, left.name, left.reason) for left in undone.left] == [
        ("pipeline", "Sales", "others refer to it.")
    ]
    assert versions() == []
    assert not Deal.objects.live().exists()
    # What was known before stays known.
    assert DealVersion.objects.known_on(NOW).count() == 3
    assert counts(load("deals", text, now=LATER)) == (0, 2, 0, 0)
    assert versions() == before
    assert Deal.objects.live().count() == 2


def test_changed_deals_are_as_before(load, people):
    load("deals", DEALS + "D1,One,A1,a1,open,100,2026-01-10,,P-1\nD2,Two,A1,b1,won,5,2026-01-10,2026-02-01,\n")
    before = versions()
    number = load(
        "deals", DEALS + "D1,Uno,A2,b1,won,150,2026-01-05,2026-03-01,P-2\nD2,Two,A1,b1,won,5,2026-01-10,2026-04-01,\n"
    ).import_id
    assert versions() != before
    undone = undo(number)
    assert (undone.removed, undone.restored, undone.left) == (0, 2, [])
    assert versions() == before
    deal = Deal.objects.get(external_id="D1")
    assert (deal.name, deal.amount, deal.account.name, deal.closed_at) == ("One", 100, "Acme", None)
    assert [(line.product.name, line.unit_price) for line in DealLine.objects.all()] == [("Anvil", 100)]


def test_parts_and_histories_are_put_back(load, people):
    load("deals", DEALS + "D1,One,A1,a1,won,100,2026-01-10,2026-02-01,P-1\n")
    before = versions()
    parts = load("credits", "deal,rep,share\nD1,b1,1\n").import_id
    lines = load("deal_lines", "deal,product,unit_price\nD1,P-1,60\nD1,P-2,40\n").import_id
    history = load("deal_history", "deal,at,field,from,to\nD1,2026-01-20,amount,50,100\n").import_id
    assert len(versions()) == 3
    # The newest first; an older one is held by what came after it.
    assert undo(parts).left[0].reason == "was changed since."
    for number in (history, lines):
        assert undo(number).left == []
    assert versions() == before
    assert DealLine.objects.get().unit_price == Decimal(100)


def test_credits_alone_are_put_back(load, people):
    load("deals", DEALS + "D1,One,A1,a1,won,100,2026-01-10,2026-02-01,\n")
    load("credits", "deal,rep,share\nD1,a1,0.5\nD1,b1,0.5\n")
    number = load("credits", "deal,rep,share\nD1,b1,1\n").import_id
    assert undo(number).restored == 1
    assert {(credit.rep.name, credit.share) for credit in Credit.objects.all()} == {
        ("Ann", Decimal("0.5")),
        ("Bob", Decimal("0.5")),
    }


def test_deals_edited_since_stay(load, people):
    number = load("deals", DEALS + "D1,One,A1,a1,open,100,2026-01-10,,\nD2,Two,A1,a1,open,1,2026-01-10,,\n").import_id
    change_deal(deal=Deal.objects.get(name="One"), by=None, now=LATER, amount=Decimal(7))
    undone = undo(number)
    assert undone.removed == 1
    assert [(left.row, left.name, left.reason) for left in undone.left][:1] == [(2, "One", "was changed since.")]
    assert Deal.objects.live().get().amount == 7


def test_updates_of_plain_records(load, people):
    number = load(
        "accounts", "external_id,name,industry,employees,parent\nA1,Acme,steel,7,Beta\nA3,Gamma,,,\n"
    ).import_id
    Account.objects.filter(external_id="A2").update(industry="wood")
    assert undo(number).restored == 1
    acme = Account.objects.get(external_id="A1")
    assert (acme.industry, acme.employees, acme.parent) == ("", None, None)
    assert not Account.objects.live().filter(name="Gamma").exists()
    assert Account.objects.get(external_id="A2").industry == "wood"


def test_a_segment_put_back_reaches_open_deals(load, people):
    load("deals", DEALS + "D1,One,A1,a1,open,100,2026-01-10,,\n")
    number = load("accounts", "external_id,name,segment\nA1,Acme,large\n").import_id
    assert DealVersion.objects.get(superseded_at=None, valid_to=None).segment == "large"
    undo(number)
    assert DealVersion.objects.get(superseded_at=None, valid_to=None).segment == ""


def test_records_edited_or_used_since_stay(load, people):
    number = load("products", "name,sku\nCog,P-3\nDie,P-4\nEar,P-5\n").import_id
    Product.objects.filter(name="Cog").update(name="Cogwheel")
    load("deals", DEALS + "D1,One,A1,a1,open,100,2026-01-10,,P-4\n")
    undone = undo(number)
    assert undone.removed == 1
    assert {(left.name, left.reason) for left in undone.left} == {
        ("Cogwheel", "was changed since."),
        ("Die", "others refer to it."),
    }


def test_people_go_with_their_memberships(load):
    teams = load("teams", "name,parent\nEMEA,\nNorth,EMEA\n").import_id
    reps = load("reps", "name,team\nAnn,North\n").import_id
    assert [left.name for left in undo(teams).left] == ["EMEA", "North"]
    assert undo(reps).left == []
    assert not Rep.objects.exists()
    assert not TeamMembership.objects.exists()
    again = load("teams", "name,parent\nWest,\nEast,West\n").import_id
    assert undo(again).removed == 2
    assert set(Team.objects.values_list("name", flat=True)) == {"EMEA", "North"}


def test_leads_activities_and_rates(load, people):
    load("deals", DEALS + "D1,One,A1,a1,open,100,2026-01-10,,\n")
    lead = "external_id,name,owner,created_at,qualified_at\nL1,Lea,a1,2026-01-02,{}\n"
    load("leads", lead.format(""))
    leads = load("leads", lead.format("2026-01-05")).import_id
    done = load("activities", "kind,owner,due_at,deal\ntask,a1,2026-07-01,D1\n").import_id
    rates = load("rates", "currency,day,rate\nUSD,2026-01-02,1.1\n").import_id
    assert Deal.objects.get().next_step_on == datetime.date(2026, 7, 1)
    for number in (leads, done, rates):
        assert undo(number).left == []
    assert (Lead.objects.get().status, Lead.objects.get().qualified_on) == ("new", None)
    assert not Activity.objects.live().exists()
    assert Deal.objects.get().next_step_on is None
    assert not ExchangeRate.objects.exists()


def test_twice_is_refused_and_the_audit_log_knows(load, people):
    number = load("products", "name\nCog\n").import_id
    undo(number)
    with pytest.raises(ActionRefused, match="undone already"):
        undo(number)
    assert AuditEntry.objects.filter(action="undo import", subject_id=number).count() == 1
    assert ImportRun.objects.get(pk=number).state == "undone"


def test_the_command_lists_what_it_left(load, people, capsys):
    number = load("accounts", "name\nGamma\nDelta\n").import_id
    Account.objects.filter(name="Gamma").update(name="Gamma Ltd")
    call_command("undo_import", str(number))
    out = capsys.readouterr().out
    assert f"Import {number} of accounts undone: 1 removed, 0 put back, 1 left." in out
    assert "row 2, account “Gamma Ltd”: was changed since." in out
    for wrong in (number, 9999):
        with pytest.raises(SystemExit) as stopped:
            call_command("undo_import", str(wrong))
        assert stopped.value.code == 1
    assert DealEvent.objects.count() == 0
