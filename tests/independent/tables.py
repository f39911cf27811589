"""What the exported tables say, read with the rules that all figures share: days, money, teams, periods."""

import bisect
import csv
import datetime
import json
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

DAY = datetime.timedelta(days=1)
LONG_AGO = datetime.date(1, 1, 1)
FAR = datetime.date(9999, 1, 1)
MINOR = {"JPY": 1, "KWD": 1000}


@dataclass(frozen=True)
class Scope:
    """company, team or rep; ``teams`` holds a team and all below it."""

    kind: str
    id: int = 0
    teams: frozenset = frozenset()

    def has(self, rep: int | None, team: int | None) -> bool:
        if self.kind == "company":
            return True
        return rep == self.id if self.kind == "rep" else team in self.teams


@dataclass(frozen=True)
class Ask:
    """Days from ``start`` to before ``end``, seen at the end of ``as_of``; ``age``: of cohorts, months later."""

    scope: Scope
    start: datetime.date
    end: datetime.date
    as_of: datetime.date
    age: int | None = None

    def holds(self, day: datetime.date | None) -> bool:
        return day is not None and self.start <= day < self.end and day <= self.as_of

    @property
    def level_day(self) -> datetime.date:
        """The day at whose end levels are read."""
        return min(self.end - DAY, self.as_of)

    @property
    def begun(self) -> bool:
        return self.start <= self.as_of


@dataclass(frozen=True)
class Answer:
    """None where a figure does not exist; ``n`` None where the documents leave it open."""

    value: Fraction | None
    top: Fraction | None = None
    bottom: Fraction | None = None
    n: int | None = None


def divided(top, bottom, n=None, *, times=1) -> Answer:
    """Both parts kept, divided last, nothing on nothing."""
    return Answer(Fraction(top) * times / Fraction(bottom) if bottom else None, top, bottom, n)


def half_even(number: Fraction) -> int:
    return round(Fraction(number))


def months_on(day: datetime.date, months: int) -> datetime.date:
    """Some months on, cut to the length of the month."""
    index = day.year * 12 + day.month - 1 + months
    first = datetime.date(index // 12, index % 12 + 1, 1)
    following = datetime.date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def median(values: list) -> Fraction | None:
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return Fraction(ordered[middle]) if len(ordered) % 2 else Fraction(ordered[middle - 1] + ordered[middle], 2)


def largest_remainder(total: int, weights: list) -> list[int]:
    """Whole parts of ``total`` by weights; what is left over goes where most was cut off."""
    exact = [Fraction(total) * weight / sum(weights) for weight in weights]
    parts = [int(part // 1) for part in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


class Tables:
    """The files of a folder, a list of dictionaries each, and the common rules on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        company = self.rows("accounts_company")[0]
        self.zone = ZoneInfo(company["time_zone"])
        self.base = company["base_currency"]
        self.weekdays = {int(number) for number in company["working_weekdays"]}
        self.max_age = int(company["rate_max_age_days"])
        self.memberships = defaultdict(list)
        for row in self.rows("accounts_teammembership"):
            self.memberships[int(row["rep_id"])].append(
                (date_of(row["starts_on"]) or LONG_AGO, date_of(row["ends_on"]) or FAR, int(row["team_id"]))
            )
        self.quotes = defaultdict(list)
        for row in self.rows("accounts_exchangerate"):
            self.quotes[row["base"], row["currency"]].append((date_of(row["day"]), Fraction(row["rate"])))
        for found in self.quotes.values():
            found.sort()

    def rows(self, table: str) -> list[dict]:
        with (self.folder / f"{table}.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def reps(self) -> dict[int, dict]:
        return {int(row["id"]): row for row in self.rows("accounts_rep")}

    @cached_property
    def holidays(self) -> set[datetime.date]:
        return {date_of(row["day"]) for row in self.rows("accounts_holiday")}

    def scopes(self) -> list[Scope]:
        teams = {int(row["id"]): number(row["parent_id"]) for row in self.rows("accounts_team")}
        found = [Scope("company")]
        for team in teams:
            below, grown = {team}, True
            while grown:
                more = {pk for pk, parent in teams.items() if parent in below} - below
                below, grown = below | more, bool(more)
            found.append(Scope("team", team, frozenset(below)))
        return found + [Scope("rep", rep) for rep in self.reps]

    def day(self, instant: str) -> datetime.date | None:
        """The company's day of an instant."""
        return moment(instant).astimezone(self.zone).date() if instant else None

    def team_on(self, rep: int | None, day: datetime.date) -> int | None:
        return next((team for start, end, team in self.memberships.get(rep, ()) if start <= day <= end), None)

    def rate(self, currency: str, day: datetime.date) -> Fraction | None:
        """Units of the base currency for one of another, by the newest quotes that are young enough."""
        if currency == self.base:
            return Fraction(1)
        for base in dict.fromkeys((self.base, "EUR", *(base for base, _currency in self.quotes))):
            ours, theirs = self._quoted(base, self.base, day), self._quoted(base, currency, day)
            if ours is not None and theirs is not None:
                return ours / theirs
        return None

    def _quoted(self, base: str, currency: str, day: datetime.date) -> Fraction | None:
        """Units of a currency for one of the quotes' base."""
        if currency == base:
            return Fraction(1)
        quotes = self.quotes.get((base, currency), [])
        place = bisect.bisect_right(quotes, (day, Fraction(10**12))) - 1
        if place < 0 or (day - quotes[place][0]).days > self.max_age:
            return None
        return quotes[place][1]

    def to_base(self, minor, currency: str, rate: Fraction | None) -> int | None:
        """Minor units of a currency as whole minor units of the base currency."""
        if rate is None:
            return None
        return half_even(Fraction(minor) / MINOR.get(currency, 100) * rate * MINOR.get(self.base, 100))

    def working_days(self, start: datetime.date, end: datetime.date) -> int:
        """Working days from ``start`` to before ``end``."""
        days = (start + i * DAY for i in range((end - start).days))
        return sum(day.isoweekday() in self.weekdays and day not in self.holidays for day in days)


def number(text: str) -> int | None:
    return int(text) if text else None


def date_of(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text[:10]) if text else None


def moment(text: str) -> datetime.datetime:
    there = datetime.datetime.fromisoformat(text)
    return there if there.tzinfo else there.replace(tzinfo=datetime.UTC)


def patch_of(text: str) -> dict:
    read = json.loads(text)
    return json.loads(read) if isinstance(read, str) else read
