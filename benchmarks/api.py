"""P6: the API against an answer that says hello, both with a token."""

import json
from collections.abc import Iterator

from django.test import Client
from django.utils import timezone
from knox.models import get_token_model

from accounts.actions.tokens import create_token
from accounts.models import AuditEntry, User
from accounts.roles import Role
from benchmarks.cost import cost_of
from benchmarks.people import SERVER, busiest
from benchmarks.results import Result
from benchmarks.timing import by_turns
from pipeline.models import Activity, ChangedDay, Deal

HELLO = "/api/v1/hello/"
NAME = "benchmark"
GOAL = 3.5


def measure_api(rounds: int) -> Iterator[Result]:
    """Lists of 50 for an admin and a rep; logging an activity."""
    last_change = max(ChangedDay.objects.values_list("pk", flat=True), default=0)
    try:
        for role in (Role.ADMIN, Role.REP):
            user = busiest(role)
            client = _with_token(user)
            for kind in ("deals", "leads", "accounts", "activities"):
                yield _list(client, kind, role, rounds)
        yield _create(client, user, rounds)
    finally:
        Activity.objects.filter(subject=NAME).delete()
        AuditEntry.objects.filter(detail__name=NAME).delete()
        ChangedDay.objects.filter(pk__gt=last_change).delete()
        get_token_model().objects.filter(name=NAME).delete()


def _with_token(user: User) -> Client:
    token = create_token(user=user, name=NAME, scope="write", by=user, now=timezone.now())
    return Client(SERVER_NAME=SERVER, headers={"Authorization": f"Token {token}"})


def _list(client: Client, kind: str, role: str, rounds: int) -> Result:
    address = f"/api/v1/{kind}/"
    cost = cost_of(client, address)
    reference, subject = by_turns(lambda: client.get(HELLO), lambda: client.get(address), rounds)
    facts = {"p50": f"{subject.p50:.1f} ms", "A": f"{reference.p50:.1f} ms", **cost}
    return Result("P6", f"API, 50 {kind}, {role}", subject.p50 / reference.p50, GOAL, "A", facts, reference.is_noisy)


def _create(client: Client, user: User, rounds: int) -> Result:
    deal = Deal.objects.filter(owner__user=user, outcome="open").order_by("pk")[0]
    body = json.dumps({"kind": "call", "subject": NAME, "deal": deal.pk})

    def log() -> None:
        answer = client.post("/api/v1/activities/", body, content_type="application/json")
        assert answer.status_code == 201, answer.content

    reference, subject = by_turns(lambda: client.get(HELLO), log, rounds)
    facts = {"p50": f"{subject.p50:.1f} ms", "A": f"{reference.p50:.1f} ms"}
    return Result("P6", "API, log an activity", subject.p50 / reference.p50, GOAL, "A", facts, reference.is_noisy)
