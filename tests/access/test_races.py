"""People at the same record at the same moment. SQLite writes one after the other and would hide what is tried here."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.errors import ActionRefused, StaleVersion
from accounts.models import Account, AuditEntry, Contact
from pipeline.actions.activities import log_activity
from pipeline.actions.deals import change_deal
from pipeline.actions.leads import assign_lead, convert_lead, create_lead
from pipeline.actions.outcomes import move_deal, win_deal
from pipeline.models import Activity, ChangedDay, Deal, DealEvent, DealVersion, Lead, Stage

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(calls: Sequence[Callable[[], Any]], *, threads: int = 8) -> list[Any]:
    """What each call gives back or raises. All threads begin together, each on its own connection."""
    start = threading.Barrier(min(threads, len(calls)))
    begun = threading.local()

    def run(call: Callable[[], Any]) -> Any:
        if not hasattr(begun, "yes"):
            begun.yes = True
            start.wait(timeout=20)
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, calls))


def test_fifty_conversions_of_a_lead_make_one_deal(cast):
    lead = cast.owns["rep"].lead
    before = {model: model.objects.count() for model in (Deal, Account, Contact)}
    found = at_once([lambda: convert_lead(lead=lead, by=cast.rep, now=timezone.now()).pk] * 50)
    assert Counter(found) == {Lead.objects.get(pk=lead.pk).deal_id: 50}
    assert {model: model.objects.count() - count for model, count in before.items()} == {
        Deal: 1,
        Account: 1,
        Contact: 1,
    }
    assert AuditEntry.objects.filter(action="convert", subject_id=lead.pk).count() == 1


@pytest.mark.parametrize("round_", range(5))
def test_of_two_moves_from_one_version_one_is_stale(cast, round_):
    deal = cast.owns["rep"].deal
    stages = {name: Stage.objects.get(name=name) for name in ("Proposal", "Negotiation")}

    def move(user: Any, stage: Stage) -> Callable[[], str]:
        values = {"deal": deal, "stage": stage, "by": user, "version": deal.version}
        return lambda: move_deal(now=timezone.now(), **values).stage.name

    found = at_once([move(cast.rep, stages["Proposal"]), move(cast.manager, stages["Negotiation"])], threads=2)
    moved = [result for result in found if isinstance(result, str)]
    assert [type(result) for result in found if not isinstance(result, str)] == [StaleVersion]
    assert [Deal.objects.get(pk=deal.pk).stage.name] == moved


def test_a_deal_is_won_once(cast):
    deal = cast.owns["rep"].deal
    found = at_once([lambda: win_deal(deal=deal, by=cast.rep, now=timezone.now())] * 16)
    assert Counter(type(result) for result in found) == {Deal: 1, ActionRefused: 15}
    assert sum(event.patch.get("outcome") == "won" for event in DealEvent.objects.filter(deal=deal)) == 1


def test_two_reps_claim_a_lead_and_one_has_it(cast):
    lead = create_lead(by=None, now=timezone.now(), name="Queued", team=cast.north)

    def claim(name: str) -> Callable[[], int]:
        values = {"lead": lead, "owner": cast.reps[name], "by": getattr(cast, name), "version": lead.version}
        return lambda: assign_lead(now=timezone.now(), **values).owner_id

    found = at_once([claim("rep"), claim("colleague")], threads=2)
    assert [result for result in found if isinstance(result, int)] == [Lead.objects.get(pk=lead.pk).owner_id]


def test_forty_activities_at_once_are_forty(cast):
    deal, lead = cast.owns["rep"].deal, cast.owns["rep"].lead
    before = Activity.objects.count()

    def log(number: int) -> Callable[[], int]:
        record = {"deal": deal} if number % 2 else {"lead": lead}
        values = {"by": cast.rep, "kind": "call", "owner": cast.reps["rep"], "subject": f"Call {number}", **record}
        return lambda: log_activity(now=timezone.now(), **values).pk

    found = at_once([log(number) for number in range(40)])
    assert Counter(type(result) for result in found) == {int: 40}
    assert len(set(found)) == 40
    assert Activity.objects.count() == before + 40
    assert Lead.objects.get(pk=lead.pk).status == Lead.Status.CONTACTED
    assert ChangedDay.objects.filter(subject=ChangedDay.Subject.ACTIVITIES).exists()


def test_changes_at_once_leave_a_history_that_adds_up(cast):
    """Forty changes without a version: none is lost, and the row is what its events say."""
    deal = cast.owns["rep"].deal
    events = DealEvent.objects.filter(deal=deal).count()

    def change(number: int) -> Callable[[], Deal]:
        return lambda: change_deal(deal=deal, by=cast.rep, now=timezone.now(), amount=Decimal(2000 + number))

    found = at_once([change(number) for number in range(40)])
    assert Counter(type(result) for result in found) == {Deal: 40}
    assert DealEvent.objects.filter(deal=deal).count() == events + 40
    row = Deal.objects.get(pk=deal.pk)
    assert row.version == deal.version + 40
    current = DealVersion.objects.get(deal=deal, valid_to=None, superseded_at=None)
    assert current.amount_minor == row.amount * 100
    last = max(DealEvent.objects.filter(deal=deal), key=lambda event: (event.effective_at, event.pk))
    assert last.patch["amount_minor"] == current.amount_minor
