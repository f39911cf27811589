import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Contact
from pipeline.actions.activities import log_activity
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import move_deal, win_deal
from pipeline.gates import FieldsMissing
from pipeline.models import Channel, DealLine, LostReason, Product, Stage

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(days=4)


@pytest.fixture
def deal(cast):
    return cast.owns["rep"].deal


def gate(name, *fields):
    stage = Stage.objects.get(name=name)
    stage.required_fields = list(fields)
    stage.save()
    return stage


def test_a_move_names_all_that_is_missing(cast, deal):
    proposal = gate("Proposal", "contact", "amount", "expected_close_on")
    with pytest.raises(FieldsMissing, match="“Proposal” needs: Contact, Expected close") as refusal:
        move_deal(deal=deal, stage=proposal, by=cast.rep, now=NOW)
    assert refusal.value.fields == ("contact", "expected_close_on")


def test_closing_has_its_gate_and_what_is_filled_in_holds_from_the_closing(cast, deal):
    gate("Won", "channel")
    with pytest.raises(FieldsMissing, match="“Won” needs: Channel"):
        win_deal(deal=deal, by=cast.rep, now=LATER)
    web = Channel.objects.create(name="Web")
    win_deal(deal=deal, by=cast.rep, now=LATER, closed_at=LATER - datetime.timedelta(days=2), channel=web)
    rows = deal.versions.filter(superseded_at=None).order_by("valid_from")
    assert [(row.valid_from.isoformat(), row.outcome, row.channel_id) for row in rows] == [
        ("2026-11-20", "open", None),
        ("2026-11-22", "won", web.pk),
    ]


def test_a_deal_is_not_opened_behind_a_gate(cast):
    proposal = gate("Proposal", "amount")
    told = {"by": cast.rep, "now": NOW, "name": "New", "owner": cast.reps["rep"], "stage": proposal}
    with pytest.raises(FieldsMissing):
        create_deal(**told)
    assert create_deal(**told, amount=Decimal(0)).stage == proposal


def test_the_dialogs_ask_for_it(client, cast, deal):
    gate("Won", "channel", "amount")
    gate("Lost", "competitor", "contact")
    client.force_login(cast.rep)
    url = reverse("pipeline:deal_win", args=[deal.pk])
    page = client.get(url)
    assert [field.name for field in page.context["form"].visible_fields()] == ["closed_on", "amount", "channel"]
    assert "Channel" in page.content.decode()
    sent = {"closed_on": "2026-11-20", "amount": "900", "version": deal.version}
    refused = client.post(url, sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["channel"])
    web = Channel.objects.create(name="Web")
    assert client.post(url, sent | {"channel": web.pk}).status_code == 302
    deal.refresh_from_db()
    assert (deal.outcome, deal.channel, deal.amount) == ("won", web, 900)


def test_losing_asks_too_and_takes_no_contact_of_another_account(client, cast, deal):
    gate("Lost", "competitor", "contact")
    client.force_login(cast.rep)
    url = reverse("pipeline:deal_lose", args=[deal.pk])
    reason = LostReason.objects.create(name="Price")
    sent = {"closed_on": "2026-11-20", "reason": reason.pk, "version": deal.version}
    assert set(client.post(url, sent).context["form"].errors) == {"competitor", "contact"}
    stranger = Contact.objects.create(name="Stranger", account=cast.owns["colleague"].account)
    cast.owns["colleague"].deal.__class__.objects.filter(pk=cast.owns["colleague"].deal.pk).update(
        owner=cast.reps["rep"]
    )
    wrong = client.post(url, sent | {"competitor": "Sensoria", "contact": f"#{stranger.pk}"})
    assert list(wrong.context["form"].errors) == ["contact"]
    own = cast.owns["rep"].contact
    assert client.post(url, sent | {"competitor": "Sensoria", "contact": f"#{own.pk}"}).status_code == 302
    deal.refresh_from_db()
    assert (deal.outcome, deal.competitor, deal.contact) == ("lost", "Sensoria", own)


def test_the_api_answers_with_the_fields_and_takes_them(client, cast, deal):
    proposal = gate("Proposal", "contact", "expected_close_on")
    client.force_login(cast.rep)
    url = reverse("api:deal-move", args=[deal.pk])
    refused = client.post(url, {"stage": proposal.pk}, "application/json")
    assert refused.status_code == 400
    assert [error["attr"] for error in refused.json()["errors"]] == ["contact", "expected_close_on"]
    foreign = {"contact": cast.owns["rival"].contact.pk}
    assert client.post(url, {"stage": proposal.pk, **foreign}, "application/json").status_code == 400
    sent = {"contact": cast.owns["rep"].contact.pk, "expected_close_on": "2027-01-31"}
    assert client.post(url, {"stage": proposal.pk, **sent}, "application/json").status_code == 200
    rows = [{"id": deal.pk, "stage": gate("Negotiation", "channel", "campaign").pk}]
    refused = client.post(reverse("api:deal-bulk"), rows, "application/json")
    assert {error["attr"] for error in refused.json()["errors"]} == {"0.channel", "0.campaign"}


def test_a_stage_may_ask_for_lines_and_a_next_step(client, cast, deal):
    """Neither has a field in the menu, so the menu leads to where each is entered."""
    proposal = gate("Proposal", "lines", "next_step_on")
    with pytest.raises(FieldsMissing, match="“Proposal” needs: Product lines, Next step") as refusal:
        move_deal(deal=deal, stage=proposal, by=cast.rep, now=NOW)
    assert refusal.value.fields == ("lines", "next_step_on")
    client.force_login(cast.rep)
    answer = client.post(reverse("pipeline:deal_move", args=[deal.pk]), {"stage": proposal.pk, "version": deal.version})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Not moved: “Proposal” needs: Product lines, Next step." in " ".join(page.split())
    assert reverse("pipeline:deal_lines", args=[deal.pk]) in page
    assert f"{reverse('pipeline:activity_plan')}?deal={deal.pk}" in page
    product = Product.objects.create(name="Set-up")
    DealLine.objects.create(deal=deal, product=product, quantity=1, unit_price=100)
    log_activity(kind="call", deal=deal, owner=cast.reps["rep"], due_at=LATER, by=cast.rep, now=NOW)
    deal.refresh_from_db()
    assert move_deal(deal=deal, stage=proposal, by=cast.rep, now=NOW).stage == proposal


def test_a_stage_that_closes_can_not_ask_for_a_next_step(client, cast):
    won = Stage.objects.get(name="Won")
    client.force_login(cast.admin)
    asked = {"name": "Won", "outcome": "won", "required_fields": ["lines", "next_step_on"]}
    answer = client.post(reverse("pipeline:stage_edit", args=[won.pk]), asked)
    assert answer.status_code == 422
    assert "A closed deal has no next step" in answer.content.decode()
