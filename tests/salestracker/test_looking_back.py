"""Who can't tell about an earlier day says so: a page by 400 with the part's name, the API in its shape."""

import pytest
from django.urls import reverse

from salestracker.access import ACCESS
from salestracker.looking_back import LOOKING_BACK, refusal
from tests.access.addresses import all_addresses

pytestmark = pytest.mark.django_db
DAY = "2026-09-12"


def test_every_row_is_an_address():
    assert set(LOOKING_BACK) <= set(ACCESS)
    assert set(LOOKING_BACK) <= set(all_addresses())


def test_what_has_no_row_refuses():
    for name in set(ACCESS) - set(LOOKING_BACK):
        assert refusal(name, {"as_of": DAY})[0] == "as_of", name
        assert refusal(name, {"known_on": DAY})[0] == "known_on", name
        assert refusal(name, {"as_of": "", "q": DAY}) is None, name


@pytest.mark.parametrize(
    "name",
    [
        "pipeline:account_list", "pipeline:contact_list", "pipeline:search", "pipeline:deal_create", "metrics:today",
        "metrics:target_list", "metrics:home", "accounts:profile", "pipeline:settings",
    ],
)  # fmt: skip
def test_a_page_that_shows_today_alone_says_so(client, cast, name):
    client.force_login(cast.admin)
    response = client.get(f"{reverse(name)}?as_of={DAY}&q=x")
    assert response.status_code == 400
    answer = response.content.decode()
    assert "as_of: this page shows what is there today and can&#x27;t look at another day." in answer
    assert f'href="{reverse(name)}?q=x"' in answer


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/api/v1/accounts/", "as_of"), ("/api/v1/contacts/1/", "as_of"), ("/api/v1/subscriptions/", "known_on"),
        ("/api/v1/forecast/", "known_on"), ("/api/v1/leads/", "known_on"), ("/api/v1/deals/1/history/", "as_of"),
    ],
)  # fmt: skip
def test_the_api_says_so(client, cast, path, part):
    client.force_login(cast.admin)
    response = client.get(f"{path}?{part}={DAY}")
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["attr"] == part


def test_a_form_of_the_past_writes_nothing(client, cast):
    lead = cast.owns["rep"].lead
    client.force_login(cast.rep)
    url = reverse("pipeline:lead_qualify", args=[lead.pk])
    assert client.post(f"{url}?as_of={DAY}", {"version": lead.version}).status_code == 400
    lead.refresh_from_db()
    assert lead.qualified_at is None


def test_signing_in_and_roles_come_first(client, cast):
    url = reverse("pipeline:settings")
    assert client.get(f"{url}?as_of={DAY}").status_code == 302
    assert client.get(f"/api/v1/accounts/?as_of={DAY}").status_code == 401
    client.force_login(cast.rep)
    assert client.get(f"{url}?as_of={DAY}").status_code == 404


def test_a_page_that_knows_only_the_day(client, cast):
    client.force_login(cast.leader)
    response = client.get(f"/forecast/?known_on={DAY}")
    assert response.status_code == 400
    assert "known_on: not possible here, only as_of." in response.content.decode()
