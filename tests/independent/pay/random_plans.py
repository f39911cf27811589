"""Random plans: every kind of component, with all that a component may say."""

import datetime
from fractions import Fraction
from random import Random
from typing import Any

SCALES = {"JPY": 100, "KWD": Fraction(1, 4)}
RATES = ("0", "0.01", "0.025", "0.05", "0.0333", "0.08", "0.1", "0.125", "0.12345")
FAMILIES = {"HW": "Hardware", "SW": "Software", "SV": "Services", "XT": ""}
KINDS = ("new", "expansion", "renewal", "credit")
PIPELINES, CHANNELS = ("Sales", "Partners"), ("Web", "Fair")


def money(value: Fraction | int, currency: str) -> str:
    """As decimal text with at most the currency's decimals; scaled to what is usual in the currency."""
    decimals = {"JPY": 0, "KWD": 3}.get(currency, 2)
    minor = round(Fraction(value) * SCALES.get(currency, 1) * 10**decimals)
    sign, digits = "-" if minor < 0 else "", f"{abs(minor):0{decimals + 1}}"
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def some(rng: Random, values: Any, most: int = 2) -> list[Any]:
    return rng.sample(list(values), rng.randint(1, most))


def random_plan(
    rng: Random, name: str, currency: str, begins: datetime.date, applies: dict[str, Any], wide: bool
) -> dict[str, Any]:
    """A plan file with the day from which it is published. ``wide``: also pipelines, channels and subscriptions."""
    every = rng.choice(("month", "month", "month", "quarter"))
    plan: dict[str, Any] = {
        "name": name, "publish_from": str(begins), "currency": currency,
        "applies_to": {"reps": [], "teams": [], "roles": [], **applies}, "statement_every": every,
    }  # fmt: skip
    longer = {"month": ("month", "quarter", "quarter", "year", "year"), "quarter": ("quarter", "year")}[every]
    if rng.random() < 0.85:
        plan["accumulate"] = rng.choice(longer)
    makers = [_commission, _commission, _commission, _override, _bonus, _spiff]
    plan["components"] = [
        {"name": f"Part {number}", **rng.choice(makers)(rng, currency, every, wide)}
        for number in range(1, rng.randint(1, 4) + 1)
    ]
    if rng.random() < 0.4:
        plan["components"] += _draws(rng, currency, every)
    rng.shuffle(plan["components"])
    return plan


def _commission(rng: Random, currency: str, _every: str, wide: bool) -> dict[str, Any]:
    basis = rng.choice(("amount",) * 5 + ("margin", "units") + (("monthly_amount",) if wide else ()))
    made: dict[str, Any] = {"kind": "commission"}
    if basis != "amount" or rng.random() < 0.5:
        made["basis"] = basis
    by = rng.choice(("amount", "attainment"))
    if rng.random() < 0.25:
        made["rate"] = _rate(rng, basis, currency)
    else:
        made["tiers"] = _tiers(rng, by, basis, currency)
    if rng.random() < 0.3:
        made["threshold"] = _threshold(rng, made.get("tiers"), basis, currency)
    if rng.random() < 0.3:
        made["cap"] = money(rng.choice((100, 250, 500, 333)), currency)
    if rng.random() < 0.25:
        made["where"] = _where(rng, wide)
    return made


def _override(rng: Random, currency: str, every: str, wide: bool) -> dict[str, Any]:
    return {**_commission(rng, currency, every, wide), "kind": "override", "of_team": rng.choice(("emea", "uk", "us"))}


def _rate(rng: Random, basis: str, currency: str) -> str:
    return money(Fraction(rng.choice(("0.5", "3", "10", "12.35"))), currency) if basis == "units" else rng.choice(RATES)


def _level(rng: Random, by: str, basis: str, currency: str, place: int) -> str:
    """The place-th level above 0."""
    if by == "attainment":
        return str(rng.choice((("0.25", "0.4", "0.5"), ("0.75", "0.8", "0.9"), ("1", "1.05"), ("1.5", "2"))[place]))
    if basis == "units":
        return str(rng.choice((("2", "2.5"), ("5", "7"), ("10", "12.5"), ("20", "30"))[place]))
    return money(rng.choice(((1000, 2500), (5000, 9000), (10000, 12345), (20000, 30000))[place]), currency)


def _tiers(rng: Random, by: str, basis: str, currency: str) -> dict[str, Any]:
    places = sorted(rng.sample(range(4), rng.randint(0, 3)))
    levels = ["0", *(_level(rng, by, basis, currency, place) for place in places)]
    rates = [_rate(rng, basis, currency) for _level_ in levels]
    if rng.random() < 0.7:
        rates.sort(key=Fraction)
    tiers = {"by": by, "mode": rng.choice(("marginal", "retroactive"))}
    if by == "attainment":
        tiers["of"] = rng.choice(("won_revenue", "won_revenue", "deals_won"))
    return {**tiers, "steps": [{"from": level, "rate": rate} for level, rate in zip(levels, rates, strict=True)]}


def _threshold(rng: Random, tiers: dict[str, Any] | None, basis: str, currency: str) -> dict[str, Any]:
    made: dict[str, Any] = {"pays_from": rng.choice(("zero", "threshold"))}
    by = tiers["by"] if tiers else "amount"
    if tiers is None or rng.random() < 0.2:
        by = made["by"] = rng.choice(("amount", "attainment"))
        if by == "attainment":
            made["of"] = "won_revenue"
    return {"at": _level(rng, by, basis, currency, rng.randrange(2)), **made}


def _where(rng: Random, wide: bool) -> dict[str, Any]:
    choices: dict[str, Any] = {
        "deal_kind": KINDS, "product": tuple(FAMILIES), "product_family": ("Hardware", "Software", "Services"),
    }  # fmt: skip
    if wide:
        choices |= {"pipeline": PIPELINES, "channel": CHANNELS}
    return {key: some(rng, choices[key]) for key in some(rng, sorted(choices))}


def _bonus(rng: Random, currency: str, every: str, _wide: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "bonus", "pays": money(rng.choice((1000, 250, Fraction("99.99"))), currency)}
    made["metric"] = rng.choice(("win_rate", "won_revenue"))
    levels = ("0.2", "0.35", "0.5") if made["metric"] == "win_rate" else ("5000", "10000.50")
    made[rng.choice(("at_least", "at_least", "at_most"))] = rng.choice(levels)
    if rng.random() < 0.7:
        made["every"] = rng.choice(("month", "quarter", "year"))
    if rng.random() < 0.5:
        made["min_n"] = rng.choice(("1", "5", "8"))
    return made


def _spiff(rng: Random, currency: str, _every: str, wide: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": "spiff", "per_deal": money(rng.choice((200, Fraction("100.01"), 50)), currency)}
    first = datetime.date(2026, 1, 1) + datetime.timedelta(days=rng.randrange(250))
    if rng.random() < 0.5:
        made["from"] = str(first)
    if rng.random() < 0.5:
        made["to"] = str(first + datetime.timedelta(days=rng.randrange(200)))
    if rng.random() < 0.5:
        made["split"] = rng.choice(("share", "full"))
    if rng.random() < 0.3:
        made["cap"] = money(rng.choice((300, 500)), currency)
    if rng.random() < 0.3:
        made["where"] = _where(rng, wide)
    return made


def _draws(rng: Random, currency: str, every: str) -> list[dict[str, Any]]:
    """One, or two one after the other, so that no two hold on a day."""
    edge = datetime.date(2026, rng.randint(1, 6), rng.choice((1, 1, 16)))
    amount = money(rng.choice((2000, 500, Fraction("500.01"), Fraction("333.33"))), currency)
    first: dict[str, Any] = {"name": "Guarantee", "kind": "draw", "amount": amount, "every": every}
    if rng.random() < 0.6:
        first["from"] = str(edge)
    if rng.random() < 0.4:
        first["recoverable"] = rng.choice(("true", "false"))
    if rng.random() < 0.7:
        end = edge + datetime.timedelta(days=rng.choice((30, 75, 120)))
        first["to"] = str(end)
        if rng.random() < 0.3:
            second = {**first, "name": "Bridge", "from": str(end + datetime.timedelta(days=rng.choice((1, 40))))}
            second.pop("to")
            return [first, second]
    return [first]
