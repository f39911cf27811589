import datetime

import pytest

from accounts.models import Account, Contact
from pipeline.actions.leads import create_lead
from pipeline.duplicates import Typed, business_domain, find_duplicates, phone_pattern, plain_name

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)


@pytest.fixture
def karlsson(cast):
    account = Account.objects.create(name="Karlsson Foods AB", domain="karlsson.se", owner=cast.reps["rep"])
    Contact.objects.create(account=account, name="Elin Karlsson", email="elin@karlsson.se", phone="+46 (8) 123-45 67")
    return account


@pytest.mark.parametrize(
    "typed",
    [
        Typed(email="elin@karlsson.se"),
        Typed(email="Elin@karlsson.se"),
        Typed(email="somebody@karlsson.se"),
        Typed(phone="08 123 45 67"),
        Typed(company="karlsson foods"),
        Typed(company="Karlson Foods"),
        Typed(company="Carlsson Foods", domain="karlsson.se"),
    ],
)
def test_the_same_record_is_found_however_it_is_written(cast, karlsson, typed):
    found = find_duplicates(typed, user=cast.rep)
    assert found.shown
    assert not found.hidden


@pytest.mark.parametrize(
    "typed",
    [Typed(), Typed(email="x@gmail.com"), Typed(company="Svensson Steel"), Typed(phone="123"), Typed(name="Elin Karl")],
)
def test_what_is_different_is_not_found(cast, karlsson, typed):
    assert not find_duplicates(typed, user=cast.rep)


def test_a_contact_is_no_duplicate_of_where_it_works(cast, karlsson, client):
    assert not find_duplicates(Typed(email="somebody@karlsson.se", at_company=True), user=cast.rep)
    assert find_duplicates(Typed(email="elin@karlsson.se", at_company=True), user=cast.rep)
    client.force_login(cast.rep)
    person = {"name": "Ada Berg", "email": "ada@karlsson.se", "account": karlsson.name}
    assert "May exist" not in client.post("/duplicates/", person).content.decode()
    assert client.post("/contacts/new/", person).status_code == 302
    assert client.post("/contacts/new/", person).status_code == 422


def test_a_record_out_of_sight_is_only_said_to_exist(cast, karlsson):
    found = find_duplicates(Typed(company="Karlsson Foods"), user=cast.rival)
    assert (found.shown, found.hidden) == ((), True)


def test_a_lead_in_another_team_is_only_said_to_exist(cast):
    lead = create_lead(by=None, now=NOW, name="Marta", email="m@douro.pt", owner=cast.reps["rival"])
    assert find_duplicates(Typed(email="m@douro.pt"), user=cast.rep).hidden
    assert not find_duplicates(Typed(email="m@douro.pt"), user=cast.rep, leave_out=lead)
    assert find_duplicates(Typed(email="m@douro.pt"), user=cast.rival).shown[0].record == lead


def test_the_digest_stands_for_the_set_found(cast, karlsson):
    one = find_duplicates(Typed(company="Karlsson Foods"), user=cast.rep)
    other = find_duplicates(Typed(email="elin@karlsson.se"), user=cast.rep)
    assert one.digest == find_duplicates(Typed(company="karlsson foods gmbh"), user=cast.rival).digest
    assert one.digest != other.digest


def test_plain_parts():
    assert plain_name("The Karlsson & Foods, GmbH") == "karlsson foods"
    assert plain_name("AB") == "ab"
    assert business_domain("a@web.de") == ""
    assert business_domain("a@Firma.DE") == "firma.de"
    assert phone_pattern("12-34") == ""
