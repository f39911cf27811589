"""A rep's teams over time: open deals follow, closed ones keep their team, and everything can be taken back."""

import datetime

import pytest
from django.urls import reverse

from accounts.errors import ActionRefused, NotAllowed
from accounts.memberships import TeamHistory
from accounts.models import TeamMembership
from pipeline.actions.memberships import change_seller, hire_rep, move_rep, take_back_move
from pipeline.actions.outcomes import win_deal
from pipeline.history import find_differing_deals
from pipeline.models import ChangedDay, Deal, DealVersion
from tests.cast import NOW

DAY = datetime.timedelta(days=1)
TODAY = NOW.date()


def team_of(deal, day=None):
    return DealVersion.objects.filter(superseded_at=None, deal=deal).valid_on(day).get().team


def spans(rep):
    rows = TeamMembership.objects.filter(rep=rep).order_by("starts_on")
    return [(row.team.name, row.starts_on, row.ends_on) for row in sorted(rows, key=lambda r: r.starts_on or TODAY.min)]


def test_open_deals_follow_and_closed_ones_stay(cast):
    rep, open_deal = cast.reps["rep"], cast.owns["rep"].deal
    won = cast.owns["colleague"].deal
    win_deal(deal=won, by=cast.colleague, now=NOW)
    for one in (rep, cast.reps["colleague"]):
        move_rep(rep=one, team=cast.south, day=TODAY + DAY, by=cast.admin, now=NOW + 2 * DAY)
    assert (team_of(open_deal, TODAY), team_of(open_deal)) == (cast.north, cast.south)
    assert team_of(won) == cast.north
    rep.refresh_from_db()
    assert rep.team == cast.south
    assert spans(rep) == [("North", None, TODAY), ("South", TODAY + DAY, None)]
    assert find_differing_deals(Deal.objects.values_list("pk", flat=True), now=NOW, company=_company()) == []


def _company():
    from accounts.models import Company

    return Company.current()


def test_a_credited_deal_won_since_goes_to_the_new_team(cast):
    from decimal import Decimal

    from pipeline.actions.deal_parts import set_credits
    from pipeline.models import VersionCredit

    deal, rep = cast.owns["rival"].deal, cast.reps["rep"]
    shares = [(cast.reps["rival"], Decimal("0.5")), (rep, Decimal("0.5"))]
    set_credits(deal=deal, shares=shares, by=cast.rival, now=NOW)
    win_deal(deal=deal, by=cast.rival, now=NOW + DAY)
    move_rep(rep=rep, team=cast.south, day=TODAY + DAY, by=cast.admin, now=NOW + 2 * DAY)
    credit = VersionCredit.objects.get(version__deal=deal, version__superseded_at=None, rep=rep)
    assert credit.team == cast.south


def test_a_change_is_entered_late_and_days_are_queued(cast):
    ChangedDay.objects.all().delete()
    move_rep(rep=cast.reps["rep"], team=cast.south, day=TODAY, by=cast.admin, now=NOW + 5 * DAY)
    queued = {row.subject: (row.day, row.last_day) for row in ChangedDay.objects.all()}
    assert queued["capacity"] == (TODAY, TODAY + 5 * DAY)
    assert queued["deals"][0] == TODAY


def test_a_change_lies_not_ahead_and_is_not_entered_twice(cast):
    rep = cast.reps["rep"]
    with pytest.raises(ActionRefused, match="on its first day"):
        move_rep(rep=rep, team=cast.south, day=TODAY + DAY, by=cast.admin, now=NOW)
    with pytest.raises(ActionRefused, match="already"):
        move_rep(rep=rep, team=cast.north, day=TODAY, by=cast.admin, now=NOW)
    with pytest.raises(NotAllowed):
        move_rep(rep=rep, team=cast.south, day=TODAY, by=cast.manager, now=NOW)


def test_a_change_in_between_holds_until_the_next_one(cast):
    rep = cast.reps["rep"]
    move_rep(rep=rep, team=None, day=TODAY, by=cast.admin, now=NOW)
    move_rep(rep=rep, team=cast.south, day=TODAY - 10 * DAY, by=cast.admin, now=NOW)
    assert spans(rep) == [("North", None, TODAY - 11 * DAY), ("South", TODAY - 10 * DAY, TODAY - DAY)]
    rep.refresh_from_db()
    assert rep.team is None


def test_a_change_can_be_taken_back(cast):
    rep = cast.reps["rep"]
    move_rep(rep=rep, team=cast.south, day=TODAY, by=cast.admin, now=NOW)
    take_back_move(rep=rep, day=TODAY, by=cast.admin, now=NOW)
    assert spans(rep) == [("North", None, None)]
    assert team_of(cast.owns["rep"].deal) == cast.north
    with pytest.raises(ActionRefused, match="No change of team"):
        take_back_move(rep=rep, day=TODAY, by=cast.admin, now=NOW)
    take_back_move(rep=rep, day=None, by=cast.admin, now=NOW)
    assert spans(rep) == []
    assert team_of(cast.owns["rep"].deal) is None


def test_overlapping_rows_of_an_import_keep_what_they_said(cast):
    rep = cast.reps["rep"]
    TeamMembership.objects.create(rep=rep, team=cast.south, starts_on=TODAY - 20 * DAY, ends_on=TODAY - 10 * DAY)
    before = [TeamHistory.load([rep.pk]).team_on(rep.pk, TODAY - n * DAY) for n in range(1, 30)]
    move_rep(rep=rep, team=cast.south, day=TODAY, by=cast.admin, now=NOW)
    assert [TeamHistory.load([rep.pk]).team_on(rep.pk, TODAY - n * DAY) for n in range(1, 30)] == before
    assert [name for name, _start, _end in spans(rep)] == ["North", "South", "North", "South"]


def test_who_is_hired_counts_from_the_first_day(cast):
    ChangedDay.objects.all().delete()
    rep = hire_rep(name="Nia", by=cast.admin, now=NOW, team=cast.north, hired_on=TODAY - 3 * DAY)
    assert spans(rep) == [("North", TODAY - 3 * DAY, None)]
    assert rep.external_id == "nia"
    row = ChangedDay.objects.get()
    assert (row.subject, row.day, row.last_day) == ("capacity", TODAY - 3 * DAY, TODAY)


def test_a_last_day_queues_the_days_since(cast):
    ChangedDay.objects.all().delete()
    rep = cast.reps["rep"]
    change_seller(rep=rep, left_on=TODAY - 4 * DAY, by=cast.admin, now=NOW)
    assert ChangedDay.objects.get().day == TODAY - 4 * DAY
    with pytest.raises(ActionRefused, match="before the first"):
        change_seller(rep=rep, hired_on=TODAY, by=cast.admin, now=NOW)


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def test_the_pages_move_a_rep_and_take_it_back(admin, cast):
    rep = cast.reps["rep"]
    address = reverse("pipeline:rep_team", args=[rep.pk])
    day = (TODAY - DAY).isoformat()
    assert admin.post(address, {"team": cast.south.pk, "day": day}).status_code == 302
    assert "South" in admin.get(address).content.decode()
    refused = admin.post(address, {"team": cast.south.pk, "day": "2999-01-01"})
    assert refused.status_code == 422
    assert "day" in refused.context["form"].errors
    assert admin.post(reverse("pipeline:rep_team_take_back", args=[rep.pk]), {"day": day}).status_code == 302
    assert spans(rep) == [("North", None, None)]
    assert admin.post(reverse("pipeline:rep_team_take_back", args=[rep.pk]), {"day": "soon"}).status_code == 404


def test_the_page_keeps_addresses_unlike(admin, cast):
    body = {"name": "Nia", "email": cast.reps["rep"].email.upper(), "ramp_months": "0"}
    answer = admin.post(reverse("pipeline:rep_create"), body)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]
    body = {"name": "Nia", "email": "", "ramp_months": "3", "team": cast.north.pk, "counts_as_capacity": "on"}
    assert admin.post(reverse("pipeline:rep_create"), body).status_code == 302
    assert admin.get(reverse("pipeline:rep_list") + "?q=nia").context["rows"][0].ramp_months == 3
