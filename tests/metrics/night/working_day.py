"""A day of work on the sample company: current and back-dated changes of every kind, by chance."""

import datetime
import random
from collections.abc import Callable
from decimal import Decimal

from accounts.models import Rep, Team, User
from accounts.roles import Role
from pipeline.actions.activities import delete_activity, log_activity
from pipeline.actions.deals import assign_deal, change_deal, create_deal, delete_deal
from pipeline.actions.leads import create_lead, disqualify_lead, qualify_lead
from pipeline.actions.memberships import move_rep
from pipeline.actions.outcomes import lose_deal, reopen_deal, win_deal
from pipeline.models import Activity, Deal, Lead, LostReason

DAY = datetime.timedelta(days=1)
DAYS_AGO = (0, 0, 0, 1, 2, 9, 33, 64, 140, 500)


def work_for_a_day(chance: random.Random, now: datetime.datetime) -> None:
    """Deals opened, changed, closed, reopened and deleted; leads and activities; two reps in other teams."""
    reps = list(Rep.objects.filter(team__isnull=False).order_by("pk"))
    past = [now - days * DAY for days in DAYS_AGO]
    change_open_deals(chance, now, reps, past)
    for deal in chance.sample(list(Deal.objects.exclude(outcome="open").order_by("pk")), 4):
        reopen_deal(deal=deal, by=None, now=now)
    for at in past:
        take_in(chance, now, at, reps)
    for lead in chance.sample(list(Lead.objects.filter(status="contacted").order_by("pk")), 6):
        qualify_lead(lead=lead, by=None, now=now)
    for lead in chance.sample(list(Lead.objects.filter(status="new").order_by("pk")), 3):
        disqualify_lead(lead=lead, by=None, now=now, reason="spam")
    for activity in chance.sample(list(Activity.objects.filter(done_on__isnull=False).order_by("pk")), 5):
        delete_activity(activity=activity, by=None, now=now)
    admin = User.objects.filter(role=Role.ADMIN).first()
    for rep in chance.sample(reps, 2):
        others = list(Team.objects.exclude(pk=rep.team_id).order_by("pk"))
        move_rep(rep=rep, team=chance.choice(others), day=now.date() - 20 * DAY, by=admin, now=now)


def change_open_deals(
    chance: random.Random, now: datetime.datetime, reps: list[Rep], past: list[datetime.datetime]
) -> None:
    """Twelve open deals, each in one way."""
    reason = LostReason.objects.get(name="Duplicate")
    amount = Decimal(chance.randrange(100, 9000))
    ways: list[Callable[[Deal, datetime.datetime], object]] = [
        lambda deal, at: win_deal(deal=deal, by=None, now=now, closed_at=at, amount=amount),
        lambda deal, at: lose_deal(deal=deal, by=None, now=now, closed_at=at, reason=reason),
        lambda deal, _at: change_deal(deal=deal, by=None, now=now, amount=amount),
        lambda deal, _at: assign_deal(deal=deal, by=None, now=now, owner=chance.choice(reps)),
        lambda deal, _at: delete_deal(deal=deal, by=None, now=now),
    ]
    for deal in chance.sample(list(Deal.objects.filter(outcome="open").order_by("pk")), 12):
        chance.choice(ways)(deal, max(deal.opened_at or now, chance.choice(past)))


def take_in(chance: random.Random, now: datetime.datetime, at: datetime.datetime, reps: list[Rep]) -> None:
    """A deal, an activity and a lead of that time, some of them nobody's."""
    deal = create_deal(
        by=None, now=now, name="Late", owner=chance.choice([None, *reps]), opened_at=at, amount=Decimal(777)
    )
    if chance.random() < 0.5:
        win_deal(deal=deal, by=None, now=now, closed_at=max(at, now - 3 * DAY))
    log_activity(by=None, now=now, kind="call", owner=chance.choice(reps), done_at=at)
    create_lead(by=None, now=now, name="Late", created_at=at, owner=chance.choice([None, *reps]))
