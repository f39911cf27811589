from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.working_days import WorkingCalendar
from metrics.cohorts.duration_cases import STAGES, source_of
from metrics.figure import Figure, still_maturing
from metrics.known import known_metric
from metrics.metric import Metric
from metrics.pages.addresses import PageQuestion
from metrics.pages.breakdowns import breakdown, dimensions
from metrics.pages.chips import Chips, past_banner
from metrics.pages.dimension_words import WORDS
from metrics.pages.explanations import explanation
from metrics.pages.formulas import formula
from metrics.pages.metric_page import UNITS, comparisons, course, head, read_every, usual_course
from metrics.pages.reading import Reader
from metrics.period_names import period_title, progress_mark
from metrics.provenance import provenance, restatements
from metrics.records.lists import list_records
from metrics.records.rows import adds_up, record_table
from metrics.views.pages import FigurePage

EVERY_WORDS = {"day": _("Day"), "week": _("Week"), "month": _("Month"), "quarter": _("Quarter"), "year": _("Year")}
FIRST_RECORDS = 10


def durations_url(asking: PageQuestion, metric: Metric) -> str:
    """Where what is not over yet is counted, too, of the last twelve months; empty for what is no duration."""
    source = source_of(metric.slug)
    where = tuple(pair for pair in asking.where if source == STAGES and pair[0] == "stage")
    changes = {"of": source, "period": None, "by": None, "where": where, "compare": None, "reported": None}
    return asking.address("metrics:durations", **changes) if source else ""


class MetricPage(FigurePage):
    """A page about the metric in the address; one that does not exist is no page."""

    def answer(self, request: HttpRequest, *, slug: str, **_kwargs: Any) -> HttpResponse:
        if known_metric(slug) is None:
            raise Http404
        reader = Reader(self.question(request))
        return self.about(request, reader, reader.metric(slug))

    def about(self, request: HttpRequest, reader: Reader, metric: Metric) -> HttpResponse:
        raise NotImplementedError

    def frame(self, request: HttpRequest, reader: Reader, metric: Metric, figure: Figure) -> dict[str, Any]:
        """What both pages of a metric show around their content."""
        asking = reader.asking
        chips = Chips(asking, request)
        labels = {key: str(word) for key, word in WORDS.items()}
        row = [chips.scope(), chips.period(), chips.compare(), *chips.where(labels), *chips.as_of()]
        return {
            "asking": asking,
            "metric": metric,
            "figure": figure,
            "head": head(reader, figure),
            "mark": progress_mark(asking.period, asking.as_of, asking.today, WorkingCalendar.of(asking.company)),
            "period_title": period_title(asking.period),
            "filters": chips.bar(row, clear_url=chips.address(where=()) if asking.where else ""),
            "banner": past_banner(asking, chips.address(as_of=None, known_on=None, reported=None)),
            "kpis_url": asking.address("metrics:kpis", by=None, where=()),
            "list_url": asking.address("metrics:metric_list", by=None, where=()),
            "metric_url": asking.metric_address(metric.slug, where=asking.where),
            "records_url": asking.address("metrics:metric_records", metric.slug, by=None),
            "durations_url": durations_url(asking, metric),
            "records_csv_url": asking.address("metrics:metric_csv", metric.slug, by=None, rows="records"),
        }


class MetricView(MetricPage):
    def about(self, request: HttpRequest, reader: Reader, metric: Metric) -> HttpResponse:
        asking, slug = reader.asking, metric.slug
        asked = request.GET.get("every")
        every = read_every(asked, asking.period)
        every, chart = (every, course(reader, slug, every)) if asked else usual_course(reader, slug, every)
        reading = reader.reading(slug, where=asking.where)
        by, segment, more = dimensions(reader, metric)
        table = breakdown(reader, slug, by)
        frame = self.frame(request, reader, metric, reading.figure)
        records = list_records(metric, reading.figure.question, limit=FIRST_RECORDS + 1)
        context = {
            **frame,
            "notes": [*reading.figure.warnings, *still_maturing(reading.figure)],
            "formula": formula(reader, reading.figure, frame["records_url"]),
            "comparisons": comparisons(reading.figure, [reading.previous, reading.year]),
            "course": chart,
            "every": [
                {
                    "label": word,
                    "url": asking.metric_address(slug, by=asking.by, where=asking.where, every=unit) + "#over-time",
                    "is_current": unit == every,
                }
                for unit, word in EVERY_WORDS.items()
                if unit in UNITS
            ],
            "breakdown": table,
            "explanation": explanation(reader, reading.figure, by),
            "dimensions": segment,
            "more_dimensions": more,
            "breakdown_csv_url": asking.address("metrics:metric_csv", slug, by=by, rows="breakdown"),
            "records": record_table(reading.figure, records[:FIRST_RECORDS], request.user),
            "adds_up": adds_up(metric),
            "has_more": len(records) > FIRST_RECORDS,
            "provenance": provenance(reading.figure),
            "restatements": restatements(reading.figure),
        }
        return render(request, "metrics/metric.html", context)
