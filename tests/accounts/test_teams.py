"""Teams: a tree without circles, slugs that stay, and nothing deleted that was ever used."""

import pytest
from django.urls import reverse

from accounts.actions.teams import change_team, create_team, delete_team
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Team
from accounts.views.teams import in_order
from tests.cast import NOW


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def test_a_slug_comes_from_the_name_once_and_stays(cast):
    first = create_team(name="Key accounts", by=cast.admin, now=NOW)
    second = create_team(name="Key-Accounts", by=cast.admin, now=NOW)
    assert (first.slug, second.slug) == ("key-accounts", "key-accounts-2")
    changed = change_team(team=first, name="Large accounts", parent=None, manager=None, by=cast.admin, now=NOW)
    assert changed.slug == "key-accounts"


def test_a_team_does_not_stand_below_itself(cast):
    region = cast.north.parent
    with pytest.raises(ActionRefused, match="below itself"):
        change_team(team=region, name="Region", parent=cast.north, manager=None, by=cast.admin, now=NOW)


def test_the_form_does_not_offer_a_circle(admin, cast):
    form = admin.get(reverse("accounts:team_edit", args=[cast.north.parent_id])).context["form"]
    assert list(form.fields["parent"].queryset) == []


def test_a_team_that_was_used_stays_and_says_why(admin, cast):
    page = admin.get(reverse("accounts:team_delete", args=[cast.north.pk]))
    assert "2 reps, 2 memberships" in page.content.decode()
    answer = admin.post(reverse("accounts:team_delete", args=[cast.north.pk]))
    assert answer.status_code == 422
    assert Team.objects.filter(pk=cast.north.pk).exists()
    with pytest.raises(ActionRefused, match="2 teams below it"):
        delete_team(team=cast.north.parent, by=cast.admin, now=NOW)


def test_a_queue_of_leads_keeps_its_team(cast):
    team = create_team(name="Inbound", by=cast.admin, now=NOW)
    lead = cast.owns["rep"].lead
    type(lead).objects.filter(pk=lead.pk).update(team=team)
    with pytest.raises(ActionRefused, match="1 lead"):
        delete_team(team=team, by=cast.admin, now=NOW)


def test_an_unused_team_goes_with_a_line_in_the_log(admin, cast):
    team = create_team(name="Mistake", by=cast.admin, now=NOW)
    assert admin.post(reverse("accounts:team_delete", args=[team.pk])).status_code == 302
    assert not Team.objects.filter(pk=team.pk).exists()
    assert AuditEntry.objects.get(action="delete").subject_name == "Mistake"


def test_pages_make_and_change_a_team(admin, cast):
    body = {"name": "West", "parent": cast.north.parent_id, "manager": cast.manager.pk}
    assert admin.post(reverse("accounts:team_create"), body).status_code == 302
    west = Team.objects.get(name="West")
    assert (west.parent, west.manager) == (cast.north.parent, cast.manager)
    answer = admin.post(reverse("accounts:team_edit", args=[west.pk]), {"name": "North"})
    assert answer.status_code == 422
    assert "already exists" in answer.content.decode()


def test_the_list_shows_the_tree(admin, cast):
    teams = admin.get(reverse("accounts:team_list")).context["teams"]
    assert [(team.name, team.depth, team.members) for team in teams] == [
        ("Region", 0, 0),
        ("North", 1, 2),
        ("South", 1, 1),
    ]


def test_a_tree_with_a_circle_shows_what_it_can():
    one, two = Team(pk=1, name="One", parent_id=2), Team(pk=2, name="Two", parent_id=1)
    assert in_order([one, two]) == []
