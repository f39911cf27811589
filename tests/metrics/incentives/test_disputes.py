"""Disputes about lines of statements, on pages and over the API; statements and plans over the API."""

import datetime

import pytest
from django.urls import reverse

from accounts.errors import ActionRefused, NotAllowed
from metrics.actions.calculated_statements import calculate_period
from metrics.actions.disputes import answer_dispute, open_dispute
from metrics.models import Dispute, Statement
from tests.metrics.incentives.paying import NOW, publish, win


@pytest.fixture
def statement(cast):
    """10 % of 1,500."""
    publish(cast)
    win(cast, 1500, "2026-09-10")
    calculate_period(period="2026-09", now=NOW)
    return Statement.objects.get(rep__name="Rep")


def test_the_payee_opens_one_an_admin_decides(statement, cast):
    for name in ("manager", "admin", "colleague"):
        with pytest.raises(NotAllowed):
            open_dispute(statement=statement, line=1, text="No", by=getattr(cast, name), now=NOW)
    with pytest.raises(ActionRefused, match="lines 1 to 1"):
        open_dispute(statement=statement, line=2, text="No", by=cast.rep, now=NOW)
    dispute = open_dispute(statement=statement, line=1, text="Two thirds are mine", by=cast.rep, now=NOW)
    assert dispute.due_on == datetime.date(2026, 12, 4)
    assert "150.00 EUR" in dispute.about
    with pytest.raises(NotAllowed):
        answer_dispute(dispute=dispute, text="I think so too", by=cast.manager, now=NOW)
    with pytest.raises(ActionRefused, match="withdrawn"):
        answer_dispute(dispute=dispute, text="Yes", outcome="accepted", by=cast.rep, now=NOW)
    answer_dispute(dispute=dispute, text="Which?", by=cast.admin, now=NOW)
    closed = answer_dispute(dispute=dispute, text="The credits are mended", outcome="accepted", by=cast.admin, now=NOW)
    assert (closed.outcome, closed.closed_by, closed.messages.count()) == ("accepted", cast.admin, 3)
    with pytest.raises(ActionRefused, match="closed"):
        answer_dispute(dispute=dispute, text="And now?", by=cast.rep, now=NOW)


def test_pages_lead_from_the_line_to_the_outcome(statement, cast, client):
    client.force_login(cast.rep)
    assert "Dispute a line" in client.get(statement.get_absolute_url()).content.decode()
    address = reverse("metrics:dispute_create", args=[statement.pk])
    assert client.post(address, {"line": "9", "text": "Odd"}).status_code == 422
    thread = client.post(address, {"line": "1", "text": "<b>Odd</b>"}).url
    assert "&lt;b&gt;Odd" in client.get(thread).content.decode()
    client.force_login(cast.manager)
    page = client.get(thread)
    assert not page.context["may_write"]
    client.force_login(cast.colleague)
    assert client.get(thread).status_code == 404
    client.force_login(cast.admin)
    assert "Send and close: Rejected" in client.get(thread).content.decode()
    client.post(f"{thread}answer/", {"text": "As the plan says", "outcome": "rejected"})
    assert Dispute.objects.get().outcome == "rejected"
    assert thread in client.get(statement.get_absolute_url()).content.decode()


def test_the_api_reads_approves_pays_and_disputes(statement, cast, client):
    address = reverse("api:statement-detail", args=[statement.pk])
    client.force_login(cast.rep)
    read = client.get(address).json()
    assert (read["status"], read["total"], read["plan"], read["version"]) == ("calculated", "150.00", "AE", 1)
    assert [line["amount"] for line in read["lines"]] == ["150.00"]
    sent = {"line": 1, "text": "Odd"}
    assert client.post(f"{address}disputes/", sent, content_type="application/json").status_code == 201
    assert client.get(f"{address}disputes/").json()[0]["messages"][0]["text"] == "Odd"
    assert (
        client.post(f"{address}disputes/", {"line": 5, "text": "x"}, content_type="application/json").status_code == 400
    )
    assert client.post(f"{address}approve/").status_code == 404
    client.force_login(cast.admin)
    assert client.post(f"{address}pay/").status_code == 400
    old = {"hash": "0" * 64}
    assert client.post(f"{address}approve/", old, content_type="application/json").status_code == 409
    done = client.post(f"{address}approve/", {"hash": read["hash"]}, content_type="application/json").json()
    assert (done["status"], done["total"]) == ("approved", "150.00")
    assert client.post(f"{address}pay/").json()["status"] == "paid"
    plan = client.get(reverse("api:plan-list")).json()["results"][0]
    assert (plan["name"], plan["version"], plan["content"]["currency"]) == ("AE", 1, "EUR")


def test_the_overview_has_the_open_ones_by_due_day_and_marks_late_ones(statement, cast, client, monkeypatch):
    days = datetime.timedelta(days=1)
    second = open_dispute(statement=statement, line=1, text="Later", by=cast.rep, now=NOW)
    first = open_dispute(statement=statement, line=1, text="Earlier", by=cast.rep, now=NOW - 20 * days)
    third = open_dispute(statement=statement, line=1, text="Decided", by=cast.rep, now=NOW - 30 * days)
    answer_dispute(dispute=third, text="As the plan says", outcome="rejected", by=cast.admin, now=NOW)
    monkeypatch.setattr("metrics.views.dispute_lists.timezone.now", lambda: NOW)
    address = reverse("metrics:dispute_list")
    for name in ("rep", "manager", "leader", "admin"):
        client.force_login(getattr(cast, name))
        rows = client.get(address).context["rows"]
        assert [(row.pk, row.is_late, row.said) for row in rows] == [(first.pk, True, 1), (second.pk, False, 1)], name
    assert [row.pk for row in client.get(address, {"outcome": "rejected"}).context["rows"]] == [third.pk]
    assert "2 open disputes" in client.get(reverse("metrics:statement_list")).content.decode()
    client.force_login(cast.colleague)
    assert list(client.get(address).context["rows"]) == []
    assert client.get(address, {"outcome": "x"}).status_code == 400
