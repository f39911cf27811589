"""Random companies to pay: people who join, move and leave, deals in several currencies, targets, figures, plans."""

import datetime
from fractions import Fraction
from random import Random
from typing import Any

from tests.independent.pay.calendar_units import DAY, unit_around
from tests.independent.pay.random_plans import CHANNELS, FAMILIES, KINDS, PIPELINES, money, random_plan

FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
CURRENCIES = ("USD", "EUR", "JPY", "KWD")
PAYEE = "mia@example.com"
OTHERS = ("ann@example.com", "bob@example.com", "zoe@example.com")
TEAMS = [{"slug": "emea"}, {"slug": "uk", "parent": "emea"}, {"slug": "us"}]
SHARES = (("1",), ("1",), ("1",), ("0.5", "0.5"), ("0.6", "0.4"), ("0.3333", "0.3333", "0.3334"),
          ("0.25", "0.25", "0.25", "0.25"), ("0.1", "0.9"))  # fmt: skip
AMOUNTS = (1000, 2500, 5000, 900, 9000, 10000, Fraction("1000.50"), Fraction("0.01"), Fraction("333.33"), 12345)


def random_case(rng: Random, wide: bool = True) -> dict[str, Any]:
    """A case for one payee, ``PAYEE``. ``wide``: also pipelines, channels and subscriptions.

    Every third is smooth: one currency and round amounts, so that levels, targets and caps are often met exactly.
    """
    base, smooth = rng.choice(CURRENCIES), rng.random() < 1 / 3
    fiscal = rng.choice((1, 1, 1, 2, 4, 7, 10))
    reps, memberships = _people(rng, 0 if smooth else 0.25)
    many = rng.choice((20, 35, 50) if smooth else (0, 5, 15, 20, 30))
    plans = _plans(rng, base if smooth else None, wide)
    facts = {
        "base_currency": base, "zone": rng.choice(("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")),
        "fiscal_year_start": str(fiscal), "teams": TEAMS, "reps": reps, "memberships": memberships,
        "products": _products(rng, base), "rates": _rates(rng, base), "targets": _targets(rng, base, fiscal),
        "figures": _figures(rng, fiscal),
        "deals": [random_deal(rng, number, base, wide, smooth) for number in range(1, many + 1)],
    }  # fmt: skip
    return {"plans": plans, "facts": facts, "steps": []}


def _day(rng: Random, first: datetime.date = FIRST, last: datetime.date = LAST) -> datetime.date:
    """Any day, often the first or last one of a month."""
    day = first + rng.randrange((last - first).days + 1) * DAY
    month = unit_around(day, "month", 1)
    chosen = rng.choice((day, day, day, month.first, month.last))
    return min(max(chosen, first), last)


def _people(rng: Random, payee_moves: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    reps, memberships = [], []
    for email in (PAYEE, *OTHERS):
        rep, moves_in_or_out = {"email": email}, payee_moves if email == PAYEE else 0.25
        if rng.random() < moves_in_or_out:
            rep["hired_on"] = str(_day(rng))
        if rng.random() < moves_in_or_out:
            rep["left_on"] = str(_day(rng, datetime.date.fromisoformat(rep.get("hired_on", str(FIRST)))))
        reps.append(rep)
        begins = datetime.date.fromisoformat(rep.get("hired_on", "2025-01-01"))
        ends = datetime.date.fromisoformat(rep.get("left_on", "2030-01-01"))
        moves = sorted({_day(rng) for _move in range(rng.choice((0, 0, 1, 2)))})
        edges = [begins, *(day for day in moves if begins < day <= ends)]
        for at, first in enumerate(edges):
            if rng.random() < 0.9:
                one = {"rep": email, "team": rng.choice(("emea", "uk", "us")), "starts_on": str(first)}
                if at + 1 < len(edges):
                    one["ends_on"] = str(edges[at + 1] - DAY)
                memberships.append(one)
    return reps, memberships


def _plans(rng: Random, only: str | None, wide: bool) -> list[dict[str, Any]]:
    """One plan by the rep's name, or by teams; perhaps newer versions of them."""

    def make(name: str, currency: str, begins: datetime.date, **applies: Any) -> dict[str, Any]:
        return random_plan(rng, name, currency, begins, applies, wide)  # fmt: skip

    currency = only or rng.choice(CURRENCIES)
    begins = rng.choice((FIRST, FIRST, _day(rng, FIRST - 60 * DAY, FIRST + 180 * DAY)))
    if rng.random() < 0.55:
        plans = [make("A", currency, begins, reps=[PAYEE])]
    else:
        plans = [
            make("A", currency, begins, teams=["emea"]),
            make("B", only or rng.choice(CURRENCIES), FIRST, teams=["us"]),
        ]
        if rng.random() < 0.3:
            plans.append(make("C", currency, FIRST, teams=["uk"]))
        if rng.random() < 0.3:
            plans.append(make("D", currency, begins, reps=[PAYEE]))
    if rng.random() < 0.35:
        old = plans[0]
        later = _day(rng, datetime.date.fromisoformat(old["publish_from"]) + DAY, LAST)
        applies = {key: value for key, value in old["applies_to"].items() if value}
        new = make(old["name"], currency, later, **applies)
        if rng.random() < 0.6:
            kept = [one for one in new["components"] if one["kind"] != "draw"]
            draws = [{**one, "every": new["statement_every"]} for one in old["components"] if one["kind"] == "draw"]
            new["components"] = (kept + draws) or new["components"]
        plans.append(new)
    return plans


def _products(rng: Random, base: str) -> list[dict[str, Any]]:
    made = []
    for name, family in FAMILIES.items():
        one = {"name": name, "family": family}
        if rng.random() < 0.8:
            one["unit_cost"] = money(rng.choice((60, 10, Fraction("33.33"))), base)
        made.append(one)
    return made


def _rates(rng: Random, base: str) -> list[dict[str, str]]:
    """One or two a month for each other currency; sometimes a currency has none."""
    worth = {"USD": Fraction(1), "EUR": Fraction("1.1"), "JPY": Fraction("0.0067"), "KWD": Fraction("3.25")}
    made = []
    for currency in CURRENCIES:
        if currency == base or rng.random() < 0.08:
            continue
        for number in range(16):
            month = unit_around(datetime.date(2025, 10, 1) + number * 31 * DAY, "month", 1).first
            for day in sorted({month, month + rng.randrange(28) * DAY}):
                rate = worth[currency] / worth[base] * Fraction(rng.randint(900, 1100), 1000)
                made.append({"currency": currency, "day": str(day), "rate": _significant(rate)})
    return made


def _significant(rate: Fraction) -> str:
    digits = 6
    while round(rate * 10**digits) < 1000:
        digits += 1
    text = f"{round(rate * 10**digits):0{digits + 1}}"
    return f"{text[:-digits]}.{text[-digits:]}"


def _targets(rng: Random, base: str, fiscal: int) -> list[dict[str, str]]:
    made = []
    for scope in (f"rep:{PAYEE}", "team:emea", "team:uk", "team:us"):
        for metric in ("won_revenue", "deals_won"):
            for unit in ("month", "quarter", "year"):
                if rng.random() < 0.35:
                    continue
                day = unit_around(FIRST, unit, fiscal).first
                while day <= LAST + 31 * DAY:
                    span = unit_around(day, unit, fiscal)
                    if rng.random() < 0.85:
                        much = rng.choice((2500, 5000, 10000, 20000, Fraction("3333.33"), *(1000, 7500) * 3, 0))
                        value = money(much, base) if metric == "won_revenue" else str(rng.choice((100, 2500, 7000)))
                        made.append({"metric": metric, "scope": scope, "period": span.name, "value": value})
                    day = span.last + DAY
    return made


def _figures(rng: Random, fiscal: int) -> list[dict[str, str]]:
    made = []
    for unit in ("month", "quarter", "year"):
        day = unit_around(FIRST, unit, fiscal).first
        while day <= LAST:
            span = unit_around(day, unit, fiscal)
            for metric, top in (("win_rate", rng.randint(0, 20)), ("won_revenue", rng.choice((300000, 200010, 90000)))):
                if rng.random() < 0.7:
                    n = str(rng.choice((4, 5, 20)))
                    given = {"numerator": str(top), "denominator": "20", "n": n}
                    made.append({"metric": metric, "rep": PAYEE, "period": span.name, **given})
            day = span.last + DAY
    return made


def random_deal(rng: Random, number: int, base: str, wide: bool, smooth: bool = False) -> dict[str, Any]:
    currency = base if smooth else rng.choice((base, base, *CURRENCIES))
    day = _day(rng, FIRST - 20 * DAY, LAST)
    shares = ("1",) if smooth else rng.choice(SHARES)
    people = rng.sample((*[PAYEE] * 5, *OTHERS), 1) if len(shares) == 1 else rng.sample((PAYEE, *OTHERS), len(shares))
    much = rng.choice((rng.choice(AMOUNTS), Fraction(rng.randrange(1, 2_000_000), 100)))
    if smooth:
        much = rng.choice((500, 1000, 1000, 1500, 2500))
    kind = rng.choice((*KINDS[:3], *KINDS))
    time = f"T{rng.randrange(24):02}:{rng.choice(('00', '30'))}:00+00:00"
    deal: dict[str, Any] = {
        "id": f"D{rng.choice((number, number * 7))}-{number}", "owner": people[0], "currency": currency, "kind": kind,
        "amount": None if rng.random() < 0.04 else money(-much if kind == "credit" else much, currency),
        "closed_at": f"{day}{rng.choice(('', '', time))}",
    }  # fmt: skip
    if rng.random() < 0.05:
        deal["outcome"] = "lost"
    if len(shares) > 1:
        deal["credits"] = [{"rep": rep, "share": share} for rep, share in zip(people, shares, strict=True)]
    if wide:
        deal |= {"pipeline": rng.choice(PIPELINES), "channel": rng.choice((*CHANNELS, ""))}
    _goods(rng, deal, currency, wide)
    return deal


def _goods(rng: Random, deal: dict[str, Any], currency: str, wide: bool) -> None:
    """What was sold: lines, a product, or neither; in a wide case also subscriptions."""
    sort = rng.random()
    if sort < 0.5:
        deal["lines"] = [_line(rng, currency) for _line_ in range(rng.randint(1, 3))]
        if wide and deal["kind"] == "credit" and rng.random() < 0.7:
            deal["lines"] = [{**line, "quantity": f"-{line['quantity']}"} for line in deal["lines"]]
    elif sort < 0.75:
        deal["product"] = rng.choice(tuple(FAMILIES))
    if wide and rng.random() < 0.4:
        deal["subscriptions"] = [
            {
                "product": rng.choice((*FAMILIES, None)),
                "monthly": money(rng.choice((250, 99, Fraction("10.01"))), currency),
            }
            for _subscription in range(rng.randint(1, 2))
        ]


def _line(rng: Random, currency: str) -> dict[str, Any]:
    line = {
        "product": rng.choice(tuple(FAMILIES)), "quantity": rng.choice(("1", "2", "10", "2.5", "0.333")),
        "unit_price": money(rng.choice((100, 999, Fraction("33.35"))), currency),
    }  # fmt: skip
    if rng.random() < 0.4:
        line["discount"] = rng.choice(("0.1", "0.125", "0.3333"))
    if rng.random() < 0.4:
        line["unit_cost"] = money(rng.choice((20, Fraction("7.77"))), currency)
    return line
