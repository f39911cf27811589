"""Pages of figures as a browser shows them: no report of the content security policy, nothing that scrolls sideways,
nothing that axe finds, charts drawn with a table beside them; and the ways through them without a script."""

import datetime
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from pipeline.actions.activities import log_activity
from tests.metrics.books import won

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = [
    ("leader", "/kpis/"),
    ("manager", "/team/"),
    ("rep", "/today/"),
    ("rep", "/my-numbers/"),
    ("rep", "/metrics/"),
    ("leader", "/pipeline/changes/"),
    ("leader", "/pipeline/changes/?closing=1999-Q4"),
    ("leader", "/funnel/?start=deals&step=deal"),
    ("leader", "/kpis/durations/?period=2020-01-01..2100-12-31"),
    ("leader", "/metrics/won_revenue/"),
    ("leader", "/metrics/win_rate/records/"),
]


@pytest.fixture
def see(visit, cast):
    """Opens a page for one of the cast, with some records of these days; what it logs is in ``.heard``."""
    now = timezone.now()
    rep = cast.reps["rep"]
    for days in (3, 40):
        won(rep, 1000 + days, now - datetime.timedelta(days=100), now - datetime.timedelta(days=days))
    log_activity(
        by=None, now=now, kind="call", owner=rep, subject="Call back", due_at=now - datetime.timedelta(days=2),
        deal=cast.owns["rep"].deal,
    )  # fmt: skip
    return lambda who, address, **options: visit(address, user=getattr(cast, who), **options)


@pytest.mark.looks
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_a_heat_map_is_clean(see, cast, width, scheme):
    now, account = timezone.now(), cast.owns["rep"].account
    for days in (130, 95, 40):
        closed = now - datetime.timedelta(days=days)
        won(cast.reps["rep"], days, closed - datetime.timedelta(days=5), closed, account=account)
    page = see("leader", "/cohorts/", width=width, color_scheme=scheme)
    assert page.locator("[class*=st-heat-]").count() >= 2
    assert page.heard == []  # axe asks for sheets that a sheet imports, where they are not
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.looks
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize(("who", "address"), PAGES)
def test_pages_are_clean(see, who, address, width, scheme):
    page = see(who, address, width=width, color_scheme=scheme)
    assert "/auth/" not in page.url
    assert page.heard == []  # axe asks for sheets that a sheet imports, where they are not
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    unnamed = ".st-table :is(tbody, tfoot) td:not([data-label], [colspan])"
    assert page.locator(unnamed).count() == 0
    for canvas in page.locator("canvas[data-chart]").all():
        figure = canvas.locator("xpath=ancestor::figure")
        assert canvas.get_attribute("aria-label")
        assert figure.locator(".st-summary").inner_text()
        assert figure.locator("details.st-twin table tbody tr").count() > 0


def test_from_a_tile_to_a_record_in_three_clicks_without_a_script(see):
    page = see("leader", "/kpis/", java_script_enabled=False)
    page.locator(".st-tile").first.click()
    page.locator("tbody th a", has_text=re.compile("Rep")).last.click()
    assert re.search(r"/deals/\d+/$", page.url)


def test_done_and_snooze_take_two_clicks_and_stay_on_today(see):
    page = see("rep", "/today/")
    page.locator("section", has=page.locator("#overdue-h")).locator(".acts a").first.click()
    page.locator("dialog button", has_text="Mark done").last.click()
    page.wait_for_selector(".st-toast")
    assert page.url.endswith("/today/")
    assert page.locator("#overdue-h").count() == 0
