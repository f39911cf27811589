"""After a save: the page is as far down as it was, and the focus is where one goes on."""

import pytest
from django.urls import reverse

from pipeline.actions.activities import log_activity
from pipeline.actions.deals import create_deal
from pipeline.models import Activity, Deal, Stage
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "has_touch": True, "is_mobile": True}
STEPS = 12


@pytest.fixture
def steps(cast):
    rep, deal = cast.reps["rep"], cast.owns["rep"].deal
    return [
        log_activity(by=None, now=NOW, kind="call", owner=rep, deal=deal, subject=f"Ask {n:02}", due_at=NOW)
        for n in range(STEPS)
    ]


def shown_steps(page):
    """The activities in the order of the page."""
    links = page.locator("a[href*='/complete/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [int(link.split("/")[2]) for link in links]


def focused(page, name="href"):
    return page.evaluate(f"document.activeElement.getAttribute('{name}')")


def in_sight(page):
    """Whether what has the focus lies between the bar at the top and the one at the bottom."""
    return page.evaluate("""() => {
      const box = document.activeElement.getBoundingClientRect();
      return box.top >= document.querySelector(".st-top").getBoundingClientRect().bottom - 1
        && box.bottom <= document.querySelector(".st-tabbar").getBoundingClientRect().top + 1;
    }""")


def test_done_and_snoozed_steps_leave_the_focus_on_the_next_one(visit, cast, steps):
    page = visit(reverse("metrics:today"), user=cast.rep, **PHONE)
    order = shown_steps(page)
    page.locator(f"a[href='/activities/{order[3]}/complete/']").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.locator(f"a[href='/activities/{order[3]}/complete/']").tap()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=then]").first.wait_for()
    assert page.evaluate("!document.activeElement.matches('textarea')")  # no keyboard over what saves
    with page.expect_navigation():
        dialog.locator("[name=then][value=week]").tap()
    page.locator(".st-toast", has_text="Next step on").wait_for()
    assert focused(page) == f"/activities/{order[4]}/complete/"
    assert page.evaluate("scrollY") == before
    assert in_sight(page)

    order = shown_steps(page)
    row = page.locator("li", has=page.locator(f"a[href='/activities/{order[2]}/complete/']"))
    row.locator("summary").tap()
    with page.expect_navigation():
        row.locator("button[value=week]").tap()
    page.locator(".st-toast", has_text="Put off").wait_for()
    following = f"details:has(form[action='/activities/{order[3]}/snooze/']) > summary"
    assert page.evaluate("selector => document.activeElement === document.querySelector(selector)", following)
    assert in_sight(page)
    assert page.heard == []


def test_the_log_leads_back_to_its_button_and_undo_moves_nothing(visit, cast, steps):
    page = visit(reverse("metrics:today"), user=cast.rep, **PHONE)
    page.evaluate("scrollTo(0, 300)")
    page.tap(".st-tabbar a.add")
    page.locator("dialog.st-sheet label:has([name=kind][value=call])").tap()
    with page.expect_navigation():
        page.locator("dialog.st-sheet [value=spoke]").tap()
    page.locator(".st-toast", has_text="Call · Spoke logged").wait_for()
    assert (focused(page, "class"), page.evaluate("scrollY")) == ("add", 300)
    with page.expect_navigation():
        page.locator(".st-toast button", has_text="Undo").tap()
    page.locator(".st-toast", has_text="Taken back").wait_for()
    assert (focused(page, "id"), page.evaluate("scrollY")) == ("main", 300)


def test_what_was_planned_on_today_is_taken_back_on_today(visit, cast):
    create_deal(by=None, now=NOW, name="Unplanned", owner=cast.reps["rep"])
    page = visit(reverse("metrics:today"), user=cast.rep, **PHONE)
    page.locator("a[aria-label='Plan next step: Unplanned']").tap()
    with page.expect_navigation():
        page.locator("dialog.st-sheet button", has_text="Plan").last.tap()
    with page.expect_navigation():
        page.locator(".st-toast button", has_text="Undo").tap()
    page.locator(".st-toast", has_text="deleted").wait_for()
    assert page.url.endswith(reverse("metrics:today"))
    assert not Activity.objects.visible_to(cast.rep).filter(deal__name="Unplanned").exists()


def test_on_a_phone_a_moved_card_leaves_the_focus_on_the_next_one_and_undo_its_stage_in_sight(visit, cast):
    rep, stage = cast.reps["rep"], Stage.objects.get(name="Discovery")
    deals = [create_deal(by=None, now=NOW, name=f"Deal {n}", owner=rep, stage=stage) for n in range(4)]
    page = visit(f"{reverse('pipeline:board')}?stage={stage.pk}", user=cast.rep, **PHONE)
    cards = page.locator(".st-lane.is-current [data-deal]")
    order = cards.evaluate_all("cards => cards.map(card => card.dataset.deal)")
    cards.nth(1).locator("[data-move]").tap()
    cards.nth(1).locator("button", has_text="Qualification").tap()
    page.locator(".st-toast", has_text="moved to Qualification").wait_for()
    assert focused(page) == order[2]
    assert sum(Deal.objects.get(pk=deal.pk).stage.name == "Qualification" for deal in deals) == 1
    with page.expect_navigation():
        page.locator(".st-toast button", has_text="Undo").tap()
    page.locator(".st-toast", has_text="moved to Discovery").wait_for()
    assert page.locator(".st-lane.is-current").get_attribute("data-lane") == str(stage.pk)
    assert all(Deal.objects.get(pk=deal.pk).stage == stage for deal in deals)


def test_a_row_that_was_edited_gets_the_focus_back(visit, cast):
    rep = cast.reps["rep"]
    deals = [create_deal(by=None, now=NOW, name=f"Deal {n}", owner=rep) for n in range(9)]
    page = visit(reverse("pipeline:deal_list"), user=cast.rep, **PHONE)
    pencil = page.locator(f"#deal-{deals[4].pk} [data-edit]")
    pencil.tap()
    page.wait_for_url("**edit=*")
    page.fill(f"#deal-{deals[4].pk} [name=amount]", "4321")
    with page.expect_navigation():
        page.press(f"#deal-{deals[4].pk} [name=amount]", "Enter")
    page.locator(f"#deal-{deals[4].pk} [data-edit]:focus").wait_for()
    assert in_sight(page)


def test_a_form_on_its_own_page_leads_back_to_its_link_and_a_refused_one_to_what_is_wrong(visit, cast):
    deal = cast.owns["rep"].deal
    page = visit(deal.get_absolute_url(), user=cast.rep, **PHONE)
    with page.expect_navigation():
        page.locator("a", has_text="Edit credits").tap()
    page.fill("[name=rows-0-share]", "60")
    with page.expect_navigation():
        page.locator("button", has_text="Save credits").tap()
    assert "add up to 60" in page.evaluate("document.activeElement.innerText")
    page.fill("[name=rows-0-share]", "100")
    with page.expect_navigation():
        page.locator("button", has_text="Save credits").tap()
    page.locator(".st-toast", has_text="Credits saved").wait_for()
    assert focused(page) == reverse("pipeline:deal_credits", args=[deal.pk])
    assert in_sight(page)


def test_signing_out_leaves_nothing_on_the_device(visit, cast, steps):
    page = visit(reverse("metrics:today"), user=cast.rep, **PHONE)
    with page.expect_navigation():
        page.locator("main a[href*='/deals/']").first.tap()
    assert page.evaluate("Object.keys(sessionStorage).some((name) => name.startsWith('st-place'))")
    page.locator(".st-top summary").last.tap()
    with page.expect_navigation():
        page.locator("form[data-forgets-drafts] button").tap()
    assert page.evaluate("[Object.keys(sessionStorage), Object.keys(localStorage)]") == [[], []]
