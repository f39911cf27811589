from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst

from metrics.known import known_metrics
from metrics.pages.chips import past_banner
from metrics.pages.group_words import GROUPS
from metrics.views.pages import FigurePage


class MetricListView(FigurePage):
    """The catalogue and what admins made: every metric with its definition."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asking = self.question(request)
        text = request.GET.get("q", "").strip()[:100]
        groups: dict[str, list[dict[str, Any]]] = {}
        for metric in known_metrics().values():
            if text.lower() in f"{metric.slug} {metric.name} {metric.help}".lower():
                entry = {"metric": metric, "url": asking.metric_address(metric.slug)}
                groups.setdefault(metric.group, []).append(entry)
        context = {
            "q": text,
            "count": sum(len(entries) for entries in groups.values()),
            "hidden": asking.parts(by=None, where=()),
            "groups": [(GROUPS.get(group, capfirst(group)), entries) for group, entries in groups.items()],
            "clear_url": asking.address("metrics:metric_list", by=None, where=()),
            "banner": past_banner(
                asking, asking.address("metrics:metric_list", as_of=None, known_on=None, reported=None)
            ),
            "kpis_url": asking.address("metrics:kpis", by=None, where=()),
        }
        return render(request, "metrics/metric_list.html", context)
