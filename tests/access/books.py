"""What figures are made of besides records, for the matrix: costs, readings, answers, targets, benchmarks, markets."""

from decimal import Decimal

from metrics.actions.benchmarks import create_benchmark, create_market_size
from metrics.actions.definitions import retire_metric
from metrics.actions.expenses import create_expense
from metrics.actions.indicators import create_indicator, create_reading
from metrics.actions.pins import pin_kpi
from metrics.actions.surveys import create_survey
from metrics.actions.targets import set_target
from metrics.goals.goal import goal_of
from metrics.periods import parse_period
from metrics.scopes import COMPANY, rep_scope, team_scope
from tests.access.sight import EVERYBODY, NORTH, OF_OWNER, OVERSEERS, SOUTH, Kind
from tests.cast import NOW, OWNED, Cast
from tests.metrics.definitions.made import define

MANAGER, OTHER = frozenset({"manager"}) | OVERSEERS, frozenset({"other_manager"}) | OVERSEERS


def make_books(cast: Cast) -> dict[str, Kind]:
    """One of each kind for each team or rep, and who sees it."""
    indicator = create_indicator(name="Visits", nature="flow", by=None, now=NOW)
    reading = create_reading(indicator=indicator, day=NOW.date(), value=Decimal(5), by=None, now=NOW)
    unused = create_indicator(name="Followers", nature="stock", by=None, now=NOW)
    benchmark = create_benchmark(
        metric="win_rate", value=Decimal("0.2"), source="Survey", year=2025, by=None, now=NOW
    )  # fmt: skip
    market = create_market_size(
        kind="SAM", accounts=9, year=2025, source="Survey", revenue=None, currency="", by=None, now=NOW
    )  # fmt: skip
    definition = define("first_metric", by=None, top="won", top_where=(("industry", "retail"),))
    retired = retire_metric(definition=define("second_metric", by=None, top="lost"), by=None, now=NOW)
    company = {"definition": definition, "retired definition": retired}
    company |= {"indicator": indicator, "reading": reading, "benchmark": benchmark, "market size": market}
    kinds = {kind: Kind({"company": row.pk}, {"company": EVERYBODY}) for kind, row in company.items()}
    kinds["unused indicator"] = Kind({"company": unused.pk}, {"company": EVERYBODY})
    return kinds | {"pin": _pins(cast), "expense": _expenses(cast), "survey": _surveys(cast), "target": _targets(cast)}


def _pins(cast: Cast) -> Kind:
    """A team sees what is pinned for it, a role what is for it; the owner reviews it."""

    def pin(metric: str, **of: object) -> int:
        return pin_kpi(metric=metric, cadence="weekly", by=None, now=NOW, **of).pk

    pks = {
        "rep": pin("win_rate", team=cast.north, owner=cast.rep),
        "rival": pin("win_rate", team=cast.south, owner=cast.rival),
        "leaders": pin("win_rate", role="leader", owner=cast.admin),
    }
    pin("deals_won", team=cast.north, owner=None)
    read_only = frozenset({("rep", "colleague"), ("rep", "manager"), ("rival", "other_manager")})
    return Kind(pks, {"rep": NORTH, "rival": SOUTH, "leaders": OVERSEERS}, read_only)


def _expenses(cast: Cast) -> Kind:
    """A team's costs are its manager's to see, what one of his reps costs is not."""

    def cost(**of: object) -> int:
        return create_expense(
            day=NOW.date(), category="tools", amount=Decimal(7), currency="EUR", by=None, now=NOW, **of
        ).pk  # fmt: skip

    pks = {"north": cost(team=cast.north), "south": cost(team=cast.south), "salary": cost(rep=cast.reps["rep"])}
    return Kind(
        {**pks, "company": cost()}, {"north": MANAGER, "south": OTHER, "salary": OVERSEERS, "company": OVERSEERS}
    )


def _surveys(cast: Cast) -> Kind:
    def answer(whose: str) -> int:
        account = cast.owns[whose].account
        return create_survey(kind="nps", score=9, at=NOW, account=account, by=None, now=NOW).pk

    seen_by = {"rep": MANAGER, "colleague": MANAGER, "rival": OTHER}
    return Kind({whose: answer(whose) for whose in OWNED}, seen_by)


def _targets(cast: Cast) -> Kind:
    year = parse_period("2026", today=NOW.date())
    scopes = {whose: rep_scope(cast.reps[whose]) for whose in OWNED}
    scopes |= {"north": team_scope(cast.north), "company": COMPANY}
    pks = {
        whose: set_target(goal=goal_of("won_revenue", scope, year, Decimal(9)), by=None, now=NOW).pk
        for whose, scope in scopes.items()
    }
    return Kind(pks, {**OF_OWNER, "north": MANAGER, "company": OVERSEERS})
