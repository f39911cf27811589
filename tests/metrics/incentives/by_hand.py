"""Small plans and facts for the engine, written in a line each."""

import datetime
from fractions import Fraction

from metrics.incentives.documents import terms_of
from metrics.incentives.facts import DealFact, Facts, Membership, Stretch, TargetFact
from metrics.incentives.plan_file import parse_document
from metrics.incentives.terms import Version
from metrics.periods import parse_period

ANN, BOB, CAT = 1, 2, 3
REPS = {ANN: "ann@example.com", BOB: "bob@example.com", CAT: "cat@example.com"}
ALWAYS = (Stretch(1, datetime.date(2026, 1, 1), datetime.date.max),)
HEAD = "{name: AE, currency: %s, statement_every: %s, accumulate: %s, clawback_days: %s, components: [%s]}"


def plan(*components, currency="USD", every="month", accumulate=None, clawback="always", pk=1):
    text = HEAD % (currency, every, accumulate or every, clawback, ", ".join(components))
    return Version(pk, 1, pk, terms_of(parse_document(text)), datetime.date(2026, 1, 1))


def day(text):
    return datetime.date.fromisoformat(text)


def deal(pk, amount, on, **more):
    closed = day(on)
    values = {
        "kind": "new", "pipeline": "Sales", "channel": "", "currency": "USD", "factors": (), "lines": (),
        "monthly": (), "credits": ((ANN, Fraction(1)),), "seen": 1,
    }  # fmt: skip
    return DealFact(
        id=pk, key=f"D{pk}", closed_at=datetime.datetime.combine(closed, datetime.time(), datetime.UTC),
        closed_on=closed, amount=None if amount is None else Fraction(amount), **{**values, **more},
    )  # fmt: skip


def target(value, period, metric="won_revenue", scope="rep"):
    span = month(period)
    months = {"month": 1, "quarter": 3, "year": 12}[span.kind]
    factors = (("USD", Fraction(1)),)
    return TargetFact(metric, scope, span.start, span.last_day, months, Fraction(value), factors, is_money=True)


def facts(*deals, **more):
    return Facts(rep=ANN, deals={one.id: one for one in deals}, reps=REPS, **{"stretches": ALWAYS, **more})


def member(rep, team, first="2020-01-01", last="2030-12-31"):
    return {rep: (Membership(day(first), day(last), team),)}


def month(text):
    return parse_period(text, today=datetime.date(2026, 12, 31))


def paid(calculation):
    """Kind, what it is about, and minor units of each line."""
    return [(line.kind, line.deal_key or line.of_period or "", line.amount) for line in calculation.lines]
