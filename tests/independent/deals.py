"""Deals replayed from their events: what each one was at the end of any day."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tests.independent.tables import MINOR, Tables, date_of, half_even, largest_remainder, moment, number, patch_of

CLOSED = ("won", "lost")


@dataclass(frozen=True)
class Line:
    """A product on a deal: list value, net value and cost in minor units of the base currency."""

    product: int | None
    units: Fraction
    net: int
    listed: int | None
    cost: int | None


@dataclass
class State:
    """A deal at the end of a day. Owner, team and the like of a closed deal are those of its closing day."""

    deal: int
    outcome: str
    opened_on: datetime.date | None
    closed_on: datetime.date | None
    owner: int | None
    team: int | None
    amount: int | None
    base: int | None
    stage: int
    pipeline: int
    probability: Fraction
    category: str
    expected_on: datetime.date | None
    kind: str
    reason: int | None
    discounted: bool
    account: int | None
    channel: int | None
    campaign: int | None
    is_key: bool
    currency: str
    rate: Fraction | None
    lines: list
    credits: list

    @property
    def is_sale(self) -> bool:
        """Won, and no credit note."""
        return self.outcome == "won" and self.kind != "credit"

    @property
    def is_decided(self) -> bool:
        """Won or lost in a way that counts."""
        return self.outcome in CLOSED and self.kind != "credit" and not self.discounted


class Deals:
    """All deals of the exported tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.leads = {int(row["deal_id"]): row for row in tables.rows("pipeline_lead") if row["deal_id"]}
        self.by_id = {int(row["id"]): row for row in tables.rows("pipeline_deal") if not row["deleted_at"]}
        self.events = defaultdict(list)
        for row in tables.rows("pipeline_dealevent"):
            if int(row["deal_id"]) in self.by_id:
                day = tables.day(row["effective_at"]) or date_of(row["effective_on"])
                self.events[int(row["deal_id"])].append((day, row["effective_at"] or "~", int(row["id"]), row))
        self.versions = {deal: self._replay(deal, sorted(events)) for deal, events in self.events.items()}
        self._asked = {}

    def at(self, day: datetime.date) -> list[State]:
        """Every deal that is known at the end of the day, as it was then."""
        if day not in self._asked:
            found = []
            for versions in self.versions.values():
                before = [state for since, state in versions if since <= day]
                found += before[-1:]
            self._asked[day] = found
        return self._asked[day]

    def first_state(self, deal: int) -> State:
        return self.versions[deal][0][1]

    def was_mistake(self, deal: int, day: datetime.date) -> bool:
        """Whether a deal that is opened again on a day had been closed less than 24 hours before."""
        shut = None
        for on, _known, _id, row in sorted(self.events[deal]):
            patch = patch_of(row["patch"])
            if on < day and patch.get("closed_at"):
                shut = moment(patch["closed_at"])
            if on == day and patch.get("outcome") == "open" and row["effective_at"] and shut:
                return moment(row["effective_at"]) - shut < datetime.timedelta(hours=24)
        return False

    @cached_property
    def credit_order(self) -> dict[int, str]:
        """By what the first of the credited reps is told: the external id."""
        return {rep: row["external_id"] or "" for rep, row in self.tables.reps.items()}

    def _replay(self, deal: int, events: list) -> list[tuple[datetime.date, State]]:
        now, versions, rate_day, closing = {}, [], None, None
        for i, (day, _known, _id, row) in enumerate(events):
            patch = patch_of(row["patch"])
            now |= patch
            if {"amount_minor", "currency", "outcome"} & set(patch):
                rate_day = day
            if i + 1 < len(events) and events[i + 1][0] == day:
                continue
            if now["outcome"] not in CLOSED:
                closing = None
            elif closing is None:
                closing = (day, dict(now))
            versions.append((day, self._state(deal, day, now, rate_day, closing)))
        return versions

    def _state(self, deal, day, now, rate_day, closing) -> State:
        then = closing[1] if closing else now
        rate = self.tables.rate(now["currency"], rate_day)
        amount = now["amount_minor"]
        lead = self.leads.get(deal)
        opened = moment(now["opened_at"]).astimezone(self.tables.zone).date() if now["opened_at"] else None
        return State(
            deal=deal, outcome=now["outcome"], opened_on=opened, closed_on=closing and closing[0],
            owner=then["owner"], team=self.tables.team_on(then["owner"], closing[0] if closing else day),
            amount=amount, base=None if amount is None else self.tables.to_base(amount, now["currency"], rate),
            stage=now["stage"], pipeline=now["pipeline"], probability=Fraction(now["probability_bp"], 10_000),
            category=now["category"], expected_on=date_of(now["expected_close_on"] or ""), kind=now["kind"],
            reason=now["lost_reason"], discounted=now["outcome"] == "lost" and not now["counts"],
            account=now["account"], channel=then["channel"] or (number(lead["channel_id"]) if lead else None),
            campaign=then["campaign"], is_key=bool(then["is_key"]), currency=now["currency"], rate=rate,
            lines=now["lines"], credits=now["credits"],
        )  # fmt: skip

    def shares(self, state: State, whole: int | None) -> list[tuple[int | None, int | None, int]]:
        """(rep, team, minor units) of what a won deal credits, by largest remainder; ties: the owner."""
        if whole is None:
            return []
        if not state.credits:
            return [(state.owner, state.team, whole)]
        reps = [int(rep) for rep, _share in state.credits]
        exact = [Fraction(share) * abs(whole) for _rep, share in state.credits]
        parts = [int(part // 1) for part in exact]
        order = sorted(
            range(len(reps)), key=lambda i: (parts[i] - exact[i], reps[i] != state.owner, self.credit_order[reps[i]])
        )
        for i in order[: abs(whole) - sum(parts)]:
            parts[i] += 1
        sign = -1 if whole < 0 else 1
        teams = [self.tables.team_on(rep, state.closed_on) for rep in reps]
        return list(zip(reps, teams, (sign * part for part in parts), strict=True))

    @cached_property
    def price_lists(self) -> dict[int, list]:
        """(from which instant, list price, unit cost) of each product."""
        found = defaultdict(list)
        for row in self.tables.rows("pipeline_historicalproduct"):
            found[int(row["id"])].append((moment(row["history_date"]), row["list_price"], row["unit_cost"]))
        for rows in found.values():
            rows.sort()
        return found

    def price(self, product: int, day: datetime.date, which: int) -> str:
        """List price (1) or unit cost (2) of the day; before the first entry the first one."""
        rows = self.price_lists[product]
        past = [row for row in rows if row[0].astimezone(self.tables.zone).date() <= day] or rows[:1]
        return past[-1][which]

    def lines_of(self, state: State) -> list[Line]:
        """What it was sold by; a credit note without lines gives money back and nothing else.

        In the base currency the lines, and what none of them covers, are the deal to the unit.
        """
        minor, base = MINOR.get(state.currency, 100), MINOR.get(self.tables.base, 100)
        if state.kind == "credit" and not state.lines:
            return [Line(None, Fraction(0), state.base or 0, 0, 0)]
        found = []
        nets = [
            half_even(Fraction(quantity) * Fraction(price or 0) * (1 - Fraction(discount)) * minor)
            for _product, quantity, price, discount, _cost in state.lines
        ]
        if state.amount and state.base is not None:
            nets = largest_remainder(state.base, [*nets, state.amount - sum(nets)])
        for (product, quantity, _price, _discount, cost), net in zip(state.lines, nets, strict=False):
            units = Fraction(quantity)
            listed = self.price(product, state.closed_on, 1)
            own = self.price(product, state.closed_on, 2)
            spent = None
            if cost is not None:
                spent = half_even(units * Fraction(cost) * state.rate * base)
            elif own:
                spent = half_even(units * Fraction(own) * base)
            sum_listed = half_even(units * Fraction(listed) * base) if listed else None
            found.append(Line(product, units, net, sum_listed, spent))
        return found
