"""Figures of deals opened and open, and of what moved them."""

import datetime
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

from tests.independent.deals import State
from tests.independent.figures import Book, counted, figure, nothing
from tests.independent.figures_deals import average_deal_size, closed, sales_cycle_length, win_rate
from tests.independent.tables import DAY, Answer, Ask, divided

# --- opened


def opened(b: Book, a: Ask) -> list[tuple[State, State]]:
    """Deals opened in the period: as they were on that day, and as they are."""
    found = []
    for s in b.deals.at(a.as_of):
        if not a.holds(s.opened_on):
            continue
        first = b.deals.first_state(s.deal)
        if a.scope.has(first.owner, first.team):
            found.append((first, s))
    return found


@figure("pipeline_created")
def pipeline_created(b: Book, a: Ask) -> Answer:
    found = [first.base or 0 for first, s in opened(b, a) if not s.discounted]
    days = [s.opened_on for s in b.deals.at(a.as_of) if s.opened_on]
    return counted(b, a, sum(found), len(found), min(days, default=None), unit=b.minor)


@figure("created_win_rate")
def created_win_rate(b: Book, a: Ask) -> Answer:
    found = [s for _first, s in opened(b, a) if not s.discounted and s.kind != "credit"]
    return divided(sum(s.outcome == "won" for s in found), len(found), len(found))


# --- levels


def standing(b: Book, a: Ask) -> list[State]:
    """Deals open at the end of the period."""
    return open_at(b, a, a.level_day)


def goods(found: list[State]) -> list[State]:
    """What is counted: a credit note that is still open lowers the money, never the number of deals."""
    return [s for s in found if s.kind != "credit"]


def open_at(b: Book, a: Ask, day: datetime.date) -> list[State]:
    """Deals open at the end of a day, without those that are known to be duplicates, spam or tests by now."""
    void = b.void(a.as_of)
    return [
        s
        for s in b.deals.at(day)
        if s.outcome == "open" and s.category != "omitted" and s.deal not in void
        and a.scope.has(s.owner, b.tables.team_on(s.owner, day))
    ]  # fmt: skip


def level(b: Book, a: Ask, total: Fraction | int, n: int, unit: int = 1) -> Answer:
    first = min((s.opened_on for s in b.deals.at(a.as_of) if s.opened_on), default=None)
    return counted(b, a, total, n, first, unit=unit)


@figure("open_pipeline")
def open_pipeline(b: Book, a: Ask) -> Answer:
    found = standing(b, a)
    return level(b, a, sum(s.base or 0 for s in found), len(found), b.minor)


@figure("open_deals")
def open_deals(b: Book, a: Ask) -> Answer:
    found = goods(standing(b, a))
    return level(b, a, len(found), len(found))


@figure("weighted_pipeline")
def weighted_pipeline(b: Book, a: Ask) -> Answer:
    found = standing(b, a)
    return level(b, a, sum((s.base or 0) * s.probability for s in found), len(found), b.minor)


@figure("forecast_category_amount")
def forecast_category_amount(b: Book, a: Ask) -> Answer:
    expected = [s.base or 0 for s in open_at(b, a, a.as_of) if s.expected_on and a.start <= s.expected_on < a.end]
    won = [s.base or 0 for s in closed(b, a) if s.outcome == "won"]
    total, n = sum(expected) + sum(won), len(expected) + len(won)
    first = min((s.opened_on for s in b.deals.at(a.as_of) if s.opened_on), default=None)
    if not n and (first is None or a.end <= first):  # of days to come it is known that nothing is expected
        return nothing()
    return Answer(Fraction(total, b.minor), n=n)


@figure("sales_velocity")
def sales_velocity(b: Book, a: Ask) -> Answer:
    rate, size, cycle = (f(b, a).value for f in (win_rate, average_deal_size, sales_cycle_length))
    if not a.begun or rate is None or size is None or not cycle:
        return Answer(None)
    return Answer(len(goods(standing(b, a))) * rate * size / cycle)


@figure("close_date_slippage")
def close_date_slippage(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    now = {s.deal: s for s in b.deals.at(a.level_day)}
    before = goods(open_at(b, a, a.start - DAY))
    expected = [s for s in before if s.expected_on and a.start <= s.expected_on < a.end]
    moved = [s for s in expected if now[s.deal].outcome == "open" and now[s.deal].expected_on and
             now[s.deal].expected_on >= a.end]  # fmt: skip
    return divided(len(moved), len(expected), len(expected))


@figure("contacts_per_open_deal")
def contacts_per_open_deal(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    spoken = defaultdict(set)
    for act in b.activities:
        named = act.deal and act.contact and act.kind in ("call", "email", "meeting", "demo", "proposal")
        if named and act.happened and act.done_on <= a.level_day:
            spoken[act.deal].add(act.contact)
    found = goods(standing(b, a))
    return divided(sum(len(spoken[s.deal]) for s in found), len(found), len(found))


@figure("reopened_deals")
def reopened_deals(b: Book, a: Ask) -> Answer:
    found, void = 0, b.void(a.as_of)
    closes = [day for versions in b.deals.versions.values() for day, s in versions if s.closed_on and day <= a.as_of]
    for versions in b.deals.versions.values():
        for (_before, old), (day, new) in pairwise(versions):
            if old.outcome == "open" or new.outcome != "open" or new.kind == "credit" or new.deal in void:
                continue
            if old.closed_on == day - DAY and b.deals.was_mistake(new.deal, day):
                continue
            found += a.holds(day) and a.scope.has(new.owner, new.team)
    return counted(b, a, found, found, min(closes, default=None))


@figure("pipeline_movement")
def pipeline_movement(b: Book, a: Ask) -> Answer:
    """All moves of a period together are closing less opening."""
    if not a.begun:
        return nothing()
    closing = open_pipeline(b, a).value
    opening = sum(s.base or 0 for s in open_at(b, a, a.start - DAY))
    return Answer(None if closing is None else closing - Fraction(opening, b.minor))
