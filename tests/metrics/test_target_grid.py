"""Targets as a grid: filling by rules worked out by hand, pasting, saving at once, and what below does not add up."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from metrics.actions.targets import set_target
from metrics.goals.goal import goal_of
from metrics.goals.grid import ramped, read_pasted, scaled, spread
from metrics.models import Target
from metrics.scopes import rep_scope, team_scope
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import win_deal
from tests.metrics.incentives.by_hand import month

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
ADDRESS = "/targets/grid/"


def decimals(values):
    return [None if value is None else str(value) for value in values]


def test_a_total_is_spread_to_the_cent():
    """100 / 12 = 8.333…: four months get a cent more, the first ones. By season 1 : 3 in two months."""
    assert decimals(spread(Decimal(100), [Fraction(1)] * 12, 2)) == ["8.34"] * 4 + ["8.33"] * 8
    season = [Fraction(1), Fraction(3)] + [Fraction(0)] * 10
    assert decimals(spread(Decimal(50), season, 0))[:3] == ["13", "37", "0"]  # 12.5 and 37.5: the first tie
    assert decimals(spread(Decimal(12), [Fraction(0)] * 12, 0)) == ["1"] * 12


def test_last_year_and_some_more():
    assert decimals(scaled([Decimal(100), None, Decimal("0.05")], Decimal("7.5"), 2)) == ["107.50", None, "0.05"]
    assert decimals(scaled([Decimal(100)], Decimal(-10), 0)) == ["90"]


@pytest.mark.parametrize(
    ("hired", "left", "ramp", "expected"),
    [
        (None, None, 0, ["120"] * 12),
        ("2026-03-15", None, 3, [None, None, "40", "80"] + ["120"] * 8),
        ("2025-12-01", None, 4, ["60", "90"] + ["120"] * 10),  # the second and the third of four months
        (None, "2026-04-10", 0, ["120", "120", "120", "40"] + [None] * 8),  # 10 of 30 days
        ("2027-01-01", None, 0, [None] * 12),
    ],
)
def test_joiners_ramp_up_and_leavers_end(hired, left, ramp, expected):
    days = [datetime.date.fromisoformat(one) if one else None for one in (hired, left)]
    months = [datetime.date(2026, number, 1) for number in range(1, 13)]
    got = ramped([Decimal(120)] * 12, months, hired=days[0], left=days[1], ramp=ramp, decimals=0)
    assert decimals(got) == expected


def test_what_a_spreadsheet_copies_is_read():
    assert read_pasted("Ann\t1\t2\r\n\r\nBob\t\t3\n") == [("Ann", ["1", "2"]), ("Bob", ["", "3"])]
    for text in ("Ann", "\t1", "Ann\t" + "\t".join("1" * 13)):
        with pytest.raises(ValueError, match="1"):
            read_pasted(text)


def fields(page):
    """What the form would send."""
    found = {"metric": "won_revenue", "year": "2026", "team": "north", "seen": page.context["seen"]}
    return found | {cell["name"]: cell["text"] for row in page.context["rows"] for cell in row["cells"]}


def standing(rep):
    rows = Target.objects.known_on(None).filter(rep=rep).order_by("starts_on")
    return [(row.period, str(row.value.normalize())) for row in rows]


@pytest.fixture
def grid(cast, client):
    client.force_login(cast.admin)
    address = f"{ADDRESS}?team=north&year=2026"
    return lambda: client.get(address)


def test_the_grid_saves_what_changed_and_says_what_is_short(cast, client, grid):
    rep, colleague = cast.reps["rep"], cast.reps["colleague"]
    set_target(goal=goal_of("won_revenue", rep_scope(rep), month("2026-01"), Decimal(100)), by=None, now=NOW)
    set_target(goal=goal_of("won_revenue", rep_scope(rep), month("2026-02"), Decimal(200)), by=None, now=NOW)
    data = fields(grid())
    names = {key: f"rep-{one.pk}" for key, one in (("rep", rep), ("colleague", colleague))}
    assert (data[f"{names['rep']}-1"], data[f"{names['rep']}-3"]) == ("100", "")
    data |= {f"{names['rep']}-1": "1,100.50", f"{names['rep']}-2": "", f"{names['colleague']}-12": "900"}
    data |= {f"team-{cast.north.pk}-1": "3000"}
    answer = client.post(ADDRESS, data)
    assert answer.status_code == 302
    assert standing(rep) == [("2026-01", "1100.5")]
    assert standing(colleague) == [("2026-12", "9E+2")]
    assert Target.objects.filter(rep=rep, period="2026-01").count() == 2  # what it was stays known
    team = grid().context["rows"][0]
    assert (team["total"], team["parts"], team["gap"], team["gap_sign"]) == ("€3,000", "€2,000.50", "€999.50", -1)


def test_nothing_is_saved_where_a_field_is_wrong_or_was_changed_meanwhile(cast, client, grid):
    rep = cast.reps["rep"]
    data = fields(grid())
    wrong = client.post(ADDRESS, data | {f"rep-{rep.pk}-1": "many", f"rep-{rep.pk}-2": "5"})
    assert wrong.status_code == 422
    assert "Rep, January 2026: Enter a number" in wrong.content.decode()
    set_target(goal=goal_of("won_revenue", rep_scope(rep), month("2026-03"), Decimal(7)), by=None, now=NOW)
    late = client.post(ADDRESS, data | {f"rep-{rep.pk}-2": "5"})
    assert late.status_code == 409
    assert standing(rep) == [("2026-03", "7")]


def test_pasting_copying_and_spreading_fill_the_fields_only(cast, client, grid):
    rep = cast.reps["rep"]
    set_target(goal=goal_of("won_revenue", rep_scope(rep), month("2025-02"), Decimal(1000)), by=None, now=NOW)
    set_target(goal=goal_of("won_revenue", team_scope(cast.north), month("2025-02"), Decimal(10)), by=None, now=NOW)
    data = fields(grid())

    def filled(**words):
        answer = client.post(ADDRESS, data | words)
        return {cell["name"]: cell["text"] for row in answer.context["rows"] for cell in row["cells"]}, answer

    copied, _answer = filled(fill="copy", percent="5")
    assert (copied[f"rep-{rep.pk}-2"], copied[f"team-{cast.north.pk}-2"]) == ("1050", "10.5")
    pasted, _answer = filled(fill="paste", pasted="REP\t600\t600\ncolleague@cast.test\t\t5")
    assert (pasted[f"rep-{rep.pk}-2"], pasted[f"rep-{cast.reps['colleague'].pk}-2"]) == ("600", "5")
    _same, refused = filled(fill="paste", pasted="Nobody\t1")
    assert (refused.status_code, "Not in this grid: Nobody." in refused.content.decode()) == (422, True)
    data |= {f"rep-{rep.pk}-1": "1200"}
    even, _answer = filled(fill="even")
    assert [even[f"rep-{rep.pk}-{number}"] for number in (1, 12)] == ["100", "100"]
    assert not Target.objects.filter(starts_on__year=2026).exists()


def test_the_season_is_what_the_company_won_in_the_year_before(cast, client, grid):
    """100 in March and 300 in June 2025: a quarter and three quarters of 1,200."""
    rep = cast.reps["rep"]
    for day, amount in (("2025-03-10", 100), ("2025-06-10", 300)):
        at = datetime.datetime.fromisoformat(f"{day}T09:00:00+00:00")
        win_deal(deal=create_deal(by=None, now=at, name=day, owner=rep, amount=Decimal(amount)), by=None, now=at)
    data = fields(grid()) | {f"rep-{rep.pk}-1": "1200", "fill": "season"}
    row = next(row for row in client.post(ADDRESS, data).context["rows"] if row["row"].rep == rep)
    assert [cell["text"] for cell in row["cells"]] == ["0", "0", "300", "0", "0", "900", *["0"] * 6]


def test_the_address_is_read_with_care(cast, client):
    client.force_login(cast.admin)
    for words in ({"year": "x"}, {"metric": "nothing"}, {"team": "nowhere"}):
        assert client.get(ADDRESS, words).status_code == 400
    assert reverse("metrics:target_grid") in client.get(reverse("metrics:target_list")).content.decode()
    labels = [row["row"].scope.label for row in client.get(ADDRESS).context["rows"]]
    assert labels == ["Company", "North", "Region", "South"]
