"""Figures of cohorts: who began in a period, and what became of them so many calendar months later."""

import datetime
from collections import defaultdict

from tests.independent.figures import Book, figure, money, nothing
from tests.independent.figures_customers import mine, mrr_at, purchases
from tests.independent.tables import DAY, Answer, Ask, divided, months_on


def month_end(day: datetime.date, months: int = 0) -> datetime.date:
    """The last day of the month that is so many months after a day's own."""
    return months_on(day.replace(day=1), months + 1) - DAY


def last_day(a: Ask, born: datetime.date) -> datetime.date | None:
    """The day at whose end who began then is looked at: that of the age asked for, else of the last month that is over.

    None for who is not that old; the month of the beginning itself is no age.
    """
    if a.age is None:
        over = a.as_of if a.as_of == month_end(a.as_of) else month_end(a.as_of, -1)
        return over if over > month_end(born) else None
    then = month_end(born, a.age)
    return then if a.age > 0 and then <= a.as_of else None


def bought_days(b: Book, as_of: datetime.date) -> dict[int, list[datetime.date]]:
    """The days of each account's purchases, the first one first."""
    kept = b.kept.setdefault("bought_days", {})
    if as_of not in kept:
        kept[as_of] = defaultdict(list)
        for s in purchases(b, as_of):
            kept[as_of][s.account].append(s.closed_on)
        for days in kept[as_of].values():
            days.sort()
    return kept[as_of]


def buyers(b: Book, a: Ask) -> list[tuple[int, datetime.date]]:
    """The accounts of the scope that bought first in the period and are old enough, each with its last day."""
    firsts = {account: days[0] for account, days in bought_days(b, a.as_of).items()}
    mature = [(pk, last_day(a, firsts[pk])) for pk in mine(b, a, firsts) if a.holds(firsts[pk])]
    return [(pk, last) for pk, last in mature if last]


@figure("cohort_retention")
def cohort_retention(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    found = buyers(b, a)
    days = bought_days(b, a.as_of)
    active = [pk for pk, last in found if mrr_at(b, last).get(pk) or any(_in_month(day, last) for day in days[pk])]
    return divided(len(active), len(found), len(found))


def _in_month(day: datetime.date, last: datetime.date) -> bool:
    return last.replace(day=1) <= day <= last


@figure("cohort_value")
def cohort_value(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    if ("paid", a.as_of) not in b.kept:
        paid = b.kept["paid", a.as_of] = defaultdict(list)
        for s in b.deals.at(a.as_of):
            if s.outcome == "won" and s.base is not None:
                paid[s.account].append((s.closed_on, s.base))
    paid, found = b.kept["paid", a.as_of], buyers(b, a)
    total = sum(minor for pk, last in found for day, minor in paid[pk] if day <= last)
    return divided(money(b, total), len(found), len(found))


def beginnings(b: Book, as_of: datetime.date) -> dict[int, tuple[datetime.date, int]]:
    """Of each account the day from which it brought something that lasted to the end of the month, and how much then.

    Who has had no month with something at its end is not in it.
    """
    kept = b.kept.setdefault("beginnings", {})
    if as_of not in kept:
        kept[as_of] = {}
        for account in {row[0] for row in b.subscriptions}:
            end = month_end(min(row[2] for row in b.subscriptions if row[0] == account))
            while end <= as_of and not mrr_at(b, end).get(account):
                end = month_end(end, 1)
            if end <= as_of:
                day = end
                while mrr_at(b, day - DAY).get(account):
                    day -= DAY
                kept[as_of][account] = (day, mrr_at(b, end)[account])
    return kept[as_of]


def subscribers(b: Book, a: Ask) -> list[tuple[int, int]]:
    """Minor units that each account of the cohort brought first, and those that it brings at its age."""
    found = beginnings(b, a.as_of)
    mature = [(pk, last_day(a, found[pk][0])) for pk in mine(b, a, found) if a.holds(found[pk][0])]
    return [(found[pk][1], mrr_at(b, last).get(pk, 0)) for pk, last in mature if last]


@figure("cohort_nrr")
def cohort_nrr(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    found = subscribers(b, a)
    return divided(money(b, sum(now for _first, now in found)), money(b, sum(first for first, _now in found)))


@figure("cohort_grr")
def cohort_grr(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    found = subscribers(b, a)
    return divided(money(b, sum(min(pair) for pair in found)), money(b, sum(first for first, _now in found)))
