"""What the sample's customers answered when they were asked."""

import datetime
from collections.abc import Iterator
from random import Random

from django.db.models import Min

from accounts.memberships import TeamHistory
from accounts.models import Account, Contact
from metrics.facts.surveys import freeze
from metrics.models import SurveyResponse
from pipeline.models import DealVersion
from pipeline.sample.world import World

MOST = 3000
"""Customers that are asked, however large the sample is."""
ANSWERED = 0.38
FIRST_AFTER, EVERY = 60, 182
WELCOME_AFTER = 21
DAY = datetime.timedelta(days=1)
Kind = SurveyResponse.Kind


def ask_customers(world: World) -> int:
    """Invitations twice a year from two months after the first sale on, and one question after it; how many rows."""
    wins = (
        DealVersion.objects.filter(deal__is_sample=True, superseded_at=None, valid_to=None, outcome="won")
        .exclude(kind="credit")
        .filter(account__isnull=False)
        .values_list("account")
        .annotate(first=Min("closed_on"))
        .order_by("account")[:MOST]
    )
    since = {pk: day for pk, day in wins if day}
    accounts = Account.objects.select_related("owner").in_bulk(since)
    contacts: dict[int, Contact] = {}
    for contact in Contact.objects.filter(account__in=since, is_sample=True).order_by("-pk"):
        contacts[contact.account_id] = contact
    teams = TeamHistory.load({one.owner_id for one in accounts.values() if one.owner_id})
    rows: list[SurveyResponse] = []
    for number, (pk, first) in enumerate(since.items()):
        random = world.random("survey", number)
        mood = min(0.95, max(0.05, random.gauss(0.62, 0.2)))
        for row in _asked(world, first, mood, random):
            row.account, row.contact = accounts[pk], contacts.get(pk)
            freeze(row, teams)
            rows.append(row)
    SurveyResponse.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _asked(world: World, first: datetime.date, mood: float, random: Random) -> Iterator[SurveyResponse]:
    if first + WELCOME_AFTER * DAY <= world.last_day:
        yield _question(world, Kind.CSAT, first + WELCOME_AFTER * DAY, _stars(mood, random), "Set-up", random)
    day = first + FIRST_AFTER * DAY
    while day <= world.last_day:
        yield _question(world, Kind.NPS, day, _points(mood, random), "", random)
        day += EVERY * DAY


def _question(
    world: World, kind: str, invited_on: datetime.date, score: int, touchpoint: str, random: Random
) -> SurveyResponse:
    row = SurveyResponse(
        kind=kind, invited_on=invited_on, touchpoint=touchpoint, created_at=world.moment, is_sample=True
    )  # fmt: skip
    day = invited_on + random.randrange(0, 13) * DAY
    if random.random() < ANSWERED and day <= world.last_day:
        row.score, row.at, row.answered_on = score, world.instant(day, random), day
    return row


def _points(mood: float, random: Random) -> int:
    return min(10, max(0, round(random.gauss(4.5 + 5.5 * mood, 1.6))))


def _stars(mood: float, random: Random) -> int:
    return min(5, max(1, round(random.gauss(2.6 + 2.3 * mood, 0.8))))
