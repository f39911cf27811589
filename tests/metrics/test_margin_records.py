"""The rows behind the figures of margins and of the mix make both of their parts, and as many as n says."""

import datetime
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from metrics.asking import ask
from metrics.catalogue import METRICS, contribution, margins, mix, people
from metrics.cohorts.duration_cases import REPS, read_cases
from metrics.measures.products import new_until
from metrics.metric import Total
from metrics.pages.addresses import read_question
from metrics.pages.reading import Reader
from metrics.records.lists import count_records, list_records
from tests.metrics.everyone import everyone
from tests.metrics.test_worked_cases import company  # noqa: F401

REP = "rep:ann@acorn.test"
SLICES = [
    {"period": "2025", "where": "product=A", "scope": "team:north"},
    {"period": "2025-Q1"},
    {"period": "2025-Q2"},
    {"period": "2025-Q2", "scope": "rep:rolf@larch.test"},
    {"period": "2025", "scope": "team:north", "as_of": "2025-06-15"},
    {"period": "2025", "where": "product=A"},
    {"period": "2025", "where": "product_family=services", "scope": "team:south"},
    {"period": "2025", "where": "segment=small"},
    {"period": "2025", "where": "lost_reason=price"},
]


def parts_differ(metric, words):
    now = timezone.now()
    where = [words["where"]] if "where" in words else []
    asked = ask(metric.slug, words, where=where, user=everyone(), now=now, stored=False)
    figure = asked.figure(now)
    rows = list_records(metric, asked.question)
    pieces = list_records(metric, asked.question, limit=2)
    while more := list_records(metric, asked.question, after=pieces[-1].cursor, limit=2) if pieces else []:
        pieces += more
    sums = [
        sum((getattr(row, part) for row in rows if getattr(row, part) is not None), start=0)
        for part in ("numerator", "denominator")
    ]
    wanted = [figure.value.numerator or 0, figure.value.denominator or 0]
    if isinstance(metric, Total):
        sums[1] = wanted[1] = 0
    # Average people are thirds and such: their decimals end somewhere.
    equal = all(abs(got - want) < Decimal("1e-18") for got, want in zip(sums, wanted, strict=True))
    return not equal or len(rows) != count_records(metric, asked.question) or pieces != rows


@pytest.mark.parametrize("company", ["larch"], indirect=True)
def test_rows_make_the_figure(company):  # noqa: F811
    differing = []
    for metric in (*margins.METRICS, *mix.METRICS, *people.METRICS, *contribution.METRICS):
        for words in SLICES:
            if words.get("where", "").split("=")[0] in ("", *metric.dimensions) and parts_differ(metric, words):
                differing.append((metric.slug, words))
    assert differing == []
    # Pola was seen for three months and left, Pia was there after four, Pit after six.
    hired = ask("ramp_time", {"period": "2024-Q1"}, user=everyone(), now=timezone.now(), stored=False).question
    cases = [(case.length, case.end) for case in read_cases(hired, REPS)]
    assert sorted(cases) == [(3, ""), (4, "ramped"), (6, "ramped")]


@pytest.mark.parametrize("company", ["larch"], indirect=True)
def test_members_make_the_total(company):  # noqa: F811
    """Of every part that is a sum: by rep, team, product, customer and month."""
    differing = []
    for metric in (*margins.METRICS, *mix.METRICS):
        for by in {"rep", "team", "product", "product_family", "customer", "month"} & {*metric.dimensions}:
            if metric.slug in ("aov", "revenue_per_product", "cross_sell_rate"):
                continue  # a deal, a product or a customer is counted once for each of several members
            now = timezone.now()
            words = {"period": "2025-Q2", "by": by}
            figure = ask(metric.slug, words, user=everyone(), now=now, stored=False).figure(now)
            total = sum(row.value.numerator or 0 for row in figure.by or [])
            if total != (figure.value.numerator or 0):
                differing.append((metric.slug, by, total, figure.value.numerator))
    assert differing == []


def test_a_product_is_new_for_twelve_months():
    assert new_until(datetime.date(2024, 3, 10)) == datetime.date(2025, 3, 10)
    assert new_until(datetime.date(2024, 2, 29)) == datetime.date(2025, 2, 28)


@pytest.mark.parametrize("company", ["acorn"], indirect=True)
def test_credits_of_deals_with_several_products(company):  # noqa: F811
    """D01: 600 of P-1 and 400 of P-3, half a1's, half b1's; D02: 1,800 of P-1 and 1,200 of P-2, 60 % a1's, 40 % c1's;
    D03: 500 of P-1, b1's."""
    now = timezone.now()

    def asked(words, where):
        return ask("won_revenue", words, where=where, user=everyone(), now=now, stored=False)

    def members(words, where):
        return {row.member.key[:1]: int(row.value.value) for row in asked(words, where).figure(now).by}

    quarter = {"period": "2025-Q1"}
    assert members({**quarter, "by": "rep"}, ["product=P-1"]) == {"a": 1380, "b": 800, "c": 720}
    anna = asked({**quarter, "scope": REP}, ["product=P-1"])
    rows = list_records(METRICS["won_revenue"], anna.question)
    assert [(row.external_id, int(row.numerator)) for row in rows] == [("D01", 300), ("D02", 1080)]
    assert (int(anna.figure(now).value.value), anna.figure(now).value.n) == (1380, 2)
    by_channel = asked({**quarter, "scope": REP, "by": "channel"}, ["product=P-1"]).figure(now).by
    assert {row.member.key: int(row.value.value) for row in by_channel} == {"web": 300, "partner": 1080}
    by_family = asked({**quarter, "scope": REP, "by": "product_family"}, []).figure(now).by
    assert {row.member.key: (int(row.value.value), row.value.n) for row in by_family} == {
        "hardware": (2100, 2),
        "services": (200, 1),
    }


WHOLE = ("revenue_per_product", "cross_sell_rate", "reps_on_target_rate", "rep_turnover_rate", "ramp_time",
         "revenue_per_customer", "close_date_slippage", "market_share")  # fmt: skip


@pytest.mark.parametrize("company", ["larch"], indirect=True)
def test_a_page_that_knows_the_months_does_not_add_them_up(company):  # noqa: F811
    """What depends on its period as a whole is the same when the course by months was read before."""
    now = timezone.now()
    quarter = {"period": "2025-Q2"}
    differing = []
    for slug in WHOLE:
        alone = ask(slug, quarter, user=everyone(), now=now, stored=False).figure(now).value
        reader = Reader(read_question(QueryDict("period=2025-Q2&scope=company"), user=everyone(), now=now))
        months = reader.months(slug, 12)
        after = reader.figure(slug).value
        by_month = ask(slug, {**quarter, "by": "month"}, user=everyone(), now=now, stored=False).figure(now).by
        shown = {point.period.name: point.value for point in months}
        differing += [slug] if after != alone else []
        differing += [f"{slug} {row.member.key}" for row in by_month if shown[row.member.key] != row.value]
    assert differing == []
