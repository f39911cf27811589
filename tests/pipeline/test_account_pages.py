import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Account, Contact
from pipeline.actions.accounts import change_account, create_account
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import win_deal
from pipeline.models import Subscription
from tests.pipeline.statements import statements_of

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(days=3)


def url(name, record):
    return reverse(f"pipeline:{record._meta.model_name}_{name}", args=[record.pk])


def names(response):
    return [row.name for row in response.context["rows"]]


@pytest.fixture
def as_rep(client, cast):
    client.force_login(cast.rep)
    return client


@pytest.mark.parametrize("kind", ["account", "contact"])
def test_a_deletion_is_undone_by_who_made_it(client, cast, kind):
    account = create_account(by=cast.rep, now=NOW, name="Bare")
    contact = Contact.objects.create(account=account, name="Somebody")
    record = account if kind == "account" else contact
    client.force_login(cast.rep)
    assert client.post(url("delete", record), {"version": 1}).status_code == 302
    assert client.get(url("detail", record)).status_code == 404
    client.force_login(cast.manager)
    assert client.post(url("restore", record)).status_code == 404
    client.force_login(cast.rep)
    assert client.post(url("restore", record)).status_code == 302
    assert client.get(url("detail", record)).status_code == 200
    assert client.post(url("restore", record)).status_code == 404


def test_a_refused_deletion_says_why(as_rep, cast):
    answer = as_rep.post(url("delete", cast.owns["rep"].account), follow=True)
    assert "figures are made of them" in answer.content.decode()


class TestPage:
    def test_the_roll_up_adds_visible_deals_only(self, client, cast):
        own = cast.owns["rep"]
        for name, owner, amount in (("Won", "rep", 500), ("Unpriced", "rep", None), ("Foreign", "rival", 7000)):
            deal = create_deal(
                by=None, now=NOW, name=name, owner=cast.reps[owner], account=own.account,
                amount=None if amount is None else Decimal(amount),
            )  # fmt: skip
            if name == "Won":
                win_deal(deal=deal, by=None, now=NOW)
        client.force_login(cast.rep)
        rollup = client.get(url("detail", own.account)).context["rollup"]
        assert (rollup.open.deals, rollup.open.amount, rollup.open.unpriced) == (2, Decimal("1000.00"), 1)
        assert (rollup.won.deals, rollup.won.amount) == (1, Decimal("500.00"))
        assert "Foreign" not in client.get(url("detail", own.account)).content.decode()
        client.force_login(cast.leader)
        assert client.get(url("detail", own.account)).context["rollup"].open.amount == Decimal("8000.00")

    def test_running_subscriptions_are_listed_by_currency(self, as_rep, cast):
        account, today = cast.owns["rep"].account, datetime.date.today()  # noqa: DTZ011
        day = datetime.timedelta(days=1)
        for amount, currency, starts, ends in (
            (100, "EUR", today - day, None),
            (50, "EUR", today, today + day),
            (30, "USD", today - day, None),
            (900, "EUR", today - 9 * day, today - day),
            (800, "EUR", today + 2 * day, None),
        ):
            Subscription.objects.create(
                account=account, monthly_amount=amount, currency=currency, starts_on=starts, ends_on=ends
            )
        assert as_rep.get(url("detail", account)).context["rollup"].monthly == [("EUR", 150), ("USD", 30)]

    def test_a_parent_out_of_sight_is_not_named_and_survives_an_edit(self, as_rep, cast):
        account = cast.owns["rep"].account
        Account.objects.filter(pk=account.pk).update(parent=cast.owns["rival"].account)
        assert "Account of rival" not in as_rep.get(url("detail", account)).content.decode()
        assert "Account of rival" not in as_rep.get(url("edit", account)).content.decode()
        as_rep.post(url("edit", account), {"name": "Renamed", "version": 1})
        account.refresh_from_db()
        assert (account.name, account.parent) == ("Renamed", cast.owns["rival"].account)

    def test_the_pages_of_records_cost_the_same_with_many_parts(self, as_rep, cast, settings):
        settings.USERSESSIONS_TRACK_ACTIVITY = False
        own = cast.owns["rep"]
        pages = [own.account.get_absolute_url(), own.contact.get_absolute_url(), own.lead.get_absolute_url()]
        few = [len(statements_of(as_rep, page)) for page in pages]
        for number in range(15):
            create_deal(
                by=None, now=NOW, name=f"D{number}", owner=cast.reps["rep"], account=own.account, contact=own.contact
            )
            Contact.objects.create(account=own.account, name=f"C{number}")
        assert [len(statements_of(as_rep, page)) for page in pages] == few


class TestForms:
    def test_a_rep_can_not_say_whose_an_account_is(self, as_rep, cast):
        as_rep.post(
            "/accounts/new/", {"name": "Fresh", "owner": cast.reps["rival"].pk, "version": 9, "external_id": "x"}
        )
        account = Account.objects.get(name="Fresh")
        assert (account.owner, account.version, account.external_id) == (cast.reps["rep"], 1, None)

    def test_a_pasted_address_becomes_a_domain_and_both_separators_are_read(self, as_rep):
        data = {"name": "Fresh", "domain": "https://www.Karlsson.SE/about", "annual_revenue": "32.600.000,50"}
        as_rep.post("/accounts/new/", data)
        account = Account.objects.get(name="Fresh")
        assert (account.domain, account.annual_revenue) == ("karlsson.se", Decimal("32600000.50"))

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"name": "x", "domain": "no domain"},
            {"name": "x", "annual_revenue": "-1"},
            {"name": "x", "employees": "-4"},
            {"name": "x", "employees": "9" * 30},
            {"name": "x", "parent": "Account of rival"},
        ],
    )
    def test_a_wrong_field_gives_the_form_back(self, as_rep, data):
        answer = as_rep.post("/accounts/new/", data)
        assert answer.status_code == 422
        assert "invalid-feedback" in answer.content.decode()
        assert not Account.objects.filter(name="x").exists()

    def test_a_similar_account_is_shown_first(self, as_rep, cast):
        answer = as_rep.post("/accounts/new/", {"name": "Account of Rep"})
        assert answer.status_code == 422
        assert [one.record for one in answer.context["duplicates"].shown] == [cast.owns["rep"].account]

    def test_somebody_elses_change_is_shown_beside_the_own_one(self, as_rep, cast):
        account = cast.owns["rep"].account
        change_account(account=account, by=cast.manager, now=NOW, industry="food", employees=9)
        answer = as_rep.post(url("edit", account), {"name": account.name, "industry": "toys", "version": 1})
        shown = {(one.label, one.saved, one.typed) for one in answer.context["conflicts"]}
        assert answer.status_code == 409
        assert shown == {("Industry", "food", "toys"), ("Employees", "9", "nothing")}

    def test_an_owner_out_of_a_managers_sight_stays(self, client, cast):
        account = cast.owns["rival"].account
        create_deal(by=None, now=NOW, name="Touch", owner=cast.reps["rep"], account=account)
        client.force_login(cast.manager)
        assert client.post(url("edit", account), {"name": "Renamed", "version": 1}).status_code == 302
        account.refresh_from_db()
        assert account.owner == cast.reps["rival"]

    def test_a_contact_is_added_to_an_account_named_in_the_address(self, as_rep, cast):
        account = cast.owns["rep"].account
        page = as_rep.get(f"/contacts/new/?account={account.pk}")
        assert page.context["form"]["account"].value() == f"Account of rep #{account.pk}"
        as_rep.post("/contacts/new/", {"name": "Per", "account": f"Account of rep #{account.pk}"})
        assert Contact.objects.get(name="Per").account == account

    def test_an_account_out_of_sight_can_not_be_given_a_contact(self, as_rep, cast):
        foreign = cast.owns["rival"].account
        assert as_rep.get(f"/contacts/new/?account={foreign.pk}").status_code == 404
        for text in (f"#{foreign.pk}", "Account of rival", "#99999999999999999999"):
            assert as_rep.post("/contacts/new/", {"name": "Per", "account": text}).status_code == 422
        assert not Contact.objects.filter(name="Per").exists()

    def test_two_accounts_of_one_name_are_told_apart(self, as_rep, cast):
        Account.objects.create(name="Account of rep", owner=cast.reps["rep"])
        answer = as_rep.post("/contacts/new/", {"name": "Per", "account": "Account of rep"})
        assert "Several have this name" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Account of rep", "Birch", "Cedar"]),
        ("owner=me&q=bir", ["Birch"]),
        ("deals=open", ["Account of rep"]),
        ("deals=none&sort=new", ["Birch", "Cedar"]),
        ("industry=RETAIL", ["Account of rep"]),
        ("sort=employees", ["Cedar", "Account of rep", "Birch"]),
    ],
)
def test_the_list_of_accounts_by_its_address(as_rep, cast, query, expected):
    for name, employees in (("Cedar", 5), ("Birch", None)):
        Account.objects.create(name=name, owner=cast.reps["rep"], employees=employees)
    found = names(as_rep.get(f"/accounts/?{query}"))
    assert sorted(found) == sorted(expected)
    if "sort=employees" in query:
        assert found[0] == "Cedar"


@pytest.mark.parametrize("who", ["rep", "manager", "leader", "admin"])
@pytest.mark.parametrize("page", ["/accounts/", "/contacts/"])
def test_lists_cost_as_many_statements_with_ten_rows_as_with_two_hundred(client, cast, settings, who, page):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    client.force_login(getattr(cast, who))

    def fill(first, last):
        for number in range(first, last):
            account = Account.objects.create(name=f"A{number}", owner=cast.reps["rep"])
            Contact.objects.create(account=account, name=f"C{number}")

    fill(0, 10)
    few = statements_of(client, page)
    fill(10, 200)
    many = statements_of(client, page)
    assert len(many) == len(few) <= 9, many


def test_the_next_page_goes_on_where_the_first_ended(as_rep, cast):
    for number in range(70):
        Account.objects.create(name=f"A{number:02}", owner=cast.reps["rep"])
    first = as_rep.get("/accounts/")
    second = as_rep.get(first.context["next_url"])
    assert names(first)[-1] == "A49"
    assert names(second) == [*(f"A{n}" for n in range(50, 70)), "Account of rep"]
    assert names(as_rep.get(second.context["previous_url"])) == names(first)
