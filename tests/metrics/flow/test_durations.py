"""How long Hazel's deals took, worked by hand: the page, its table, its records and its file.

Opened in January: H9 lost after 3 days, H2 lost after 20, H3 won after 24, H1 won after 25, H4 lost after 28; H6, H8
and H5 are open, on 1 July for 151, 162 and 167 days.
"""

import csv
import datetime
import io
import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Rep
from metrics.cohorts.durations import Case, Durations
from pipeline.actions.deals import create_deal

PAGE = reverse("metrics:durations")
JANUARY = {"period": "2026-01"}
DAY = datetime.date(2026, 1, 1)
CLOSED = ("won", "lost")


def cases(*lengths_and_ends):
    return [Case(number, DAY, length, end) for number, (length, end) in enumerate(lengths_and_ends)]


HAZEL = cases(
    (3, "lost"), (20, "lost"), (24, "won"), (25, "won"), (28, "lost"), (151, ""), (162, ""), (167, "")
)  # fmt: skip


def test_closed_either_way():
    """8 deals, 4 of them closed by day 25, so that is the middle; of the 5 that are closed it is day 24."""
    found = Durations(HAZEL, CLOSED)
    assert [(step.day, step.share * 8) for step in found.steps] == [(3, 7), (20, 6), (24, 5), (25, 4), (28, 3)]
    assert (found.median, found.plain_median, found.over) == (25, 24, 5)
    last = found.spans()[-1]
    assert (last.share, last.ended) == (Fraction(3, 8), {"won": Decimal("0.25"), "lost": Decimal("0.375")})


def test_a_loss_is_no_win_but_was_seen_until_then():
    """6 are at risk on day 24 and 5 on day 25: 5/6, then 4/6. That is above half, so no median is known."""
    found = Durations(HAZEL, ("won",))
    assert [(step.day, step.at_risk, step.share) for step in found.steps] == [
        (24, 6, Fraction(5, 6)), (25, 5, Fraction(2, 3)),
    ]  # fmt: skip
    assert (found.median, found.plain_median) == (None, Fraction(49, 2))


def test_what_ended_and_what_goes_on_is_the_whole_of_it_after_every_span():
    found = Durations(cases((0, "won"), (1, ""), (2, "lost"), (2, "won"), (5, ""), (7, "lost"), (40, "")), CLOSED)
    for width in (1, 7, 14):
        spans = found.spans(width)
        assert spans[0].at_risk == 7
        for span, following in itertools.pairwise(spans):
            assert span.at_risk - span.ends.total() - span.censored == following.at_risk
        assert sum(span.ends.total() + span.censored for span in spans) == 7
        for span in spans:
            assert float(sum(span.ended.values())) + float(span.share) == pytest.approx(1, abs=1e-20)
    # 7 at risk, one won; 5 on day 2, one won and one lost; 2 on day 7, one lost: 6/7, 18/35, 9/35.
    assert [step.share for step in found.steps] == [Fraction(6, 7), Fraction(18, 35), Fraction(9, 35)]
    assert float(spans[-1].ended["won"]) == pytest.approx(1 / 7 + 6 / 35)


@pytest.mark.parametrize(
    ("longest", "names"),
    [(0, ["0-0"]), (1, ["0-0", "1-1"]), (30, ["0-0", "1-1"]), (31, ["0-0", "1-7"]), (210, ["0-0", "1-7"]),
     (211, ["0-0", "1-14"])],
)  # fmt: skip
def test_spans_grow_with_the_longest(longest, names):
    spans = Durations(cases((longest, "")), CLOSED).spans()
    assert [span.name for span in spans][:2] == names
    assert spans[-1].last >= longest > spans[-1].first - 1
    assert len(spans) <= 31


def test_a_span_lists_its_ends_first():
    found = Durations(cases((9, ""), (8, "won"), (8, ""), (14, "lost"), (15, "won")), ("won",))
    assert [(case.length, case.end) for case in found.within(8, 14)] == [(8, "won"), (14, "lost"), (8, ""), (9, "")]


@pytest.mark.parametrize(("lengths", "day"), [((1, 2, 3, 4, 5), None), ((1, 2, 3, 4, 5, 6), 3), ((5,) * 9, None)])
def test_where_few_are_left(lengths, day):
    """Of six, five have come to day 2 and four to day 3."""
    assert Durations(cases(*((length, "") for length in lengths)), CLOSED).uncertain_from == day


def test_nobody():
    found = Durations([], CLOSED)
    assert (found.spans(), found.median, found.plain_median, found.over, found.uncertain_from) == (
        [],
        None,
        None,
        0,
        None,
    )


@pytest.fixture
def leader(client, hazel):
    client.force_login(hazel)
    return client


def page(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response


def test_the_page(leader):
    """One company serves all, because to import it takes longest."""
    check_the_table(leader)
    check_won_alone(leader)
    check_as_of_and_scope(leader)
    check_a_step_opens_its_deals(leader)
    check_the_file(leader)
    check_nobody_and_nonsense(leader)
    check_reps(leader)
    check_a_stage(leader)


def check_the_table(leader):
    found = page(leader, **JANUARY).context
    chart = found["chart"]
    assert chart["heads"] == [
        "Days since opened", "At risk", "Won", "Lost", "Still open", "Share still open", "Won by then", "Lost by then",
    ]  # fmt: skip
    told = {row["label"]: row["cells"] for row in chart["rows"]}
    assert told["0"] == ["8", "0", "0", "0", "100.0%", "0.0%", "0.0%"]
    assert told["1 to 7"] == ["8", "0", "1", "0", "87.5%", "0.0%", "12.5%"]
    assert told["22 to 28"] == ["6", "2", "1", "0", "37.5%", "25.0%", "37.5%"]
    assert told["162 to 168"] == ["2", "0", "0", "2", "37.5%", "25.0%", "37.5%"]
    assert chart["total"]["cells"][:4] == ["8", "2", "3", "3"]
    assert chart["summary"] == (
        "Half of 8 deals opened are closed after 25 days, unfinished ones counted. Of the 5 that are closed half took"
        " no longer than 24 days. Fewer than 5 were seen for 26 days or more."
    )
    assert [fact["value"] for fact in found["facts"]] == ["25 days", "24 days"]
    assert chart["spec"]["sets"][0]["data"][:4] == ["1", "0.875", "0.875", "0.75"]
    assert (chart["spec"]["labels"][:3], chart["spec"]["sets"][0]["stepped"]) == (["0", "7", "14"], True)


def check_won_alone(leader):
    found = page(leader, **JANUARY, end="won")
    assert found.context["chart"]["rows"][4]["cells"] == ["6", "2", "1", "0", "66.7%"]
    assert [fact["value"] for fact in found.context["facts"]] == ["–", "24.5 days"]
    assert "A lost deal counts as seen until the day on which it was lost" in found.content.decode()


def check_as_of_and_scope(leader):
    """On 26 January seven were opened; H1 has been open for 21 days, only H2 had come to 20: 6/7, then 3/7."""
    found = page(leader, **JANUARY, as_of="2026-01-26").context
    assert found["n"] == 7
    assert found["chart"]["total"]["cells"][:5] == ["7", "0", "2", "5", "42.9%"]
    assert page(leader, **JANUARY, known_on="2026-06-30").context["n"] == 0  # imported on 1 July
    assert page(leader, **JANUARY, scope="rep:jon").context["n"] == 3


def check_a_step_opens_its_deals(leader):
    row = page(leader, **JANUARY).context["chart"]["rows"][4]
    assert "days=22-28" in row["url"]
    found = leader.get(row["url"])
    assert [(each.name, each.case.length, each.word) for each in found.context["records"]] == [
        ("Skips a stage", 24, "Won"), ("All the way", 25, "Won"), ("Back and forth and lost", 28, "Lost"),
    ]  # fmt: skip
    found = page(leader, **JANUARY, days="148-154")
    assert [(each.name, each.word) for each in found.context["records"]] == [("Still a prospect", "Still open")]


def check_the_file(leader):
    body = b"".join(page(leader, **JANUARY, format="csv").streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(body)))
    assert [(line["days"], line["at_risk"], line["won"], line["lost"], line["going_on"]) for line in lines] == [
        ("3", "8", "0", "1", "0"), ("20", "7", "0", "1", "0"), ("24", "6", "1", "0", "0"), ("25", "5", "1", "0", "0"),
        ("28", "4", "0", "1", "0"), ("151", "3", "0", "0", "1"), ("162", "2", "0", "0", "1"),
        ("167", "1", "0", "0", "1"),
    ]  # fmt: skip
    assert [line["share_going_on"] for line in lines][3:6] == ["0.5", "0.375", "0.375"]


def check_nobody_and_nonsense(leader):
    assert "Nothing began in this period" in page(leader, period="2024").content.decode()
    for wrong in ({"of": "leads"}, {"end": "lost"}, {"of": "reps", "end": "won"}, {"days": "1-2"}, {"where": "age=3"}):
        assert leader.get(PAGE, {**JANUARY, **wrong}).status_code == 400, wrong


def check_a_stage(leader):
    """Into Proposal came in January H1 for 8 days, H2 for 10, H4 for 4 and again 10, H8 for 19; H5 in February."""
    asked = {"of": "stages", "where": "stage=Proposal"}
    found = page(leader, **JANUARY, **asked).context
    assert found["chart"]["total"]["cells"] == ["4", "4", "0", "0.0%"]
    assert [fact["value"] for fact in found["facts"]] == ["10 days", "12 days"]
    # On 5 February H4 is in it again, for 4 + 8 days, and H8 still is, for 14: 3/4 after day 8, half after day 10.
    found = page(leader, **JANUARY, **asked, as_of="2026-02-05", days="12-12").context
    assert [fact["value"] for fact in found["facts"]] == ["10 days", "9 days"]
    assert found["chart"]["total"]["cells"] == ["4", "2", "2", "50.0%"]
    assert [(row.name, row.word) for row in found["records"]] == [("Back and forth and lost", "Still in it")]
    still = page(leader, period="2026-02", **asked).context["chart"]["total"]["cells"]
    assert still == ["1", "0", "1", "100.0%"]
    assert page(leader, **JANUARY, of="stages").context["n"] > 4


def check_reps(leader):
    assert "Nothing began in this period" in page(leader, of="reps").content.decode()


def test_more_deals_need_no_more_statements(leader, hazel):
    page(leader, **JANUARY, days="155-161")
    with CaptureQueriesContext(connection) as few:
        page(leader, **JANUARY, days="162-168")
    now, jon = datetime.datetime(2026, 1, 20, 9, tzinfo=datetime.UTC), Rep.objects.get(external_id="jon")
    for number in range(12):
        create_deal(by=None, now=now, name=f"More {number}", owner=jon)
    with CaptureQueriesContext(connection) as many:
        found = page(leader, **JANUARY, days="162-168")
    assert (found.context["n"], found.context["records_count"]) == (20, 14)
    assert len(many) == len(few)
