"""A case as text, in the format of ``tests/data/incentives``, read as the document says: decimal text, exactly."""

import datetime
import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.independent.pay.calendar_units import DAY, MONTHS, Span, unit_around

DECIMALS = {"JPY": 0, "KWD": 3}
EVER = Span(datetime.date.min, datetime.date.max)


@dataclass(frozen=True)
class Deal:
    """What the file says, with the time and the day in the company's zone."""

    id: str
    closed_at: datetime.datetime
    closed_on: datetime.date
    raw: dict[str, Any] = field(compare=False)

    @property
    def currency(self) -> str:
        return self.raw["currency"]

    @property
    def amount(self) -> Fraction | None:
        return number(self.raw.get("amount"))


def number(text: Any) -> Fraction | None:
    """None for what is left out or empty."""
    return None if text in (None, "", "null") else Fraction(str(text))


def day_of(text: str | None, default: datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(text[:10]) if text else default


def to_minor(value: Fraction, currency: str) -> int:
    """In minor units, half to even."""
    scaled = value * 10 ** DECIMALS.get(currency, 2)
    below = math.floor(scaled)
    rest = scaled - below
    if rest == Fraction(1, 2):
        return below + below % 2
    return below + (rest > Fraction(1, 2))


def to_major(minor: int, currency: str) -> Fraction:
    return Fraction(minor, 10 ** DECIMALS.get(currency, 2))


class Case:
    """Plans and facts with what the document leaves to be looked up: days, rates, teams, targets, figures."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.facts = facts = case["facts"]
        self.plans: list[dict[str, Any]] = case["plans"]
        self.base: str = facts["base_currency"]
        self.zone = ZoneInfo(facts["zone"])
        self.fiscal_start = int(facts.get("fiscal_year_start", 1))
        self.reps = {rep["email"]: rep for rep in facts["reps"]}
        self.parents = {team["slug"]: team.get("parent") for team in facts.get("teams", [])}
        self.products = {product["name"]: product for product in facts.get("products", [])}
        self.deals = sorted(
            (self._deal(one) for one in facts["deals"] if one.get("outcome", "won") == "won"),
            key=lambda deal: (deal.closed_at, deal.id),
        )

    def _deal(self, raw: dict[str, Any]) -> Deal:
        moment = datetime.datetime.fromisoformat(raw["closed_at"])
        at = moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment.astimezone(self.zone)
        return Deal(raw["id"], at.astimezone(datetime.UTC), at.date(), {"currency": self.base, "kind": "new", **raw})

    def employed(self, rep: str) -> Span:
        one = self.reps[rep]
        return Span(day_of(one.get("hired_on"), EVER.first), day_of(one.get("left_on"), EVER.last))

    def team_on(self, rep: str, day: datetime.date) -> str | None:
        """The team of a rep on a day; memberships, where there are none the one in the list of reps."""
        held = [one for one in self.facts.get("memberships", []) if one["rep"] == rep]
        for one in held:
            if day in Span(day_of(one.get("starts_on"), EVER.first), day_of(one.get("ends_on"), EVER.last)):
                return str(one["team"])
        return None if held else self.reps[rep].get("team")

    def teams_above(self, team: str | None) -> list[str]:
        """The team and those above it, the nearest first."""
        found: list[str] = []
        while team:
            found.append(team)
            team = self.parents[team]
        return found

    def to_base(self, currency: str, day: datetime.date) -> Fraction | None:
        """Units of the base currency for one: the newest rate on or before the day; None: no such rate."""
        if currency == self.base:
            return Fraction(1)
        known = [one for one in self.facts.get("rates", []) if one["currency"] == currency and one["day"] <= str(day)]
        return Fraction(max(known, key=lambda one: one["day"])["rate"]) if known else None

    def cross(self, source: str, target: str, day: datetime.date) -> Fraction | None:
        """Units of ``target`` for one of ``source``, over the base currency, not rounded."""
        if source == target:
            return Fraction(1)
        top, bottom = self.to_base(source, day), self.to_base(target, day)
        return None if top is None or bottom is None else top / bottom

    def targets(self, metric: str, scope: str) -> dict[Span, Fraction]:
        """What is set for a scope, by its days."""
        wanted = [one for one in self.facts.get("targets", []) if (one["metric"], one["scope"]) == (metric, scope)]
        return {self.period(one["period"]): Fraction(one["value"]) for one in wanted}

    def period(self, name: str) -> Span:
        """A month, quarter or year by its name."""
        fiscal = name.startswith("FY")
        year, _dash, part = name.removeprefix("FY").partition("-")
        offset = self.fiscal_start - 1 if fiscal else 0
        first = datetime.date(int(year) - (offset > 0), offset + 1, 1)
        if part.startswith("Q"):
            for _number in range(int(part[1:]) - 1):
                first = unit_around(first, "quarter", offset + 1).last + DAY
            return unit_around(first, "quarter", offset + 1)
        if part:
            return unit_around(first.replace(month=int(part)), "month", 1)
        return unit_around(first, "year", offset + 1)

    def figure(self, metric: str, rep: str, period: Span) -> tuple[Fraction, int] | None:
        """The given figure with its n; None: no figure."""
        for one in self.facts.get("figures", []):
            if (one["metric"], one["rep"]) == (metric, rep) and self.period(one["period"]) == period:
                return Fraction(int(one["numerator"]), int(one["denominator"])), int(one["n"])
        return None


def unit_length(span: Span) -> int:
    """Months in a month, quarter or year."""
    months = (span.last.year - span.first.year) * 12 + span.last.month - span.first.month + 1
    return months if months in MONTHS.values() else 0
