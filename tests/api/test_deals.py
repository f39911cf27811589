"""The API on deals, leads and activities: what is seen, what moves, what is refused."""

import pytest
from django.urls import reverse

from accounts.actions.tokens import create_token
from pipeline.models import Activity, Deal, LostReason, Stage
from tests.cast import NOW


@pytest.fixture
def api(client, cast):
    client.force_login(cast.rep)
    return client


def post(client, name, pk, **body):
    return client.post(reverse(f"api:{name}", args=[pk]), body, content_type="application/json")


def test_a_list_holds_only_what_the_caller_sees(api, cast):
    rows = api.get(reverse("api:deal-list")).json()["results"]
    assert [row["name"] for row in rows] == ["Deal of rep"]
    assert rows[0]["amount"] == "1000.0000"


def test_a_foreign_deal_is_answered_like_an_absent_one(api, cast):
    foreign = api.get(reverse("api:deal-detail", args=[cast.owns["rival"].deal.pk]))
    absent = api.get(reverse("api:deal-detail", args=[999_999]))
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)
    assert foreign.status_code == 404


def test_moves_follow_each_other_and_keep_their_history(api, cast):
    deal = cast.owns["rep"].deal
    proposal = Stage.objects.get(name="Proposal")
    assert post(api, "deal-move", deal.pk, stage=proposal.pk).json()["stage"] == proposal.pk
    assert post(api, "deal-win", deal.pk, amount="900.50").json()["outcome"] == "won"
    again = post(api, "deal-win", deal.pk)
    assert (again.status_code, again.json()["errors"][0]["attr"]) == (400, "outcome")
    assert post(api, "deal-reopen", deal.pk).json()["outcome"] == "open"
    events = api.get(reverse("api:deal-history", args=[deal.pk])).json()["results"]
    assert [event["patch"].get("outcome") for event in events] == ["open", None, "won", "open"]
    assert {event["by"] for event in events} == {"Rep"}


def test_a_lost_update_is_a_conflict_and_nothing_is_written(api, cast):
    deal = cast.owns["rep"].deal
    stage = Stage.objects.get(name="Proposal")
    assert post(api, "deal-move", deal.pk, stage=stage.pk, version=deal.version).status_code == 200
    other = Stage.objects.get(name="Negotiation")
    refused = post(api, "deal-move", deal.pk, stage=other.pk, version=deal.version)
    assert refused.status_code == 409
    assert Deal.objects.get(pk=deal.pk).stage_id == stage.pk


def test_losing_needs_a_reason(api, cast):
    deal = cast.owns["rep"].deal
    assert post(api, "deal-lose", deal.pk).json()["errors"][0]["attr"] == "reason"
    reason = LostReason.objects.create(name="Price")
    assert post(api, "deal-lose", deal.pk, reason=reason.pk).json()["outcome"] == "lost"


def test_a_lead_converts_once(api, cast):
    lead = cast.owns["rep"].lead
    first, second = post(api, "lead-convert", lead.pk, amount="50"), post(api, "lead-convert", lead.pk)
    assert first.json()["id"] == second.json()["id"]


def test_an_activity_is_logged_with_its_next_step(api, cast):
    deal = cast.owns["rep"].deal
    body = {"kind": "call", "deal": deal.pk, "outcome": "spoke", "next": {"due_at": "2030-01-01T09:00:00Z"}}
    answer = api.post(reverse("api:activity-list"), body, content_type="application/json")
    assert answer.status_code == 201
    assert Activity.objects.get(pk=answer.json()["id"]).direction == "out"
    assert Activity.objects.filter(deal=deal, done_at=None).count() == 1


def test_a_reference_out_of_sight_is_not_found_and_writes_nothing(api, cast):
    before = Activity.objects.count()
    body = {"kind": "call", "deal": cast.owns["rival"].deal.pk}
    answer = api.post(reverse("api:activity-list"), body, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "deal")
    assert Activity.objects.count() == before


def test_a_leader_reads_and_does_not_write(client, cast):
    client.force_login(cast.leader)
    assert len(client.get(reverse("api:deal-list")).json()["results"]) == 3
    assert post(client, "deal-win", cast.owns["rep"].deal.pk).status_code == 403


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 200)])
def test_a_token_made_for_reading_only_reads(client, cast, scope, status):
    token = create_token(user=cast.rep, name="till", scope=scope, by=None, now=NOW)
    headers = {"Authorization": f"Token {token}"}
    assert client.get(reverse("api:deal-list"), headers=headers).status_code == 200
    url = reverse("api:deal-win", args=[cast.owns["rep"].deal.pk])
    assert client.post(url, {}, content_type="application/json", headers=headers).status_code == status


def test_nobody_is_told_to_sign_in(client, db):
    answer = client.get(reverse("api:deal-list"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("query", ["ordering=owner__password", "owner=x", "page_size=x&ordering=amount__gt"])
def test_an_unknown_filter_or_order_is_refused(api, query):
    assert api.get(f"{reverse('api:deal-list')}?{query}").status_code == 400


def test_pages_hold_every_row_once(client, cast):
    client.force_login(cast.admin)
    url, seen = f"{reverse('api:deal-list')}?page_size=2", []
    while url:
        page = client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert sorted(seen) == sorted(Deal.objects.values_list("pk", flat=True))
