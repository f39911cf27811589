"""What has no row in the access table stays shut, for pages and for the API."""

import pytest
from django.core.checks import Error
from django.http import Http404, HttpResponse
from django.test import override_settings
from django.urls import get_resolver, include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.roles import Role
from salestracker import access, api, checks


class ProbeView(APIView):
    def get(self, request):
        return Response({"role": request.user.role})

    post = get


class LooseView(ProbeView):
    permission_classes = ()


def page(request):
    return HttpResponse("page")


api_routes = ([path("probe", ProbeView.as_view(), name="probe"), path("odd", ProbeView.as_view(), name="odd")], "api")
urlpatterns = [
    path("open", page, name="open"),
    path("everyone", page, name="everyone"),
    path("managers", page, name="managers"),
    path("catalogue", page, name="catalogue"),
    path("forgotten", page, name="forgotten"),
    path("nameless", page),
    path("loose", LooseView.as_view(), name="open"),
    path("auth/login/", page, name="account_login"),
    path("api/v1/", include(api_routes)),
]
ROWS = {
    "open": access.PUBLIC,
    "account_login": access.PUBLIC,
    "everyone": access.SIGNED_IN,
    "managers": access.MANAGERS,
    "catalogue": access.READ_ALL_WRITE_ADMINS,
    "api:probe": access.Access(roles=access.MANAGERS.roles, write_roles=access.ADMINS.roles),
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _probe_routes(monkeypatch):
    monkeypatch.setattr(access, "ACCESS", ROWS)
    monkeypatch.setattr(checks, "ACCESS", ROWS)
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_public_page_opens_without_signing_in(client):
    assert client.get("/open").status_code == 200


def test_anonymous_is_sent_to_sign_in_and_back(client):
    response = client.get("/everyone?period=mtd")
    assert response.status_code == 302
    assert response["Location"] == "/auth/login/?next=/everyone%3Fperiod%3Dmtd"


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ("http://testserver/open?period=mtd#top", "/open%3Fperiod%3Dmtd"),
        ("https://elsewhere.example/open", "/"),
        ("", "/"),
    ],
)
def test_what_is_sent_after_the_session_ended_leads_back_to_its_page(client, before, back):
    response = client.post("/everyone", headers={"Referer": before} if before else {})
    assert (response.status_code, response["Location"]) == (302, f"/auth/login/?next={back}")
    assert response["X-Signed-Out"]


def test_fragment_moves_the_whole_page_to_sign_in(client):
    response = client.get("/everyone", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, "/auth/login/")


@pytest.mark.parametrize(("role", "status"), [("rep", 404), ("manager", 200), ("leader", 200), ("admin", 200)])
def test_role_without_access_finds_nothing(client, person, role, status):
    client.force_login(person(role))
    assert client.get("/managers").status_code == status


@pytest.mark.parametrize(("role", "status"), [("rep", 403), ("manager", 403), ("admin", 200)])
def test_role_that_may_only_read_is_told_so(client, person, role, status):
    client.force_login(person(role))
    assert client.get("/catalogue").status_code == 200
    assert client.post("/catalogue").status_code == status


@pytest.mark.parametrize("address", ["/forgotten", "/nameless"])
def test_address_without_row_stays_shut_even_for_admins(client, person, address):
    client.force_login(person(Role.ADMIN))
    assert client.get(address).status_code == 403


def test_deactivated_user_is_signed_out(client, person):
    user = person()
    client.force_login(user)
    assert client.get("/everyone").status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/everyone").status_code == 302


def test_api_asks_anonymous_for_a_token(client):
    response = client.get("/api/v1/probe")
    assert response.status_code == 401
    assert response.json()["errors"][0]["code"] == "not_authenticated"


@pytest.mark.parametrize(("role", "read", "write"), [("rep", 404, 404), ("manager", 200, 403), ("admin", 200, 200)])
def test_api_keeps_to_the_table(client, person, role, read, write):
    client.force_login(person(role))
    assert client.get("/api/v1/probe").status_code == read
    assert client.post("/api/v1/probe").status_code == write


def test_api_address_without_row_stays_shut(client, person):
    client.force_login(person(Role.ADMIN))
    assert client.get("/api/v1/odd").status_code == 403


def test_token_for_reading_does_not_write(rf, person):
    class Token:
        scope = "read"

    request = rf.post("/api/v1/probe")
    request.resolver_match = get_resolver().resolve("/api/v1/probe")
    request.user, request.auth = person(Role.ADMIN), Token()
    assert api.RoleAccess().has_permission(request, None) is False
    request.method = "GET"
    assert api.RoleAccess().has_permission(request, None) is True
    request.user = person(Role.REP)
    with pytest.raises(Http404):
        api.RoleAccess().has_permission(request, None)


def test_check_lists_addresses_without_row_and_views_without_guard():
    found = checks.every_route_has_access()
    errors = " ".join(message.msg for message in found if isinstance(message, Error))
    assert "'forgotten'" in errors
    assert "'nameless'" in errors
    assert "'odd'" in errors
    assert "API view of open" in errors
    assert "everyone" not in errors


def test_check_warns_of_rows_for_nothing(monkeypatch):
    monkeypatch.setattr(checks, "ACCESS", {**ROWS, "gone": access.SIGNED_IN})
    assert any(
        message.id == "salestracker.W001" and "gone" in message.msg for message in checks.every_route_has_access()
    )


def test_namespace_row_holds_for_all_its_names_unless_one_has_its_own(monkeypatch):
    monkeypatch.setattr(access, "ACCESS", {"admin:*": access.ADMINS, "admin:login": access.SHUT})
    assert access.access_of("admin:index") is access.ADMINS
    assert access.access_of("admin:login") is access.SHUT
    assert access.access_of("index") is None
