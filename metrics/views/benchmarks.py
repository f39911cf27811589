"""Benchmarks of metrics and sizes of markets: for admins."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company
from accounts.views.listing import Column, Filter
from accounts.views.setting_pages import SettingDeletePage, SettingPage
from metrics.actions.benchmarks import (
    change_benchmark,
    change_market_size,
    create_benchmark,
    create_market_size,
    delete_benchmark,
    delete_market_size,
)
from metrics.forms.goals import BenchmarkForm, MarketForm
from metrics.goals.words import goal_text, metric_name
from metrics.known import known_metrics
from metrics.models import Benchmark, MarketSize
from metrics.views.setting_lists import Cells, FactList, Head

BENCHMARKS, BENCHMARKS_LABEL = "metrics:benchmark_list", gettext_lazy("Benchmarks")
MARKETS, MARKETS_LABEL = "metrics:market_size_list", gettext_lazy("Market size")


class BenchmarkListView(FactList):
    kind = "benchmarks"
    title = BENCHMARKS_LABEL
    lede = gettext_lazy("What others reach, by whose word. None are shipped: a benchmark is worth what its source is.")
    heads = (
        Head(gettext_lazy("Metric")),
        Head(gettext_lazy("Source")),
        Head(gettext_lazy("Segment")),
        Head(gettext_lazy("Lower quartile"), is_num=True),
        Head(gettext_lazy("Median"), is_num=True),
        Head(gettext_lazy("Upper quartile"), is_num=True),
    )
    create_name, edit_name = "metrics:benchmark_create", "metrics:benchmark_edit"
    new_label = gettext_lazy("New benchmark")
    icon = "scale"
    empty_title = gettext_lazy("No benchmarks yet")
    empty_text = gettext_lazy("Enter a figure with its source and year; metric pages then show the gap to it.")
    sorts: ClassVar = {
        "metric": (gettext_lazy("metric"), Sort("metric")),
        "new": (gettext_lazy("newest year"), Sort("year", down=True)),
    }
    columns: ClassVar = [
        Column(name, lambda row, name=name: getattr(row, name))
        for name in ("metric", "value", "source", "year", "segment", "low", "high")
    ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Benchmark]:
        return Benchmark.objects.visible_to(self.request.user)

    def page(self, found: KeysetPage[Any], chosen: dict[str, str]) -> dict[str, Any]:
        self.currency, self.known = Company.current().base_currency, known_metrics()
        return super().page(found, chosen)

    def cells(self, row: Benchmark) -> Cells:
        values = [goal_text(row.metric, value, self.currency, self.known) for value in (row.low, row.value, row.high)]
        return Cells(metric_name(row.metric, self.known), [f"{row.source}, {row.year}", row.segment, *values])

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s benchmark", "%s benchmarks", total) % formats.number(total)


class BenchmarkPage(SettingPage):
    model = Benchmark
    form_class = BenchmarkForm  # type: ignore[assignment]
    home, home_label = BENCHMARKS, BENCHMARKS_LABEL
    new_title = gettext_lazy("New benchmark")
    delete_name = "metrics:benchmark_delete"

    def create(self, form: Form) -> Benchmark:
        return create_benchmark(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Benchmark:
        return change_benchmark(benchmark=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class BenchmarkDeleteView(SettingDeletePage):
    model = Benchmark
    home, home_label = BENCHMARKS, BENCHMARKS_LABEL

    def act(self, form: Form) -> None:
        delete_benchmark(benchmark=self.record, by=self.request.user, now=timezone.now())


class MarketListView(FactList):
    kind = "market_sizes"
    title = MARKETS_LABEL
    lede = gettext_lazy("How many companies could buy, and what they spend a year, by whose word.")
    heads = (
        Head(gettext_lazy("Market")),
        Head(gettext_lazy("Year"), is_num=True),
        Head(gettext_lazy("Source")),
        Head(gettext_lazy("Companies"), is_num=True),
        Head(gettext_lazy("Money a year"), is_num=True),
    )
    create_name, edit_name = "metrics:market_size_create", "metrics:market_size_edit"
    new_label = gettext_lazy("New market size")
    icon = "world"
    empty_title = gettext_lazy("No market size yet")
    empty_text = gettext_lazy("With it, penetration and market share can be told. Start with the market you can serve.")
    sorts: ClassVar = {
        "new": (gettext_lazy("newest year"), Sort("year", down=True)),
        "kind": (gettext_lazy("kind"), Sort("kind")),
    }
    columns: ClassVar = [
        Column(name, lambda row, name=name: getattr(row, name))
        for name in ("kind", "segment", "industry", "region", "accounts", "revenue", "currency", "year", "source")
    ]

    def filters(self) -> list[Filter]:
        return [Filter("kind", _("Kind"), [("", _("any")), *MarketSize.Kind.choices])]

    def rows(self, chosen: dict[str, str]) -> QuerySet[MarketSize]:
        rows = MarketSize.objects.visible_to(self.request.user)
        return rows.filter(kind=chosen["kind"]) if chosen["kind"] else rows

    def cells(self, row: MarketSize) -> Cells:
        slices = " · ".join(one for one in (row.segment, row.industry, row.region) if one)
        accounts = "" if row.accounts is None else formats.number(row.accounts)
        money = "" if row.revenue is None else formats.money(row.revenue, row.currency)
        return Cells(row.get_kind_display(), [str(row.year), row.source, accounts, money], sub=slices)

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s market", "%s markets", total) % formats.number(total)


class MarketPage(SettingPage):
    model = MarketSize
    form_class = MarketForm  # type: ignore[assignment]
    home, home_label = MARKETS, MARKETS_LABEL
    new_title = gettext_lazy("New market size")
    delete_name = "metrics:market_size_delete"

    def create(self, form: Form) -> MarketSize:
        return create_market_size(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> MarketSize:
        return change_market_size(market=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class MarketDeleteView(SettingDeletePage):
    model = MarketSize
    home, home_label = MARKETS, MARKETS_LABEL

    def act(self, form: Form) -> None:
        delete_market_size(market=self.record, by=self.request.user, now=timezone.now())
