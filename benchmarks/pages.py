"""P1, P3, P4, P5, P16: pages against the trivial page, through Django's test client with every middleware."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.keyset import Sort, keyset_page
from accounts.models import Account, Team, User
from accounts.roles import Role
from benchmarks.databases import Size
from benchmarks.results import Result
from benchmarks.timing import by_turns
from metrics.period_names import current_quarter
from pipeline.models import Activity, Deal, Lead

TRIVIAL = "/trivial-page/"


@dataclass(frozen=True)
class Page:
    """A page, who asks for it, and what it may cost: ``goal`` times the trivial page, so many statements."""

    row: str
    what: str
    user: User
    address: str
    goal: float
    statements: int | None = None


def measure_pages(rows: set[str], size: Size) -> Iterator[Result]:
    """A result for each page of the rows that are asked for."""
    people = {role: _one(role) for role in Role.values}
    clients = {role: Client(raise_request_exception=True) for role in people}
    for role, user in people.items():
        clients[role].force_login(user)
    for page in [*_figures(people), *_lists(people), *_board(people), *_records(people)]:
        if page.row in rows:
            yield _measured(page, clients[page.user.role], size.rounds)
    if "P4" in rows:
        yield from _deep(clients[Role.ADMIN], size.rounds)


def _one(role: str) -> User:
    """Of reps and managers one who has much to see."""
    users = User.objects.filter(role=role, is_active=True)
    if role == Role.REP:
        users = users.filter(rep__deals__isnull=False).distinct()
    if role == Role.MANAGER:
        users = users.filter(managed_teams__reps__isnull=False).distinct()
    return users.order_by("pk").first()


def _figures(people: dict[str, User]) -> Iterator[Page]:
    team = Team.objects.filter(manager=people[Role.MANAGER]).order_by("pk").first()
    yield Page("P1", "KPI page of the company", people[Role.LEADER], "/kpis/", 3)
    yield Page("P1", "KPI page of a team", people[Role.MANAGER], f"/kpis/?scope=team:{team.slug}", 3)
    yield Page("P1", "a rep's own numbers", people[Role.REP], "/my-numbers/", 3)
    yield Page("P1", "won revenue in depth", people[Role.LEADER], "/metrics/won_revenue/", 3)
    yield Page("P1", "chart data: 12 months of won revenue", people[Role.LEADER], _series("month"), 3)
    yield Page("P1", "chart data: 90 days of won revenue", people[Role.LEADER], _series("day"), 3)


def _series(every: str) -> str:
    days = {"month": "last-year", "day": "last-quarter"}[every]
    return f"/api/v1/metrics/won_revenue/series/?period={days}&every={every}"


def _lists(people: dict[str, User]) -> Iterator[Page]:
    asked = {
        "deals": ["/deals/", "/deals/?outcome=won", "/deals/?sort=amount", "/deals/?q=route"],
        "leads": ["/leads/", "/leads/?q=anna"],
        "accounts": ["/accounts/", "/accounts/?q=group"],
        "activities": ["/activities/", "/activities/?show=done"],
    }
    for kind, addresses in asked.items():
        for address in addresses:
            for role in (Role.ADMIN, Role.MANAGER, Role.REP):
                words = address.removeprefix(f"/{kind}/") or "all"
                yield Page("P3", f"{kind}, {words}, {role}", people[role], address, 4, 8)


def _board(people: dict[str, User]) -> Iterator[Page]:
    for role in (Role.ADMIN, Role.MANAGER, Role.REP):
        yield Page("P5", f"board, {role}", people[role], "/pipeline/", 6, 10)


def _records(people: dict[str, User]) -> Iterator[Page]:
    for slug in ("won_revenue", "win_rate", "activities_logged", "open_pipeline"):
        yield Page("P16", f"records of {slug}", people[Role.LEADER], f"/metrics/{slug}/records/", 4)


def _measured(page: Page, client: Client, rounds: int) -> Result:
    facts = _cost(client, page.address)
    reference, subject = by_turns(lambda: client.get(TRIVIAL), lambda: client.get(page.address), rounds)
    tail = subject.p95 / reference.p95
    facts = {"p50": f"{subject.p50:.1f} ms", "P": f"{reference.p50:.1f} ms", "p95/P95": f"{tail:.2f}", **facts}
    if page.statements and facts["statements"] > page.statements:
        facts["statements"] = f"{facts['statements']} (goal {page.statements})"
    return Result(page.row, page.what, subject.p50 / reference.p50, page.goal, "P", facts, reference.is_noisy)


def _cost(client: Client, address: str) -> dict[str, int]:
    """Statements and rows read, and kilobytes sent."""
    fetched = [0]

    class Counted(list):
        pass

    with CaptureQueriesContext(connection) as queries, _rows_counted(fetched):
        response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return {"statements": len(queries), "rows": fetched[0], "kB": len(response.content) // 1024}


class _rows_counted:  # noqa: N801  reads as a statement
    """Counts the rows that the database hands over."""

    def __init__(self, fetched: list[int]) -> None:
        self.fetched = fetched

    def __enter__(self) -> None:
        from django.db.backends import utils

        self.utils, self.plain = utils, utils.CursorWrapper.fetchmany
        fetched, plain_many, plain_one = self.fetched, utils.CursorWrapper.__dict__.get("fetchmany"), None
        del plain_many, plain_one
        original = utils.CursorWrapper.__getattr__

        def counting(cursor, name):
            found = original(cursor, name)
            if name not in ("fetchone", "fetchmany", "fetchall"):
                return found

            def fetch(*arguments):
                rows = found(*arguments)
                fetched[0] += (rows is not None) if name == "fetchone" else len(rows)
                return rows

            return fetch

        self.original = original
        utils.CursorWrapper.__getattr__ = counting

    def __exit__(self, *_error: object) -> None:
        self.utils.CursorWrapper.__getattr__ = self.original


def _deep(client: Client, rounds: int) -> Iterator[Result]:
    """The page after nine tenths of a list against its first one."""
    lists = [
        ("deals", "/deals/", Deal, Sort("updated_at", down=True)),
        ("leads", "/leads/", Lead, Sort("created_at", down=True)),
        ("accounts", "/accounts/", Account, Sort("name")),
        ("activities", "/activities/?show=done", Activity, Sort("done_at", down=True)),
    ]
    admin = _one(Role.ADMIN)
    for kind, address, model, sort in lists:
        rows = model.objects.visible_to(admin)
        if model is Activity:
            rows = rows.filter(done_at__isnull=False)
        token = keyset_page(rows.only(sort.field), sort, size=rows.count() * 9 // 10).after
        deep = f"{address}{'&' if '?' in address else '?'}after={token}"
        assert client.get(deep).status_code == 200, deep
        first, last = by_turns(lambda at=address: client.get(at), lambda at=deep: client.get(at), rounds)
        facts = {"first": f"{first.p50:.1f} ms", "deep": f"{last.p50:.1f} ms", **_cost(client, deep)}
        yield Result("P4", f"{kind}, the last tenth", last.p50 / first.p50, 1.1, "first page", facts, first.is_noisy)


__all__ = ["current_quarter", "measure_pages"]
