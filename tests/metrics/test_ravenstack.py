"""5,000 subscriptions of 500 accounts: recurring revenue month by month is what pandas made of the same files.

The reference compares month ends, so it nets what an account does within a month; our moves are of a day (who begins
with one subscription and adds another two weeks later is new, then an expansion). The moves of the record list, netted
by account and month, must give the reference's kinds. Its NRR and GRR of a month are those of one month; ours are of
twelve, which the reference has for 2024.
"""

import json
from collections import defaultdict
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from metrics.asking import ask
from metrics.records.lists import list_records
from tests.metrics.everyone import everyone
from tests.metrics.test_worked_cases import CASES

pytestmark = [pytest.mark.data, pytest.mark.django_db]
MAPPINGS = CASES.parent / "mappings"
HALF_A_MILLIONTH = Decimal("5e-7")
FILES = {"accounts": "ravenstack_accounts.csv", "subscriptions": "ravenstack_subscriptions.csv.gz"}


def figure(slug, period, by=""):
    asked = ask(slug, {"period": period, "by": by}, user=everyone(), now=timezone.now(), stored=False)
    return asked.figure(timezone.now()).as_json()


def test_recurring_revenue_is_the_references(settings, public_data):
    settings.COMPANY_TIME_ZONE, settings.BASE_CURRENCY = "UTC", "USD"
    folder = public_data / "ravenstack_saas"
    for kind, name in FILES.items():
        mapping = MAPPINGS / f"saas_{kind}.json"
        call_command("import_data", kind, str(folder / name), "--mapping", str(mapping), "--json", stdout=StringIO())
    reference = json.loads((folder / "reference.json").read_text())["values"]
    levels, seen, differing = defaultdict(int), set(), []
    for month, row in reference["monthly"].items():
        got = {**levels_of(month), **netted(month, levels, seen)}
        want = {**row, "all moves": row["mrr_end"] - row["mrr_start"]}
        differing += [f"{month} {name}: {want[name]}, got {got[name]}" for name in got if got[name] != want[name]]
    assert differing == []
    year = reference["year_2024"]
    assert abs(Decimal(figure("nrr", "2024-12")["value"]) - Decimal(str(year["nrr"]))) <= HALF_A_MILLIONTH
    assert abs(Decimal(figure("grr", "2024-12")["value"]) - Decimal(str(year["grr"]))) <= HALF_A_MILLIONTH
    plans = {row["key"]: int(Decimal(row["value"])) for row in figure("mrr", "2024-12", "product")["by"]}
    assert plans == reference["mrr_by_plan_dec_2024"]


def levels_of(month):
    """What the figures of a month say."""
    level = figure("arpa", month)
    return {
        "mrr_end": Decimal(level["numerator"]),
        "customers_end": Decimal(level["denominator"]),
        "arr_end": Decimal(figure("arr", month)["value"]),
        "all moves": Decimal(figure("mrr_movements", month)["value"]),
    }


def netted(month, levels, seen):
    """The moves of a month by account, told in the reference's way from month end to month end."""
    asked = ask("mrr_movements", {"period": month}, user=everyone(), now=timezone.now(), stored=False)
    net = defaultdict(int)
    for record in list_records(asked.metric, asked.question):
        net[record.id] += record.numerator
    found = dict.fromkeys(("new", "reactivation", "expansion", "contraction", "churned"), 0)
    for account, amount in net.items():
        before = levels[account]
        after = levels[account] = before + amount
        if not before:
            found["reactivation" if account in seen else "new"] += amount
        elif not after:
            found["churned"] += amount
        else:
            found["expansion" if amount > 0 else "contraction"] += amount
        if after:
            seen.add(account)
    return found
