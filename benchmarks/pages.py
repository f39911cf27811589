"""P1, P3, P4, P5, P7, P16: pages against the trivial page, through Django's test client with every middleware."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.keyset import keyset_page
from accounts.models import Company, Team, User
from accounts.roles import Role
from benchmarks.cost import cost_of
from benchmarks.people import SERVER, busiest, signed_in
from benchmarks.results import Result
from benchmarks.timing import by_turns
from metrics.periods import DAY, add_months

TRIVIAL = "/trivial-page/"


@dataclass(frozen=True)
class Page:
    """A page, who asks for it, and what it may cost: ``goal`` times the trivial page, so many statements.

    ``tail``: the goal is for the slowest twentieth of its answers, not for half of them.
    """

    row: str
    what: str
    user: User
    address: str
    goal: float
    statements: int | None = None
    tail: bool = False


def measure_pages(rows: set[str], rounds: int) -> Iterator[Result]:
    """A result for each page of the rows that are asked for."""
    people = {role: busiest(role) for role in Role.values}
    clients = {role: signed_in(user) for role, user in people.items()}
    for page in [*_figures(people), *_lists(people), *_board(people), *_searches(people), *_records(people)]:
        if page.row in rows:
            yield _measured(page, clients[page.user.role], rounds)
    if "P4" in rows:
        yield from _deep(people[Role.ADMIN], clients[Role.ADMIN], rounds)


def _figures(people: dict[str, User]) -> Iterator[Page]:
    team = Team.objects.filter(manager=people[Role.MANAGER]).order_by("pk")[0]
    yield Page("P1", "KPI page of the company", people[Role.LEADER], "/kpis/", 3)
    yield Page("P1", "KPI page of a team", people[Role.MANAGER], f"/kpis/?scope=team:{team.slug}", 3)
    yield Page("P1", "a rep's own numbers", people[Role.REP], "/my-numbers/", 3)
    yield Page("P1", "won revenue in depth", people[Role.LEADER], "/metrics/won_revenue/", 3)
    yesterday = business_date(timezone.now(), Company.current().zone) - DAY
    for words, every, first in (
        ("12 months", "month", add_months(yesterday.replace(day=1), -11)),
        ("90 days", "day", yesterday - 89 * DAY),
    ):
        address = f"/api/v1/metrics/won_revenue/series/?from={first}&to={yesterday}&every={every}"
        yield Page("P1", f"chart data, {words} of won revenue", people[Role.LEADER], address, 3)


def _lists(people: dict[str, User]) -> Iterator[Page]:
    asked = {
        "deals": ["", "outcome=won", "sort=amount", "q=route"],
        "leads": ["", "q=anna"],
        "accounts": ["", "q=group"],
        "activities": ["", "show=done"],
    }
    for kind, queries in asked.items():
        for query in queries:
            for role in (Role.ADMIN, Role.MANAGER, Role.REP):
                address = f"/{kind}/?{query}" if query else f"/{kind}/"
                yield Page("P3", f"{kind}, {query or 'all'}, {role}", people[role], address, 4, 8)


def _board(people: dict[str, User]) -> Iterator[Page]:
    for role in (Role.ADMIN, Role.MANAGER, Role.REP):
        yield Page("P5", f"board, {role}", people[role], "/pipeline/", 6, 10)


def _searches(people: dict[str, User]) -> Iterator[Page]:
    for text in ("anna", "gr", "no such name"):
        for role in (Role.ADMIN, Role.REP):
            address = f"/search/?q={text.replace(' ', '+')}"
            yield Page("P7", f"search for “{text}”, {role}, p95", people[role], address, 5, tail=True)


def _records(people: dict[str, User]) -> Iterator[Page]:
    for slug in ("won_revenue", "win_rate", "activities_logged", "open_pipeline"):
        yield Page("P16", f"records of {slug}", people[Role.LEADER], f"/metrics/{slug}/records/", 4)


def _measured(page: Page, client: Client, rounds: int) -> Result:
    cost = cost_of(client, page.address)
    reference, subject = by_turns(lambda: client.get(TRIVIAL), lambda: client.get(page.address), rounds)
    tails = subject.p95 / reference.p95
    facts = {"p50": f"{subject.p50:.1f} ms", "P": f"{reference.p50:.1f} ms", "p95/P95": f"{tails:.2f}", **cost}
    too_many = page.statements is not None and cost["statements"] > page.statements
    ratio = (subject.p95 if page.tail else subject.p50) / reference.p50
    return Result(
        page.row, page.what, ratio, page.goal, "P", facts, reference.is_noisy,
        problem=f"{cost['statements']} statements, at most {page.statements}" if too_many else "",
    )  # fmt: skip


def _deep(admin: User, client: Client, rounds: int) -> Iterator[Result]:
    """The page after nine tenths of a list against its first one."""
    for address in (
        "/deals/?outcome=all", "/deals/?outcome=won&sort=amount", "/leads/", "/leads/?sort=new", "/accounts/",
        "/activities/?show=done", "/activities/",
    ):  # fmt: skip
        deep = _last_tenth(address, admin)
        cost = cost_of(client, deep)
        first, last = by_turns(lambda at=address: client.get(at), lambda at=deep: client.get(at), rounds)
        facts = {"first": f"{first.p50:.1f} ms", "deep": f"{last.p50:.1f} ms", **cost}
        ratio = last.p50 / first.p50
        yield Result("P4", f"{address}, the last tenth", ratio, 1.1, "first page", facts, first.is_noisy)


def _last_tenth(address: str, user: User) -> str:
    """The address of the list's page after nine tenths of its rows."""
    request = RequestFactory(SERVER_NAME=SERVER).get(address)
    request.user = user
    view = resolve(request.path).func.view_class()
    view.setup(request)
    rows = view.rows(view.choose())
    sort = view.sorts[request.GET.get("sort") or next(iter(view.sorts))][1]
    order = (f"{'-' * sort.down}{sort.field}", f"{'-' * sort.ids_fall}pk")
    skipped = rows.count() * 9 // 10
    pair = list(rows.order_by(*order).values_list("pk", flat=True)[skipped - 1 : skipped + 1])
    token = keyset_page(rows.filter(pk__in=pair), sort, size=1).after
    return f"{address}{'&' if '?' in address else '?'}after={token}"
