"""Signing in: by e-mail, never by signing up; the sample company's people on this machine only."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.adapters import SecondFactorAdapter
from accounts.roles import Role

PASSWORD = "a long passphrase"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_limits():
    from django.core.cache import cache

    cache.clear()


def sign_in(client, email, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": PASSWORD}, **extra)


def test_signing_in_by_email_leads_to_the_start_page(client, person):
    person(email="ann@company.example")
    response = sign_in(client, "Ann@company.example")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"]


def test_deactivated_user_does_not_get_in(client, person):
    person(email="ann@company.example", is_active=False)
    sign_in(client, "ann@company.example")
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    response = client.post(
        reverse("account_signup"),
        {"email": "eve@company.example", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_guessing_is_limited(client, person):
    person(email="ann@company.example")
    for _ in range(12):
        client.post(reverse("account_login"), {"login": "ann@company.example", "password": "wrong"})
    sign_in(client, "ann@company.example")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("host", "address", "inside"),
    [
        ("127.0.0.1:8000", "127.0.0.1", True),
        ("localhost", "::1", True),
        ("127.0.0.1:8000", "10.0.0.7", False),
        ("sales.example.com", "127.0.0.1", False),
    ],
)
def test_sample_people_sign_in_on_this_machine_only(client, person, settings, host, address, inside):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "sales.example.com"]
    person(email=settings.SAMPLE_SIGN_INS["rep"])
    sign_in(client, settings.SAMPLE_SIGN_INS["rep"], HTTP_HOST=host, REMOTE_ADDR=address)
    assert ("_auth_user_id" in client.session) is inside


def test_next_page_stays_on_this_host(client, person):
    person(email="ann@company.example")
    response = client.post(
        reverse("account_login") + "?next=//evil.example/", {"login": "ann@company.example", "password": PASSWORD}
    )
    assert response["Location"] == "/"


def test_forgotten_password_is_mailed_to_known_people_only(client, person):
    person(email="ann@company.example")
    for email in ("ann@company.example", "stranger@company.example"):
        response = client.post(reverse("account_reset_password"), {"email": email})
        assert response["Location"] == reverse("account_reset_password_done")
    assert [message.to for message in mail.outbox] == [["ann@company.example"]]


def test_own_address_is_changed_by_admins_only(client, person):
    client.force_login(person(Role.REP))
    assert client.get(reverse("account_email")).status_code == 404


def test_secrets_of_authenticator_apps_are_encrypted(settings):
    sealed = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in sealed
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the same installation"
    assert SecondFactorAdapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"
