import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Account, Contact
from pipeline.actions.leads import create_lead
from pipeline.models import Deal, Stage

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)


def url(name, lead):
    return reverse(f"pipeline:lead_{name}", args=[lead.pk])


@pytest.fixture
def as_rep(client, cast):
    client.force_login(cast.rep)
    return client


class TestConversion:
    @pytest.fixture
    def lead(self, cast):
        return create_lead(
            by=None, now=NOW, name="Elin Karlsson", company="Karlsson Foods", email="elin@karlsson.se",
            owner=cast.reps["rep"],
        )  # fmt: skip

    @pytest.fixture
    def account(self, cast):
        return Account.objects.create(name="Karlsson Foods AB", domain="karlsson.se", owner=cast.reps["rep"])

    def data(self, lead, **changes):
        stage = Stage.objects.get(name="Discovery").pk
        made = {"account": "new", "contact": "new", "deal_name": "Line monitoring", "stage": stage}
        return {**made, "version": lead.version, **changes}

    def test_matching_account_and_contact_are_offered_first(self, as_rep, lead, account):
        contact = Contact.objects.create(account=account, name="Elin K.", email="elin@karlsson.se")
        form = as_rep.get(url("convert", lead)).context["form"]
        assert form["account"].value() == str(account.pk)
        assert form["contact"].value() == str(contact.pk)

    def test_new_records_are_made_in_one_go(self, as_rep, lead):
        as_rep.get(url("convert", lead))
        answer = as_rep.post(url("convert", lead), self.data(lead, amount="48.500,00", expected_close_on="2026-12-24"))
        deal = Deal.objects.get(lead=lead)
        assert answer.url == deal.get_absolute_url()
        assert (deal.name, deal.amount, deal.account.name) == ("Line monitoring", Decimal("48500.00"), "Karlsson Foods")
        assert deal.account.domain == "karlsson.se"
        assert (deal.contact.name, deal.stage.name) == ("Elin Karlsson", "Discovery")
        lead.refresh_from_db()
        assert lead.status == "converted"

    def test_converting_twice_gives_the_same_deal(self, as_rep, lead):
        data = self.data(lead)
        first, second = (as_rep.post(url("convert", lead), data) for _turn in range(2))
        assert first.url == second.url
        assert Deal.objects.filter(name="Line monitoring").count() == 1

    def test_another_visible_account_is_picked_by_name(self, as_rep, cast, lead):
        data = self.data(lead, account="other", other_account="account OF rep")
        as_rep.post(url("convert", lead), data)
        assert Deal.objects.get(lead=lead).account == cast.owns["rep"].account

    @pytest.mark.parametrize("name", ["", "Account of rival", "No such"])
    def test_an_account_out_of_sight_is_no_choice(self, as_rep, lead, name):
        answer = as_rep.post(url("convert", lead), self.data(lead, account="other", other_account=name))
        assert answer.status_code == 422
        assert not Deal.objects.filter(lead=lead).exists()

    def test_a_contact_of_another_account_is_refused(self, as_rep, lead, account):
        contact = Contact.objects.create(account=account, name="Elin K.", email="elin@karlsson.se")
        answer = as_rep.post(url("convert", lead), self.data(lead, contact=contact.pk))
        assert answer.status_code == 422
        assert "Pick that account or a new contact." in answer.content.decode()

    def test_an_account_that_only_others_see_is_hinted_at_without_its_name(self, as_rep, cast, lead):
        Account.objects.create(name="Karlsson Foods Secret", domain="karlsson.se", owner=cast.reps["rival"])
        page = as_rep.get(url("convert", lead)).content.decode()
        assert "ask your manager" in page
        assert "Secret" not in page

    def test_an_unowned_lead_is_converted_by_a_rep_who_gets_it(self, as_rep, cast):
        queued = create_lead(by=None, now=NOW, name="Queued", team=cast.north)
        as_rep.post(url("convert", queued), self.data(queued))
        assert Deal.objects.get(lead=queued).owner == cast.reps["rep"]


def test_the_page_of_a_lead_shows_what_it_became_only_where_that_is_visible(client, as_rep, cast):
    lead = cast.owns["rep"].lead
    as_rep.post(url("convert", lead), {
        "account": "new", "contact": "new", "deal_name": "Became this", "version": 1,
        "stage": Stage.objects.get(name="Discovery").pk,
    })  # fmt: skip
    assert "Became this" in as_rep.get(url("detail", lead)).content.decode()
    Deal.objects.filter(lead=lead).update(owner=cast.reps["rival"])
    assert "Became this" not in as_rep.get(url("detail", lead)).content.decode()
