"""The list of figures that the second program knows, and the book that they read."""

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from tests.independent.deals import Deals, State
from tests.independent.tables import DAY, Answer, Ask, Tables, date_of, months_on, number

FIGURES: dict[str, Callable] = {}


def figure(*slugs: str) -> Callable:
    """Names a function as the second computation of these metrics."""

    def keep(function: Callable) -> Callable:
        FIGURES.update(dict.fromkeys(slugs, function))
        return function

    return keep


@dataclass(frozen=True)
class Act:
    """An activity."""

    kind: str
    owner: int
    team: int | None
    done_on: datetime.date | None
    due_on: datetime.date | None
    minutes: int | None
    direction: str
    outcome: str
    automated: bool
    lead: int | None
    deal: int | None
    contact: int | None
    subject: str
    order: tuple

    @property
    def happened(self) -> bool:
        """Done by a person, and somebody was there."""
        return self.done_on is not None and not self.automated and self.outcome != "no_show"


class Book:
    """Everything that the figures read."""

    def __init__(self, folder: Path) -> None:
        self.tables = Tables(folder)
        self.deals = Deals(self.tables)
        self.minor = {"JPY": 1, "KWD": 1000}.get(self.tables.base, 100)
        self.channels = {int(row["id"]): row["kind"] for row in self.tables.rows("pipeline_channel")}
        self._firsts = {}
        self._activities = {}
        self.kept = {}

    def kind_of(self, a: Ask) -> str:
        """Which unit of the calendar a period is."""
        for kind, months in (("month", 1), ("quarter", 3), ("year", 12)):
            if a.start.day == 1 and a.end == months_on(a.start, months):
                return kind
        return "week" if (a.end - a.start).days == 7 else "range"

    def void(self, as_of: datetime.date) -> set[int]:
        """Deals that are known to be a duplicate, spam or a test."""
        return {s.deal for s in self.deals.at(as_of) if s.discounted}

    def first_wins(self, as_of: datetime.date) -> dict[int, State]:
        """The deal that made each account a customer: its first win that is no credit note and not worth 0."""
        if as_of not in self._firsts:
            wins = [s for s in self.deals.at(as_of) if s.is_sale and s.account and s.base != 0]
            found: dict[int, State] = {}
            for s in sorted(wins, key=lambda s: (s.closed_on, s.deal)):
                found.setdefault(s.account, s)
            self._firsts[as_of] = found
        return self._firsts[as_of]

    @cached_property
    def left_on(self) -> dict[int, datetime.date | None]:
        return {rep: date_of(row["left_on"]) for rep, row in self.tables.reps.items()}

    def sells(self, rep: int) -> bool:
        return self.tables.reps[rep]["counts_as_capacity"] == "1"

    def days(self, a: Ask) -> list[datetime.date]:
        """The days of the period that have come."""
        return [a.start + i * DAY for i in range((min(a.end, a.as_of + DAY) - a.start).days)]

    def employed(self, a: Ask, day: datetime.date) -> list[int]:
        """Reps of the scope who count as capacity and were employed on the day; the last day of work is one."""
        found = []
        for rep, row in self.tables.reps.items():
            team = self.tables.team_on(rep, day)
            there = (date_of(row["hired_on"]) or day) <= day <= (self.left_on[rep] or day)
            if there and self.sells(rep) and team is not None and a.scope.has(rep, team):
                found.append(rep)
        return found

    @cached_property
    def activities(self) -> list[Act]:
        t = self.tables
        found = []
        for row in t.rows("pipeline_activity"):
            if row["deleted_at"]:
                continue
            done, owner = t.day(row["done_at"]), int(row["owner_id"])
            found.append(Act(
                kind=row["kind"], owner=owner, team=t.team_on(owner, done) if done else None, done_on=done,
                due_on=t.day(row["due_at"]), minutes=number(row["duration_minutes"]), direction=row["direction"],
                outcome=row["outcome"], automated=row["automated"] == "1", lead=number(row["lead_id"]),
                deal=number(row["deal_id"]), contact=number(row["contact_id"]), subject=row["subject"],
                order=(row["done_at"], int(row["id"])),
            ))  # fmt: skip
        return found

    def activities_on(self, what: str, record: int) -> list[Act]:
        """The activities of a deal or a lead."""
        if what not in self._activities:
            found = self._activities[what] = defaultdict(list)
            for act in self.activities:
                found[getattr(act, what)].append(act)
        return self._activities[what].get(record, [])

    @cached_property
    def accounts(self) -> dict[int, tuple[int | None, int | None]]:
        """Owner and team of today of each account."""
        teams = {rep: number(row["team_id"]) for rep, row in self.tables.reps.items()}
        rows = [row for row in self.tables.rows("accounts_account") if not row["deleted_at"]]
        return {int(row["id"]): (number(row["owner_id"]), teams.get(number(row["owner_id"]))) for row in rows}

    @cached_property
    def subscriptions(self) -> list[tuple[int, int, datetime.date, datetime.date | None, int | None]]:
        """(account, minor units a month at the rate of the first day, first day, first day without it, product)."""
        found = []
        for row in self.tables.rows("pipeline_subscription"):
            start = date_of(row["starts_on"])
            minor = Fraction(row["monthly_amount"]) * {"JPY": 1, "KWD": 1000}.get(row["currency"], 100)
            base = self.tables.to_base(minor, row["currency"], self.tables.rate(row["currency"], start))
            found.append((int(row["account_id"]), base or 0, start, date_of(row["ends_on"]), number(row["product_id"])))
        return found


def counted(b: Book, a: Ask, total, n: int | None, first: datetime.date | None, *, unit: int = 1) -> Answer:
    """A sum or count: 0 from the first record of the company on, not known before it and for days to come."""
    if not a.begun or (not n and (first is None or first > a.as_of or a.end <= first)):
        return nothing()
    value = Fraction(total) / unit
    return Answer(value, value, None, n)


def nothing() -> Answer:
    return Answer(None, None, None, 0)


def money(b: Book, minor: int) -> Fraction:
    return Fraction(minor, b.minor)
