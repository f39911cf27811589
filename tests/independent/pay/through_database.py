"""A random case as a company: ``import_data``, ``load_plan`` and ``statement --json`` pay it as ours does."""

from contextlib import redirect_stderr
from fractions import Fraction
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from accounts.models import Company, Rep, User
from accounts.roles import Role
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.preview import deal_earning
from pipeline.actions.outcomes import win_deal
from pipeline.models import Deal
from tests.independent.pay.against_engine import DAYS, decimals, shown
from tests.independent.pay.calendar_units import Span, units_in
from tests.independent.pay.case import Case, to_minor
from tests.independent.pay.random_cases import PAYEE, random_case, random_deal
from tests.independent.pay.statement import Statement, statements
from tests.metrics.incentives.company_of_case import APPROVER, CompanyOfCase

DEAL = ("owner", "currency", "kind", "closed_at", "product", "amount")


class RandomCompany(CompanyOfCase):
    """Takes in a case's deals at once, and says where it pays otherwise than the second program."""

    def set_up(self) -> None:
        User.objects.create_user(APPROVER, name="Payroll", role=Role.ADMIN)
        facts = self.facts
        self.bring("teams", [{"name": one["slug"], "parent": one.get("parent")} for one in facts["teams"]])
        self.bring("reps", [{"name": one["email"].partition("@")[0], **one} for one in facts["reps"]])
        self.bring("memberships", facts["memberships"])
        self.bring("products", facts["products"])
        self.set(facts)
        self.add_all(facts["deals"])
        self.load_plans()

    def add_all(self, deals: list[dict[str, Any]]) -> None:
        """Deals with their lines and credits, in three files."""
        named = [(deal, {"external_id": deal["id"], "name": deal["id"]}) for deal in deals]
        self.bring(
            "deals",
            [
                {**name, "outcome": deal.get("outcome", "won"), **{key: deal.get(key) for key in DEAL}}
                for deal, name in named
            ],
        )
        for kind, key in (("deal_lines", "lines"), ("credits", "credits")):
            self.bring(kind, [{"deal": deal["id"], **one} for deal, _name in named for one in deal.get(key, [])])

    def differences(self) -> tuple[int, list[str]]:
        """How many lines were compared, and the statements that differ."""
        case, said, compared = Case(self.case), [], 0
        by_period: dict[str, list[Statement]] = {}
        for one in statements(case, PAYEE, DAYS):
            by_period.setdefault(one.period.name, []).append(one)
        stated = [one[0].period for one in by_period.values()]
        months = units_in(DAYS, "month", case.fiscal_start)
        unpaid = [month.name for month in months if not any(map(month.common, stated))]
        for name in [*by_period, *unpaid]:
            ours = [
                (one.plan, one.number, one.currency, one.total, [shown(line) for line in one.lines])
                for one in by_period.get(name, [])
            ]
            theirs = [_read(one) for one in self.statements(PAYEE, name)]
            compared += sum(len(one[-1]) for one in ours)
            if ours != theirs:
                said.append(f"{name}: statement {theirs}, independently {ours}")
        return compared, said

    def offer(self, rng: Random) -> tuple[bool, list[str]]:
        """Whether winning an open deal would pay, and where what it would is not what it did, or not what ours says."""
        raw = {**random_deal(rng, 99, self.facts["base_currency"], wide=False), "id": "Offer", "outcome": "open"}
        raw["amount"] = raw["amount"] or "1"
        self.add_all([{**raw, "closed_at": ""}])
        now, company = self.tick(), Company.current()
        deal, rep = Deal.objects.get(external_id="Offer"), Rep.objects.get(email=PAYEE)
        found = deal_earning(deal, rep, shared=CompanyFacts(company, now.date()), now=now)
        win_deal(deal=deal, by=None, now=now)
        facts = {**self.facts, "deals": [*self.facts["deals"], {**raw, "outcome": "won", "closed_at": now.isoformat()}]}
        today = Span(DAYS.first, now.astimezone(company.zone).date())
        without, with_it = (
            {(one.plan, one.number, one.period.name): one for one in statements(case, PAYEE, today)}
            for case in (Case(self.case), Case({**self.case, "facts": facts}))
        )
        if found is None:
            touched = [key for key, one in with_it.items() if one.lines != without[key].lines]
            return False, [f"Offer is said to pay nothing, and changes {touched}"] if touched else []
        key = found.version.terms.name, found.version.number, found.period.name
        ours = [shown(line) for line in with_it[key].lines if line.deal == "Offer"]
        lines = [shown(line) for line in found.lines]
        stated = [line for one in self.statements(PAYEE, key[2]) for line in _read(one)[-1] if line[2] == "Offer"]
        amount = with_it[key].total - without[key].total
        if not (ours == lines == stated and amount == found.amount):
            return True, [f"Offer pays {found.amount} {lines}, stated {stated}, independently {amount} {ours}"]
        return bool(lines), []


def _read(one: dict[str, Any]) -> tuple[Any, ...]:
    """A statement of the command, as ours are shown."""
    currency = one["currency"]
    lines = [
        (
            line["component"], line["kind"], line["deal"], str(line["closed_on"]), line["of_period"],
            *(decimals(line[key]) for key in ("basis", "share", "from", "rate")),
            to_minor(Fraction(line["amount"]), currency),
        )
        for line in one["lines"]
    ]  # fmt: skip
    return one["plan"], one["version"], currency, to_minor(Fraction(one["total"]), currency), lines


def compare_companies(seed: int, companies: int, only: int | None = None) -> tuple[int, int, list[str]]:
    """So many random companies, each taken back afterwards: how many lines were compared, how many open deals would
    have paid, and what differs."""
    compared, offers, said = 0, 0, []
    for number in range(companies) if only is None else [only]:
        rng = Random(f"database {seed} {number}")  # noqa: S311
        case = random_case(rng, wide=False)
        with (
            TemporaryDirectory() as folder,
            override_settings(),
            pytest.MonkeyPatch.context() as patch,
            transaction.atomic(),
        ):
            company = RandomCompany(case, Path(folder), patch, settings)
            with redirect_stderr(StringIO()):  # what the linter warns of
                company.set_up()
            lines, differences = company.differences()
            pays, more = company.offer(rng)
            transaction.set_rollback(True)
        compared += lines
        offers += pays
        said += [f"--seed {seed} --only {number}: {text}" for text in [*differences, *more]]
    return compared, offers, said
