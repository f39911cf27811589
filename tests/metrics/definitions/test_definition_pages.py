"""The pages on which an admin puts a metric together: refusals stand at their field, a preview saves nothing."""

import pytest
import time_machine
from django.urls import reverse

from metrics.models import MetricDefinition, MetricVersion
from tests.metrics.books import NOW, write_book
from tests.metrics.definitions.made import define

pytestmark = pytest.mark.django_db
NEW = {
    "name": "Wins of the website", "slug": "web_wins", "meaning": "Of deals from our site, those we win.",
    "better": "higher", "top": "won", "top_dimension_1": "channel", "top_member_1": "Website",
    "bottom": "closed", "bottom_dimension_1": "channel", "bottom_member_1": "Website", "shown_as": "percent",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(client, cast):
    write_book(cast)
    client.force_login(cast.admin)
    return client


def send(client, pk=None, **values):
    address = reverse("metrics:definition_edit", args=[pk]) if pk else reverse("metrics:definition_create")
    return client.post(address, {**NEW, **values})


def test_a_preview_shows_the_months_figure_and_saves_nothing(admin):
    shown = send(admin, preview="yes")
    assert shown.status_code == 200
    preview = shown.context["preview"]
    assert [(one["title"], one["value"]) for one in preview["figures"]] == [
        ("November 2026", "2 of 2"), ("October 2026", "0 of 1"),
    ]  # fmt: skip
    assert "Nothing is saved yet." in shown.content.decode()
    assert not MetricDefinition.objects.exists()


def test_what_is_saved_is_listed_and_can_be_changed(admin, cast):
    assert send(admin).headers["Location"] == reverse("metrics:definition_list")
    row = MetricDefinition.objects.get()
    assert (row.created_by, row.version, row.top_where) == (cast.admin, 1, [["channel", "Website"]])
    text = admin.get(reverse("metrics:definition_list")).content.decode()
    assert "deals won (channel Website) / deals won or lost (channel Website)" in text
    assert send(admin, pk=row.pk, bottom="", bottom_dimension_1="", bottom_member_1="", shown_as="").status_code == 302
    assert list(MetricVersion.objects.order_by("version").values_list("version", "bottom")) == [(1, "closed"), (2, "")]
    page = admin.get(reverse("metrics:definition_edit", args=[row.pk]))
    assert [one["row"].version for one in page.context["past"]] == [2, 1]
    assert 'value="Website"' in page.content.decode()


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"slug": "win_rate"}, "slug", "of the catalogue"),
        ({"slug": "growth"}, "slug", "an operator"),
        ({"top": "money"}, "top", "Select a valid choice"),
        ({"bottom": "lost"}, "shown_as", "are no part of deals lost"),
        ({"top_member_1": "Radio"}, "top_dimension_1", "“Radio” is no channel here"),
        ({"top_member_1": ""}, "top_member_1", "Say which one"),
        ({"top_dimension_1": ""}, "top_dimension_1", "Say what it is"),
        ({"bottom_dimension_1": "stage", "bottom_member_1": "unknown"}, "bottom_dimension_1", "Possible: product"),
        ({"dimensions": ["stage"]}, "dimensions", "not carried by all of it. Possible: rep, team"),
        ({"name": ""}, "name", "required"),
    ],
)
def test_a_mistake_is_said_at_its_field(admin, values, field, says):
    for more in ({}, {"preview": "yes"}):
        answer = send(admin, **values, **more)
        assert answer.status_code == 422
        assert says in str(answer.context["form"].errors[field])
    assert not MetricDefinition.objects.exists()


def test_chosen_dimensions_are_kept_with_those_of_the_scopes(admin):
    send(admin, dimensions=["segment", "channel"])
    assert set(MetricDefinition.objects.get().dimensions) == {"rep", "team", "segment", "channel"}


def test_retiring_and_restoring_are_presses(admin, cast):
    row = define(by=cast.admin)
    admin.post(reverse("metrics:definition_retire", args=[row.pk]))
    assert admin.get(reverse("metrics:metric", args=["web_revenue"])).status_code == 404
    admin.post(reverse("metrics:definition_restore", args=[row.pk]))
    assert admin.get(reverse("metrics:metric", args=["web_revenue"])).status_code == 200


def test_the_form_has_no_script_of_its_own(admin):
    text = admin.get(reverse("metrics:definition_create")).content.decode()
    assert "onclick" not in text
    assert " style=" not in text
    assert text.count("<select") >= 10
