"""The forms that change a deal."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from pipeline.actions.deals import assign_deal, change_deal, create_deal
from pipeline.actions.outcomes import move_deal, reopen_deal, win_deal
from pipeline.models import Deal, Stage
from tests.pipeline.deal_pages import page_of, url


def form_of(response):
    form = response.context["form"]
    fields = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in fields.items()}


def test_editing_keeps_the_rest_and_writes_an_event(rep, cast, deal):
    data = form_of(rep.get(url("edit", deal)))
    response = rep.post(url("edit", deal), data | {"amount": "1.234,50", "probability": "62,5", "currency": "eur"})
    assert response.status_code == 302
    deal.refresh_from_db()
    assert (deal.amount, deal.probability, deal.currency) == (Decimal("1234.50"), Decimal("0.625"), "EUR")
    assert (deal.account, deal.name) == (cast.owns["rep"].account, "Deal of rep")
    assert deal.events.order_by("-pk").first().patch["amount_minor"] == 123450


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "required"),
        ("amount", "much", "Enter an amount"),
        ("amount", "-1", "kind credit"),
        ("amount", "1.005", "decimals of EUR"),
        ("currency", "XYZ", "not a currency code"),
        ("probability", "101", "At most 100"),
        ("account", "Account of rival", "You see none"),
        ("contact", "Contact of rival", "You see none"),
        ("expected_close_on", "2026-02-30", "valid date"),
        ("kind", "gift", "gift"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field_and_kept(rep, cast, deal, field, value, words):
    data = form_of(rep.get(url("edit", deal))) | {field: value}
    response = rep.post(url("edit", deal), data)
    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])
    assert response.context["form"][field].value() == value
    assert Deal.objects.get(pk=deal.pk).version == deal.version


def test_a_lost_update_shows_both_values_and_loses_neither(rep, cast, deal):
    data = form_of(rep.get(url("edit", deal))) | {"amount": "700", "competitor": "Sensoria"}
    change_deal(deal=deal, by=cast.manager, now=timezone.now(), amount=Decimal(900))
    response = rep.post(url("edit", deal), data)
    assert response.status_code == 409
    differs = {one.label: (one.saved, one.typed) for one in response.context["conflicts"]}
    assert differs == {"Amount": ("900", "700"), "Competitor": ("nothing", "Sensoria")}
    assert "Sensoria" in response.content.decode()
    assert Deal.objects.get(pk=deal.pk).amount == 900
    assert rep.post(url("edit", deal), form_of(response)).status_code == 302
    assert Deal.objects.get(pk=deal.pk).amount == 700


def test_a_rep_opens_deals_for_himself_and_a_manager_for_his_team(client, cast):
    client.force_login(cast.rep)
    form = client.get("/deals/new/").context["form"]
    assert "owner" not in form.fields
    sent = {"name": "Mine", "currency": "EUR", "kind": "new", "stage": cast.owns["rep"].deal.stage_id}
    client.post("/deals/new/", sent)
    assert Deal.objects.get(name="Mine").owner == cast.reps["rep"]
    client.force_login(cast.manager)
    assert set(client.get("/deals/new/").context["form"].fields["owner"].queryset) == {
        cast.reps["rep"],
        cast.reps["colleague"],
    }
    foreign = client.post("/deals/new/", sent | {"name": "Theirs", "owner": cast.reps["rival"].pk})
    assert foreign.status_code == 422
    client.post("/deals/new/", sent | {"name": "Theirs", "owner": cast.reps["colleague"].pk, "amount": "5"})
    assert Deal.objects.get(name="Theirs").owner == cast.reps["colleague"]
    client.force_login(cast.leader)
    assert client.get("/deals/new/").status_code == 404


def test_winning_asks_for_day_and_amount_and_is_undone_in_one_press(rep, cast, deal):
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    version = deal.version
    for wrong in ({"closed_on": tomorrow, "amount": "5"}, {"closed_on": today, "amount": ""}, {"amount": "5"}):
        assert rep.post(url("win", deal), {"version": version, **wrong}).status_code == 422
    sent = {"version": version, "closed_on": today, "amount": "950.25"}
    assert rep.post(url("win", deal), sent)["Location"] == deal.get_absolute_url()
    deal.refresh_from_db()
    assert (deal.outcome, deal.amount) == ("won", Decimal("950.25"))
    page = page_of(rep, deal).content.decode()
    assert url("reopen", deal) in page
    assert rep.post(url("reopen", deal)).status_code == 302
    deal.refresh_from_db()
    assert (deal.outcome, deal.stage.name, deal.closed_at) == ("open", "Qualification", None)


def test_a_deal_won_on_a_past_day_is_won_though_it_moved_since(rep, cast):
    now = timezone.now()
    opened = now - datetime.timedelta(days=9)
    deal = create_deal(by=None, now=opened, opened_at=opened, name="Late", owner=cast.reps["rep"], amount=Decimal(1000))
    move_deal(deal=deal, stage=Stage.objects.get(name="Proposal"), by=None, now=now - datetime.timedelta(days=2))
    change_deal(deal=deal, by=None, now=now - datetime.timedelta(days=1), amount=Decimal(1200))
    deal.refresh_from_db()
    day = timezone.localdate() - datetime.timedelta(days=4)
    sent = {"version": deal.version, "closed_on": day, "amount": "950"}
    assert rep.post(url("win", deal), sent).status_code == 302
    deal.refresh_from_db()
    assert (deal.outcome, deal.stage.name, deal.amount) == ("won", "Won", 950)
    held = deal.versions.filter(superseded_at=None, valid_from__gte=day).values_list(
        "outcome", "closed_on", "base_minor"
    )
    assert list(held) == [("won", day, 95000)]

    # Taken back at once, it is as before, and can be won on another day, an earlier one too.
    rep.post(url("reopen", deal))
    deal.refresh_from_db()
    assert (deal.outcome, deal.stage.name, deal.amount) == ("open", "Proposal", 1200)
    assert not deal.versions.filter(superseded_at=None).exclude(outcome="open").exists()
    earlier = day - datetime.timedelta(days=2)
    rep.post(url("win", deal), {"version": deal.version, "closed_on": earlier, "amount": "1200"})
    deal.refresh_from_db()
    assert (deal.outcome, deal.amount, deal.versions.get(superseded_at=None, valid_to=None).closed_on) == (
        "won", 1200, earlier,
    )  # fmt: skip


def test_a_deal_opened_and_won_at_one_moment_can_be_reopened(rep, cast):
    now = timezone.now()
    deal = create_deal(by=None, now=now, name="Quick", owner=cast.reps["rep"], amount=Decimal(70))
    win_deal(deal=deal, by=None, now=now, amount=Decimal(90))
    assert rep.post(url("reopen", deal)).status_code == 302
    deal.refresh_from_db()
    assert (deal.outcome, deal.stage.name, deal.amount) == ("open", "Qualification", 70)


def test_a_deal_is_not_closed_on_a_day_on_which_it_was_closed_already(rep, cast):
    now = timezone.now()
    times = [now - datetime.timedelta(days=days) for days in (9, 7, 3)]
    deal = create_deal(by=None, now=times[0], opened_at=times[0], name="Back", owner=cast.reps["rep"])
    win_deal(deal=deal, by=None, now=times[1])
    reopen_deal(deal=deal, by=None, now=times[2])
    deal.refresh_from_db()
    assert deal.outcome == "open"
    sent = {"version": deal.version, "closed_on": timezone.localdate() - datetime.timedelta(days=5), "amount": "9"}
    refused = rep.post(url("win", deal), sent)
    assert refused.status_code == 422
    assert "pick that day or a later one" in refused.content.decode()
    sent["closed_on"] = timezone.localdate() - datetime.timedelta(days=1)
    assert rep.post(url("win", deal), sent).status_code == 302
    assert deal.versions.get(superseded_at=None, valid_to=None).closed_on == sent["closed_on"]


def test_the_address_of_a_button_leads_to_its_deal(rep, deal):
    for name in ("reopen", "delete"):
        assert rep.get(url(name, deal), headers={"Referer": "http://testserver/auth/login/"})["Location"] == (
            deal.get_absolute_url()
        )
    deal.refresh_from_db()
    assert (deal.outcome, deal.deleted_at) == ("open", None)


def test_losing_needs_one_of_the_reasons(rep, cast, deal, price):
    sent = {"version": deal.version, "closed_on": timezone.localdate()}
    refused = rep.post(url("lose", deal), sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    rep.post(url("lose", deal), sent | {"reason": price.pk, "competitor": "Sensoria"})
    deal.refresh_from_db()
    assert (deal.outcome, deal.lost_reason, deal.competitor) == ("lost", price, "Sensoria")


def test_a_closed_deal_is_neither_won_again_nor_moved(rep, cast, deal):
    win_deal(deal=deal, by=None, now=timezone.now())
    deal.refresh_from_db()
    again = {"version": deal.version, "closed_on": timezone.localdate(), "amount": "5"}
    assert rep.post(url("win", deal), again).status_code == 422
    assert rep.post(url("move", deal), {"stage": Stage.objects.get(name="Proposal").pk}).status_code == 422
    page = page_of(rep, deal).content.decode()
    assert url("win", deal) not in page
    assert "Reopen" in page


def test_winning_after_somebody_changed_the_deal_shows_it(rep, cast, deal):
    sent = {"version": deal.version, "closed_on": timezone.localdate(), "amount": "5"}
    change_deal(deal=deal, by=cast.manager, now=timezone.now(), amount=Decimal(900))
    response = rep.post(url("win", deal), sent)
    assert response.status_code == 409
    assert "900" in response.content.decode()
    assert Deal.objects.get(pk=deal.pk).outcome == "open"


def test_a_deleted_deal_is_gone_and_comes_back_for_who_deleted_it(client, cast, deal):
    client.force_login(cast.rep)
    response = client.post(url("delete", deal), {"version": deal.version})
    assert response["Location"] == "/pipeline/"
    assert url("restore", deal) in client.get("/pipeline/").content.decode()
    assert client.get(deal.get_absolute_url()).status_code == 404
    client.force_login(cast.manager)
    assert client.post(url("restore", deal)).status_code == 404
    client.force_login(cast.rep)
    assert client.post(url("restore", deal))["Location"] == deal.get_absolute_url()
    assert client.get(deal.get_absolute_url()).status_code == 200


def test_a_manager_gives_a_deal_to_another_of_his_team(client, cast, deal):
    client.force_login(cast.manager)
    choices = set(client.get(url("assign", deal)).context["form"].fields["owner"].queryset)
    assert choices == {cast.reps["colleague"]}
    foreign = {"owner": cast.reps["rival"].pk, "version": deal.version}
    assert client.post(url("assign", deal), foreign).status_code == 422
    assert client.post(url("assign", deal), foreign | {"owner": cast.reps["colleague"].pk}).status_code == 302
    deal.refresh_from_db()
    assert deal.owner == cast.reps["colleague"]
    assign_deal(deal=deal, owner=cast.reps["rep"], by=cast.admin, now=timezone.now())
    client.force_login(cast.rep)
    assert client.get(url("assign", deal)).status_code == 404
