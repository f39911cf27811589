"""What other sources say: benchmarks of metrics, and sizes of markets."""

from typing import Any, ClassVar

from accounts.money import MoneyError
from metrics.errors import QuestionRefused
from metrics.facts.markets import market_day, parent_problem
from metrics.goals.goal import goal_metric
from metrics.imports.facts import FactKind, Prices
from metrics.imports.values import metric_value
from metrics.known import known_metrics
from metrics.models import Benchmark, MarketSize
from pipeline.imports.catalogue import label, price
from pipeline.imports.cells import FIRST_YEAR, LAST_YEAR, CellError, Reader
from pipeline.imports.customers import text_of
from pipeline.imports.kind import UNCHANGED, Column, Columns, Item, Row, Task, one_of


def year_of(reader: Reader, text: str) -> int:
    year = reader.whole(text, most=9999)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(f"“{text[:60]}” is no year from {FIRST_YEAR} to {LAST_YEAR}.")
    return year


class Benchmarks(FactKind):
    name = "benchmarks"
    model = Benchmark
    identities = (("metric", "source", "year", "segment"),)
    columns: ClassVar[Columns] = {
        "metric": Column(label, required=True, about="its slug, such as win_rate"),
        "value": Column(label, required=True, about="in the metric's unit; a percentage as 0.25 or 25%"),
        "source": Column(text_of(300), required=True),
        "year": Column(year_of, required=True),
        "segment": Column(label, empty="", about="empty: all customers"),
        "low": Column(label, keeps=True, about="the lower quartile"),
        "high": Column(label, keeps=True, about="the upper quartile"),
    }

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self._known = known_metrics()

    def values_of(self, row: Row) -> dict[str, Any] | None:
        values = super().values_of(row)
        if values is None:
            return None
        values["segment"] = values.get("segment") or ""
        column = "metric"
        try:
            metric = goal_metric(values["metric"], self._known)
            values["metric"] = metric.slug
            for column in ("value", "low", "high"):
                if values.get(column):
                    values[column] = metric_value(self.task.reader, metric, values[column])
        except (QuestionRefused, CellError) as refusal:
            self.refuse(row.number, column, str(refusal))
            return None
        low, high = values.get("low"), values.get("high")
        if (low is not None and low > values["value"]) or (high is not None and high < values["value"]):
            self.refuse(row.number, "value", "lies outside its quartiles low and high.")
            return None
        return values


class MarketSizes(FactKind):
    name = "market_sizes"
    model = MarketSize
    identities = (("kind", "segment", "industry", "region", "year"),)
    extra = frozenset({"revenue"})
    columns: ClassVar[Columns] = {
        "kind": one_of(MarketSize.Kind.values, required=True, about="TAM, SAM, SOM"),
        "segment": Column(label, empty=""),
        "industry": Column(label, empty=""),
        "region": Column(label, empty=""),
        "accounts": Column(lambda r, text: r.whole(text, most=10**15), about="companies that could buy"),
        "revenue": Column(price, about="money a year"),
        "currency": Column(Reader.currency, about="default: the company's"),
        "year": Column(year_of, required=True),
        "source": Column(text_of(300), required=True),
    }

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self._prices = Prices(task)

    def prefetch(self, rows: list[Row]) -> None:
        super().prefetch(rows)
        self._prices.prefetch(rows)

    def values_of(self, row: Row) -> dict[str, Any] | None:
        values = super().values_of(row)
        if values is None:
            return None
        values |= {name: values.get(name) or "" for name in ("segment", "industry", "region")}
        if values.get("accounts") is None and values.get("revenue") is None:
            self.refuse(row.number, "accounts", "or revenue is required.")
            return None
        if values.get("revenue") is None:
            return {**values, "currency": "", "revenue_minor": None, "base_minor": None}
        values["currency"] = values.get("currency") or self.task.company.base_currency
        try:
            day = market_day(values["year"], self.task.today)
            found = self._prices.price(values["revenue"], values["currency"], day)
        except MoneyError as error:
            self.refuse(row.number, "revenue", str(error))
            return None
        return {**values, "revenue_minor": found.amount_minor, "base_minor": found.base_minor}

    def settle(self, items: list[Item]) -> None:
        """No market is larger than the one around it, in the file or in the books."""
        told = [item for item in items if item.instance is not None]
        pks = {item.instance.pk for item in told}
        years = {item.values["year"] for item in told}
        others = [one for one in MarketSize.objects.filter(year__in=years) if one.pk not in pks]
        others += [item.instance for item in told]
        for item in told:
            if item.verdict == UNCHANGED:
                continue
            problem = parent_problem(item.instance, [one for one in others if one is not item.instance])
            if problem:
                self.task.report.problem(item.number, "accounts", problem)
