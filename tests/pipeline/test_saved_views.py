"""Names for the filters of a page: private, shared with a team or with everyone, and the one that opens first."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.errors import NotAllowed
from pipeline.actions.saved_views import save_view
from pipeline.models import SavedView

NEW = "/views/new/"
PAGES = {"board": "/pipeline/", "deals": "/deals/", "leads": "/leads/", "accounts": "/accounts/"}
PAGES["activities"] = "/activities/"


def labels(client, address):
    chip = next(chip for chip in client.get(address).context["chips"] if chip["label"] == "View")
    return [option["label"] for option in chip["options"]]


def kept(by, name="Mine", page="deals", query="outcome=won", **shared):
    return save_view(by=by, now=timezone.now(), page=page, name=name, query=query, **shared)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_keeps_its_filters_under_a_name(rep, page):
    view = f"{NEW}?page={page}&query=owner%3Dme%26after%3Dx"
    assert rep.get(view).context["form"].initial["query"] == "owner=me&after=x"
    done = rep.post(view, {"name": "Mine", "query": "q=acme&after=x&view=3"})
    made = SavedView.objects.get()
    assert (made.page, made.query, made.team, made.is_for_all) == (page, "q=acme", None, False)
    assert done.url == f"{PAGES[page]}?q=acme&view={made.pk}"
    assert "Mine" in labels(rep, done.url)
    assert "Change “Mine”…" in labels(rep, done.url)


def test_a_view_shows_nobody_a_row_that_he_may_not_see(client, cast):
    view = kept(cast.admin, name="All", query="outcome=all", is_for_all=True)
    for who in ("rep", "rival"):
        client.force_login(getattr(cast, who))
        assert "All" in labels(client, "/deals/")
        rows = client.get(f"/deals/?outcome=all&view={view.pk}").context["rows"]
        assert [row.name for row in rows] == [f"Deal of {who}"]


def test_a_team_view_is_for_its_team_and_those_below_and_its_manager(client, cast):
    kept(cast.manager, name="North's", team=cast.north)
    kept(cast.admin, name="Region's", team=cast.north.parent)
    kept(cast.rep, name="Rep's")
    seen = {}
    for who in ("rep", "colleague", "rival", "manager", "leader"):
        seen[who] = set(SavedView.objects.visible_to(getattr(cast, who)).values_list("name", flat=True))
    assert seen == {
        "rep": {"North's", "Region's", "Rep's"},
        "colleague": {"North's", "Region's"},
        "rival": {"Region's"},
        "manager": {"North's"},
        "leader": set(),
    }


def test_only_a_manager_shares_with_his_team_and_only_an_admin_with_everyone(rep, client, cast):
    for who, shared in (("rep", {"team": cast.north}), ("manager", {"team": cast.south}),
                        ("manager", {"is_for_all": True}), ("leader", {"is_for_all": True})):  # fmt: skip
        with pytest.raises(NotAllowed):
            kept(getattr(cast, who), **shared)
    assert "shared" not in rep.get(NEW).context["form"].fields
    client.force_login(cast.manager)
    form = client.get(NEW).context["form"]
    assert [label for _key, label in form.fields["shared"].choices] == ["Me", "North"]
    client.post(f"{NEW}?page=deals", {"name": "Shared", "shared": str(cast.north.pk)})
    assert SavedView.objects.get().team == cast.north


def test_a_view_is_renamed_and_removed_by_its_owner_alone(rep, client, cast):
    view = kept(cast.manager, team=cast.north)
    edit, delete = (reverse(f"pipeline:view_{name}", args=[view.pk]) for name in ("edit", "delete"))
    assert rep.get(edit).context["is_mine"] is False
    assert (rep.post(edit, {"name": "Taken"}).status_code, rep.post(delete).status_code) == (403, 403)
    client.force_login(cast.manager)
    client.post(edit, {"name": "Ours", "query": "outcome=lost", "shared": str(cast.north.pk)})
    view.refresh_from_db()
    assert (view.name, view.query, view.team) == ("Ours", "outcome=lost", cast.north)
    assert client.post(delete).url == "/deals/?view=none"
    assert not SavedView.objects.exists()


def test_a_name_stands_once_for_a_page_and_a_person(rep, cast):
    kept(cast.rep)
    refused = rep.post(f"{NEW}?page=deals", {"name": "Mine"})
    assert (refused.status_code, "name" in refused.context["form"].errors) == (422, True)
    assert rep.post(f"{NEW}?page=leads", {"name": "Mine"}).status_code == 302
    assert rep.get(f"{NEW}?page=secrets").status_code == 404


def test_the_page_opens_with_the_default_of_each_person(rep, client, cast):
    one, two = kept(cast.admin, name="One", is_for_all=True), kept(cast.rep, name="Two", query="q=x")
    for view in (one, two):
        rep.post(reverse("pipeline:view_default", args=[view.pk]))
    assert rep.get("/deals/").url == f"/deals/?q=x&view={two.pk}"
    assert rep.get("/deals/?view=none").status_code == 200
    assert rep.get("/leads/").status_code == 200
    client.force_login(cast.colleague)
    assert client.get("/deals/").status_code == 200
    client.force_login(cast.rep)
    rep.post(reverse("pipeline:view_default", args=[two.pk]))
    assert rep.get("/deals/").status_code == 200
