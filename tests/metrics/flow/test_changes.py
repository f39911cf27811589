"""A small company whose changes of the open pipeline were worked out by hand: through import, command and API."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from metrics.waterfall.moves import BARS
from tests.metrics.flow.conftest import FERN

CASES = json.loads((FERN / "changes.json").read_text())
ENDS = {"from": "2026-01-31", "to": "2026-02-28"}


def command(**words):
    out = StringIO()
    arguments = [f"--{word}={value}" for word, value in words.items() if value]
    call_command("pipeline_changes", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def refused(**words):
    err = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("pipeline_changes", *[f"--{word}={value}" for word, value in words.items()], stderr=err)
    assert stop.value.code == 1
    return err.getvalue()


def test_the_waterfalls_are_as_worked_out_by_hand(fern):
    for case in CASES:
        found = command(**ENDS, scope=case["scope"], closing=case["closing"])
        levels = {bar["bar"]: [bar["amount"], bar["deals"]] for bar in found["bars"]}
        empty = {key: ["0.00", 0] for key in BARS}
        assert levels == {"starting": case["starting"], **empty, **case["bars"], "ending": case["ending"]}, case["why"]
        assert found["balance"] == "0.00"


def test_the_api_answers_like_the_command(client, fern):
    client.force_login(fern)
    query = {**ENDS, "closing": "2026-Q1", "scope": "team:north"}
    assert client.get(reverse("api:pipeline-changes"), query).json() == command(**query)


def test_each_change_has_both_states(fern):
    found = command(**ENDS, closing="2026-Q1")
    moved = next(change for change in found["changes"] if change["bar"] == "pushed_out")
    assert (moved["external_id"], moved["name"], moved["amount"]) == ("F7", "Pushed into April", "-7000.00")
    days = moved["before"]["expected_close_on"], moved["after"]["expected_close_on"]
    assert days == ("2026-03-10", "2026-04-15")
    opened = next(change for change in command(**ENDS)["changes"] if change["bar"] == "new")
    assert opened["before"] is None
    assert opened["after"]["amount"] == "2500.00"


def test_an_earlier_day_looks_no_further(fern):
    found = command(**ENDS, **{"as-of": "2026-02-20"})
    assert (found["to"], found["as_of"]) == ("2026-02-20", "2026-02-20")
    assert {bar["bar"]: bar["amount"] for bar in found["bars"]}["won"] == "0.00"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"from": "2026-03-01", "to": "2026-02-01"}, "to: 2026-02-01 is before 2026-03-01"),
        ({"from": "2026-08-01", "to": "2026-09-01"}, "from: 2026-08-01 lies ahead"),
        ({"from": "soon", "to": "2026-02-01"}, "from takes a day such as 2026-10-05"),
        ({**ENDS, "closing": "someday"}, "closing: "),
        ({**ENDS, "scope": "team:west"}, "This scope does not exist or is not yours. Possible: company"),
    ],
)
def test_a_bad_question_is_refused_in_words(client, fern, words, text):
    assert text in refused(**words)
    client.force_login(fern)
    answer = client.get(reverse("api:pipeline-changes"), words)
    assert answer.status_code == 400
    assert text in answer.json()["errors"][0]["detail"]


def test_the_pipeline_as_of_a_day(client, fern):
    """31 January: the eleven deals of the waterfall's start; 800 of it are 1,000 dollars at 1.25."""
    client.force_login(fern)
    found = client.get(reverse("api:pipeline-as-of"), {"as_of": "2026-01-31", "page_size": 6}).json()
    assert (found["deals"], found["amount"], found["as_of"]) == (11, "40800.50", "2026-01-31")
    assert found["stages"] == [
        {"key": "Prospect", "label": "Prospect", "deals": 11, "amount": "40800.50", "weighted": "4080.05",
         "without_amount": 0}
    ]  # fmt: skip
    rest = client.get(found["next"]).json()
    rows = {row["external_id"]: row for row in [*found["results"], *rest["results"]]}
    assert sorted(rows) == sorted(f"F{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 11, 13, 14))
    assert rest["next"] is None
    assert (rows["F9"]["amount"], rows["F9"]["currency"], rows["F9"]["base_amount"]) == ("1000.00", "USD", "800.00")
    assert (rows["F6"]["owner"], rows["F7"]["expected_close_on"]) == ("Ann Ash", "2026-03-10")
