"""Months are approved and paid while deals change at random through the actions, the paid ones too.

No approved line ever changes, the hashes hold, and all statements together come to what a program that shares nothing
with ours pays for the deals as they stand in the end. HISTORIES in the environment sets how many; a failure prints its
seed.
"""

import datetime
import os
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import yaml
from django.db import transaction

from metrics.actions.plans import add_version, publish_version
from metrics.actions.statements import approve_statements, pay_statement
from metrics.actions.targets import set_target
from metrics.goals.goal import goal_of
from metrics.incentives.documents import terms_of
from metrics.incentives.plan_file import parse_document
from metrics.incentives.verifying import broken_links
from metrics.models import Approval, Statement, StatementLine
from metrics.scopes import Scope
from pipeline.actions.deal_parts import set_credits
from pipeline.actions.deals import assign_deal, change_deal, create_deal, delete_deal
from pipeline.actions.outcomes import lose_deal, reopen_deal, win_deal
from pipeline.models import Deal, LostReason
from tests.cast import Cast
from tests.independent.pay.calendar_units import Span
from tests.independent.pay.case import Case
from tests.independent.pay.statement import statements
from tests.metrics.incentives.by_hand import month
from tests.metrics.incentives.paid_plans import PLANS, Pay

HISTORIES = max(2, int(os.environ.get("HISTORIES", "300")) // 100)
BEGIN = datetime.datetime(2025, 12, 1, 8, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
PAYEES = ("rep", "colleague")
MONTHS = [f"2026-{number:02}" for number in range(1, 6)]


@dataclass
class Said:
    """What this test knows of a deal. ``owners``: from when whose it was. By payee, as his pay sees the deal:

    ``sold``: when, absent where it is not won; ``amounts``; ``approved``: when it was sold by his last approval.
    """

    name: str
    owners: list[tuple[datetime.datetime, str]]
    amounts: dict[str, Decimal]
    sold: dict[str, datetime.datetime] = field(default_factory=dict)
    approved: dict[str, datetime.datetime] = field(default_factory=dict)
    was_sold: bool = False
    is_gone: bool = False
    amount: Decimal = Decimal(0)
    shares: dict[str, str] = field(default_factory=dict)

    def seller(self, who: str) -> str:
        """The owner at the winning, in a payee's eyes."""
        return [owner for since, owner in self.owners if since <= self.sold[who]][-1]

    def is_kept(self, who: str, now: datetime.datetime, window: int | None) -> bool:
        """Whether what undoes the deal now comes too late for what is approved of it."""
        at = self.sold.get(who)
        if window is None or at is None or self.approved.get(who) != at:
            return False
        return (now.date() - at.date()).days > window


class History:
    """Months of deals, changes, approvals and payments; ``said`` by deal and ``targets`` are kept beside them."""

    def __init__(self, cast: Cast, seed: int, pay: Pay) -> None:
        self.pay, self.late = pay, 0
        self.cast, self.rng, self.now = cast, Random(f"paid {seed}"), BEGIN  # noqa: S311
        self.said: dict[int, Said] = {}
        self.targets: dict[tuple[str, str], str] = {}
        self.frozen: dict[tuple[str, int], dict[str, Any]] = {}
        self.approver, self.opened = cast.admin, 0
        self.reason = LostReason.objects.get_or_create(name="Price")[0]

    def publish(self) -> list[dict[str, Any]]:
        """Two versions of a plan for North, the second from 15 March on."""
        made = []
        window = {} if self.pay.window is None else {"clawback_days": self.pay.window}
        for first, draws in zip(("2026-01-01", "2026-03-15"), self.pay.draws, strict=True):
            plan = {
                "name": "AE", "currency": "EUR", "statement_every": "month", "accumulate": "quarter",
                "applies_to": {"reps": [], "teams": ["north"], "roles": []},
                "components": [*self.pay.components, *draws], **window,
            }  # fmt: skip
            row = add_version(terms=terms_of(parse_document(yaml.safe_dump(plan))), by=None, now=BEGIN)
            day = datetime.date.fromisoformat(first)
            publish_version(version=row, day=day, approved_by=None, by=None, now=BEGIN)
            made.append({"publish_from": first, **plan})
        return made

    def open(self) -> None:
        owner = self.rng.choice(PAYEES)
        self.opened += 1
        number, amount = self.opened, Decimal(self.rng.randrange(1, 900_000)) / 100
        deal = create_deal(by=None, now=BEGIN, name=f"D{number}", owner=self.cast.reps[owner], amount=amount)
        Deal.objects.filter(pk=deal.pk).update(external_id=f"D{number:03}")
        self.said[deal.pk] = Said(f"D{number:03}", [(BEGIN, owner)], dict.fromkeys(PAYEES, amount), amount=amount)

    def target(self) -> None:
        who, quarter = self.rng.choice(PAYEES), self.rng.choice(("2026-Q1", "2026-Q2"))
        value = self.rng.randrange(1, 30_000)
        scope = Scope("rep", self.cast.reps[who].pk, who)
        set_target(goal=goal_of("won_revenue", scope, month(quarter), Decimal(value)), by=None, now=self.now)
        self.targets[who, quarter] = str(value)

    def win(self, pk: int) -> None:
        """Now, or for the first time, on a day of the last two months."""
        said, at = self.said[pk], self.now
        if not said.was_sold:
            at = max(at - self.rng.randrange(60) * DAY, BEGIN + 31 * DAY)
        win_deal(deal=Deal.objects.get(pk=pk), by=None, now=self.now, closed_at=at)
        said.sold, said.was_sold = dict.fromkeys(PAYEES, at), True
        said.amounts = dict.fromkeys(PAYEES, said.amount)  # each winning says what it is worth

    def change(self) -> None:
        """One deal in one way."""
        pk = self.rng.choice([pk for pk, one in self.said.items() if not one.is_gone])
        said, deal = self.said[pk], Deal.objects.get(pk=pk)
        match self.rng.choice(["amount", "amount", "owner", "credits", "outcome", "outcome", "outcome", "delete"]):
            case "amount":
                said.amount = Decimal(self.rng.randrange(900_000)) / 100
                change_deal(deal=deal, by=None, now=self.now, amount=said.amount)
                for who in PAYEES:  # of a won deal it is dated on its closing day, of an open one today
                    is_lowered = deal.outcome != "won" and said.amount < said.amounts[who]
                    if not is_lowered or not self.comes_too_late(said, who):
                        said.amounts[who] = said.amount
            case "owner":
                said.owners.append((self.now, self.rng.choice(PAYEES)))
                assign_deal(deal=deal, owner=self.cast.reps[said.owners[-1][1]], by=None, now=self.now)
            case "credits":
                share = self.rng.choice(["0.35", "0.5", "0.9999"])
                said.shares = {"rep": share, "colleague": str(1 - Decimal(share))}
                shares = [(self.cast.reps[name], Decimal(one)) for name, one in said.shares.items()]
                set_credits(deal=deal, shares=shares, by=None, now=self.now)
            case "delete":
                delete_deal(deal=deal, by=None, now=self.now)
                said.is_gone = True
                self.undo(said)
            case "outcome" if deal.outcome == "won":
                self.undo(said)
                deal = reopen_deal(deal=deal, by=None, now=self.now)
                if self.rng.random() < 0.3:
                    lose_deal(deal=deal, reason=self.reason, by=None, now=self.now)
            case "outcome" if deal.outcome == "open":
                self.win(pk)

    def undo(self, said: Said) -> None:
        """It is won no more, but for a payee for whom that comes too late."""
        said.sold = {who: at for who, at in said.sold.items() if self.comes_too_late(said, who)}

    def comes_too_late(self, said: Said, who: str) -> bool:
        found = said.is_kept(who, self.now, self.pay.window)
        self.late += found
        return found

    def live(self, name: str) -> None:
        """A month of work and changes, then its approvals; what is approved is paid now and then."""
        first = month(name).start
        for _time in range(self.rng.randrange(2, 6)):
            self.open()
        for pk in [pk for pk, one in self.said.items() if not one.is_gone]:
            self.now = self.at(first, self.rng.randrange(20))
            deal = Deal.objects.get(pk=pk)
            if deal.outcome == "open" and self.rng.random() < 0.7:
                self.win(pk)
        for _time in range(self.rng.randrange(6)):
            self.now = self.at(first, 20 + self.rng.randrange(8))
            self.change()
        if self.rng.random() < 0.4:
            self.target()
        self.check_frozen()
        self.now = self.at(month(name).end, 2)
        for who in PAYEES:
            rows = approve_statements(rep=self.cast.reps[who], period=month(name), by=self.approver, now=self.now)
            self.note_approved(who, month(name).last_day)
            for row in rows if self.rng.random() < 0.7 else []:
                pay_statement(statement=row, by=self.approver, now=self.now)
        self.check_frozen()

    def note_approved(self, who: str, last: datetime.date) -> None:
        """The deals that an approval holds for a payee: those of his that were won by its last day."""
        for said in self.said.values():
            at = said.sold.get(who)
            is_his = self.pay.is_of_team or who in said.shares or who in said.approved
            if at is not None and at.date() <= last and (is_his or said.seller(who) == who):
                said.approved[who] = at
            else:
                said.approved.pop(who, None)

    def at(self, first: datetime.date, days: int) -> datetime.datetime:
        """A later moment than all before, so many days after a first one."""
        wanted = datetime.datetime.combine(first, datetime.time(9), datetime.UTC) + days * DAY
        return max(wanted, self.now + datetime.timedelta(minutes=1))

    def check_frozen(self) -> None:
        """Every row that was approved is what it was then; only that it is paid may have been added."""
        rows = {
            (model.__name__, row["id"]): {key: value for key, value in row.items() if not key.startswith("paid")}
            for model, kept in ((Statement, Statement.objects.frozen()), (StatementLine, StatementLine.objects.all()),
                                (Approval, Approval.objects.all()))
            for row in kept.values()
        }  # fmt: skip
        for row in rows.values():
            if row.get("status") == "paid":
                row["status"] = "approved"
        assert {key: rows.get(key) for key in self.frozen} == self.frozen
        self.frozen = rows

    def paid(self, who: str) -> dict[tuple[str, int], int]:
        """By version what the statements of a payee came to, in cents."""
        found: dict[tuple[str, int], int] = {}
        for row in Statement.objects.frozen().filter(rep=self.cast.reps[who]).select_related("version__plan"):
            key = row.version.plan.name, row.version.number
            found[key] = found.get(key, 0) + row.total_minor
        return {key: cents for key, cents in found.items() if cents}

    def owed(self, who: str, plans: list[dict[str, Any]]) -> dict[tuple[str, int], int]:
        """The same by the second program, for what this test knows of the deals."""
        emails = {name: self.cast.reps[name].email for name in PAYEES}
        deals = [
            {
                "id": one.name, "owner": emails[one.seller(who)], "amount": str(one.amounts[who]),
                "closed_at": one.sold[who].isoformat(),
                "credits": [{"rep": emails[name], "share": share} for name, share in one.shares.items()],
            }
            for one in self.said.values()
            if who in one.sold
        ]  # fmt: skip
        targets = [
            {"metric": "won_revenue", "scope": f"rep:{emails[name]}", "period": period, "value": value}
            for (name, period), value in self.targets.items()
        ]
        facts = {
            "base_currency": "EUR", "zone": "UTC", "teams": [{"slug": "north"}], "deals": deals, "targets": targets,
            "reps": [{"email": email, "team": "north"} for email in emails.values()],
        }  # fmt: skip
        days = Span(month(MONTHS[0]).start, month(MONTHS[-1]).last_day)
        found: dict[tuple[str, int], int] = {}
        for one in statements(Case({"facts": facts, "plans": plans}), emails[who], days):
            found[one.plan, one.number] = found.get((one.plan, one.number), 0) + one.total
        return {key: cents for key, cents in found.items() if cents}


@pytest.mark.parametrize("name", PLANS)
def test_paid_months_stay_and_corrections_bring_the_whole_to_a_calculation_from_scratch(cast, name):
    adjusted = late = 0
    for seed in range(HISTORIES):
        with transaction.atomic():
            history = History(cast, seed, PLANS[name])
            plans = history.publish()
            for _time in range(3):
                history.target()
            for one in MONTHS:
                history.live(one)
            for who in PAYEES:
                assert history.paid(who) == history.owed(who, plans), f"seed {seed}, {who}"
                assert broken_links(cast.reps[who]) == [], f"seed {seed}, {who}"
            adjusted, late = adjusted + StatementLine.objects.filter(kind="adjustment").count(), late + history.late
            transaction.set_rollback(True)
    assert adjusted >= HISTORIES
    assert (late > 0) == (PLANS[name].window is not None)
