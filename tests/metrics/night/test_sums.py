"""Parts add up: days to months and years, members to the total, stored and live alike."""

from collections import Counter

import pytest

from accounts.models import Rep, Team
from metrics.catalogue import METRICS
from metrics.dimensions import ALL
from metrics.metric import Metric, Ratio, Total
from metrics.periods import add_months
from metrics.scopes import COMPANY, Scope, rep_scope, team_scope
from pipeline.models import Deal
from tests.metrics.night.conftest import TODAY
from tests.metrics.night.ledger import DAY, question

FIRST = add_months(TODAY.replace(day=1), -4)
LAST = TODAY - DAY
ADDITIVE = [
    slug
    for slug, metric in METRICS.items()
    if metric.splits_by_time and (isinstance(metric, Total) or (isinstance(metric, Ratio) and metric.n_of is None))
]
"""Sums over days; of a rate both parts are."""
STANDING_CASES = ("budget_variance",)
"""Their cases are there on every day of a period: campaigns, not what was spent."""
OVERLAPPING = ("age", "model")
"""Dimensions in which a row stands under several members: each month of a customer, each way to share a deal."""
pytestmark = pytest.mark.usefixtures("company")


def some_scopes() -> list[Scope]:
    sold = Deal.objects.filter(outcome="won").values("owner")
    rep = Rep.objects.filter(pk__in=sold).order_by("pk").first()
    return [COMPANY, team_scope(Team.objects.filter(parent=None).order_by("pk").first()), rep_scope(rep)]


def added(metric: Metric, scope: Scope, by: str | None, *, stored: bool) -> Counter[str]:
    """Both parts and the number of cases, summed over the members."""
    sums: Counter[str] = Counter()
    q = question(FIRST, LAST, today=TODAY, scope=scope, by=by, stored=stored)
    for parts in metric.parts(q).values():
        sums.update({"top": parts.numerator or 0, "bottom": parts.denominator or 0, "n": parts.n})
    return sums


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "live"])
def test_days_weeks_and_months_add_up_to_the_whole(stored):
    for scope in some_scopes():
        for slug in ADDITIVE:
            sums = {by: added(METRICS[slug], scope, by, stored=stored) for by in (None, "day", "week", "month", "year")}
            if slug in STANDING_CASES:
                sums = {by: {part: found[part] for part in ("top", "bottom")} for by, found in sums.items()}
            assert all(found == sums[None] for found in sums.values()), f"{slug} of {scope.key}: {sums}"
    assert added(METRICS["won_revenue"], COMPANY, None, stored=stored)["top"] > 0


@pytest.mark.parametrize("by", ["rep", "team"])
@pytest.mark.parametrize("stored", [True, False], ids=["stored", "live"])
def test_reps_and_teams_add_up_to_the_company(by, stored):
    """Every deal of the sample has an owner, so its credits come to all of its money."""
    for slug, metric in METRICS.items():
        is_level = isinstance(metric, Total) and metric.level
        if by not in metric.dimensions or not (slug in ADDITIVE or is_level):
            continue
        whole, parts = (added(metric, COMPANY, slice_, stored=stored) for slice_ in (None, by))
        assert (parts["top"], parts["bottom"]) == (whole["top"], whole["bottom"]), slug


def test_every_other_dimension_adds_up_to_the_company():
    for slug in ADDITIVE:
        metric = METRICS[slug]
        for by in metric.dimensions:
            if by in ("rep", "team", *OVERLAPPING) or (by.startswith("product") and not _has_money_by_product(metric)):
                continue
            whole, parts = (added(metric, COMPANY, slice_, stored=True) for slice_ in (None, by))
            assert parts["top"] == whole["top"], f"{slug} by {by}"


def _has_money_by_product(metric: Metric) -> bool:
    """Money is split by line; a deal with two products counts with each of them."""
    return metric.measures()[0].money


def test_the_parts_of_a_team_are_its_teams(company):
    region = Team.objects.filter(parent=None).order_by("pk").first()
    q = question(FIRST, LAST, today=TODAY, scope=team_scope(region))
    whole = METRICS["deals_won"].parts(q)[ALL].value
    below = [
        METRICS["deals_won"].parts(question(FIRST, LAST, today=TODAY, scope=team_scope(team)))[ALL].value or 0
        for team in region.children.all()
    ]
    assert sum(below) == whole
