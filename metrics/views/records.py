from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from metrics.errors import QuestionRefused
from metrics.figure import Figure
from metrics.metric import Metric
from metrics.pages.reading import Reader
from metrics.records.cursors import read_cursor, write_cursor
from metrics.records.lists import list_records
from metrics.records.rows import adds_up, every_record, record_table
from metrics.views.metric import MetricPage

PAGE = 50


class MetricRecordsView(MetricPage):
    """All records behind a figure, page by page."""

    def about(self, request: HttpRequest, reader: Reader, metric: Metric) -> HttpResponse:
        asking = reader.asking
        figure = reader.figure(metric.slug, where=asking.where)
        after = read_cursor(request.GET.get("after"))
        records = list_records(metric, figure.question, after=after, limit=PAGE + 1)
        frame = self.frame(request, reader, metric, figure)
        following = write_cursor(records[PAGE - 1].cursor) if len(records) > PAGE else None
        context = {
            **frame,
            "records": record_table(figure, records[:PAGE], request.user),
            "adds_up": adds_up(metric),
            "count": len(records[:PAGE]),
            "first_url": frame["records_url"] if after else "",
            "next_url": asking.address("metrics:metric_records", metric.slug, by=None, after=following)
            if following
            else "",
        }
        return render(request, "metrics/metric_records.html", context)


class MetricCsvView(MetricPage):
    """The breakdown, or all records behind the figure, as a file; every digit, nothing rounded."""

    def about(self, request: HttpRequest, reader: Reader, metric: Metric) -> HttpResponse:
        asking = reader.asking
        kind = request.GET.get("rows") or ("breakdown" if asking.by else "records")
        if kind not in ("breakdown", "records"):
            raise QuestionRefused(_("rows: possible are breakdown, records."), "rows")
        figure = reader.figure(metric.slug, by=asking.by if kind == "breakdown" else None, where=asking.where)
        if kind == "breakdown" and figure.by is None:
            raise QuestionRefused(
                _("by: possible are %(possible)s.") % {"possible": ", ".join(metric.dimensions)}, "by"
            )
        note_export(
            kind=f"metric {kind}", query=f"{metric.slug}?{request.GET.urlencode()}", by=request.user, now=asking.now
        )
        name = f"{metric.slug}-{asking.period.name}-{kind}.csv"
        return self.breakdown(figure, name) if kind == "breakdown" else self.records(figure, name)

    @staticmethod
    def breakdown(figure: Figure, name: str) -> HttpResponse:
        rows = ([row.member.key, row.member.label, *_numbers(row.value), row.value.n] for row in figure.by or [])
        total = ["", "total", *_numbers(figure.value), figure.value.n]
        header = ["key", "label", "value", "numerator", "denominator", "n"]
        return SafeWriter(header).response([*rows, total], name)

    @staticmethod
    def records(figure: Figure, name: str) -> HttpResponse:
        rows = (
            [r.kind, r.id, r.external_id, r.name, r.date, r.numerator, r.denominator]
            for r in every_record(figure.metric, figure.question)
        )
        header = ["kind", "id", "external_id", "name", "date", "numerator", "denominator"]
        return SafeWriter(header).response(rows, name)


def _numbers(value: Any) -> list[Any]:
    return [value.value, value.numerator, value.denominator]
