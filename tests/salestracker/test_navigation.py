import pytest
from django.test import override_settings
from django.urls import include, path

from accounts.roles import Role
from salestracker.navigation import GROUPS, shell_of


def page(request):
    raise AssertionError("never called")


urlpatterns = [
    path(
        "",
        include(
            (
                [path("", page, name="today"), path("kpis/", page, name="kpis"), path("jobs/", page, name="job_list")],
                "metrics",
            )
        ),
    ),
    path("pipeline/", include(([path("", page, name="board"), path("leads/", page, name="lead_list")], "pipeline"))),
]


def labels(shell: dict) -> list[str]:
    return [str(entry.label) for group in shell["groups"] for entry in group.entries]


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.REP, ["Today", "Pipeline", "Leads"]),
        (Role.MANAGER, ["Today", "Pipeline", "Leads", "KPIs"]),
        (Role.LEADER, ["Today", "Pipeline", "Leads", "KPIs"]),
        (Role.ADMIN, ["Today", "Pipeline", "Leads", "KPIs", "Jobs & audit"]),
        ("", []),
        ("stranger", []),
    ],
)
def test_each_role_gets_its_pages_and_only_those_that_exist(role, expected):
    assert labels(shell_of(role=role, path="/")) == expected


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/", ["Today"]),
        ("/pipeline/", ["Pipeline"]),
        ("/pipeline/leads/", ["Leads"]),
        ("/pipeline/leads/7/", ["Leads"]),
        ("/other/", []),
    ],
)
def test_the_entry_of_the_longest_address_is_current(address, current):
    shell = shell_of(role=Role.REP, path=address)
    assert [str(e.label) for g in shell["groups"] for e in g.entries if e.is_current] == current


@override_settings(ROOT_URLCONF=__name__)
def test_groups_without_a_page_do_not_appear():
    assert all(group.entries for group in shell_of(role=Role.REP, path="/")["groups"])


def test_no_shortcut_is_given_twice():
    keys = [entry.key for group in GROUPS for entry in group.entries if entry.key]
    assert len(keys) == len(set(keys))
