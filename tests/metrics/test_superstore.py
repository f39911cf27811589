"""A year of a shop, 969 orders of 1,993 lines: revenue, profit, margin, order value and units are the reference's.

Amounts have four decimals, so the company counts in a unit that has them too. The file gives the profit of a line, not
the cost of a piece: that is rounded to four decimals here, which moves a profit by less than the tolerance. Where
definitions differ: the reference's mean discount is the plain mean over lines, ours is weighted by value and needs list
prices, which the file lacks; its new customers are those of the first order's day (our slice ``customer``), while our
share of revenue from new customers takes the 365 days after it: all of a first year.
"""

import csv
import datetime
import gzip
import io
import json
from collections import defaultdict
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from metrics.asking import ask
from tests.metrics.everyone import everyone

pytestmark = [pytest.mark.data, pytest.mark.django_db]
HALF_A_MILLIONTH = Decimal("5e-7")
ROUNDED_COSTS = Decimal("0.05")
YEAR = "2016"
FOUR = Decimal("0.0001")


def figure(slug, period, by=""):
    asked = ask(slug, {"period": period, "by": by}, user=everyone(), now=timezone.now(), stored=False)
    return asked.figure(timezone.now()).as_json()


def write(folder, name, head, rows):
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([head, *rows])


def split(source, folder):
    """The orders of the year as the importer's own files."""
    orders, customers, products, lines = defaultdict(list), {}, set(), []
    with gzip.open(source, "rb") as packed:
        for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8-sig")):
            day = datetime.datetime.strptime(row["Order Date"], "%m/%d/%Y").date()  # noqa: DTZ007
            if str(day.year) != YEAR:
                continue
            sales, quantity = Decimal(row["Sales"]), Decimal(row["Quantity"])
            cost = ((sales - Decimal(row["Profit"])) / quantity).quantize(FOUR)
            orders[row["Order ID"], row["Customer ID"], day].append(sales)
            customers[row["Customer ID"]] = row["Segment"]
            products.add((row["Product ID"], row["Category"]))
            lines.append([row["Order ID"], row["Product ID"], quantity, (sales / quantity).quantize(FOUR), cost])
    write(folder, "accounts", ["external_id", "name", "segment"], [[key, key, seg] for key, seg in customers.items()])
    write(folder, "products", ["sku", "name", "family"], [[sku, sku, family] for sku, family in sorted(products)])
    head = ["external_id", "name", "account", "outcome", "amount", "currency", "opened_at", "closed_at"]
    rows = [[order, order, who, "won", sum(sales), "CLF", day, day] for (order, who, day), sales in orders.items()]
    write(folder, "deals", head, rows)
    write(folder, "deal_lines", ["deal", "product", "quantity", "unit_price", "unit_cost"], lines)


def test_a_year_of_orders_is_the_references(settings, public_data, tmp_path):
    settings.COMPANY_TIME_ZONE, settings.BASE_CURRENCY = "UTC", "CLF"
    folder = public_data / "superstore"
    split(folder / "Sample - Superstore.csv.gz", tmp_path)
    for kind in ("accounts", "products", "deals", "deal_lines"):
        call_command("import_data", kind, str(tmp_path / f"{kind}.csv"), "--json", stdout=StringIO())
    reference = json.loads((folder / "reference.json").read_text())["values"]
    differing = []

    def same(where, got, want, tolerance=Decimal(0)):
        if abs(Decimal(str(got)) - Decimal(str(want))) > tolerance:
            differing.append(f"{where}: reference {want}, got {got}")

    periods = {f"{YEAR}-Q{n}": reference["by_quarter"][f"{YEAR}Q{n}"] for n in range(1, 5)}
    for period, row in {YEAR: reference["by_year"][YEAR], **periods}.items():
        same(f"{period} revenue", figure("won_revenue", period)["value"], row["sales"])
        same(f"{period} units", figure("units_sold", period)["value"], row["units"])
        value = figure("aov", period)
        same(f"{period} orders", value["denominator"], row["orders"])
        same(f"{period} order value", value["value"], row["aov"], HALF_A_MILLIONTH)
        margin = figure("gross_margin_pct", period)
        same(f"{period} profit", figure("gross_profit", period)["value"], row["profit"], ROUNDED_COSTS)
        same(f"{period} margin", margin["value"], row["margin"], HALF_A_MILLIONTH * 2)
        if growth := reference["growth_by_quarter"].get(period.replace("-", "")):
            same(f"{period} growth", figure("revenue_growth", period)["value"], growth, HALF_A_MILLIONTH)
    customers = {row["key"]: row["value"] for row in figure("won_revenue", YEAR, "customer")["by"]}
    for name in ("new", "existing"):
        same(f"{name} revenue", customers[name], reference["new_vs_existing_by_year"][YEAR][name])
    assert differing == []
    assert figure("new_customer_revenue_share", YEAR)["value"] == "1"
