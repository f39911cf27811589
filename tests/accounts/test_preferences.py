"""A user's own name, zone, language, look and keys."""

from decimal import Decimal

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


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Mars/Base"}, {"language": "xx"}, {"theme": "pink"}, {"name": ""}, {"number_format": "xx"}]
)
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


@pytest.mark.parametrize(
    ("chosen", "shown", "typed", "read"),
    [
        ("unset", "€1,250.50", "1.23", "1.23"),
        ("de", "1.250,50\xa0€", "1.234", "1234"),
        ("fr", "1\u202f250,50\xa0€", "1\u202f234,5", "1234.5"),
        ("de-CH", "EUR\xa01’250.50", "1’234.5", "1234.5"),
    ],
)
def test_figures_are_written_and_read_in_the_chosen_way(client, cast, chosen, shown, typed, read):
    """The words stay English."""
    deal = cast.owns["rep"].deal
    deal.amount, deal.currency = Decimal("1250.50"), "EUR"
    deal.save()
    client.force_login(cast.rep)
    client.post(reverse("accounts:profile"), BODY | {"language": "en", "number_format": chosen})
    page = client.get(deal.get_absolute_url()).content.decode()
    assert shown in page
    assert f'data-numbers="{"" if chosen == "unset" else chosen}"' in page
    edit = reverse("pipeline:deal_edit", args=[deal.pk])
    form = client.get(edit).context["form"]
    values = {name: form[name].value() or "" for name in form.fields if name != "amount"}
    client.post(edit, {**values, "amount": typed, "version": deal.version})
    deal.refresh_from_db()
    assert deal.amount == Decimal(read)
