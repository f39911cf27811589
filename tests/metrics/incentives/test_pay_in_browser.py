"""From the plan to the corrected pay in a browser: an admin writes and tries a plan, a second one lets it hold, a month
is closed, the rep disputes a line, it is approved and paid, and what changes afterwards stands in the next month."""

import datetime
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import JobRun, User
from accounts.roles import Role
from metrics.incentives.verifying import broken_links
from metrics.jobs.workers import perform_job
from metrics.models import Dispute, PlanVersion, Statement
from pipeline.actions.deals import change_deal, create_deal
from pipeline.actions.outcomes import win_deal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLAN = """name: Sellers
currency: EUR
applies_to: {teams: [north]}
statement_every: month
components:
  - {name: Bookings, kind: commission, rate: 0.1}
"""


@pytest.fixture
def open_as(browser, live_server, cast):
    """A page of somebody's, at an address."""
    contexts = {}

    def open_page(user, address):
        if user.pk not in contexts:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url)
            client = Client()  # one for each: signing in on the same one signs the other out
            client.force_login(user)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            contexts[user.pk] = context.new_page()
        page = contexts[user.pk]
        page.goto(address)
        return page

    yield open_page
    for page in contexts.values():
        page.context.close()


def work():
    """What a worker does."""
    for job in JobRun.objects.filter(state="queued").order_by("pk"):
        perform_job(job_id=job.pk, clock=timezone.now, alive=False)


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(name)).first.click()


def test_from_a_plan_to_a_corrected_month(open_as, cast):
    now = timezone.now()
    first = (now.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
    won_at = first.replace(day=10)
    deal = create_deal(by=None, now=first, name="Big order", owner=cast.reps["rep"], amount=Decimal(1500))
    win_deal(deal=deal, by=None, now=won_at)
    month = f"{first:%Y-%m}"
    second = User.objects.create_user("second@cast.test", name="Second", role=Role.ADMIN)

    page = open_as(cast.admin, "/plans/new/?as=text")
    page.fill("[name=text]", PLAN)
    page.get_by_text("This deal pays €1,000.00").wait_for()  # 10 % of the example's 10,000, while it is typed
    press(page, "Save draft")
    version = PlanVersion.objects.get()
    page = open_as(cast.admin, f"/plans/{version.pk}/lab/?first={month}&last={month}")
    press(page, "Try it")
    work()
    page.reload()
    assert "€150.00 in all" in page.inner_text("main")

    page = open_as(second, f"/plans/{version.pk}/publish/")
    page.fill("[name=day]", f"{first:%Y-%m-%d}")
    press(page, "Approve and publish")

    page = open_as(cast.admin, "/statements/calculate/")
    page.fill("[name=period]", month)
    press(page, "Calculate")
    work()
    statement = Statement.objects.get(rep=cast.reps["rep"])
    address = statement.get_absolute_url()

    page = open_as(cast.rep, f"{address}dispute/")
    page.fill("[name=text]", "It was 1,600")
    press(page, "Send")
    page = open_as(cast.admin, Dispute.objects.get().get_absolute_url())
    page.fill("[name=text]", "The contract says 1,500")
    press(page, "Rejected")

    assert not open_as(cast.manager, address).get_by_role("button", name=re.compile("Put in review")).count()
    page = open_as(cast.admin, address)
    for name in ("Put in review", "Approve", "paid"):
        press(page, name)
    statement.refresh_from_db()
    assert (statement.status, statement.total_minor) == ("paid", 15000)

    change_deal(deal=deal, by=None, now=timezone.now(), amount=Decimal(1600))
    page = open_as(cast.rep, address)
    assert "€150.00" in page.inner_text("main")
    text = open_as(cast.rep, "/earnings/").inner_text("main")
    assert "was changed after its period was approved" in text
    assert "Sellers, version 1 was published" in text  # today, as all the rest was
    assert re.search(r"Since the end of .*\t€160\.00", text)
    assert "€10.00" in text
    assert broken_links(cast.reps["rep"]) == []
