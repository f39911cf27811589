"""A frozen quarter keeps its figures; what moves today's is named, record by record, and adds up."""

import datetime
from decimal import Decimal

import pytest
import time_machine

from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Company, Team
from metrics.actions.books import close_period, reopen_book
from metrics.books.book import book_of, is_versioned
from metrics.books.records import moved_records
from metrics.catalogue import METRICS
from metrics.evaluate import find_metric
from metrics.jobs.schedule import due_freezes
from metrics.models import Book, BookFigure
from metrics.scopes import team_scope
from pipeline.actions.activities import delete_activity, log_activity
from pipeline.actions.deals import change_deal, delete_deal
from pipeline.actions.leads import change_lead, create_lead, delete_lead
from pipeline.models import Deal, DealVersion
from tests.metrics.books import NOW, at, lost, won, write_book
from tests.metrics.frozen.quarter import figures, freeze_period, freeze_third_quarter, period_of, questions

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sold(cast) -> dict[str, Deal]:
    return write_book(cast)


@pytest.fixture
def frozen(cast, sold) -> Book:
    """July to September: one deal won, 2,000; it had been opened on 1 June."""
    return freeze_third_quarter(cast.admin)


def values(slug: str, book: Book, now: datetime.datetime = NOW + HOUR) -> tuple[Decimal | None, Decimal | None]:
    then, today = figures(slug, book, now=now)
    return then.value.value, today.value.value


def moved(slug: str, book: Book, now: datetime.datetime = NOW + HOUR, **asked):
    return moved_records(find_metric(slug), *questions(book, now.date(), **asked))


def test_a_changed_deal_moves_todays_figure_and_not_the_frozen_one(cast, sold, frozen):
    assert values("won_revenue", frozen) == (2000, 2000)
    assert moved("won_revenue", frozen) == []

    change_deal(deal=sold["summer"], amount=Decimal("2750.50"), by=cast.admin, now=NOW + HOUR)
    assert values("won_revenue", frozen) == (2000, Decimal("2750.50"))
    [row] = moved("won_revenue", frozen)
    assert (row.kind, row.id, row.name) == ("deal", sold["summer"].pk, sold["summer"].name)
    assert (row.numerator_then, row.numerator_now, row.numerator) == (2000, Decimal("2750.50"), Decimal("750.50"))
    assert moved("deals_won", frozen) == []

    change_deal(deal=sold["summer"], amount=Decimal(2000), by=cast.admin, now=NOW + 2 * HOUR)
    assert values("won_revenue", frozen) == (2000, 2000)
    assert moved("won_revenue", frozen) == []


def test_deals_that_come_and_go_are_named_with_their_amounts(cast, sold, frozen):
    """A win of September entered late, the win of July deleted: 2,000 as reported, 900 now."""
    won(cast.reps["rep"], 900, at(8, 3), at(9, 15), name="Late")
    delete_deal(deal=sold["summer"], by=cast.admin, now=NOW + HOUR)
    rows = {row.name: row.numerator for row in moved("won_revenue", frozen)}
    assert values("won_revenue", frozen) == (2000, 900)
    assert rows == {"Late": 900, sold["summer"].name: -2000}


def test_both_parts_of_a_rate_add_up(cast, sold, frozen):
    """As reported 1 of 1; a loss entered late makes it 1 of 2."""
    then, _now = figures("win_rate", frozen, now=NOW + HOUR)
    assert (then.value.numerator, then.value.denominator) == (1, 1)
    lost(cast.reps["rep"], 70, at(7, 1), at(8, 20), name="Forgotten loss")
    then, now = figures("win_rate", frozen, now=NOW + HOUR)
    assert (then.value.value, now.value.value) == (1, Decimal("0.5"))
    [row] = moved("win_rate", frozen)
    assert (row.name, row.numerator, row.denominator) == ("Forgotten loss", 0, 1)


def test_leads_and_activities_are_kept_as_they_were(cast, sold):
    """Three leads and two calls in the quarter; afterwards one lead is deleted, one moved, one call added."""
    leads = [
        create_lead(by=cast.admin, now=at(8, day), name=f"Lead {day}", owner=cast.reps["rep"]) for day in (3, 4, 5)
    ]
    calls = [
        log_activity(
            by=cast.rep, now=at(8, day), kind="call", owner=cast.reps["rep"], deal=sold["first"], subject=f"Call {day}"
        )
        for day in (6, 7)
    ]
    book = freeze_period("2026-Q3", by=cast.admin, now=NOW)
    assert values("leads_created", book) == (3, 3)
    before = values("activities_logged", book)
    assert before == (2, 2)

    delete_lead(lead=leads[0], by=cast.admin, now=NOW + HOUR)
    change_lead(lead=leads[1], by=cast.admin, now=NOW + HOUR, name="Renamed")
    delete_activity(activity=calls[0], by=cast.admin, now=NOW + HOUR)
    assert values("leads_created", book) == (3, 2)
    assert [(row.id, row.name, row.numerator) for row in moved("leads_created", book)] == [(leads[0].pk, "Lead 3", -1)]
    assert values("activities_logged", book) == (2, 1)
    assert [(row.id, row.numerator) for row in moved("activities_logged", book)] == [(calls[0].pk, -1)]
    north = team_scope(cast.north)
    then, now = figures("leads_created", book, now=NOW + HOUR, scope=north)
    assert (then.value.value, now.value.value) == (3, 2)
    assert moved("leads_created", book, scope=north) is None, "records without versions are kept for the company"


def test_every_metric_says_at_the_freeze_what_it_says_now(cast, sold, frozen):
    for slug in METRICS.keys() - {"baseline_change"}:  # the baseline is the first frozen period: none before it
        then, now = figures(slug, frozen, now=NOW)
        assert then.value == now.value, slug
        assert moved(slug, frozen, now=NOW) == [], slug


def test_growth_is_against_the_quarter_before(cast, sold, frozen):
    """June holds 500, 31 March another 300: 92 days before July begin on 31 March, the second quarter does not."""
    won(cast.reps["rep"], 500, at(6, 1), at(6, 10))
    won(cast.reps["rep"], 300, at(3, 1), at(3, 31))
    quarter = freeze_period("2026-Q2", by=cast.admin, now=NOW + HOUR)
    then, now = figures("revenue_growth", quarter, now=NOW + HOUR)
    assert then.value == now.value
    assert (then.value.numerator, then.value.denominator) == (200, 300), "500 in the second quarter, 300 in the first"


def test_stored_figures_of_deals_are_what_their_versions_said(cast, sold, frozen):
    """Asked again with the knowledge of the freeze: the same, whatever was done to the deals since."""
    for deal in sold.values():
        change_deal(deal=deal, amount=Decimal(1), by=cast.admin, now=NOW + HOUR)
    then, _now = questions(frozen, NOW.date())
    for slug, metric in METRICS.items():
        if is_versioned(metric):
            kept, _today = figures(slug, frozen, now=NOW + HOUR)
            again = metric.parts(then)[next(iter(metric.parts(then)))]
            assert (kept.value.n, kept.value.numerator is None) == (again.n, again.numerator is None), slug


def test_a_new_tree_of_teams_moves_nothing_that_was_reported(cast, sold, frozen):
    """The rep's team leaves its region after the freeze."""
    region = Team.objects.get(slug="region")
    then, now = figures("won_revenue", frozen, now=NOW + HOUR, scope=team_scope(region))
    assert (then.value.value, now.value.value) == (2000, 2000)
    Team.objects.filter(pk=cast.north.pk).update(parent=None)
    then, now = figures("won_revenue", frozen, now=NOW + HOUR, scope=team_scope(region))
    assert then.value.value == 2000
    assert now.value.value in (0, None)
    q_then, _q_now = questions(frozen, NOW.date(), scope=team_scope(region))
    assert set(q_then.scope.team_ids) == {region.pk, cast.north.pk, cast.south.pk}


def test_what_was_long_in_the_writing_is_learnt_after_the_freeze(cast, sold, frozen):
    """An import that began before the freeze and wrote after it: its clock says earlier."""
    change_deal(deal=sold["summer"], amount=Decimal(9999), by=cast.admin, now=NOW - HOUR)
    assert values("won_revenue", frozen) == (2000, 9999)
    newest = DealVersion.objects.filter(deal=sold["summer"], superseded_at=None).get(outcome="won")
    assert newest.recorded_at > frozen.frozen_at


def test_months_of_a_frozen_quarter_are_kept_too(cast):
    for day in (3, 4):
        create_lead(by=cast.admin, now=at(7, day), name=f"Lead {day}", owner=cast.reps["rep"])
    create_lead(by=cast.admin, now=at(9, 30), name="Last lead", owner=cast.reps["rep"])
    book = freeze_period("2026-Q3", by=cast.admin, now=NOW)
    kept = BookFigure.objects.filter(book=book, metric="leads_created", scope_kind="company").order_by("first", "-last")
    assert [(row.first.month, row.last.month, row.value) for row in kept] == [
        (7, 9, "3"), (7, 7, "2"), (8, 8, "0"), (9, 9, "1"),
    ]  # fmt: skip
    deals = BookFigure.objects.filter(book=book, metric="won_revenue", scope_kind="company")
    assert [(row.first.month, row.last.month) for row in deals] == [(7, 9)], "deals are asked again for any days"


class TestClosing:
    def test_a_period_that_runs_is_not_closed(self, cast):
        with pytest.raises(ActionRefused, match="not over yet"):
            close_period(period=period_of("2026-11"), grace_days=0, by=cast.admin, now=NOW)

    def test_odd_periods_are_not_closed(self, cast):
        with pytest.raises(ActionRefused, match="Months, quarters and years"):
            close_period(period=period_of("2026-W41"), grace_days=0, by=cast.admin, now=NOW)

    def test_a_period_is_closed_once(self, cast):
        close_period(period=period_of("2026-10"), grace_days=3, by=cast.admin, now=NOW)
        with pytest.raises(ActionRefused, match="closed already"):
            close_period(period=period_of("2026-10"), grace_days=3, by=cast.admin, now=NOW)

    def test_figures_of_a_softly_closed_period_are_not_yet_reported(self, cast, sold):
        book = close_period(period=period_of("2026-Q3"), grace_days=3, by=cast.admin, now=NOW)
        assert (book.state, book.freezes_on) == ("closed", datetime.date(2026, 11, 23))
        assert book_of(period_of("2026-Q3")) is None

    def test_it_freezes_by_itself_after_the_days_of_grace(self, cast):
        book = close_period(period=period_of("2026-Q3"), grace_days=3, by=cast.admin, now=NOW)
        company = Company.current()
        day = datetime.timedelta(days=1)
        assert due_freezes(NOW + 3 * day, company) == []
        assert due_freezes(NOW + 4 * day, company) == [("freeze", f"2026-Q3 {book.pk}")]

    def test_reopening_needs_a_reason_and_leaves_a_trace(self, cast, frozen):
        with pytest.raises(ActionRefused, match="Say why"):
            reopen_book(book=frozen, reason=" ", by=cast.admin, now=NOW)
        reopen_book(book=frozen, reason="Wrong quarter", by=cast.admin, now=NOW)
        assert book_of(period_of("2026-Q3")) is None
        assert Book.objects.get(pk=frozen.pk).state == "reopened"
        entry = AuditEntry.objects.get(action="reopen")
        assert entry.detail == {"state": "frozen", "reason": "Wrong quarter"}
        again = freeze_period("2026-Q3", by=cast.admin, now=NOW + HOUR)
        assert book_of(period_of("2026-Q3")).id == again.pk
