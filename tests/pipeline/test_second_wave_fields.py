"""What is kept so that later figures can be told: first due days, first assignments, key accounts, humans only."""

import datetime

import pytest

from accounts.models import Account, Company
from metrics.evaluate import evaluate
from metrics.periods import parse_period
from metrics.scopes import COMPANY
from pipeline.actions.accounts import change_account
from pipeline.actions.activities import change_activity, complete_activity, log_activity
from pipeline.actions.deals import create_deal
from pipeline.actions.leads import assign_lead, create_lead
from pipeline.actions.outcomes import win_deal
from pipeline.history import refold_deals
from pipeline.models import DealVersion
from tests.cast import NOW

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def task(cast):
    owner = cast.reps["rep"]
    return log_activity(by=None, now=NOW, kind="task", owner=owner, due_at=NOW + 2 * DAY, subject="Report")


def test_a_due_day_may_move_until_it_is_over(task):
    assert task.original_due_on == (NOW + 2 * DAY).date()
    earlier = change_activity(activity=task, by=None, now=NOW + DAY, due_at=NOW + 4 * DAY)
    assert earlier.original_due_on == (NOW + 4 * DAY).date()
    on_the_day = change_activity(activity=task, by=None, now=NOW + 4 * DAY, due_at=NOW + 6 * DAY)
    assert on_the_day.original_due_on == (NOW + 6 * DAY).date()
    too_late = change_activity(activity=task, by=None, now=NOW + 7 * DAY, due_at=NOW + 9 * DAY)
    assert too_late.original_due_on == (NOW + 6 * DAY).date()
    done = complete_activity(activity=task, by=None, now=NOW + 8 * DAY)
    assert (done.original_due_on, done.done_on) == ((NOW + 6 * DAY).date(), (NOW + 8 * DAY).date())


def test_a_lead_keeps_when_it_was_first_assigned(cast):
    ann, ben = cast.reps["rep"], cast.reps["colleague"]
    queued = create_lead(by=None, now=NOW, name="Queued", team=cast.north)
    assert queued.assigned_at is None
    claimed = assign_lead(lead=queued, owner=ann, by=cast.rep, now=NOW + HOUR)
    assert claimed.assigned_at == NOW + HOUR
    assert assign_lead(lead=queued, owner=ben, by=cast.manager, now=NOW + 2 * HOUR).assigned_at == NOW + HOUR


def test_a_lead_that_its_owner_made_was_never_assigned(cast):
    ann, ben = cast.reps["rep"], cast.reps["colleague"]
    own = create_lead(by=cast.rep, now=NOW, name="Own", owner=ann)
    given = create_lead(by=cast.manager, now=NOW, name="Given", owner=ben)
    assert (own.assigned_at, given.assigned_at) == (None, NOW)
    assert assign_lead(lead=own, owner=ben, by=cast.manager, now=NOW + HOUR).assigned_at is None


def test_a_key_account_is_in_the_history_of_its_open_deals_from_the_day_on(cast):
    account, owner = cast.owns["rep"].account, cast.reps["rep"]
    closed = create_deal(by=None, now=NOW, name="Closed", owner=owner, account=account, amount=5)
    win_deal(deal=closed, by=None, now=NOW + DAY)
    still_open = create_deal(by=None, now=NOW, name="Open", owner=owner, account=account, amount=5)
    before = set(DealVersion.objects.values_list("digest", flat=True))
    account = change_account(account=account, by=cast.admin, now=NOW + 3 * DAY, is_key=True)
    versions = DealVersion.objects.filter(superseded_at=None)
    spans = versions.filter(deal=still_open).order_by("valid_from").values_list("valid_from", "is_key")
    assert list(spans) == [(NOW.date(), False), ((NOW + 3 * DAY).date(), True)]
    assert not versions.filter(deal=closed, is_key=True).exists()
    later = create_deal(by=None, now=NOW + 4 * DAY, name="Later", owner=owner, account=account, amount=5)
    assert versions.get(deal=later).is_key
    # What was stored before such accounts existed folds to the same versions.
    assert before & set(versions.values_list("digest", flat=True))
    ids = [closed.pk, still_open.pk, later.pk]
    assert refold_deals(ids, now=NOW + 5 * DAY, company=Company.current()) == 0


def test_what_a_machine_sent_is_in_no_count(cast):
    owner = cast.reps["rep"]
    month = parse_period("2026-11", today=NOW.date())

    def counted() -> int:
        figure = evaluate(
            "activities_logged", period=month, scope=COMPANY, company=Company.current(), today=NOW.date(), now=NOW
        )  # fmt: skip
        return figure.value.n

    before = counted()
    log_activity(by=None, now=NOW, kind="email", owner=owner, direction="out", automated=True)
    assert counted() == before
    log_activity(by=None, now=NOW, kind="email", owner=owner, direction="out")
    assert counted() == before + 1


def test_an_account_is_no_key_account_unless_said(db):
    assert not Account.objects.create(name="New").is_key
