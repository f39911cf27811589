"""A worked incentive case as a company: its facts through ``import_data``, its plans through ``load_plan``."""

import csv
import datetime
import json
from decimal import Decimal
from fractions import Fraction
from io import StringIO

import yaml
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from metrics.incentives.facts import FigureFact

BEGIN = datetime.datetime(2027, 1, 31, 12, tzinfo=datetime.UTC)
APPROVER = "payroll@example.com"


class CompanyOfCase:
    """Takes in a case's facts and goes through its steps, a minute each."""

    def __init__(self, case, folder, monkeypatch, settings):
        self.case, self.folder = case, folder
        self.facts = case["facts"]
        self.now = BEGIN
        self.figures = []
        monkeypatch.setattr(timezone, "now", self.tick)
        monkeypatch.setattr("metrics.incentives.figures.figure_of", self.figure_of)
        settings.COMPANY_TIME_ZONE = self.facts["zone"]
        settings.BASE_CURRENCY = self.facts["base_currency"]
        settings.FISCAL_YEAR_START_MONTH = int(self.facts.get("fiscal_year_start", 1))

    def tick(self):
        self.now += datetime.timedelta(seconds=1)
        return self.now

    def figure_of(self, slug, rep, period, **_rest):
        for one in self.figures:
            if (one["metric"], one["rep"], one["period"]) == (slug, rep.email, period.name):
                return FigureFact(Fraction(int(one["numerator"]), int(one["denominator"])), int(one["n"]))
        return FigureFact(None, 0)

    def set_up(self):
        User.objects.create_user(APPROVER, name="Payroll", role=Role.ADMIN)
        facts = self.facts
        self.bring("teams", [{"name": t["slug"], "parent": t.get("parent")} for t in facts.get("teams", [])])
        self.bring("reps", [{"name": rep["email"].partition("@")[0], **rep} for rep in facts["reps"]])
        self.bring("memberships", facts.get("memberships", []))
        self.bring("products", self.products())
        self.set(facts)
        for deal in facts["deals"]:
            self.add(deal)

    def set(self, facts):
        base = self.facts["base_currency"]
        rates = [
            {"currency": base, "base": r["currency"], "day": r["day"], "rate": r["rate"]}
            for r in facts.get("rates", [])
        ]
        self.bring("rates", rates)
        self.bring("targets", facts.get("targets", []))
        self.figures = facts.get("figures", self.figures)

    def products(self):
        named = [dict(product) for product in self.facts.get("products", [])]
        known = {product["name"] for product in named}
        sold = {line["product"] for deal in self.facts["deals"] for line in deal.get("lines", [])}
        sold |= {deal["product"] for deal in self.facts["deals"] if deal.get("product")}
        return named + [{"name": name} for name in sorted(sold - known)]

    def add(self, deal):
        row = {
            key: value for key, value in deal.items() if key in ("owner", "currency", "kind", "closed_at", "product")
        }
        row |= {"external_id": deal["id"], "name": deal["id"], "amount": deal["amount"]}
        row["outcome"] = deal.get("outcome", "won")
        if row["outcome"] == "open":
            row.pop("closed_at")
        self.bring("deals", [row])
        self.bring("deal_lines", [{"deal": deal["id"], **line} for line in deal.get("lines", [])])
        self.bring("credits", [{"deal": deal["id"], **credit} for credit in deal.get("credits", [])])
        if deal.get("monthly"):
            self.bring("accounts", [{"name": "Customer"}])
            currency = deal.get("currency", self.facts["base_currency"])
            row = {"account": "Customer", "deal": deal["id"], "monthly_amount": deal["monthly"], "currency": currency}
            self.bring("subscriptions", [{**row, "starts_on": deal["closed_at"][:10]}])

    def change(self, deal, on, values):
        row = {"external_id": deal, "name": deal, "changed_on": on, **values}
        if values.get("outcome") in ("won", "lost"):
            row.setdefault("closed_at", on)
        elif values.get("outcome") == "open":
            row["closed_at"] = ""
        self.bring("deals", [row])

    def bring(self, kind, rows):
        if not rows:
            return
        headers = list(dict.fromkeys(key for row in rows for key in row))
        path = self.folder / f"{kind}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, headers)
            writer.writeheader()
            writer.writerows(
                {key: "" if value in (None, "null") else value for key, value in row.items()} for row in rows
            )
        call_command("import_data", kind, str(path), stdout=StringIO())

    def load_plans(self):
        for plan in self.case["plans"]:
            document = {key: value for key, value in plan.items() if key != "publish_from"}
            path = self.folder / "plan.yaml"
            path.write_text(yaml.safe_dump(document, sort_keys=False))
            options = ["--publish-from", plan["publish_from"], "--approved-by", APPROVER]
            call_command("load_plan", str(path), *options, stdout=StringIO())

    def statements(self, rep, period, *options):
        out = StringIO()
        call_command("statement", "--rep", rep, "--period", period, "--json", *options, stdout=out, stderr=StringIO())
        return json.loads(out.getvalue())

    def go(self):
        """Every step; yields what a statement step got and what was expected."""
        for step in self.case.get("steps", []):
            match step:
                case {"statement": asked}:
                    yield asked, step["expect"], self.statements(asked["rep"], asked["period"])
                case {"approve": asked}:
                    self.statements(asked["rep"], asked["period"], "--approve-by", APPROVER)
                case {"change": one}:
                    self.change(one["deal"], one["on"], one["set"])
                case {"add": deal}:
                    self.add(deal)
                case {"credits": one}:
                    self.bring("credits", [{"deal": one["deal"], **credit} for credit in one["shares"]])
                case {"set": facts}:
                    self.set(facts)


def differing(expect, got, where):
    """What of the expected keys a list of statements differs in. No statement is one that pays nothing."""
    if isinstance(expect, list):
        if len(expect) != len(got):
            return [f"{where}: {len(expect)} statements expected, got {len(got)}"]
        return [text for want, one in zip(expect, got, strict=True) for text in differing(want, [one], where)]
    if not got:
        got = [{"total": "0", "lines": [], "warnings": [], "balances": {}}]
    if len(got) != 1:
        return [f"{where}: one statement expected, got {len(got)}"]
    return [*_of_statement(expect, got[0], where)]


def _of_statement(expect, got, where):
    if Decimal(expect["total"]) != Decimal(got["total"]):
        yield f"{where}: total {expect['total']} expected, got {got['total']}"
    for key in ("warnings", "balances"):
        if key in expect and expect[key] != got[key]:
            yield f"{where}: {key} {expect[key]} expected, got {got[key]}"
    if len(expect["lines"]) != len(got["lines"]):
        yield f"{where}: lines {expect['lines']} expected, got {got['lines']}"
        return
    for number, (want, line) in enumerate(zip(expect["lines"], got["lines"], strict=True)):
        for key, value in want.items():
            wanted = None if value == "null" else value
            if wanted != line[key]:
                yield f"{where}: line {number} {key} {wanted} expected, got {line[key]}"
