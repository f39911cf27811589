"""The audit log: found by person, record, deed, kind and day; told in words."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions.audit import write_audit
from accounts.models import AuditEntry
from accounts.views.audit import lines_of
from tests.cast import NOW

DAY = datetime.timedelta(days=1)
ADDRESS = "/audit/"


@pytest.fixture
def log(client, cast):
    AuditEntry.objects.all().delete()
    renamed = {"from": {"name": "Up"}, "to": {"name": "North"}}
    write_audit(action="change", subject=cast.north, by=cast.admin, now=NOW, detail=renamed)
    write_audit(action="deactivate", subject=cast.rep, by=cast.admin, now=NOW + DAY, detail={"sessions": 2})
    write_audit(action="create", subject=cast.south, by=None, now=NOW + 2 * DAY)
    client.force_login(cast.admin)
    return client


def deeds(client, query=""):
    return [row.action for row in client.get(f"{ADDRESS}?{query}").context["rows"]]


def test_the_newest_comes_first(log):
    assert reverse("accounts:audit_list") == ADDRESS
    assert deeds(log) == ["create", "deactivate", "change"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=south", ["create"]),
        ("q=admin", ["deactivate", "change"]),
        ("action=change", ["change"]),
        ("kind=user", ["deactivate"]),
        ("from=2026-11-21&to=2026-11-21", ["deactivate"]),
        ("to=2026-11-20", ["change"]),
        ("q=nobody", []),
    ],
)
def test_filters_find(log, query, found):
    assert deeds(log, query) == found


@pytest.mark.parametrize("query", ["from=yesterday", "to=9999-12-31", "action=eat", "q=%00"])
def test_a_filter_that_makes_no_sense_is_refused(log, query):
    assert log.get(f"{ADDRESS}?{query}").status_code == 400


def test_changes_are_told_old_and_new(log):
    page = log.get(f"{ADDRESS}?action=change").content.decode()
    assert "Up" in page
    assert "→" in page


def test_what_was_empty_is_left_out_of_a_new_record():
    lines = lines_of({"to": {"name": "West", "parent": None, "counts": False}})
    assert [(line.name, line.old, line.new) for line in lines] == [("Name", None, "West"), ("Counts", None, "no")]


def test_what_stayed_is_left_out_and_instants_are_times():
    converted = "2026-11-28 16:16:22.217549+00:00"
    detail = {"from": {"owner": "Ann", "converted_at": None}, "to": {"owner": "Ann", "converted_at": converted}}
    with timezone.override("UTC"):
        assert [(line.old, line.new) for line in lines_of(detail)] == [("nothing", "28 Nov 2026, 16:16")]


def test_taking_the_log_out_is_in_the_log(log):
    text = b"".join(log.get(f"{ADDRESS}?format=csv").streaming_content).decode()
    assert "Name: Up → North" in text
    assert AuditEntry.objects.order_by("-pk")[0].action == "export"


@pytest.mark.parametrize("role", ["rep", "manager", "leader"])
def test_the_log_is_for_admins(client, cast, role):
    client.force_login(getattr(cast, role))
    assert client.get(ADDRESS).status_code == 404
