"""Figures of deals won, lost, opened and open."""

import datetime
from collections import defaultdict

from tests.independent.deals import State
from tests.independent.figures import Book, counted, figure, money, nothing
from tests.independent.tables import DAY, Answer, Ask, divided, median, months_on


def closed(b: Book, a: Ask) -> list[State]:
    """Deals closed in the period, of the owner at the close."""
    return [s for s in b.deals.at(a.as_of) if a.holds(s.closed_on) and a.scope.has(s.owner, s.team)]


def sales(b: Book, a: Ask) -> list[State]:
    return [s for s in closed(b, a) if s.is_sale]


def credited(b: Book, a: Ask, states: list[State] | None = None) -> tuple[int, int]:
    """Minor units of won deals credited to the scope, and how many deals these are."""
    total, deals = 0, 0
    for s in b.deals.at(a.as_of) if states is None else states:
        if s.outcome != "won" or not a.holds(s.closed_on):
            continue
        if a.scope.kind == "company":
            total, deals = total + (s.base or 0), deals + 1
            continue
        mine = [part for rep, team, part in b.deals.shares(s, s.base or 0) if a.scope.has(rep, team)]
        total, deals = total + sum(mine), deals + bool(mine)
    return total, deals


def owned(a: Ask, states: list[State]) -> int:
    """Minor units of won deals, whole deals of the owner at the close: both sides of a rate."""
    return sum(
        s.base or 0 for s in states if s.outcome == "won" and a.holds(s.closed_on) and a.scope.has(s.owner, s.team)
    )


def first_close(b: Book, a: Ask) -> datetime.date | None:
    """The first day on which any deal was closed."""
    return min((s.closed_on for s in b.deals.at(a.as_of) if s.closed_on), default=None)


@figure("won_revenue", "revenue_by_channel", "revenue_by_product")
def won_revenue(b: Book, a: Ask) -> Answer:
    total, deals = credited(b, a)
    return counted(b, a, total, deals, first_close(b, a), unit=b.minor)


@figure("revenue_growth")
def revenue_growth(b: Book, a: Ask) -> Answer:
    length = a.end - a.start
    kind = b.kind_of(a)
    start = {"month": 1, "quarter": 3, "year": 12}.get(kind)
    before = months_on(a.start, -start) if start else a.start - length
    end = a.start
    if a.end - DAY > a.as_of >= a.start:
        end = min(end, before + (a.as_of - a.start) + DAY)
    now, then = won_revenue(b, a), won_revenue(b, Ask(a.scope, before, end, a.as_of))
    if now.value is None or then.value is None or then.value <= 0:
        return Answer(None, None, None, None)
    return Answer((now.value - then.value) / then.value)


@figure("deals_won")
def deals_won(b: Book, a: Ask) -> Answer:
    found = len(sales(b, a))
    return counted(b, a, found, found, first_close(b, a))


@figure("deals_closed")
def deals_closed(b: Book, a: Ask) -> Answer:
    found = sum(s.is_decided for s in closed(b, a))
    return counted(b, a, found, found, first_close(b, a))


@figure("average_deal_size")
def average_deal_size(b: Book, a: Ask) -> Answer:
    known = [s.base for s in sales(b, a) if s.base is not None]
    return divided(money(b, sum(known)), len(known), len(known))


@figure("aov")
def aov(b: Book, a: Ask) -> Answer:
    known = [s.base for s in sales(b, a) if s.base is not None]
    back = [s.base for s in closed(b, a) if s.outcome == "won" and s.kind == "credit" and s.base is not None]
    return divided(money(b, sum(known) + sum(back)), len(known))


@figure("median_deal_size")
def median_deal_size(b: Book, a: Ask) -> Answer:
    known = [s.base for s in sales(b, a) if s.base is not None]
    value = median(known)
    value = None if value is None else value / b.minor
    return Answer(value, value, None, len(known))


@figure("win_rate")
def win_rate(b: Book, a: Ask) -> Answer:
    decided = [s for s in closed(b, a) if s.is_decided]
    return divided(sum(s.outcome == "won" for s in decided), len(decided), len(decided))


@figure("win_loss_ratio")
def win_loss_ratio(b: Book, a: Ask) -> Answer:
    decided = [s for s in closed(b, a) if s.is_decided]
    won = sum(s.outcome == "won" for s in decided)
    return divided(won, len(decided) - won, len(decided))


@figure("win_rate_value")
def win_rate_value(b: Book, a: Ask) -> Answer:
    decided = [s for s in closed(b, a) if s.is_decided and s.base is not None and s.base >= 0]
    won = sum(s.base for s in decided if s.outcome == "won")
    return divided(money(b, won), money(b, sum(s.base for s in decided)))


@figure("loss_reason_share")
def loss_reason_share(b: Book, a: Ask) -> Answer:
    lost = sum(s.is_decided and s.outcome == "lost" for s in closed(b, a))
    return divided(lost, lost, lost)


@figure("sales_cycle_length")
def sales_cycle_length(b: Book, a: Ask) -> Answer:
    known = [(s.closed_on - s.opened_on).days for s in sales(b, a) if s.opened_on]
    return divided(sum(known), len(known), len(known))


@figure("sales_cycle_median")
def sales_cycle_median(b: Book, a: Ask) -> Answer:
    known = [(s.closed_on - s.opened_on).days for s in sales(b, a) if s.opened_on]
    value = median(known)
    return Answer(value, value, None, len(known))


@figure("time_to_close")
def time_to_close(b: Book, a: Ask) -> Answer:
    days = [
        (s.closed_on - b.tables.day(b.deals.leads[s.deal]["created_at"])).days
        for s in sales(b, a)
        if s.deal in b.deals.leads
    ]
    value = median(days)
    return Answer(value, value, None, len(days))


# --- customers by their deals


@figure("new_customers")
def new_customers(b: Book, a: Ask) -> Answer:
    firsts = b.first_wins(a.as_of)
    found = sum(a.holds(s.closed_on) and a.scope.has(s.owner, s.team) for s in firsts.values())
    return counted(b, a, found, found, first_close(b, a))


def _customer_revenue(b: Book, a: Ask, new: bool) -> Answer:
    firsts = b.first_wins(a.as_of)
    won = [s for s in b.deals.at(a.as_of) if s.outcome == "won" and s.account]
    some = [s for s in won if s.account in firsts and
            ((s.closed_on - firsts[s.account].closed_on).days <= 365) == new]  # fmt: skip
    both = [s for s in won if s.account in firsts]
    top, bottom = owned(a, some), owned(a, both)
    return divided(money(b, top), money(b, bottom)) if bottom > 0 else Answer(None, money(b, top), money(b, bottom))


@figure("new_customer_revenue_share")
def new_customer_revenue_share(b: Book, a: Ask) -> Answer:
    return _customer_revenue(b, a, True)


@figure("existing_customer_revenue_share")
def existing_customer_revenue_share(b: Book, a: Ask) -> Answer:
    return _customer_revenue(b, a, False)


@figure("key_account_revenue_share")
def key_account_revenue_share(b: Book, a: Ask) -> Answer:
    top = owned(a, [s for s in b.deals.at(a.as_of) if s.is_key])
    bottom = owned(a, b.deals.at(a.as_of))
    return divided(money(b, top), money(b, bottom)) if bottom > 0 else Answer(None, money(b, top), money(b, bottom))


@figure("unknown_source_share")
def unknown_source_share(b: Book, a: Ask) -> Answer:
    top = owned(a, [s for s in b.deals.at(a.as_of) if s.channel is None])
    bottom = owned(a, b.deals.at(a.as_of))
    return divided(money(b, top), money(b, bottom)) if bottom > 0 else Answer(None, money(b, top), money(b, bottom))


@figure("partner_sourced_revenue")
def partner_sourced_revenue(b: Book, a: Ask) -> Answer:
    found = [s for s in b.deals.at(a.as_of) if b.channels.get(s.channel) in ("partner", "referral")]
    return counted(b, a, *credited(b, a, found), first_close(b, a), unit=b.minor)


@figure("revenue_per_customer")
def revenue_per_customer(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    won = [s for s in b.deals.at(a.as_of) if s.outcome == "won" and s.account]
    bought = {s.account for s in sales(b, a) if s.account and s.base != 0}
    mine = [s for s in won if a.scope.has(s.owner, s.team) and a.holds(s.closed_on)]
    total = sum(s.base or 0 for s in mine)
    return divided(money(b, total), len(bought), len(bought))


@figure("demo_to_win_rate")
def demo_to_win_rate(b: Book, a: Ask) -> Answer:
    shown = defaultdict(list)
    for act in b.activities:
        if act.kind == "demo" and act.deal and act.done_on and act.happened:
            shown[act.deal].append(act.done_on)
    found = [s for s in closed(b, a) if s.is_decided and any(day <= s.closed_on for day in shown[s.deal])]
    return divided(sum(s.outcome == "won" for s in found), len(found), len(found))


@figure("touches_per_win")
def touches_per_win(b: Book, a: Ask) -> Answer:
    found = sales(b, a)
    total = 0
    for s in found:
        lead = b.deals.leads.get(s.deal)
        own = [*b.activities_on("deal", s.deal), *(b.activities_on("lead", int(lead["id"])) if lead else ())]
        own = list({act.order[1]: act for act in own}.values())
        total += sum(
            act.kind in ("call", "email", "meeting", "demo", "proposal") and act.happened
            and act.done_on is not None and act.done_on <= s.closed_on
            for act in own
        )  # fmt: skip
    return divided(total, len(found), len(found))
