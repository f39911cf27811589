"""Writes of reps and their teams, with what they do to deals and figures."""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.actions.memberships import change_team_from, remove_team_change
from accounts.actions.reps import change_rep, create_rep
from accounts.business_dates import BEGINNING, business_date
from accounts.models import Company, Rep, Team, User
from pipeline.changed_days import queue_days
from pipeline.history import refold_deals
from pipeline.models import ChangedDay, Deal, DealVersion

EMPLOYMENT = frozenset({"hired_on", "left_on", "counts_as_capacity"})
"""Fields of a rep that selling capacity is counted from."""


@transaction.atomic
def hire_rep(*, name: str, by: User | None, now: datetime.datetime, **values: Any) -> Rep:
    """Make a seller, as ``create_rep`` does, and queue the days of the new capacity."""
    rep = create_rep(name=name, by=by, now=now, **values)
    queue_capacity([rep.hired_on], now=now)
    return rep


@transaction.atomic
def change_seller(*, rep: Rep, by: User | None, now: datetime.datetime, **values: Any) -> Rep:
    """Change fields of a rep, as ``change_rep`` does, and queue the days whose capacity that moves."""
    rep, old = change_rep(rep=rep, by=by, now=now, **values)
    if "counts_as_capacity" in old:
        queue_capacity([rep.hired_on], now=now)
    elif EMPLOYMENT & old.keys():
        queue_capacity([old[key] or getattr(rep, key) for key in EMPLOYMENT & old.keys()], now=now)
    return rep


@transaction.atomic
def move_rep(*, rep: Rep, team: Team | None, day: datetime.date | None, by: User | None, now: datetime.datetime) -> Rep:
    """Put a rep into a team from ``day`` on (None: the beginning). Open deals follow, deals closed before stay."""
    rep = change_team_from(rep=rep, team=team, day=day, by=by, now=now)
    follow_teams([rep.pk], since=day, now=now)
    return rep


@transaction.atomic
def take_back_move(*, rep: Rep, day: datetime.date | None, by: User | None, now: datetime.datetime) -> Rep:
    """Undo ``move_rep``: what was before ``day`` goes on."""
    rep = remove_team_change(rep=rep, day=day, by=by, now=now)
    follow_teams([rep.pk], since=day, now=now)
    return rep


def follow_teams(rep_ids: Collection[int], *, since: datetime.date | None, now: datetime.datetime) -> int:
    """Fold the deals that stood with these reps on or after ``since`` (None: ever) anew; how many deals that are.

    Runs in the caller's transaction. Queues the days of the reps' capacity too.
    """
    company = Company.current()
    held = Q() if since is None else Q(valid_to=None) | Q(valid_to__gt=since)
    current = DealVersion.objects.filter(superseded_at=None).filter(held)
    if since is not None:
        current = current.exclude(closed_on__lt=since)
    ids = set(current.filter(owner__in=rep_ids).values_list("deal", flat=True))
    ids |= set(current.filter(credits__rep__in=rep_ids).values_list("deal", flat=True))
    list(Deal.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    refold_deals(ids, now=now, company=company)
    first = Rep.objects.filter(pk__in=rep_ids).order_by("hired_on").values_list("hired_on", flat=True)
    queue_capacity([since or min((day for day in first if day), default=None)], now=now)
    return len(ids)


def queue_capacity(days: Collection[datetime.date | None], *, now: datetime.datetime) -> None:
    """Queue the days from the earliest of ``days`` (None: not known) to today, as far as figures of deals reach."""
    company = Company.current()
    today = business_date(now, company.zone)
    known = [day for day in days if day is not None]
    if len(known) < len(days) or not known:
        first = DealVersion.objects.filter(valid_from__gt=BEGINNING).order_by("valid_from").values_list("valid_from")
        known += [row[0] for row in first[:1]]
    start = min(known, default=today)
    if start <= today:
        queue_days(ChangedDay.Subject.CAPACITY, [(start, today)], now=now)
