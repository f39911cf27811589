"""A random case as a company: ``import_data``, ``load_plan`` and ``statement --json`` pay it as ours does."""

from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from accounts.models import User
from accounts.roles import Role
from tests.independent.pay.against_engine import DAYS, decimals, shown
from tests.independent.pay.calendar_units import units_in
from tests.independent.pay.case import Case, to_minor
from tests.independent.pay.random_cases import PAYEE, random_case
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
        named = [(deal, {"external_id": deal["id"], "name": deal["id"]}) for deal in facts["deals"]]
        self.bring(
            "deals",
            [
                {**name, "outcome": deal.get("outcome", "won"), **{key: deal.get(key) for key in DEAL}}
                for deal, name in named
            ],
        )
        for kind, key in (("deal_lines", "lines"), ("credits", "credits")):
            self.bring(kind, [{"deal": deal["id"], **one} for deal, _name in named for one in deal.get(key, [])])
        self.load_plans()

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


def compare_companies(seed: int, companies: int, only: int | None = None) -> tuple[int, list[str]]:
    """So many random companies, each taken back afterwards: how many lines were compared, and what differs."""
    compared, said = 0, []
    for number in range(companies) if only is None else [only]:
        case = random_case(Random(f"database {seed} {number}"), wide=False)  # noqa: S311
        with (
            TemporaryDirectory() as folder,
            override_settings(),
            pytest.MonkeyPatch.context() as patch,
            transaction.atomic(),
        ):
            company = RandomCompany(case, Path(folder), patch, settings)
            company.set_up()
            lines, differences = company.differences()
            transaction.set_rollback(True)
        compared += lines
        said += [f"--seed {seed} --only {number}: {text}" for text in differences]
    return compared, said
