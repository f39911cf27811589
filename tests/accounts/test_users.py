"""Users: only admins make and change them, one active admin always remains, and what was taken away ends at once."""

import re

import pytest
from django.urls import reverse

from accounts.actions.tokens import create_token
from accounts.actions.users import activate_user, change_user, create_user, deactivate_user
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import ApiToken, AuditEntry, Rep, TeamMembership, User
from accounts.roles import Role
from tests.cast import NOW
from tests.pipeline.statements import statements_of

PASSWORD = "correct horse battery"
ROLES = ("rep", "manager", "leader", "admin")


@pytest.fixture
def other_admin(cast):
    return create_user(email="second@cast.test", name="Second", role=Role.ADMIN, password=PASSWORD, by=None, now=NOW)


def demote(user, by, role=Role.REP):
    return change_user(user=user, name=user.name, email=user.email, role=role, by=by, now=NOW)


def signed_in(client, user):
    assert client.login(email=user.email, password=PASSWORD)
    client.get(reverse("accounts:profile"))
    return client


@pytest.mark.parametrize("actor", ROLES)
@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("new_role", ROLES)
def test_only_an_admin_changes_a_role_and_never_the_own_one(client, cast, actor, target, new_role):
    by, user = getattr(cast, actor), getattr(cast, target)
    client.force_login(by)
    body = {"name": user.name, "email": user.email, "role": new_role}
    answer = client.post(reverse("accounts:user_edit", args=[user.pk]), body)
    own_change = by == user and new_role != target
    assert answer.status_code == (404 if actor != "admin" else 422 if own_change else 302)
    user.refresh_from_db()
    assert user.role == (new_role if actor == "admin" and not own_change else target)
    if actor != "admin":
        with pytest.raises(NotAllowed):
            demote(user, by, new_role)


def test_the_last_active_admin_stays_whoever_asks(cast):
    for refused in (lambda: demote(cast.admin, None), lambda: deactivate_user(user=cast.admin, by=None, now=NOW)):
        with pytest.raises(ActionRefused, match="last active admin"):
            refused()


def test_of_two_admins_who_demote_each_other_the_second_is_none_any_more(cast, other_admin):
    demote(other_admin, cast.admin)
    with pytest.raises(NotAllowed):
        demote(cast.admin, other_admin)
    assert User.objects.filter(role=Role.ADMIN, is_active=True).get() == cast.admin


def test_an_admin_does_not_deactivate_himself(client, cast, other_admin):
    client.force_login(cast.admin)
    answer = client.post(reverse("accounts:user_deactivate", args=[cast.admin.pk]), follow=True)
    assert "can’t deactivate yourself" in answer.content.decode().replace("&#x27;", "’")
    cast.admin.refresh_from_db()
    assert cast.admin.is_active


def test_a_deactivated_user_is_out_at_once_and_for_good(client, cast):
    signed_in(client, cast.rep)
    create_token(user=cast.rep, name="till", scope="write", by=None, now=NOW)
    deactivate_user(user=cast.rep, by=cast.admin, now=NOW)
    assert client.get(reverse("accounts:profile")).status_code == 302
    assert not ApiToken.objects.filter(user=cast.rep).exists()
    activate_user(user=cast.rep, by=cast.admin, now=NOW)
    assert client.get(reverse("accounts:profile")).status_code == 302, "an old session must not come back to life"
    assert client.login(email=cast.rep.email, password=PASSWORD)
    log = AuditEntry.objects.filter(subject_kind="user", subject_id=cast.rep.pk).order_by("pk")
    assert [row.action for row in log] == ["create token", "deactivate", "activate"]


def test_a_new_role_ends_the_sessions_of_the_old_one(client, cast):
    signed_in(client, cast.admin)
    admin = create_user(email="new@cast.test", name="New", role=Role.ADMIN, by=None, now=NOW)
    demote(cast.admin, admin)
    assert client.get(reverse("accounts:user_list")).status_code == 302
    signed_in(client, cast.admin)
    assert client.get(reverse("accounts:user_list")).status_code == 404


def test_other_people_s_sessions_go_on(client, cast):
    signed_in(client, cast.colleague)
    deactivate_user(user=cast.rep, by=cast.admin, now=NOW)
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_who_sells_becomes_a_rep_in_the_team(cast):
    user = create_user(
        email="Nia@Cast.test ", name="Nia", role=Role.REP, team=cast.north, by=cast.admin, now=NOW,
        hired_on=NOW.date(),
    )  # fmt: skip
    rep = Rep.objects.get(user=user)
    assert (user.email, rep.email, rep.team, rep.counts_as_capacity) == (
        "nia@cast.test", "nia@cast.test", cast.north, True,
    )  # fmt: skip
    assert TeamMembership.objects.get(rep=rep).starts_on == NOW.date()


def test_a_manager_heads_the_team_and_is_no_capacity(cast):
    cast.north.manager = None
    cast.north.save()
    user = create_user(email="m@cast.test", name="Mo", role=Role.MANAGER, team=cast.north, by=cast.admin, now=NOW)
    cast.north.refresh_from_db()
    assert cast.north.manager == user
    assert not user.rep.counts_as_capacity
    with pytest.raises(ActionRefused, match="headed by Mo"):
        create_user(email="n@cast.test", name="Nu", role=Role.MANAGER, team=cast.north, by=cast.admin, now=NOW)


def test_a_known_seller_is_linked_and_keeps_his_team(cast):
    seller = Rep.objects.create(name="Old hand", email="old@cast.test", team=cast.south)
    with pytest.raises(ActionRefused, match="known as a rep"):
        create_user(email="old@cast.test", name="Old", role=Role.REP, team=cast.north, by=cast.admin, now=NOW)
    user = create_user(email="old@cast.test", name="Old", role=Role.REP, by=cast.admin, now=NOW)
    seller.refresh_from_db()
    assert (seller.user, seller.team) == (user, cast.south)


@pytest.mark.parametrize("role", ["leader", "admin"])
def test_who_does_not_sell_has_no_team(cast, role):
    with pytest.raises(ActionRefused, match="Only reps and managers"):
        create_user(email="x@cast.test", name="X", role=role, team=cast.north, by=cast.admin, now=NOW)
    user = create_user(email="x@cast.test", name="X", role=role, by=cast.admin, now=NOW)
    assert not Rep.objects.filter(user=user).exists()


def test_an_address_is_given_once(client, cast):
    client.force_login(cast.admin)
    body = {"name": "Twin", "email": cast.rep.email.upper(), "role": "rep"}
    answer = client.post(reverse("accounts:user_create"), body)
    assert answer.status_code == 422
    assert "already exists" in answer.content.decode()
    with pytest.raises(ActionRefused, match="already"):
        create_user(email=cast.rep.email, name="Twin", role=Role.REP, by=cast.admin, now=NOW)


def test_the_list_finds_people_by_name_role_and_state(client, cast):
    client.force_login(cast.admin)
    address = reverse("accounts:user_list")

    def names(query):
        return [user.email.split("@")[0] for user in client.get(f"{address}?{query}").context["rows"]]

    assert names("q=riv") == ["rival"]
    assert names("role=manager") == ["manager", "other_manager"]
    assert names("state=inactive") == ["deactivated"]
    assert client.get(f"{address}?role=king").status_code == 400


def test_the_list_costs_the_same_for_many(client, cast):
    client.force_login(cast.admin)
    few = len(statements_of(client, reverse("accounts:user_list")))
    User.objects.bulk_create(User(email=f"u{n}@cast.test", name=f"U {n}", role="rep") for n in range(60))
    assert len(statements_of(client, reverse("accounts:user_list"))) == few


def test_enter_in_a_field_saves_and_never_deactivates(client, cast):
    """A browser presses the first button of the form, so the others must belong to forms of their own."""
    client.force_login(cast.admin)
    page = client.get(reverse("accounts:user_edit", args=[cast.rep.pk])).content.decode()
    form = page[page.index("<form", page.index("st-form")) : page.index("</form>", page.index("st-form"))]
    buttons = re.findall(r"<button[^>]*>", form)
    own = [button for button in buttons if " form=" not in button and 'type="button"' not in button]
    assert len(own) == 1
    assert "btn-primary" in own[0]
    assert "formaction" not in form


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_the_same_moment_leave_one():
    import threading

    from django.db import connection

    first, second = (
        create_user(email=f"{n}@cast.test", name=n, role=Role.ADMIN, by=None, now=NOW) for n in ("one", "two")
    )
    barrier = threading.Barrier(2)

    def demote_at_once(user, by):
        barrier.wait()
        try:
            demote(user, by)
        except (NotAllowed, ActionRefused):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=demote_at_once, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.filter(role=Role.ADMIN).count() == 1
