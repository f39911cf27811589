import pytest
from django.test import override_settings
from django.urls import include, path

from accounts.roles import Role
from salestracker.access import ACCESS, ADMINS, MANAGERS, SIGNED_IN, Access
from salestracker.navigation import GROUPS, shell_of

OWNERS = frozenset({Role.REP, Role.MANAGER, Role.ADMIN})
METRICS = {"today": "", "my_numbers": "my/", "kpis": "kpis/", "job_list": "jobs/", "team": "team/"}
PIPELINE = {"board": "", "lead_list": "leads/", "deal_create": "deals/new/", "activity_log": "log/"}
ROWS = {
    "metrics:today": SIGNED_IN,
    "metrics:my_numbers": SIGNED_IN,
    "metrics:kpis": MANAGERS,
    "metrics:job_list": ADMINS,
    "pipeline:board": SIGNED_IN,
    "pipeline:lead_list": SIGNED_IN,
    "pipeline:deal_create": Access(write_roles=OWNERS),
    "pipeline:activity_log": Access(write_roles=OWNERS),
    "pipeline:account_list": SIGNED_IN,
}


def page(request):
    raise AssertionError("never called")


def routes(pages: dict[str, str]) -> list:
    return [path(address, page, name=name) for name, address in pages.items()]


urlpatterns = [
    path("", include((routes(METRICS), "metrics"))),
    path("pipeline/", include((routes(PIPELINE), "pipeline"))),
]


@pytest.fixture(autouse=True)
def _pages(monkeypatch):
    """Eight pages with a row in the access table, one row without a page, one page without a row."""
    monkeypatch.delitem(ACCESS, "metrics:team", raising=False)
    for name, row in ROWS.items():
        monkeypatch.setitem(ACCESS, name, row)
    with override_settings(ROOT_URLCONF=__name__):
        yield


def labels(shell: dict) -> list[str]:
    return [str(entry.label) for group in shell["groups"] for entry in group.entries]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.REP, ["Today", "Pipeline", "Leads", "My numbers"]),
        (Role.MANAGER, ["Today", "Pipeline", "Leads", "My numbers", "KPIs"]),
        (Role.LEADER, ["Pipeline", "Leads", "KPIs"]),
        (Role.ADMIN, ["Pipeline", "Leads", "KPIs", "Jobs & audit"]),
        ("", []),
        ("stranger", []),
    ],
)
def test_each_role_gets_the_pages_that_it_may_open_and_that_exist(role, expected):
    shell = shell_of(role=role, path="/")
    assert labels(shell) == expected
    assert all(group.entries for group in shell["groups"])


@pytest.mark.parametrize(("role", "may_write"), [(Role.REP, True), (Role.LEADER, False), ("", False)])
def test_who_only_reads_is_not_offered_to_write(role, may_write):
    shell = shell_of(role=role, path="/")
    assert bool(shell["quick_log"]) is may_write
    assert [entry.name for entry in shell["new"]] == (["pipeline:deal_create"] if may_write else [])


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
    assert [str(entry.label) for group in shell["groups"] for entry in group.entries if entry.is_current] == current


def test_the_phone_s_bar_has_two_entries_before_the_quick_log():
    shell = shell_of(role=Role.REP, path="/")
    assert [str(entry.label) for entry in shell["phone_left"]] == ["Today", "Pipeline"]
    assert [str(entry.label) for entry in shell["phone_right"]] == ["Leads"]


def test_no_shortcut_is_given_twice():
    keys = [entry.key for group in GROUPS for entry in group.entries if entry.key]
    assert len(keys) == len(set(keys))
