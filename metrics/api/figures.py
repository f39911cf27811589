"""Figures over the API: the catalogue, a figure, its series, the records behind it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from metrics.asking import WORDS, Asked, ask, parse_day
from metrics.catalogue import METRICS
from metrics.errors import QuestionRefused
from metrics.known import known_metric, known_metrics
from metrics.metric import Metric
from metrics.periods import DAY, range_name
from metrics.records.cursors import Place, read_cursor, write_cursor
from metrics.records.lists import list_records

EVERY = ("day", "week", "month", "quarter")
PAGE_SIZE, MOST = 50, 500


def parameter(name: str, text: str, *, required: bool = False) -> OpenApiParameter:
    """A parameter of text, for the schema."""
    return OpenApiParameter(name, OpenApiTypes.STR, description=text, required=required)


PERIOD = parameter("period", "2026-Q3, 2026-10, mtd, 2026-07-01..2026-09-30 …", required=True)
QUESTION = [
    PERIOD,
    parameter("scope", "company, team:<slug> or rep:<email or external id>; default: the widest allowed"),
    OpenApiParameter("where", OpenApiTypes.STR, many=True, description="DIM=MEMBER, may be repeated"),
    parameter("as_of", "the day from which to look, included"),
    parameter("known_on", "the day whose knowledge is used"),
    parameter("reported", "yes: as it was reported when the period was frozen"),
]


class FigureView(APIView):
    """Reads a question off the request; what can't be answered is a 400 that names the parameter."""

    def asked(self, request: Request, slug: str, **more: str) -> Asked:
        if known_metric(slug) is None:
            raise NotFound
        words = {key: request.query_params.get(key, "") for key in WORDS if key not in ("where", "compare")}
        words |= {"compare": request.query_params.get("compare", ""), **more}
        where = request.query_params.getlist("where")
        try:
            return ask(slug, words, user=request.user, now=timezone.now(), where=where, stored=True)
        except QuestionRefused as error:
            raise ValidationError({error.field: str(error)}) from error


def describe(metric: Metric) -> dict[str, Any]:
    """A catalogue entry."""
    return {
        "slug": metric.slug,
        "name": str(metric.name),
        "version": metric.version,
        "unit": metric.unit,
        "better": metric.better,
        "group": metric.group,
        "timing": metric.timing,
        "dimensions": list(metric.dimensions),
        "definition": str(metric.help),
        "formula": str(metric.formula),
        "date": str(metric.date),
        "made_by": "catalogue" if metric.slug in METRICS else "admin",
    }


class MetricListView(APIView):
    @extend_schema(operation_id="metrics_list", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """The catalogue and what admins made: what can be asked, in which unit, by which dimensions."""
        return Response({"results": [describe(metric) for metric in known_metrics().values()]})


class MetricView(FigureView):
    @extend_schema(
        operation_id="metrics_figure",
        parameters=[*QUESTION, parameter("by", "a dimension of the metric"), parameter("compare", "previous or year")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, slug: str) -> Response:
        """One figure with its parts, and a row per member of ``by``."""
        try:
            return Response(self.asked(request, slug).figure(timezone.now()).as_json())
        except QuestionRefused as error:
            raise ValidationError({error.field: str(error)}) from error


class SeriesView(FigureView):
    @extend_schema(
        operation_id="metrics_series",
        parameters=[
            *QUESTION[1:],
            parameter("from", "the first day", required=True),
            parameter("to", "the last day", required=True),
            parameter("every", "day, week, month or quarter"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, slug: str) -> Response:
        """The figure of each calendar unit between two days, the first and the last one cut to them."""
        every = request.query_params.get("every", "month")
        if every not in EVERY:
            raise ValidationError({"every": f"Possible: {', '.join(EVERY)}."})
        try:
            first, last = (parse_day(request.query_params.get(key), key) for key in ("from", "to"))
        except QuestionRefused as error:
            raise ValidationError({error.field: str(error)}) from error
        if first is None or last is None or last < first or (last - first).days > 3700:
            raise ValidationError({"from": "Give from and to, at most ten years apart, from before to."})
        asked = self.asked(request, slug, period=range_name(first, last + DAY), by=every)
        return Response(asked.figure(timezone.now()).as_json())


class RecordsView(FigureView):
    @extend_schema(
        operation_id="metrics_records",
        parameters=[*QUESTION, parameter("cursor", "where to go on"), parameter("page_size", "up to 500")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, slug: str) -> Response:
        """The rows behind the figure with what each adds; they add up to the numerator and the denominator."""
        asked = self.asked(request, slug, by="", compare="")
        size = page_size(request.query_params.get("page_size"))
        after = after_cursor(request.query_params.get("cursor"))
        try:
            rows = list_records(asked.metric, asked.question, after=after, limit=size + 1)
        except QuestionRefused as error:
            raise ValidationError({error.field: str(error)}) from error
        following = None
        if len(rows) > size:
            query = request.query_params.copy()
            query["cursor"] = write_cursor(rows[size - 1].cursor)
            following = request.build_absolute_uri(f"?{query.urlencode()}")
        results = [record.as_json() for record in rows[:size]]
        return Response({"next": following, "previous": None, "results": results})


def page_size(text: str | None) -> int:
    """How many rows a page has; a 400 for what is no number of rows."""
    if not text:
        return PAGE_SIZE
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ValidationError({"page_size": f"A whole number from 1 to {MOST}."})
    return int(text)


def after_cursor(text: str | None) -> Place | None:
    """The place that ``write_cursor`` wrote; a 400 for anything else."""
    try:
        return read_cursor(text)
    except QuestionRefused as error:
        raise ValidationError({"cursor": str(error)}) from error
