from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from accounts.working_days import WorkingCalendar
from metrics.errors import QuestionRefused
from metrics.pages.addresses import PageQuestion
from metrics.pages.boards import kpi_board
from metrics.pages.chips import Chips, past_banner
from metrics.pages.pins import known_pins, pins_of, review_rows
from metrics.pages.reading import Reader
from metrics.pages.tiles import EVERYDAY, LEADING
from metrics.period_names import progress_mark
from metrics.scopes import Choice, Scope, team_scopes
from metrics.views.pages import FigurePage


class KpiView(FigurePage):
    """All figures of the scope in the address."""

    template_name = "metrics/kpis.html"

    def choices(self) -> list[Choice] | None:
        """The scopes that the page offers; None: all that the reader may ask for."""
        return None

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asking = self.question(request, scope=self.own_scope())
        reader = Reader(asking)
        if request.GET.get("format") == "csv":
            return self.export(request, reader)
        if request.GET.get("format", "html") != "html":
            raise QuestionRefused(_("format: possible are html, csv."), "format")
        return render(request, self.template_name, self.context(request, reader))

    def own_scope(self) -> Scope | None:
        return None

    def title(self, asking: PageQuestion) -> str:
        match asking.scope.kind:
            case "company":
                return _("Company KPIs")
            case "team":
                return _("Team KPIs")
            case _:
                return _("KPIs of %s") % asking.scope.title

    def context(self, request: HttpRequest, reader: Reader) -> dict[str, Any]:
        asking = reader.asking
        pins = known_pins(reader, pins_of(request.user, asking.scope))
        chips = Chips(asking, request)
        row = [chips.scope(self.choices()), chips.period(), *chips.as_of()]
        return {
            "asking": asking,
            "title": self.title(asking),
            "mark": progress_mark(asking.period, asking.as_of, asking.today, WorkingCalendar.of(asking.company)),
            "filters": chips.bar(row, export_url=chips.address(format="csv")),
            "banner": past_banner(asking, chips.address(as_of=None, known_on=None, reported=None)),
            "list_url": asking.address("metrics:metric_list", by=None, where=()),
            **kpi_board(reader, [pin.metric for pin in pins] or LEADING),
            "reviews": review_rows(reader, pins, request.user),
            "here": request.get_full_path(),
        }

    def export(self, request: HttpRequest, reader: Reader) -> HttpResponse:
        """Every metric of the scope and period, one a row."""
        asking = reader.asking
        note_export(kind="kpis", query=request.GET.urlencode(), by=request.user, now=asking.now)
        header = [
            "metric",
            "name",
            "period",
            "scope",
            "unit",
            "value",
            "numerator",
            "denominator",
            "n",
            "previous",
            "year",
        ]
        pinned = [pin.metric for pin in known_pins(reader, pins_of(request.user, asking.scope))]
        readings = ((slug, reader.reading(slug)) for slug in dict.fromkeys((*pinned, *LEADING, *EVERYDAY)))
        rows = (
            [
                slug, found.figure.metric.name, asking.period.name, asking.scope.key, found.figure.metric.unit,
                found.figure.value.value, found.figure.value.numerator, found.figure.value.denominator,
                found.figure.value.n, found.previous.value.value, found.year.value.value,
            ]
            for slug, found in readings
        )  # fmt: skip
        return SafeWriter(header).response(rows, f"kpis-{asking.period.name}.csv")


class TeamView(KpiView):
    """The figures of the teams that the reader manages; the topmost one first."""

    def own_scope(self) -> Scope | None:
        return next(iter(team_scopes(self.request.user)), None)

    def choices(self) -> list[Choice]:
        return [Choice(scope.key, scope.label) for scope in team_scopes(self.request.user)]

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.own_scope() is None:
            return render(request, "metrics/no_team.html")
        return super().answer(request, **kwargs)
