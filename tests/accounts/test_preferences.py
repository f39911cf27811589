"""A user's own name, zone, language, look and keys."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry

BODY = {"name": "Rae", "time_zone": "Asia/Tokyo", "language": "de", "theme": "dark"}


@pytest.mark.parametrize("role", ["rep", "manager", "leader", "admin"])
def test_everybody_sets_the_own_ones(client, cast, role):
    user = getattr(cast, role)
    client.force_login(user)
    address = reverse("accounts:profile")
    assert client.get(address).status_code == 200
    assert client.post(address, BODY)["Location"] == address
    user.refresh_from_db()
    assert (user.name, user.time_zone, user.language, user.theme, user.shortcuts) == (
        "Rae", "Asia/Tokyo", "de", "dark", False,
    )  # fmt: skip
    page = client.get(address).content.decode()
    assert 'data-bs-theme="dark"' in page
    assert '<html lang="de"' in page
    assert AuditEntry.objects.filter(action="change", subject_id=user.pk, by=user).exists()


def test_a_choice_can_be_left_to_the_company_and_the_browser(client, cast):
    client.force_login(cast.rep)
    client.post(reverse("accounts:profile"), BODY)
    client.post(reverse("accounts:profile"), BODY | {"time_zone": "unset", "language": "unset"})
    cast.rep.refresh_from_db()
    assert (cast.rep.time_zone, cast.rep.language) == ("", "")


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Base"}, {"language": "xx"}, {"theme": "pink"}, {"name": ""}])
def test_a_value_that_does_not_exist_is_refused(client, cast, wrong):
    client.force_login(cast.rep)
    answer = client.post(reverse("accounts:profile"), BODY | wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)


def test_role_and_address_are_not_for_oneself_to_set(client, cast):
    client.force_login(cast.rep)
    client.post(reverse("accounts:profile"), BODY | {"role": "admin", "email": "boss@cast.test", "is_active": ""})
    cast.rep.refresh_from_db()
    assert (cast.rep.role, cast.rep.email, cast.rep.is_active) == ("rep", "rep@cast.test", True)
