"""Pages of records full of a company's rows: axe finds nothing serious in them, light on a desk and dark on a phone.

Every page with few rows: `tests/access/test_axe_in_browser.py`.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, JobRun, User
from pipeline.models import Activity, Deal, Lead
from pipeline.sample.loading import Size, load_sample

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
VIEWS = ((1280, "light"), (360, "dark"))
TEAMS = b"slug,name,parent\neast,East,\nwest,West,nowhere\n"
GRAVE = {"serious", "critical"}
PAGES = {
    # Pages of figures: tests/metrics/test_figure_pages_in_browser.py.
    "rep": (
        "pipeline:board", "pipeline:deal_list", "pipeline:lead_list", "pipeline:account_list", "pipeline:contact_list",
        "pipeline:activity_list", "pipeline:activity_log",
    ),
    "manager": ("metrics:today", "pipeline:board", "pipeline:hand_over_list"),
    "admin": ("pipeline:pipeline_list", "pipeline:campaign_list", "pipeline:rep_list", "accounts:audit_list"),
}  # fmt: skip


@pytest.fixture
def company(db: None) -> None:
    """A small sample company."""
    load_sample(size=Size(reps=4, months=4, deals=60, activities=150), seed=1, today=timezone.localdate())


@pytest.fixture
def desk(company, visit):
    """Opens a page for one of the sample's people."""
    return lambda role, address, **options: visit(address, user=user(role), **options)


def user(role: str) -> User:
    return User.objects.get(email=f"{role}@sample.example")


def visible(model, role: str):
    """The first record that the role sees."""
    return model.objects.visible_to(user(role)).order_by("pk")


def record_pages() -> dict[str, list[str]]:
    """Pages of single records, by role."""
    deal = visible(Deal, "rep").filter(outcome="open", account__isnull=False).first()
    lead = visible(Lead, "rep").filter(status="qualified").first()
    other = visible(Account, "rep").exclude(pk=deal.account_id).first()
    planned = visible(Activity, "rep").filter(done_at=None).first()
    return {
        "rep": [
            *(reverse(f"pipeline:deal_{page}", args=[deal.pk]) for page in ("detail", "edit", "lines", "win", "lose")),
            reverse("pipeline:deal_detail", args=[visible(Deal, "rep").filter(outcome="lost").first().pk]),
            reverse("pipeline:account_detail", args=[deal.account_id]),
            reverse("pipeline:account_merge", args=[deal.account_id]) + f"?with={other.pk}",
            reverse("pipeline:deal_list") + f"?sort=month&edit={deal.pk}",
            reverse("pipeline:contact_detail", args=[deal.account.contacts.first().pk]),
            reverse("pipeline:lead_detail", args=[lead.pk]),
            reverse("pipeline:lead_convert", args=[lead.pk]),
            reverse("pipeline:activity_complete", args=[planned.pk]),
            reverse("pipeline:search") + "?q=a",
            reverse("pipeline:deal_list") + "?q=nothing+has+this+name",
            "/nowhere/",
        ],
        "manager": [
            reverse("pipeline:deal_detail", args=[deal.pk]),
            reverse("pipeline:hand_over", args=[deal.owner_id]),
        ],
        "admin": [
            reverse("metrics:job_detail", args=[JobRun.objects.order_by("pk").first().pk]),
        ],
    }


def findings(page) -> list[tuple[str, int, str, str, str]]:
    """What axe calls serious or worse on the open page, wide and narrow; and whether it scrolls sideways."""
    found = []
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        at = (page.url.split("/", 3)[3], width, scheme)
        for one in Axe().run(page, options=WCAG).response["violations"]:
            found += [(*at, one["id"], node["html"]) for node in one["nodes"] if one["impact"] in GRAVE]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append((*at, "wider than the screen", ""))
    return found


@pytest.mark.looks
def test_axe_finds_nothing_serious_on_the_main_pages(desk, live_server):
    JobRun.objects.create(kind="snapshot", key="of this test", state="done", message="1 day, 12 figures")
    records, found = record_pages(), []
    for role, names in PAGES.items():
        page = desk(role, "/", reduced_motion="reduce")
        for address in [*map(reverse, names), *records[role]]:
            page.goto(live_server.url + address)
            assert "/auth/" not in page.url
            found += findings(page)
    # The last page is the admin's: an uploaded file, with a bad row in it.
    page.goto(live_server.url + reverse("pipeline:import_list"))
    page.set_input_files("[name=file]", {"name": "teams.csv", "mimeType": "text/csv", "buffer": TEAMS})
    page.select_option("[name=kind]", "teams")
    page.locator("main button.btn-primary").click()
    page.wait_for_url("**/imports/*/")
    assert findings(page) + found == []
