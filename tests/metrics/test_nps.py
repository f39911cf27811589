"""The net promoter score: its interval, who may see what of it, and 13,612 real answers of a chain of stores."""

import csv
import datetime
import gzip
import json
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Account, Rep
from metrics.asking import ask
from metrics.models import SurveyResponse
from metrics.records.lists import list_records
from tests.metrics.everyone import everyone

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2024, 3, 4, 12, tzinfo=datetime.UTC)


def answer(scores, **more):
    SurveyResponse.objects.bulk_create(
        SurveyResponse(kind="nps", score=score, at=NOON, answered_on=NOON.date(), **more) for score in scores
    )


def figure(period="2024-03", **words):
    asked = ask("nps", {"period": period, **words}, user=everyone(), now=timezone.now(), stored=False)
    return asked.figure(timezone.now()).as_json()


def margin(found):
    return (Decimal(found["high"]) - Decimal(found["low"])) / 2


def test_the_worked_example_with_its_interval():
    """5 promoters, 3 passives, 2 detractors: 1.96 x sqrt((0.7 - 0.09) / 10) x 100 = 48.4."""
    answer([9, 10, 10, 9, 9, 7, 8, 8, 6, 0])
    found = figure()
    assert Decimal(found["value"]) == 30
    assert round(margin(found), 1) == Decimal("48.4")


def test_the_interval_ends_where_the_score_does():
    answer([10, 10, 9, 0])
    found = figure()
    assert (Decimal(found["value"]), Decimal(found["high"])) == (50, 100)
    SurveyResponse.objects.filter(score=0).delete()
    found = figure()
    assert (Decimal(found["low"]), Decimal(found["high"])) == (100, 100)


def test_nobody_reads_who_answered_what_of_a_rep(cast):
    rep = Rep.objects.get(user=cast.rep)
    account = Account.objects.create(name="Acme", owner=rep)
    answer([10, 10, 9, 0], account=account, owner=rep)
    scope = f"rep:{rep.email}"
    assert (figure(scope=scope)["value"], figure(scope=scope)["n"]) == (None, 4)
    answer([7], account=account, owner=rep)
    assert Decimal(figure(scope=scope)["value"]) == 40
    asked = ask("nps", {"period": "2024-03", "scope": scope}, user=everyone(), now=timezone.now(), stored=False)
    assert list_records(asked.metric, asked.question) == []
    whole = ask("nps", {"period": "2024-03"}, user=everyone(), now=timezone.now(), stored=False)
    rows = list_records(whole.metric, whole.question)
    assert sum(row.numerator for row in rows) == 2
    assert {row.name for row in rows} == {"nps"}


@pytest.mark.data
def test_the_answers_of_a_chain_of_stores(public_data):
    """Each year of tenure stands for a segment. The source has no dates, so all answers are of one day."""
    folder = public_data / "nps_garden_stores"
    with gzip.open(folder / "nps.csv.gz", "rt") as file:
        rows = [
            (int(float(row["nps"])), f"{float(row['t']):.0f}" if row["t"] else "")
            for row in csv.DictReader(file)
            if row["nps"]
        ]
    SurveyResponse.objects.bulk_create(
        SurveyResponse(kind="nps", score=score, at=NOON, answered_on=NOON.date(), segment=segment)
        for score, segment in rows
    )
    reference = json.loads((folder / "reference.json").read_text())["values"]
    found, want = figure(by="segment"), reference["overall"]
    assert (found["n"], int(found["numerator"])) == (want["responses"], want["promoters"] - want["detractors"])
    assert abs(Decimal(found["value"]) - Decimal(str(want["nps"]))) <= Decimal("5e-7")
    assert abs(margin(found) - Decimal(str(want["margin_of_error_95"]))) <= Decimal("5e-7")
    members = {row["key"]: row for row in found["by"]}
    for years, values in reference["by_tenure_years"].items():
        assert members[years]["n"] == values["responses"]
        assert abs(Decimal(members[years]["value"]) - Decimal(str(values["nps"]))) <= Decimal("5e-7")
