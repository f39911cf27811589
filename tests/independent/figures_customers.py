"""Figures of customers: who is one, what they pay a month, what they answer."""

import datetime
from collections import defaultdict
from fractions import Fraction

from tests.independent.figures import Book, counted, figure, money, nothing
from tests.independent.figures_lines import lines
from tests.independent.tables import DAY, Answer, Ask, date_of, divided, months_on, number

YEAR = 365 * DAY


def mrr_at(b: Book, day: datetime.date) -> dict[int, int]:
    """Minor units a month of each account at the end of a day; who pays nothing is not in it."""
    kept = b.kept.setdefault("mrr", {})
    if day not in kept:
        found: dict[int, int] = defaultdict(int)
        for account, base, start, end, _product in b.subscriptions:
            if start <= day and (end is None or day < end):
                found[account] += base
        kept[day] = {account: paid for account, paid in found.items() if paid}
    return kept[day]


def purchases(b: Book, as_of: datetime.date) -> list:
    return [s for s in b.deals.at(as_of) if s.is_sale and s.account and s.base != 0]


def customers_at(b: Book, day: datetime.date, as_of: datetime.date) -> set[int]:
    kept = b.kept.setdefault("customers", {})
    if (day, as_of) not in kept:
        bought = {s.account for s in purchases(b, as_of) if day - YEAR < s.closed_on <= day}
        kept[day, as_of] = bought | set(mrr_at(b, day))
    return kept[day, as_of]


def mine(b: Book, a: Ask, accounts) -> list[int]:
    """Of some accounts those that the scope owns today."""
    return [pk for pk in accounts if pk in b.accounts and a.scope.has(*b.accounts[pk])]


def first_customer(b: Book, a: Ask) -> datetime.date:
    """The day from which it is known who is a customer: the first purchase or subscription of anybody."""
    return min([*(s.closed_on for s in purchases(b, a.as_of)), *(row[2] for row in b.subscriptions)])


@figure("active_customers")
def active_customers(b: Book, a: Ask) -> Answer:
    found = len(mine(b, a, customers_at(b, a.level_day, a.as_of)))
    return counted(b, a, found, found, first_customer(b, a))


def _kept(b: Book, a: Ask) -> tuple[int, int]:
    before = mine(b, a, customers_at(b, a.start - DAY, a.as_of))
    now = customers_at(b, a.level_day, a.as_of)
    return sum(pk in now for pk in before), len(before)


@figure("customer_retention_rate")
def customer_retention_rate(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    stayed, before = _kept(b, a)
    return divided(stayed, before, before)


@figure("customer_churn_rate")
def customer_churn_rate(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    stayed, before = _kept(b, a)
    return divided(before - stayed, before, before)


@figure("repeat_purchase_rate")
def repeat_purchase_rate(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    days = defaultdict(list)
    for s in purchases(b, a.as_of):
        days[s.account].append((s.closed_on, s.deal))
    ripe = again = 0
    for account, first in b.first_wins(a.as_of).items():
        if a.holds(first.closed_on) and a.scope.has(first.owner, first.team) and first.closed_on + YEAR <= a.as_of:
            ripe += 1
            again += any(first.deal != deal and day <= first.closed_on + YEAR for day, deal in days[account])
    return divided(again, ripe, ripe)


@figure("clv_historic")
def clv_historic(b: Book, a: Ask) -> Answer:
    total, n = 0, 0
    buyers = set(mine(b, a, {s.account for s in purchases(b, a.as_of) if s.closed_on <= a.level_day}))
    for s in b.deals.at(a.as_of):
        if s.outcome == "won" and s.closed_on <= a.level_day and s.account in buyers:
            total, n = total + (s.base or 0), n + 1
    found = counted(b, a, total, n, first_customer(b, a), unit=b.minor)
    return Answer(found.value)


@figure("product_penetration")
def product_penetration(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    active = mine(b, a, customers_at(b, a.level_day, a.as_of))
    known = {s.account for s in purchases(b, a.as_of) if s.closed_on <= a.level_day and lines(b, s)}
    known |= {account for account, _base, start, _end, product in b.subscriptions if product and start <= a.level_day}
    return divided(sum(pk in known for pk in active), len(active), len(active))


# --- recurring


@figure("mrr")
def mrr(b: Book, a: Ask) -> Answer:
    paid = mrr_at(b, a.level_day)
    found = mine(b, a, paid)
    first = min(row[2] for row in b.subscriptions)
    total = counted(b, a, sum(paid[pk] for pk in found), 1 if found else 0, first, unit=b.minor)
    return Answer(total.value)


@figure("arr")
def arr(b: Book, a: Ask) -> Answer:
    value = mrr(b, a).value
    return Answer(None if value is None else 12 * value)


@figure("arpa")
def arpa(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    paid = mrr_at(b, a.level_day)
    found = mine(b, a, paid)
    return divided(money(b, sum(paid[pk] for pk in found)), len(found), len(found))


def moves(b: Book, a: Ask) -> dict[str, int]:
    """Minor units of each kind of move, account by account and day by day."""
    found: dict[str, int] = defaultdict(int)
    turning = {day for _account, _base, start, end, _product in b.subscriptions for day in (start, end) if day}
    for day in sorted(day for day in turning if a.holds(day)):
        old, new = mrr_at(b, day - DAY), mrr_at(b, day)
        for pk in mine(b, a, set(old) | set(new)):
            before, after = old.get(pk, 0), new.get(pk, 0)
            if before == after:
                continue
            found["n"] += 1
            if before and after:
                found["expansion" if after > before else "contraction"] += after - before
            elif before:
                found["churn"] -= before
            else:
                earlier = any(mrr_at(b, past).get(pk) for past in turning if past < day)
                found["reactivation" if earlier else "new"] += after
    return found


@figure("mrr_movements")
def mrr_movements(b: Book, a: Ask) -> Answer:
    found = moves(b, a)
    total = sum(amount for kind, amount in found.items() if kind != "n")
    first = min(row[2] for row in b.subscriptions)
    return counted(b, a, total, found["n"], first, unit=b.minor)


def _of_opening(b: Book, a: Ask, amount: int) -> Answer:
    before = mrr_at(b, a.start - DAY)
    return divided(money(b, amount), money(b, sum(before[pk] for pk in mine(b, a, before))))


@figure("mrr_churn_rate")
def mrr_churn_rate(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    found = moves(b, a)
    return _of_opening(b, a, -found["churn"] - found["contraction"])


@figure("net_mrr_churn_rate")
def net_mrr_churn_rate(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    found = moves(b, a)
    lost = -found["churn"] - found["contraction"] - found["expansion"] - found["reactivation"]
    return _of_opening(b, a, lost)


def _year_ago(b: Book, a: Ask) -> tuple[dict[int, int], dict[int, int]]:
    """What the accounts of the scope paid at the end of the day twelve months ago, and what they pay now."""
    then = mrr_at(b, months_on(a.level_day + DAY, -12) - DAY)
    return {pk: then[pk] for pk in mine(b, a, then)}, mrr_at(b, a.level_day)


@figure("nrr")
def nrr(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    then, now = _year_ago(b, a)
    return divided(money(b, sum(now.get(pk, 0) for pk in then)), money(b, sum(then.values())))


@figure("grr")
def grr(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    then, now = _year_ago(b, a)
    return divided(money(b, sum(min(now.get(pk, 0), paid) for pk, paid in then.items())), money(b, sum(then.values())))


# --- surveys


def answers(b: Book, kind: str | None) -> list[dict]:
    if "surveys" not in b.kept:
        b.kept["surveys"] = [
            {"kind": r["kind"], "score": number(r["score"]), "on": b.tables.day(r["at"]),
             "invited": date_of(r["invited_on"]), "rep": number(r["owner_id"]), "team": number(r["team_id"]),
             "about": r["touchpoint"]}
            for r in b.tables.rows("metrics_surveyresponse")
        ]  # fmt: skip
    return [row for row in b.kept["surveys"] if kind is None or row["kind"] == kind]


def _few(a: Ask, n: int) -> bool:
    """Of one rep nothing is told under five answers."""
    return a.scope.kind == "rep" and n < 5


@figure("nps")
def nps(b: Book, a: Ask) -> Answer:
    scores = [
        row["score"] for row in answers(b, "nps")
        if not row["about"] and a.holds(row["on"]) and a.scope.has(row["rep"], row["team"])
    ]  # fmt: skip
    if _few(a, len(scores)):
        return Answer(None)
    balance = sum(score >= 9 for score in scores) - sum(score <= 6 for score in scores)
    return Answer(Fraction(100 * balance, len(scores)) if scores else None, n=len(scores))


@figure("csat")
def csat(b: Book, a: Ask) -> Answer:
    scores = [row["score"] for row in answers(b, "csat") if a.holds(row["on"]) and a.scope.has(row["rep"], row["team"])]
    if _few(a, len(scores)):
        return Answer(None)
    return divided(sum(score >= 4 for score in scores), len(scores), len(scores))


@figure("survey_response_rate")
def survey_response_rate(b: Book, a: Ask) -> Answer:
    rows = [row for row in answers(b, None) if a.holds(row["invited"]) and a.scope.has(row["rep"], row["team"])]
    if _few(a, len(rows)):
        return Answer(None)
    return divided(sum(row["on"] is not None and row["on"] <= a.as_of for row in rows), len(rows), len(rows))
