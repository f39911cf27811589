"""Django's admin site: admins look things up there, and nobody changes anything."""

import pytest
from django.contrib import admin
from django.urls import reverse

OURS = [model for model in admin.site._registry if model._meta.app_label in ("accounts", "pipeline")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_rows_are_shown_and_stay(client, cast, model):
    client.force_login(cast.admin)
    place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert client.get(reverse(f"{place}_changelist") + "?q=x").status_code == 200
    assert client.get(reverse(f"{place}_add")).status_code == 403
    row = model._default_manager.first()
    if row is None:
        return
    assert client.get(reverse(f"{place}_change", args=[row.pk])).status_code == 200
    assert client.post(reverse(f"{place}_change", args=[row.pk]), {}).status_code == 403
    assert client.post(reverse(f"{place}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(reverse(f"{place}_changelist"), bulk)
    assert model._default_manager.filter(pk=row.pk).exists()


def test_no_password_is_shown(client, cast):
    client.force_login(cast.admin)
    page = client.get(reverse("admin:accounts_user_change", args=[cast.rep.pk])).content.decode()
    assert "argon2" not in page
    assert cast.rep.password not in page


def test_the_start_lists_what_there_is(client, cast):
    client.force_login(cast.admin)
    page = client.get(reverse("admin:index")).content.decode()
    assert "Deals" in page
    assert "Auth" not in page
