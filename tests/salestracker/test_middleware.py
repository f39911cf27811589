import datetime
import time

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from salestracker.middleware import PreferencesMiddleware

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)


def test_session_ends_after_being_away(client, person, settings):
    page = reverse("account_change_password")
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(person())
        assert client.get(page).status_code == 200
        clock.shift(settings.SESSION_IDLE_SECONDS - 60)
        assert client.get(page).status_code == 200
        clock.shift(settings.SESSION_IDLE_SECONDS + 1)
        assert client.get(page).status_code == 302


def test_being_here_is_noted_at_most_once_a_minute(client, person):
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(person())
        client.get(reverse("account_change_password"))
        first = client.session["seen"]
        clock.shift(30)
        client.get(reverse("account_change_password"))
        assert client.session["seen"] == first
        clock.shift(30)
        client.get(reverse("account_change_password"))
        assert client.session["seen"] == int(time.time())


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Tokyo", "Asia/Tokyo"), ("", "UTC"), ("No/Where", "UTC")])
def test_times_are_shown_in_the_readers_zone(person, settings, zone, shown):
    settings.TIME_ZONE = "UTC"
    request = RequestFactory().get("/")
    request.user = person(time_zone=zone)
    seen = []

    def view(_request):
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    PreferencesMiddleware(view)(request)
    assert seen == [shown]


def test_words_are_in_the_readers_language(person):
    request = RequestFactory().get("/")
    request.user = person(language="de")
    seen = []

    def view(_request):
        seen.append(translation.get_language())
        return HttpResponse()

    with translation.override("en"):
        PreferencesMiddleware(view)(request)
    assert seen == ["de"]
