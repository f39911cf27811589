"""The real routes: all of them have a row, and the outer ones answer as operators and programs expect."""

import pytest
from django.db import OperationalError
from django.urls import reverse

from accounts.roles import Role
from salestracker import health
from salestracker.checks import every_route_has_access

pytestmark = pytest.mark.django_db


def test_every_route_has_a_row_and_every_row_a_route():
    assert every_route_has_access() == []


def test_healthz_says_ok(client):
    assert client.get("/healthz").content == b"ok\n"


def test_readyz_names_its_parts(client):
    response = client.get("/readyz")
    assert response.json() == {"database": "ok", "broker": "ok", "migrations": "ok"}


def test_readyz_fails_without_database(client, monkeypatch):
    def broken(*_arguments):
        raise OperationalError

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": "failing", "broker": "ok", "migrations": "failing"}


def test_broker_that_refuses_is_seen(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": settings.REDIS_URL}
    }
    assert health.broker_answers() is False


def test_counters_are_hidden_without_token(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "right"
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    response = client.get("/metrics", headers={"Authorization": "Bearer right"})
    assert response["Content-Type"].startswith("text/plain")


def test_pages_are_kept_by_nobody_and_guarded_by_headers(client):
    response = client.get(reverse("account_login"))
    assert "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_unknown_address_is_a_page_or_json(client):
    assert client.get("/nothing/").status_code == 404
    response = client.get("/api/v1/nothing/")
    assert response.status_code == 404
    assert response.json() == {
        "type": "client_error",
        "errors": [{"code": "not_found", "detail": "Not found.", "attr": None}],
    }


def test_admin_site_is_for_admins_and_has_no_sign_in_of_its_own(client, person):
    assert client.get("/admin/")["Location"] == "/auth/login/?next=/admin/"
    assert client.get("/admin/login/").status_code == 302
    client.force_login(person(Role.LEADER))
    assert client.get("/admin/").status_code == 404
    client.force_login(person(Role.ADMIN))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/").status_code == 404


def test_api_description_needs_signing_in(client, person):
    assert client.get("/api/schema/").status_code == 302
    client.force_login(person())
    assert client.get("/api/schema/").status_code == 200
    assert client.get("/api/docs/").status_code == 200
