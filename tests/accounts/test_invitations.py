"""Invitations: a mail with a link that works once, for some days, for the user it was made for."""

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from accounts.actions.invitations import send_invitation
from accounts.actions.users import change_user, create_user, deactivate_user
from accounts.errors import ActionRefused
from accounts.models import User
from accounts.roles import Role
from tests.cast import NOW

BODY = {"name": "Nia Okafor", "password": "seven green bicycles"}


@pytest.fixture
def invited(cast):
    user = create_user(email="nia@cast.test", name="Nia", role=Role.LEADER, by=cast.admin, now=NOW)
    send_invitation(user=user, site="https://sales.example.com/", by=cast.admin, now=NOW)
    user.refresh_from_db()
    return user


def link():
    """The path of the link in the newest mail."""
    return re.search(r"https://sales\.example\.com(/\S+)", mail.outbox[-1].body)[1]


def test_the_mail_leads_to_a_password_and_in(client, cast, invited):
    message = mail.outbox[-1]
    assert message.to == ["nia@cast.test"]
    assert "\n" not in message.subject
    assert "Admin has made you an account" in message.body
    assert client.get(link()).status_code == 200
    answer = client.post(link(), BODY)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    invited.refresh_from_db()
    assert (invited.name, invited.check_password(BODY["password"])) == ("Nia Okafor", True)
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_a_link_works_once(client, invited):
    used = link()
    client.post(used, BODY)
    client.logout()
    for answer in (client.get(used), client.post(used, BODY | {"password": "another long phrase"})):
        assert answer.status_code == 410
        assert "no longer works" in answer.content.decode()
    assert User.objects.get(pk=invited.pk).check_password(BODY["password"])


def test_a_link_grows_old(client, invited):
    old = link()
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=7, minutes=1)):
        assert client.get(old).status_code == 410


def test_a_newer_invitation_ends_the_older_one(client, cast, invited):
    old = link()
    send_invitation(user=invited, site="https://sales.example.com", by=cast.admin, now=NOW)
    assert client.get(old).status_code == 410
    assert client.get(link()).status_code == 200


def test_a_link_dies_with_the_address_and_with_the_user(client, cast, invited):
    change_user(user=invited, name="Nia", email="other@cast.test", role=Role.LEADER, by=cast.admin, now=NOW)
    assert client.get(link()).status_code == 410
    send_invitation(user=invited, site="https://sales.example.com", by=cast.admin, now=NOW)
    deactivate_user(user=invited, by=cast.admin, now=NOW)
    assert client.post(link(), BODY).status_code == 410


@pytest.mark.parametrize("token", ["x", "x:y:z", "WzEsIjEiXQ:1abc:sig", "%00"])
def test_made_up_links_are_answered_like_used_ones(client, db, token):
    assert client.get(f"/invitation/{token}/").status_code == 410


def test_a_weak_password_is_refused_at_its_field(client, invited):
    answer = client.post(link(), {"name": "Nia", "password": "nia"})
    assert answer.status_code == 422
    assert "too short" in str(answer.context["form"].errors["password"])
    assert not User.objects.get(pk=invited.pk).has_usable_password()


def test_who_has_signed_in_is_not_invited_again(cast):
    with pytest.raises(ActionRefused, match="needs no invitation"):
        send_invitation(user=cast.rep, site="https://sales.example.com", by=cast.admin, now=NOW)
    assert cast.rep.has_usable_password()


def test_inviting_on_the_page_sends_the_mail(client, cast):
    client.force_login(cast.admin)
    body = {"name": "Nia", "email": "nia@cast.test", "role": "rep", "team": cast.north.pk}
    answer = client.post(reverse("accounts:user_create"), body)
    assert answer["Location"] == reverse("accounts:user_list")
    assert mail.outbox[-1].to == ["nia@cast.test"]
    assert "http://testserver/invitation/" in mail.outbox[-1].body
    user = User.objects.get(email="nia@cast.test")
    client.post(reverse("accounts:user_invite_again", args=[user.pk]))
    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_away_is_said_and_the_user_stays(client, cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client.force_login(cast.admin)
    body = {"name": "Nia", "email": "nia@cast.test", "role": "leader"}
    answer = client.post(reverse("accounts:user_create"), body, follow=True)
    user = User.objects.get(email="nia@cast.test")
    assert answer.redirect_chain[-1][0] == reverse("accounts:user_edit", args=[user.pk])
    assert "was not sent" in answer.content.decode()


def test_without_a_mail_server_the_admin_hands_over_the_link(client, cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    client.force_login(cast.admin)
    body = {"name": "Nia", "email": "nia@cast.test", "role": "leader"}
    page = client.post(reverse("accounts:user_create"), body, follow=True).content.decode()
    shown = re.search(r'value="http://testserver(/invitation/[^"]+)"', page)[1]
    client.logout()
    assert client.post(shown, BODY).status_code == 302
