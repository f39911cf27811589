"""Pages of statements: what they show to whom, the way to being paid, and the files for payroll."""

import io
import sys

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from openpyxl import load_workbook

from accounts.models import AuditEntry, Company
from metrics.actions.calculated_statements import calculate_period
from metrics.models import Statement
from metrics.pay.statement_pdf import TEMPLATE
from tests.metrics.incentives.paying import NOW, STEPS, publish, win


@pytest.fixture
def september(cast, client):
    """The rep won 1,500: 5 % of the first 1,000 and 10 % of the other 500 make 50 + 50."""
    publish(cast, component=STEPS)
    win(cast, 1500, "2026-09-10")
    assert calculate_period(period="2026-09", now=NOW).rows == 2  # the rep's and the colleague's
    return cast


def page(client, user, url):
    client.force_login(user)
    return client.get(url)


def statement():
    return Statement.objects.get(rep__name="Rep")


def press(client, name, *, seen=()):
    return client.post(reverse(f"metrics:statement_{name}", args=[statement().pk]), {"seen": list(seen)}, follow=True)


def test_a_statement_shows_lines_that_add_up(september, client):
    answer = page(client, september.rep, statement().get_absolute_url())
    rows = answer.context["blocks"][0]["block"].rows
    assert [(row.tier, row.rate, str(row.amount), row.deal_name) for row in rows] == [
        ("from €0", "5%", "50.00", "rep 2026-09-10 1500"),
        ("from €1,000", "10%", "50.00", "rep 2026-09-10 1500"),
    ]
    text = answer.content.decode()
    assert "€100.00" in text
    assert answer.context["blocks"][0]["hash"] in text
    assert "Put in review" not in text


def test_a_statement_goes_from_calculated_to_paid(september, client):
    client.force_login(september.admin)
    hashes = client.get(statement().get_absolute_url()).context["hashes"]
    assert "changed since" in press(client, "review").content.decode()
    press(client, "review", seen=hashes)
    assert statement().status == "in review"
    win(september, 100, "2026-09-11")  # 10 more
    answer = press(client, "approve", seen=hashes)
    assert "changed since the page was opened" in answer.content.decode()
    assert "It came to €100.00" in answer.content.decode()
    assert (statement().status, answer.context["state"]) == ("in review", "calculated")
    hashes = answer.context["hashes"]
    press(client, "review", seen=hashes)
    press(client, "approve", seen=hashes)
    assert (statement().status, statement().total_minor) == ("approved", 11000)
    win(september, 100, "2026-09-12")
    assert client.get(statement().get_absolute_url()).context["blocks"][0]["block"].total == 110
    press(client, "pay")
    assert statement().status == "paid"
    calculate_period(period="2026-09", now=NOW)
    assert (statement().status, statement().total_minor) == ("paid", 11000)


def test_who_is_paid_has_no_buttons_and_does_not_approve(september, client):
    payee = september.rep
    payee.role = "admin"
    payee.save()
    answer = page(client, payee, statement().get_absolute_url())
    assert not answer.context["may_write"]
    assert press(client, "approve", seen=answer.context["hashes"]).status_code == 403
    assert statement().status == "calculated"


def test_lists_show_what_is_in_sight_and_its_sum(september, client):
    seen = {"rep": 1, "colleague": 1, "rival": 0, "manager": 2, "other_manager": 0, "leader": 2, "admin": 2}
    for name, count in seen.items():
        answer = page(client, getattr(september, name), reverse("metrics:statement_list"))
        assert len(answer.context["rows"]) == count, name
        assert ("Calculate…" in answer.content.decode()) == (name == "admin"), name
    sums = page(client, september.manager, "/statements/?period=2026-09").context["sums"]
    assert [(str(amount), currency) for amount, currency in sums] == [("100.00", "EUR")]
    assert not page(client, september.manager, "/statements/?state=paid").context["rows"]
    assert page(client, september.manager, "/statements/?state=odd").status_code == 400


def test_payroll_takes_statements_as_csv_and_workbook(september, client):
    client.force_login(september.admin)
    hashes = client.get(statement().get_absolute_url()).context["hashes"]
    press(client, "approve", seen=hashes)
    rows = b"".join(client.get("/statements/?state=approved&format=csv").streaming_content).decode().splitlines()
    assert rows[1].split(",")[:11] == (
        ["Rep", "rep@cast.test", "", "2026-09", "2026-09-01", "2026-09-30", "AE", "1", "EUR", "100.00", "approved"]
    )
    assert len(rows) == 2
    book = load_workbook(io.BytesIO(client.get("/statements/workbook/?period=2026-09").content))
    assert {(row[0], row[9]) for row in book["Statements"].iter_rows(min_row=2, values_only=True)} == {
        ("Rep", 100), ("Colleague", 0),
    }  # fmt: skip
    assert [row[15] for row in book["Lines"].iter_rows(min_row=2, values_only=True)] == [50, 50]


def test_a_period_is_calculated_in_the_background(september, client):
    client.force_login(september.admin)
    answer = client.post(reverse("metrics:statement_calculate"), {"period": "2026-10"})
    assert answer.status_code == 302
    assert "/jobs/" in answer.url
    assert client.post(reverse("metrics:statement_calculate"), {"period": "2026-10"}).url == answer.url
    assert client.post(reverse("metrics:statement_calculate"), {"period": "2026"}).status_code == 422


@pytest.mark.pango
def test_a_statement_as_pdf_says_what_the_page_says(september, client, monkeypatch):
    url = reverse("metrics:statement_pdf", args=[statement().pk])
    answer = page(client, september.rep, url)
    assert answer.content.startswith(b"%PDF-")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf", 'attachment; filename="statement-rep-2026-09.pdf"',
    )  # fmt: skip
    text = render_to_string(TEMPLATE, answer.context.flatten())
    said = (Company.current().name, "rep@cast.test", "September 2026", "Not approved yet", "rep 2026-09-10 1500")
    for words in (
        *said,
        "from €1,000",
        "€100.00",
        statement().hash,
        answer.context["blocks"][0]["block"].rows[0].line.text,
    ):
        assert str(escape(words)) in text, words
    assert AuditEntry.objects.filter(action="export", subject_kind="statement").count() == 1
    assert page(client, september.rival, url).status_code == 404
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    client.force_login(september.rep)
    assert "Print this page instead" in client.get(url, follow=True).content.decode()
