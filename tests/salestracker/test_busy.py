"""A database that somebody else's long write holds: pages are still read, and what can't be done says so."""

import pytest
from allauth.usersessions.models import UserSession
from django.db import OperationalError, connection
from django.urls import reverse

from salestracker.busy import impatient, is_busy
from salestracker.middleware import AccessMiddleware

pytestmark = pytest.mark.django_db
PAGE = "account_change_password"


def raising(words):
    def fail(*_args, **_kwargs):
        raise OperationalError(words)

    return fail


def test_a_page_is_read_while_nobody_can_note_who_is_here(client, person, monkeypatch):
    client.force_login(person())
    with monkeypatch.context() as patch:
        patch.setattr(UserSession.objects, "create_from_request", raising("database is locked"))
        assert client.get(reverse(PAGE)).status_code == 200
        assert "seen" not in client.session
    client.get(reverse(PAGE))
    assert "seen" in client.session


@pytest.mark.parametrize("words", ["database is locked", "canceling statement due to lock timeout\n"])
def test_what_waits_too_long_for_a_write_says_so(client, person, monkeypatch, words):
    client.raise_request_exception = False
    monkeypatch.setattr(AccessMiddleware, "process_view", raising(words))
    answer = client.get(reverse(PAGE))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Somebody else is writing just now" in answer.content.decode()
    told = client.get("/api/v1/deals/")
    assert (told.status_code, told.json()["errors"][0]["code"]) == (503, "busy")


def test_another_failure_of_the_database_is_one(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(AccessMiddleware, "process_view", raising("disk I/O error"))
    assert client.get(reverse(PAGE)).status_code == 500
    assert not is_busy(ValueError("database is locked"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has locks by row")
def test_only_the_note_is_impatient():
    def patience():
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA busy_timeout").fetchone()[0]

    before = patience()
    with impatient():
        assert patience() == 500
    assert patience() == before == 20_000
