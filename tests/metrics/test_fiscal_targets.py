"""Targets of a company whose fiscal year begins in April or in October: by hand. A year is named by the day it ends."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Company
from metrics.actions.targets import set_target
from metrics.evaluate import evaluate
from metrics.goals.aims import aim_of
from metrics.goals.goal import goal_of
from metrics.models import Target
from metrics.periods import parse_period
from metrics.scopes import rep_scope, team_scope
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import win_deal
from tests.metrics.incentives.by_hand import month

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
ADDRESS = "/targets/grid/"
CASES = [
    # month it begins; months of FY2026; name of the running year and its first and last month; FY2027-Q1
    (4, ("2025-04", "2026-03"), ("FY2027", "2026-04", "2027-03"), ("2026-04-01", "2026-06-30")),
    (10, ("2025-10", "2026-09"), ("FY2027", "2026-10", "2027-09"), ("2026-10-01", "2026-12-31")),
]


@pytest.fixture(params=CASES, ids=["April", "October"])
def fiscal(request, cast, client, monkeypatch):
    """The case, with a signed-in admin, on 20 November 2026."""
    Company.objects.update(fiscal_year_start_month=request.param[0])
    monkeypatch.setattr("metrics.views.target_grid.timezone.now", lambda: NOW)
    client.force_login(cast.admin)
    return request.param


def shown(client, year="2027"):
    return client.get(ADDRESS, {"team": "north", "year": year})


def sent(page):
    found = {"metric": "won_revenue", "year": page.context["year"], "team": "north", "seen": page.context["seen"]}
    return found | {cell["name"]: cell["text"] for row in page.context["rows"] for cell in row["cells"]}


def filled(client, rep, **words):
    """The rep's twelve fields after a button was pressed."""
    answer = client.post(ADDRESS, sent(shown(client)) | words)
    row = next(row for row in answer.context["rows"] if row["row"].rep == rep)
    return [cell["text"] for cell in row["cells"]]


def put(scope, period, value):
    set_target(goal=goal_of("won_revenue", scope, month(period), Decimal(value)), by=None, now=NOW)


def win(rep, day, amount):
    at = datetime.datetime.fromisoformat(f"{day}T09:00:00+00:00")
    win_deal(deal=create_deal(by=None, now=at, name=day, owner=rep, amount=Decimal(amount)), by=None, now=at)


def test_the_grid_is_the_fiscal_year(client, fiscal):
    _begins, (first, last), (running, now_first, now_last), _quarter = fiscal
    names = [head["name"] for head in shown(client, "2026").context["heads"]]
    assert (len(names), names[0], names[-1]) == (12, first, last)
    page = client.get(ADDRESS)
    names = [head["name"] for head in page.context["heads"]]
    assert (page.context["whole"], names[0], names[-1]) == (running, now_first, now_last)
    assert shown(client, "FY2026").context["year"] == 2026
    assert f"Won revenue, {running}" in page.content.decode()


def test_a_field_is_the_month_above_it(cast, client, fiscal):
    _begins, _months, (_running, first, last), _quarter = fiscal
    rep = cast.reps["rep"]
    data = sent(shown(client)) | {f"rep-{rep.pk}-1": "100", f"rep-{rep.pk}-12": "200", f"team-{cast.north.pk}-1": "500"}
    assert client.post(ADDRESS, data).status_code == 302
    rows = Target.objects.filter(rep=rep).order_by("starts_on")
    assert [(row.period, int(row.value)) for row in rows] == [(first, 100), (last, 200)]
    page = shown(client)
    assert sent(page)[f"rep-{rep.pk}-12"] == "200"
    team = page.context["rows"][0]
    assert (team["total"], team["parts"], team["gap"], team["gap_sign"]) == ("€500", "€300", "€200", -1)


def test_last_year_is_the_fiscal_year_before(cast, client, fiscal):
    """1,000 in its first month, 500 in its last, 5 % more of both; what lies outside of it does not come along."""
    _begins, (first, last), (_running, _first, now_last), _quarter = fiscal
    rep = cast.reps["rep"]
    for period, value in ((first, 1000), (last, 500), (now_last, 7)):
        put(rep_scope(rep), period, value)
    assert filled(client, rep, fill="copy", percent="5") == ["1050", *[""] * 10, "525"]


def test_the_season_is_that_of_the_fiscal_year_before(cast, client, fiscal):
    """100 in its second month and 300 in its eleventh: a quarter and three quarters of 1,200."""
    _begins, (first, last), _running, _quarter = fiscal
    rep = cast.reps["rep"]
    second = (datetime.date.fromisoformat(f"{first}-20") + datetime.timedelta(days=30)).replace(day=10)
    eleventh = (datetime.date.fromisoformat(f"{last}-10") - datetime.timedelta(days=30)).replace(day=10)
    win(rep, second.isoformat(), 100)
    win(rep, eleventh.isoformat(), 300)
    cells = filled(client, rep, fill="season", **{f"rep-{rep.pk}-1": "1200"})
    assert cells == ["0", "300", *["0"] * 8, "900", "0"]


def test_a_total_is_spread_and_a_line_is_pasted_from_the_first_month_on(cast, client, fiscal):
    rep = cast.reps["rep"]
    assert filled(client, rep, fill="even", **{f"rep-{rep.pk}-12": "1200"}) == ["100"] * 12
    assert filled(client, rep, fill="paste", pasted="Rep\t1\t2") == ["1", "2", *[""] * 10]


def test_a_joiner_ramps_up_across_the_end_of_the_calendar_year(cast, client, fiscal):
    """Hired in the third month with a ramp of three: a third, two thirds, all of 120; gone on the 15th of the last."""
    _begins, _months, (_running, first, last), _quarter = fiscal
    rep = cast.reps["rep"]
    third = datetime.date.fromisoformat(f"{first}-01") + datetime.timedelta(days=75)
    left = datetime.date.fromisoformat(f"{last}-15")
    type(rep).objects.filter(pk=rep.pk).update(hired_on=third, left_on=left, ramp_months=3)
    cells = filled(client, rep, fill="ramp", **{f"rep-{rep.pk}-{number}": "120" for number in range(1, 13)})
    days = 31 if last == "2027-03" else 30
    part = Decimal(120 * 15 * 100 // days) / 100
    assert cells[:11] == ["", "", "40", "80", *["120"] * 7]
    assert abs(Decimal(cells[11]) - part) <= Decimal("0.01")


def test_months_add_up_to_the_fiscal_quarter_and_year(cast, fiscal):
    """100 a month: 300 for the first quarter, 1,200 for the year; the months around it do not count. 600 are won."""
    begins, _months, (running, first, _last), (starts, ends) = fiscal
    scope, rep = team_scope(cast.north), cast.reps["rep"]
    year = parse_period(running, today=NOW.date(), fiscal_start=begins)
    for one in [year.year_before(), year]:
        for unit in one.split("month"):
            put(scope, unit.name, 100 if one is year else 999)
    win(rep, f"{first}-10", 600)
    for name, target in ((f"{running}-Q1", 300), (running, 1200)):
        period = parse_period(name, today=NOW.date(), fiscal_start=begins)
        figure = evaluate(
            "won_revenue", period=period, scope=scope, company=Company.current(), today=NOW.date(), now=NOW
        )  # fmt: skip
        aim = aim_of(figure)
        assert (aim.target, aim.attainment) == (target, Decimal(600) / target)
    quarter = parse_period(f"{running}-Q1", today=NOW.date(), fiscal_start=begins)
    assert (quarter.start.isoformat(), quarter.last_day.isoformat()) == (starts, ends)


def test_the_reps_card_takes_the_fiscal_year(cast, client, fiscal, monkeypatch):
    """With a target of the whole year only, that year is what the card is about."""
    begins, _months, (running, _first, _last), _quarter = fiscal
    scope = rep_scope(cast.reps["rep"])
    year = parse_period(running, today=NOW.date(), fiscal_start=begins)
    set_target(goal=goal_of("won_revenue", scope, year, Decimal(5000)), by=None, now=NOW)
    monkeypatch.setattr("metrics.views.pages.timezone.now", lambda: NOW)
    client.force_login(cast.rep)
    found = client.get("/my-numbers/").context["target"]
    assert (found["title"], found["target"]) == (running, Decimal(5000))
    assert (found["won"], found["attainment"], found["left"]) == (0, 0, 5000)  # nothing is won yet
