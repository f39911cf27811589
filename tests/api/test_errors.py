"""Whatever is wrong with a request, the answer has one shape."""

import json

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("body", [b"[" * 20_000, b"{", b'{"version": NaN}', b"\xff\xfe", b"9" * 5000])
def test_a_body_that_is_no_json(client, cast, body):
    client.force_login(cast.rep)
    address = reverse("api:deal-win", args=[cast.owns["rep"].deal.pk])
    response = client.generic("POST", address, body, "application/json")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (response.json()["type"], error["code"], error["attr"]) == ("client_error", "parse_error", None)
    assert error["detail"].startswith("The body is no JSON: ")


@pytest.mark.parametrize("token", ["Token \xff", "Token x", "Token", "Token a b"])
def test_a_token_that_is_none(client, token):
    response = client.get(reverse("api:deal-list"), headers={"Authorization": token})
    assert response.status_code == 401
    assert response.json()["errors"][0]["code"] == "authentication_failed"


def test_an_empty_accept_header_accepts_what_there_is(client, cast):
    client.force_login(cast.rep)
    answers = {
        accepted: client.get(reverse("api:deal-list"), headers={"Accept": accepted})
        for accepted in ("", "*/*", "application/json", "image/png")
    }
    assert [answer.status_code for answer in answers.values()] == [200, 200, 200, 406]
    assert json.loads(answers["image/png"].content)["errors"][0]["code"] == "not_acceptable"


def test_the_description_of_the_api_has_the_token(client, cast):
    client.force_login(cast.admin)
    description = client.get(reverse("api-schema"), {"format": "json"}).json()
    assert description["components"]["securitySchemes"]["knoxApiToken"]["in"] == "header"
