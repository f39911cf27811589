"""Stages and lost reasons: what a change does to open deals, to past figures, and what is refused."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.errors import ActionRefused, NotAllowed
from accounts.models import AuditEntry
from pipeline.actions.deals import change_deal
from pipeline.actions.lost_reasons import change_lost_reason
from pipeline.actions.outcomes import lose_deal, move_deal, reopen_deal
from pipeline.actions.stages import (
    change_stage,
    create_pipeline,
    create_stage,
    delete_pipeline,
    delete_stage,
    move_stage,
)
from pipeline.models import Deal, DealVersion, LostReason, Pipeline, Stage
from tests.cast import NOW

DAY = datetime.timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def stage(cast):
    return Stage.objects.get(name="Qualification")


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def on(deal, day):
    return DealVersion.objects.filter(superseded_at=None, deal=deal).valid_on(day).get()


def names(pipeline):
    return list(pipeline.stages.order_by("position").values_list("name", flat=True))


# --- probability and category


def test_a_new_probability_holds_from_today_for_deals_without_their_own(cast, stage):
    plain, own = cast.owns["rep"].deal, cast.owns["rival"].deal
    change_deal(deal=own, by=cast.rival, now=NOW, probability=Decimal("0.9"))
    change_stage(stage=stage, by=cast.admin, now=NOW + DAY, probability_bp=1250, forecast_category="best case")
    assert (on(plain, TODAY).probability_bp, on(plain, TODAY).category) == (1000, "pipeline")
    assert (on(plain, None).probability_bp, on(plain, None).category) == (1250, "best case")
    assert (on(own, None).probability_bp, on(own, None).category) == (9000, "best case")
    assert on(plain, None).valid_from == TODAY + DAY
    assert plain.events.order_by("-pk")[0].by == cast.admin


def test_closed_deals_and_other_stages_are_left_alone(cast, stage):
    lost, elsewhere = cast.owns["rep"].deal, cast.owns["rival"].deal
    lose_deal(deal=lost, reason=LostReason.objects.create(name="Price"), by=cast.rep, now=NOW)
    move_deal(deal=elsewhere, stage=Stage.objects.get(name="Discovery"), by=cast.rival, now=NOW)
    before = {deal.pk: deal.events.count() for deal in (lost, elsewhere)}
    change_stage(stage=stage, by=cast.admin, now=NOW + DAY, probability_bp=1250)
    assert {deal.pk: deal.events.count() for deal in (lost, elsewhere)} == before


def test_a_name_moves_no_deal(cast, stage):
    before = cast.owns["rep"].deal.events.count()
    change_stage(stage=stage, by=cast.admin, now=NOW + DAY, name="First talk", rot_after_days=7)
    assert cast.owns["rep"].deal.events.count() == before
    assert Stage.objects.get(pk=stage.pk).name == "First talk"


def test_a_deleted_deal_comes_back_with_what_the_stage_says(cast, stage):
    from pipeline.actions.deals import delete_deal, restore_deal

    deal = cast.owns["rep"].deal
    delete_deal(deal=deal, by=cast.rep, now=NOW)
    change_stage(stage=stage, by=cast.admin, now=NOW + DAY, probability_bp=1250)
    restore_deal(deal=deal, by=cast.rep, now=NOW + 2 * DAY)
    assert on(deal, None).probability_bp == 1250


@pytest.mark.parametrize(("typed", "stored"), [("12.5", 1250), ("33,33", 3333), ("0", 0), ("100 %", 10_000)])
def test_the_page_takes_percent_with_two_decimals(admin, cast, stage, typed, stored):
    address = reverse("pipeline:stage_edit", args=[stage.pk])
    body = {"name": stage.name, "outcome": "open", "probability": typed, "forecast_category": "commit"}
    assert admin.post(address, body | {"required_fields": ["amount", "contact"]}).status_code == 302
    stage.refresh_from_db()
    assert (stage.probability_bp, stage.forecast_category) == (stored, "commit")
    assert stage.required_fields == ["amount", "contact"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"probability": "101"}, "probability"),
        ({"probability": "-1"}, "probability"),
        ({"probability": "12.345"}, "probability"),
        ({"probability": ""}, "probability"),
        ({"forecast_category": "closed"}, "forecast_category"),
        ({"name": "Discovery"}, "name"),
        ({"required_fields": ["salary"]}, "required_fields"),
        ({"rot_after_days": "0"}, "rot_after_days"),
    ],
)
def test_a_stage_that_makes_no_sense_is_refused_at_its_field(admin, stage, wrong, field):
    body = {"name": stage.name, "outcome": "open", "probability": "10", "forecast_category": "pipeline"}
    answer = admin.post(reverse("pipeline:stage_edit", args=[stage.pk]), body | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


# --- order, outcome, deletion


def test_an_open_stage_comes_before_the_closing_ones_and_moves(cast, stage):
    pipeline = stage.pipeline
    new = create_stage(
        pipeline=pipeline, name="Trial", by=cast.admin, now=NOW, probability_bp=6000, forecast_category="commit"
    )
    assert names(pipeline) == ["Qualification", "Discovery", "Proposal", "Negotiation", "Trial", "Won", "Lost"]
    move_stage(stage=new, steps=-1, by=cast.admin, now=NOW)
    assert names(pipeline)[3:5] == ["Trial", "Negotiation"]
    move_stage(stage=stage, steps=-1, by=cast.admin, now=NOW)
    assert names(pipeline)[0] == "Qualification"
    positions = list(pipeline.stages.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, 8))


def test_the_order_changes_by_a_button(admin, stage):
    answer = admin.post(reverse("pipeline:stage_move", args=[stage.pk]), {"steps": "1"})
    assert answer["Location"].endswith(f"#stage-{stage.pk}")
    assert names(stage.pipeline)[:2] == ["Discovery", "Qualification"]


def test_closing_stages_say_what_closing_means(cast, stage):
    won = Stage.objects.get(name="Won")
    change_stage(stage=won, by=cast.admin, now=NOW, name="Signed", probability_bp=5000, forecast_category="commit")
    won.refresh_from_db()
    assert (won.name, won.probability_bp, won.forecast_category) == ("Signed", 10_000, "closed")
    with pytest.raises(ActionRefused, match="Signed"):
        create_stage(pipeline=stage.pipeline, name="Won too", outcome="won", by=cast.admin, now=NOW)


def test_the_outcome_stays_once_a_deal_was_there(cast, stage):
    Stage.objects.get(name="Lost").delete()
    with pytest.raises(ActionRefused, match="Deals have been in"):
        change_stage(stage=stage, by=cast.admin, now=NOW, outcome="lost")
    proposal = Stage.objects.get(name="Proposal")
    change_stage(stage=proposal, by=cast.admin, now=NOW, outcome="lost")
    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.probability_bp) == ("lost", 0)


def test_a_stage_in_use_stays_and_says_why(admin, cast, stage):
    later = NOW + datetime.timedelta(hours=1)  # a stay of no time is none
    move_deal(deal=cast.owns["rep"].deal, stage=Stage.objects.get(name="Discovery"), by=cast.rep, now=later)
    page = admin.get(reverse("pipeline:stage_delete", args=[stage.pk])).content.decode()
    assert "2 deals" in page
    assert "3 stays of deals" in page
    assert admin.post(reverse("pipeline:stage_delete", args=[stage.pk])).status_code == 422
    assert admin.post(reverse("pipeline:stage_delete", args=[Stage.objects.get(name="Proposal").pk])).status_code == 302


def test_the_last_open_stage_stays(cast):
    pipeline = create_pipeline(name="Renewals", by=cast.admin, now=NOW)
    first, *others = pipeline.stages.filter(outcome="open")
    for other in others:
        delete_stage(stage=other, by=cast.admin, now=NOW)
    with pytest.raises(ActionRefused, match="last open stage"):
        delete_stage(stage=first, by=cast.admin, now=NOW)
    pipeline.stages.filter(outcome="won").delete()
    with pytest.raises(ActionRefused, match="last open stage"):
        change_stage(stage=first, by=cast.admin, now=NOW, outcome="won")


def test_a_pipeline_goes_with_its_stages_unless_it_was_used_or_is_the_last(cast, stage):
    with pytest.raises(ActionRefused, match="last pipeline"):
        delete_pipeline(pipeline=stage.pipeline, by=cast.admin, now=NOW)
    renewals = create_pipeline(name="Renewals", by=cast.admin, now=NOW)
    with pytest.raises(ActionRefused, match="3 deals"):
        delete_pipeline(pipeline=stage.pipeline, by=cast.admin, now=NOW)
    delete_pipeline(pipeline=renewals, by=cast.admin, now=NOW)
    assert list(Pipeline.objects.values_list("name", flat=True)) == ["Sales"]
    assert not Stage.objects.filter(name="Renewals").exists()


@pytest.mark.parametrize("role", ["rep", "manager", "leader"])
def test_nobody_else_configures(cast, stage, role):
    by = getattr(cast, role)
    for write in (
        lambda: change_stage(stage=stage, by=by, now=NOW, probability_bp=1),
        lambda: move_stage(stage=stage, steps=1, by=by, now=NOW),
        lambda: create_stage(pipeline=stage.pipeline, name="X", by=by, now=NOW),
        lambda: delete_stage(stage=stage, by=by, now=NOW),
        lambda: create_pipeline(name="X", by=by, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            write()
    assert not AuditEntry.objects.filter(subject_kind__in=["stage", "pipeline"]).exists()


# --- lost reasons


@pytest.fixture
def lost(cast):
    """A deal lost two days ago for a reason that counts."""
    deal, reason = cast.owns["rep"].deal, LostReason.objects.create(name="Wrong number")
    lose_deal(deal=deal, reason=reason, by=cast.rep, now=NOW + DAY)
    return deal, reason


def test_a_reason_that_stops_counting_takes_its_deals_out_as_of_their_last_day(cast, lost):
    deal, reason = lost
    change_lost_reason(reason=reason, name=reason.name, counts=False, by=cast.admin, now=NOW + 3 * DAY)
    versions = DealVersion.objects.filter(deal=deal, superseded_at=None)
    assert {version.discounted_on for version in versions} == {TODAY + DAY}
    change_lost_reason(reason=reason, name=reason.name, counts=True, by=cast.admin, now=NOW + 4 * DAY)
    versions = DealVersion.objects.filter(deal=deal, superseded_at=None)
    assert {version.discounted_on for version in versions} == {None}


def test_deals_that_were_reopened_or_lost_for_something_else_stay(cast, lost):
    deal, reason = lost
    reopen_deal(deal=deal, by=cast.rep, now=NOW + 2 * DAY)
    other = cast.owns["rival"].deal
    lose_deal(deal=other, reason=LostReason.objects.create(name="Price"), by=cast.rival, now=NOW + DAY)
    before = {row.pk: row.events.count() for row in Deal.objects.all()}
    change_lost_reason(reason=reason, name="Wrong number", counts=False, by=cast.admin, now=NOW + 3 * DAY)
    assert {row.pk: row.events.count() for row in Deal.objects.all()} == before


def test_what_was_known_before_the_change_is_still_known(cast, lost):
    deal, reason = lost
    change_lost_reason(reason=reason, name=reason.name, counts=False, by=cast.admin, now=NOW + 3 * DAY)
    before = DealVersion.objects.filter(deal=deal).known_on(NOW + 2 * DAY)
    assert {version.discounted_on for version in before} == {None}


def test_the_page_changes_a_reason(admin, cast, lost):
    _deal, reason = lost
    assert "Wrong number" in admin.get(reverse("pipeline:lost_reason_list")).content.decode()
    answer = admin.post(reverse("pipeline:lost_reason_edit", args=[reason.pk]), {"name": "Wrong number"})
    assert answer.status_code == 302
    reason.refresh_from_db()
    assert not reason.counts
    refused = admin.post(reverse("pipeline:lost_reason_delete", args=[reason.pk]))
    assert refused.status_code == 422
    assert "1 deal" in refused.content.decode()
