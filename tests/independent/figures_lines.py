"""Figures of what was sold: products, prices, costs."""

import datetime
from fractions import Fraction

from tests.independent.deals import Line, State
from tests.independent.figures import Book, counted, figure, money, nothing
from tests.independent.figures_deals import closed, first_close, owned
from tests.independent.tables import DAY, Answer, Ask, divided, months_on


def sold(b: Book, a: Ask, *, credits: bool) -> list[tuple[State, Line]]:
    """The lines of deals won, of the owner at the close."""
    found = []
    for s in closed(b, a):
        if s.outcome == "won" and (credits or s.kind != "credit"):
            found += [(s, line) for line in lines(b, s)]
    return found


def lines(b: Book, s: State) -> list[Line]:
    kept = b.kept.setdefault("lines", {})
    key = (s.deal, s.closed_on, str(s.lines), s.rate)
    if key not in kept:
        kept[key] = b.deals.lines_of(s)
    return kept[key]


@figure("units_sold")
def units_sold(b: Book, a: Ask) -> Answer:
    rows = sold(b, a, credits=True)
    total = sum(-line.units if s.kind == "credit" else line.units for s, line in rows)
    return counted(b, a, total, None if rows else 0, first_close(b, a))


@figure("discount_rate")
def discount_rate(b: Book, a: Ask) -> Answer:
    rows = [line for _s, line in sold(b, a, credits=False) if line.listed is not None]
    listed, net = sum(line.listed for line in rows), sum(line.net for line in rows)
    return divided(money(b, listed - net), money(b, listed))


@figure("price_realisation")
def price_realisation(b: Book, a: Ask) -> Answer:
    rows = [(s, line) for s, line in sold(b, a, credits=True) if line.listed is not None]
    listed = sum(line.listed for s, line in rows if s.kind != "credit")
    net = sum(line.net for _s, line in rows)
    return divided(money(b, net), money(b, listed))


def profit(b: Book, s: State) -> tuple[int, int]:
    """(net value of lines with a known cost, what is left of it after the cost); a credit note's came back at cost."""
    known = [line for line in lines(b, s) if line.cost is not None]
    sign = -1 if s.kind == "credit" else 1
    net = sum(line.net for line in known)
    return net, net - sign * sum(line.cost for line in known)


def profits(b: Book, a: Ask) -> tuple[int, int]:
    """Both for the whole deals of the owner."""
    rows = [profit(b, s) for s in closed(b, a) if s.outcome == "won"]
    return sum(net for net, _left in rows), sum(left for _net, left in rows)


def credited_profit(b: Book, a: Ask) -> tuple[int, int]:
    """Profit by share, and of how many deals."""
    total, deals = 0, 0
    for s in b.deals.at(a.as_of):
        if s.outcome == "won" and a.holds(s.closed_on) and lines(b, s):
            left = profit(b, s)[1]
            mine = [part for rep, team, part in b.deals.shares(s, left) if a.scope.has(rep, team)]
            total, deals = total + sum(mine), deals + bool(mine)
    return total, deals


@figure("gross_profit")
def gross_profit(b: Book, a: Ask) -> Answer:
    total, deals = credited_profit(b, a)
    found = counted(b, a, total, deals, first_close(b, a), unit=b.minor)
    return Answer(found.value)


@figure("gross_margin_pct")
def gross_margin_pct(b: Book, a: Ask) -> Answer:
    net, left = profits(b, a)
    return divided(money(b, left), money(b, net)) if net > 0 else Answer(None)


@figure("product_revenue_share")
def product_revenue_share(b: Book, a: Ask) -> Answer:
    whole = owned(a, b.deals.at(a.as_of))
    return Answer(Fraction(1) if whole > 0 else None)


@figure("new_product_revenue_share")
def new_product_revenue_share(b: Book, a: Ask) -> Answer:
    if "launched" not in b.kept:
        rows = b.tables.rows("pipeline_product")
        b.kept["launched"] = {
            int(r["id"]): r["launched_on"] and datetime.date.fromisoformat(r["launched_on"]) for r in rows
        }
    young = 0
    for s, line in sold(b, a, credits=True):
        launched = b.kept["launched"].get(line.product)
        young += line.net if launched and s.closed_on <= months_on(launched, 12) else 0
    whole = owned(a, b.deals.at(a.as_of))
    return divided(money(b, young), money(b, whole)) if whole > 0 else Answer(None)


@figure("revenue_per_product")
def revenue_per_product(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    rows = sold(b, a, credits=True)
    rows = [(s, line) for s, line in rows if line.product]
    products = {line.product for s, line in rows if s.kind != "credit"}
    return divided(money(b, sum(line.net for _s, line in rows)), len(products))


@figure("cross_sell_rate")
def cross_sell_rate(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    if "family" not in b.kept:
        b.kept["family"] = {int(r["id"]): r["family"] for r in b.tables.rows("pipeline_product")}
    before, bought, seller = {}, {}, {}
    for s in sorted(b.deals.at(a.as_of), key=lambda s: (s.closed_on or datetime.date.max, s.deal)):
        if not s.is_sale or s.account is None or s.base == 0:
            continue
        families = {b.kept["family"].get(line.product) for line in lines(b, s)} - {"", None}
        if s.closed_on < a.start:
            before.setdefault(s.account, set()).update(families)
            seller[s.account] = s
        elif a.holds(s.closed_on):
            bought.setdefault(s.account, set()).update(families)
    recent = [
        account for account, s in seller.items()
        if s.closed_on >= a.start - 365 * DAY and a.scope.has(s.owner, s.team)
    ]  # fmt: skip
    new = sum(bool(bought.get(account, set()) - before[account]) for account in recent)
    return divided(new, len(recent), len(recent))
