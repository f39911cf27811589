"""Users, teams, reps and memberships."""

import datetime

import pytest

from accounts.models import Rep, Team, TeamMembership, User
from pipeline.models import DealVersion
from tests.pipeline.imports.conftest import counts, told

pytestmark = pytest.mark.django_db
DAY = datetime.date


def test_teams_may_name_parents_of_later_rows(load):
    text = "name,parent\nNorth,EMEA\nEMEA,World\nWorld,\nEMEA,World\n"
    assert counts(load("teams", text)) == (3, 0, 1, 0)
    assert [(team.slug, team.parent and team.parent.name) for team in Team.objects.order_by("name")] == [
        ("emea", "World"), ("north", "EMEA"), ("world", None),
    ]  # fmt: skip
    assert counts(load("teams", text)) == (0, 0, 4, 0)
    assert counts(load("teams", "name,parent\nNorth,World\nEMEA,\n")) == (0, 2, 0, 0)
    assert Team.objects.get(name="North").parent.name == "World"


def test_a_row_below_a_bad_row_is_bad_too(load):
    report = load("teams", "name,parent\nA,\nB,Nowhere\nC,B\nD,A\n", on_error="skip")
    assert counts(report) == (2, 0, 0, 2)
    assert [problem.row for problem in report.problems] == [3, 4]
    assert set(Team.objects.values_list("name", flat=True)) == {"A", "D"}


def test_parents_are_made_when_the_mapping_allows_it(load):
    mapping = {"columns": {"manager": "name", "office": "parent"}, "create_missing": ["teams"]}
    report = load(
        "teams", "agent,manager,office\nAnn,Dustin,Central\nBob,Dustin,Central\nCy,Celia,West\n", mapping=mapping
    )
    assert counts(report) == (2, 0, 1, 0)
    assert Team.objects.filter(parent=None).count() == 2
    assert report.notes["2 teams that rows name were created"] == 2


def test_names_that_give_the_same_slug(load):
    load("teams", "name\nA-B\nA B\n")
    assert set(Team.objects.values_list("slug", flat=True)) == {"a-b", "a-b-2"}


def test_a_manager_is_named_by_address(load):
    User.objects.create_user("head@x.test", name="Head", role="manager")
    assert counts(load("teams", "name,manager_email\nNorth,HEAD@x.test\n")) == (1, 0, 0, 0)
    assert Team.objects.get().manager.email == "head@x.test"
    assert told(load("teams", "name,manager_email\nSouth,who@x.test\n"))[0].startswith(
        "row 2, manager_email: there is no user “who@x.test”"
    )


def test_the_first_team_reaches_back_and_another_holds_from_today(load, people):
    load("deals", "external_id,name,owner,outcome,amount,opened_at,closed_at\nD1,One,a1,open,1,2020-01-01,\n"
         "D2,Two,a1,won,1,2020-01-01,2020-02-01\n")  # fmt: skip
    assert set(DealVersion.objects.values_list("team__name", flat=True)) == {"North"}
    assert counts(load("reps", "name,email,team,external_id\nAnn,ann@x.test,South,a1\n")) == (0, 1, 0, 0)
    assert list(TeamMembership.objects.filter(rep__name="Ann").values_list("team__name", "starts_on", "ends_on")) == [
        ("North", None, DAY(2026, 6, 14)),
        ("South", DAY(2026, 6, 15), None),
    ]
    rows = DealVersion.objects.filter(superseded_at=None).order_by("deal", "valid_from")
    assert list(rows.values_list("deal__name", "valid_from", "team__name")) == [
        ("One", DAY(2020, 1, 1), "North"),
        ("One", DAY(2026, 6, 15), "South"),
        ("Two", DAY(2020, 1, 1), "North"),
        ("Two", DAY(2020, 2, 1), "North"),
    ]
    assert Rep.objects.get(name="Ann").team.name == "South"
    assert counts(load("reps", "name,email,team,external_id\nAnn,ann@x.test,South,a1\n")) == (0, 0, 1, 0)


def test_memberships_fold_open_deals_anew(load, people):
    load("deals", "external_id,name,owner,outcome,amount,opened_at,closed_at\nD1,One,a1,open,1,2026-01-01,\n")
    text = "rep,team,starts_on,ends_on\na1,South,2026-03-01,2026-03-31\n"
    assert counts(load("memberships", text)) == (1, 0, 0, 0)
    rows = DealVersion.objects.filter(superseded_at=None).order_by("valid_from")
    assert [(row.valid_from, row.team.name) for row in rows] == [
        (DAY(2026, 1, 1), "North"),
        (DAY(2026, 3, 1), "South"),
        (DAY(2026, 4, 1), "North"),
    ]
    assert Rep.objects.get(name="Ann").team.name == "North"
    assert counts(load("memberships", text)) == (0, 0, 1, 0)
    load("memberships", "rep,team,starts_on\nann@x.test,South,2026-06-01\n")
    assert Rep.objects.get(name="Ann").team.name == "South"


def test_reps_are_found_by_id_then_address_then_name(load):
    load("teams", "name\nNorth\n")
    assert counts(load("reps", "name,team\nAnna Snelling,North\nAnna Snelling Jr,North\n")) == (2, 0, 0, 0)
    assert set(Rep.objects.values_list("external_id", flat=True)) == {"anna-snelling", "anna-snelling-jr"}
    assert counts(load("reps", "name,email\nAnna Snelling,anna@x.test\n")) == (0, 1, 0, 0)
    assert counts(load("reps", "name,email,hired_on\nAnna S,ANNA@x.test,2024-01-01\n")) == (0, 1, 0, 0)
    rep = Rep.objects.get(external_id="anna-snelling")
    assert (rep.name, rep.email, rep.hired_on) == ("Anna S", "anna@x.test", DAY(2024, 1, 1))


def test_a_rep_with_the_address_of_a_user_is_that_user(load):
    user = User.objects.create_user("ann@x.test", name="Ann", role="rep")
    load("reps", "name,email,role\nAnn,Ann@x.test,\nBob,bob@x.test,rep\nCy,cy@x.test,\n")
    assert Rep.objects.get(name="Ann").user == user
    invited = Rep.objects.get(name="Bob").user
    assert (invited.email, invited.role, invited.has_usable_password()) == ("bob@x.test", "rep", False)
    assert Rep.objects.get(name="Cy").user is None
    assert told(load("reps", "name,role\nDee,rep\n")) == ["row 2, role: needs an e-mail, to which the invitation goes."]


def test_users_become_reps_and_heads(load):
    load("teams", "name\nNorth\n")
    text = "email,name,role,team\nann@x.test,Ann,rep,North\nhead@x.test,Head,manager,North\nboss@x.test,,leader,\n"
    assert counts(load("users", text)) == (3, 0, 0, 0)
    assert Rep.objects.get(user__email="ann@x.test").team.name == "North"
    assert Team.objects.get().manager.email == "head@x.test"
    assert User.objects.get(email="boss@x.test").name == "boss"
    assert not User.objects.get(email="boss@x.test").has_usable_password()
    assert counts(load("users", text)) == (0, 0, 3, 0)
    assert counts(load("users", "email,role\nann@x.test,manager\n")) == (0, 1, 0, 0)
    assert User.objects.get(email="ann@x.test").role == "manager"


def test_the_last_admin_stays_one(load):
    User.objects.create_user("root@x.test", name="Root", role="admin")
    report = load("users", "email,role\nroot@x.test,rep\n")
    assert report.refused
    assert User.objects.get().role == "admin"
