"""One change to many deals and leads: all or none, and back again."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import AuditEntry, Company
from pipeline.actions.bulk_deals import change_deals
from pipeline.actions.deals import change_deal, create_deal
from pipeline.actions.outcomes import lose_deal
from pipeline.bulk import BulkRow, RowsRefused
from pipeline.history import find_differing_deals
from pipeline.models import Deal, DealVersion, Lead, Stage
from tests.pipeline.test_board import queries_of

URL, UNDO = "/deals/bulk/", "/deals/bulk/undo/"


@pytest.fixture
def others(cast, deal):
    """Two more open deals of the rep."""
    return [create_deal(by=None, now=timezone.now(), name=f"D{n}", owner=cast.reps["rep"]) for n in (1, 2)]


@pytest.fixture
def proposal(deal):
    return Stage.objects.get(name="Proposal")


def picked(*deals):
    return " ".join(f"{deal.pk}:{Deal.objects.get(pk=deal.pk).version}" for deal in deals)


def state(*deals):
    return [
        (deal.stage.name, deal.expected_close_on, deal.owner.name)
        for deal in Deal.objects.filter(pk__in=[one.pk for one in deals])
        .select_related("stage", "owner")
        .order_by("pk")
    ]


def undo_of(response):
    text = next(m.extra_tags for m in response.wsgi_request._messages if "undo:" in m.extra_tags)
    return text.split("undo:")[1].split()[0]


def test_ticked_rows_are_changed_after_a_look_and_put_back(rep, deal, others, proposal):
    before = state(deal, *others)
    page = rep.get(URL, {"pick": [deal.pk, others[0].pk], "sort": "name"})
    assert page.context["form"].initial["picked"] == picked(deal, others[0])
    sent = {"picked": picked(deal, others[0]), "stage": proposal.pk, "expected_close_on": "2027-01-31"}
    look = rep.post(f"{URL}?sort=name", sent)
    assert (look.status_code, look.context["changes"], look.context["reasons"]) == (200, 2, [])
    assert state(deal, *others) == before
    done = rep.post(f"{URL}?sort=name", sent | {"confirmed": "yes"})
    assert done.url == "/deals/?sort=name"
    assert f'action="{escape(undo_of(done))}"' in rep.get(done.url).content.decode()
    day = datetime.date(2027, 1, 31)
    assert state(deal, *others) == [("Proposal", day, "Rep")] * 2 + before[2:]
    assert AuditEntry.objects.get(action="change_many").detail["to"] == {
        "records": 2, "stage": "Proposal", "expected_close_on": "2027-01-31",
    }  # fmt: skip
    assert rep.post(undo_of(done)).url == "/deals/?sort=name"
    assert state(deal, *others) == before
    ids = [deal.pk, *(one.pk for one in others)]
    assert find_differing_deals(ids, now=timezone.now(), company=Company.current()) == []
    assert [event.patch.get("stage") for event in deal.events.order_by("pk")][1:] == [proposal.pk, deal.stage_id]


def test_all_that_match_the_filter_are_meant_with_all(rep, deal, others):
    page = rep.get(URL, {"all": "1", "q": "D"})
    assert page.context["form"].initial["picked"] == picked(deal, *others)
    assert rep.get(URL, {"all": "1", "q": "D1"}).context["form"].initial["picked"] == picked(others[0])
    assert rep.get(URL, {"all": "1", "outcome": "maybe"}).status_code == 400
    assert rep.get(URL).url == "/deals/"


def test_more_than_a_thousand_are_refused(rep, cast, deal, monkeypatch, others):
    monkeypatch.setattr("pipeline.views.bulk.MOST", 2)
    refused = rep.get(URL, {"all": "1"})
    assert (refused.status_code, "more than 2" in refused.content.decode()) == (400, True)


def test_what_cannot_change_is_counted_with_its_reason_and_left_out(rep, cast, deal, others, proposal, price):
    lose_deal(deal=others[0], reason=price, by=None, now=timezone.now())
    proposal.required_fields = ["amount"]
    proposal.save()
    foreign = cast.owns["rival"].deal
    look = rep.post(URL, {"picked": picked(deal, *others, foreign), "stage": proposal.pk})
    reasons = {reason: (count, names) for reason, count, names, _more in look.context["reasons"]}
    assert reasons == {
        "This deal is already lost. Reopen it first.": ("1 deal", ["D1"]),
        "“Proposal” needs: Amount.": ("1 deal", ["D2"]),
        "This record does not exist, or you don't see it.": ("1 deal", [f"#{foreign.pk}"]),
    }
    assert (look.context["changes"], look.context["picked"]) == (1, picked(deal))
    assert "Change 1 deal" in look.content.decode()


def test_nothing_is_changed_when_one_was_edited_between_the_look_and_the_press(rep, deal, others, proposal):
    sent = {"picked": picked(deal, *others), "stage": proposal.pk, "confirmed": "yes"}
    change_deal(deal=others[1], by=None, now=timezone.now(), name="Edited")
    before = state(deal, *others)
    refused = rep.post(URL, sent)
    assert (refused.status_code, refused.context["changes"]) == (409, 2)
    assert state(deal, *others) == before
    assert not AuditEntry.objects.filter(action="change_many").exists()


def test_undo_leaves_what_was_edited_since_and_says_which(rep, deal, others, proposal):
    old = Deal.objects.get(pk=deal.pk).stage.name
    done = rep.post(URL, {"picked": picked(deal, others[0]), "stage": proposal.pk, "confirmed": "yes"})
    change_deal(deal=others[0], by=None, now=timezone.now(), name="Edited")
    page = rep.post(undo_of(done), follow=True).content.decode()
    assert [row[0] for row in state(deal, others[0])] == [old, "Proposal"]
    assert "1 deal put back." in page
    assert "Left as they are, because they were changed since: “Edited”." in page


def test_an_undo_is_for_who_made_the_change_and_works_once(rep, client, cast, deal, proposal):
    done = undo_of(rep.post(URL, {"picked": picked(deal), "stage": proposal.pk, "confirmed": "yes"}))
    client.force_login(cast.manager)
    assert client.post(done).status_code == 404
    client.force_login(cast.rep)
    client.post(done)
    version = Deal.objects.get(pk=deal.pk).version
    client.post(done)
    assert Deal.objects.get(pk=deal.pk).version == version


def test_a_manager_gives_deals_to_another_rep_and_a_rep_may_not(rep, client, cast, deal):
    colleague = cast.reps["colleague"]
    assert "owner" not in rep.get(URL, {"pick": deal.pk}).context["form"].fields
    with pytest.raises(RowsRefused, match="Only a manager"):
        change_deals(rows=[BulkRow(deal.pk, {"owner": colleague})], by=cast.rep, now=timezone.now())
    client.force_login(cast.manager)
    done = client.post(URL, {"picked": picked(deal), "owner": colleague.pk, "confirmed": "yes"})
    assert state(deal)[0][2] == "Colleague"
    version = DealVersion.objects.get(deal=deal, superseded_at=None, valid_to=None)
    assert version.owner_id == colleague.pk
    client.post(undo_of(done))
    assert state(deal)[0][2] == "Rep"


def test_one_change_takes_as_many_statements_for_sixty_deals_as_for_ten(cast, deal, proposal):
    counts = []
    for count in (1, 10, 60):
        made = [create_deal(by=None, now=timezone.now(), name=f"M{n}", owner=cast.reps["rep"]).pk for n in range(count)]
        with CaptureQueriesContext(connection) as seen:
            change_deals(rows=[BulkRow(pk, {"stage": proposal}) for pk in made], by=cast.rep, now=timezone.now())
        counts.append(len([q for q in seen if "INSERT" not in q["sql"] and "UPDATE" not in q["sql"]]))
    assert counts[1] == counts[2]


# Leads


def test_a_manager_gives_many_leads_to_a_rep_and_takes_it_back(client, cast):
    lead, colleague = cast.owns["rep"].lead, cast.reps["colleague"]
    queued = Lead.objects.create(name="Queued", team=cast.north, created_at=timezone.now(), created_on=timezone.now())
    client.force_login(cast.manager)
    page = client.get("/leads/bulk/", {"all": "1"})
    words = page.context["form"].initial["picked"]
    assert {int(pair.split(":")[0]) for pair in words.split()} >= {lead.pk, queued.pk}
    sent = {"picked": f"{lead.pk}:{lead.version} {queued.pk}:{queued.version}", "owner": colleague.pk}
    assert client.post("/leads/bulk/", sent).context["changes"] == 2
    done = client.post("/leads/bulk/", sent | {"confirmed": "yes"})
    for one in (lead, queued):
        one.refresh_from_db()
        assert one.owner_id == colleague.pk
    assert queued.first_owner_id == colleague.pk
    client.post(undo_of(done))
    for one in (lead, queued):
        one.refresh_from_db()
    assert (lead.owner_id, queued.owner_id) == (cast.reps["rep"].pk, None)
    assert (queued.first_owner_id, queued.first_team_id, queued.assigned_at) == (None, None, None)


def test_a_rep_may_claim_what_nobody_has_and_not_take_what_somebody_has(rep, cast):
    queued = Lead.objects.create(name="Queued", team=cast.north, created_at=timezone.now(), created_on=timezone.now())
    lead = cast.owns["rep"].lead
    sent = {"picked": f"{lead.pk}:{lead.version} {queued.pk}:{queued.version}", "owner": cast.reps["rep"].pk}
    look = rep.post("/leads/bulk/", sent)
    assert (look.context["changes"], look.context["same"], look.context["reasons"]) == (1, "1 lead", [])


# The API


def post(client, kind, rows):
    return client.post(reverse(f"api:{kind}-bulk"), json.dumps(rows), content_type="application/json")


def test_the_api_changes_all_rows_and_answers_their_versions(rep, deal, others, proposal):
    rows = [
        {"id": deal.pk, "version": deal.version, "stage": proposal.pk},
        {"id": others[0].pk, "expected_close_on": "2027-02-01", "forecast_category": "commit"},
        {"id": others[1].pk, "expected_close_on": None},
    ]
    answer = post(rep, "deal", rows)
    assert (answer.status_code, answer.json()["changed"], answer.json()["unchanged"]) == (200, 2, 1)
    assert [row["version"] for row in answer.json()["rows"]] == [
        Deal.objects.get(pk=row["id"]).version for row in answer.json()["rows"]
    ]
    assert [row[:2] for row in state(deal, others[0])] == [
        ("Proposal", None), (state(others[0])[0][0], datetime.date(2027, 2, 1)),
    ]  # fmt: skip
    assert Deal.objects.get(pk=others[0].pk).forecast_category == "commit"


def test_the_api_writes_nothing_and_names_the_row_when_one_is_refused(rep, cast, deal, others, proposal):
    def errors(*rows):
        answer = post(rep, "deal", [{"id": deal.pk, "stage": proposal.pk}, *rows])
        assert state(deal)[0][0] != "Proposal"
        return answer.status_code, [error["attr"] for error in answer.json()["errors"]]

    foreign = cast.owns["rival"].deal
    assert errors({"id": foreign.pk, "stage": proposal.pk}) == (400, ["1.id"])
    assert errors({"id": others[0].pk, "stage": proposal.pk, "version": 99}) == (409, ["1.version"])
    assert errors({"id": others[0].pk, "stage": 999_999}) == (400, ["1.stage"])
    assert errors({"id": others[0].pk}) == (400, ["1.non_field_errors"])
    assert errors({"id": others[0].pk, "amount": "5"}) == (400, ["1.amount"])
    assert errors({"id": others[0].pk, "expected_close_on": "soon"}) == (400, ["1.expected_close_on"])
    assert post(rep, "deal", []).status_code == 400
    assert post(rep, "deal", {"id": 1}).status_code == 400
    assert post(rep, "deal", [{"id": 1}] * 1001).status_code == 400


def test_the_api_gives_leads(client, cast):
    client.force_login(cast.manager)
    lead, colleague = cast.owns["rep"].lead, cast.reps["colleague"]
    assert post(client, "lead", [{"id": lead.pk, "owner": colleague.pk}]).json()["changed"] == 1
    assert Lead.objects.get(pk=lead.pk).owner_id == colleague.pk
    rival = cast.reps["rival"]
    assert post(client, "lead", [{"id": lead.pk, "owner": rival.pk}]).json()["errors"][0]["attr"] == "0.owner"


def test_the_pages_ask_as_often_for_many_as_for_few(rep, cast, deal, others):
    rep.get(URL)
    few = queries_of(rep, f"{URL}?all=1")
    for n in range(20):
        create_deal(by=None, now=timezone.now(), name=f"N{n}", owner=cast.reps["rep"])
    assert queries_of(rep, f"{URL}?all=1") == few <= 10
