import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import formats
from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from accounts.money import from_minor
from metrics.asking import parse_day
from metrics.errors import QuestionRefused
from metrics.pages.addresses import PageQuestion
from metrics.pages.chips import Chips, past_banner
from metrics.period_names import current_quarter, period_title
from metrics.periods import DAY, Period, containing
from metrics.views.pages import FigurePage
from metrics.waterfall.asking import read_closing
from metrics.waterfall.changes import Waterfall, changes_question, read_changes
from metrics.waterfall.chart import signed, waterfall_chart
from metrics.waterfall.moves import BARS
from metrics.waterfall.rows import CSV_HEADER, change_rows, csv_rows
from metrics.waterfall.words import BAR_WORDS

PAGE = 50
USUAL_DAYS = 7


class ChangeChips(Chips):
    """The filter bar: scope, the two days, when deals are expected to close, the day one looks from."""

    def __init__(self, asking: PageQuestion, request: HttpRequest, found: Waterfall) -> None:
        days = {"from": found.first.isoformat(), "to": found.last.isoformat()}
        closing = found.closing.name if found.closing else None
        super().__init__(asking, request, {"period": None, **days, "closing": closing})
        self.found = found

    def on_another_day(self) -> dict[str, Any]:
        """The usual days are those before the day one looks from."""
        usual = {} if self.is_chosen() else {"from": None, "to": None}
        return {**super().on_another_day(), "period": None, **usual}

    def is_chosen(self) -> bool:
        """Whether other days than the usual ones are asked for."""
        end = self.asking.as_of
        return (self.found.first, self.found.last) != (end - USUAL_DAYS * DAY, end)

    def days(self) -> dict[str, Any]:
        """Both days: the usual spans, or any two."""
        end = self.asking.as_of
        month = containing(end, "month")
        quarter = current_quarter(end, self.asking.company.fiscal_year_start_month)
        spans = [
            (_("Last 7 days"), end - 7 * DAY, end),
            (_("Last 30 days"), end - 30 * DAY, end),
            (period_title(month), month.start - DAY, min(month.last_day, end)),
            (period_title(month.previous()), month.previous().start - DAY, month.previous().last_day),
            (period_title(quarter), quarter.start - DAY, min(quarter.last_day, end)),
            (period_title(quarter.previous()), quarter.previous().start - DAY, quarter.previous().last_day),
        ]
        asked = (self.found.first, self.found.last)
        options = [
            self._option(label, (first, last) == asked, **{"from": first.isoformat(), "to": last.isoformat()})
            for label, first, last in spans
        ]
        first, last = (day.isoformat() for day in asked)
        return {
            "label": _("Between"),
            "value": f"{formats.full_day(asked[0])} → {formats.full_day(asked[1])}",
            "is_set": self.is_chosen(),
            "options": options,
            "fields": [
                {"name": "from", "label": _("End of the day"), "type": "date", "value": first},
                {"name": "to", "label": _("and end of the day"), "type": "date", "value": last},
            ],
        }

    def closing(self) -> dict[str, Any]:
        """In which period deals are expected to close."""
        found, start = self.found, self.asking.company.fiscal_year_start_month
        quarter = current_quarter(self.asking.as_of, start)
        offered = [containing(self.asking.as_of, "month"), quarter, current_quarter(quarter.end, start)]
        options = [self._option(_("Any time"), found.closing is None, closing=None)]
        options += [self._option(period_title(each), each == found.closing, closing=each.name) for each in offered]
        label = _("Any other period, such as 2027-Q1")
        value = found.closing.name if found.closing else ""
        return {
            "label": _("Closing in"),
            "value": period_title(found.closing) if found.closing else _("any time"),
            "is_set": found.closing is not None,
            "options": options,
            "fields": [{"name": "closing", "label": label, "type": "text", "value": value}],
        }


class PipelineChangesView(FigurePage):
    """What changed in the open pipeline between the ends of two days, deal by deal."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asking = self.question(request)
        found = self.read(request, asking)
        if request.GET.get("format") == "csv":
            note_export(kind="pipeline changes", query=request.GET.urlencode(), by=request.user, now=asking.now)
            name = f"pipeline-changes-{found.first}-{found.last}.csv"
            return SafeWriter(CSV_HEADER).response(csv_rows(found), name)
        if request.GET.get("format", "html") != "html":
            raise QuestionRefused(_("format: possible are html, csv."), "format")
        return render(request, "metrics/pipeline_changes.html", self.context(request, asking, found))

    @staticmethod
    def read(request: HttpRequest, asking: PageQuestion) -> Waterfall:
        """The waterfall that the address asks for; by default of the last seven days."""
        last = parse_day(request.GET.get("to"), "to") or asking.as_of
        usual = min(last, asking.as_of) - USUAL_DAYS * DAY
        first: datetime.date = parse_day(request.GET.get("from"), "from") or usual
        closing: Period | None = read_closing(request.GET.get("closing"), asking.as_of, asking.company)
        q = changes_question(
            first, last, scope=asking.scope, company=asking.company, today=asking.today, as_of=asking.as_of,
            known_on=asking.known_on,
        )  # fmt: skip
        return read_changes(q, closing)

    def context(self, request: HttpRequest, asking: PageQuestion, found: Waterfall) -> dict[str, Any]:
        chips = ChangeChips(asking, request, found)
        bar = request.GET.get("bar") or ""
        if bar and bar not in BARS:
            raise QuestionRefused(_("bar: possible are %(possible)s.") % {"possible": ", ".join(BARS)}, "bar")
        row = [chips.scope(), chips.days(), chips.closing(), *chips.as_of()]
        chart = waterfall_chart(found, link=lambda key: f"{chips.address(bar=key)}#changes")
        return {
            "filters": chips.bar(row, export_url=chips.address(format="csv")),
            "banner": past_banner(asking, chips.address(as_of=None, known_on=None)),
            "chart": chart if found.changes or found.starting.deals else None,
            "bar": BAR_WORDS[bar] if bar else "",
            "all_url": f"{chips.address()}#changes",
            **self.changes(request, chips, bar),
        }

    @staticmethod
    def changes(request: HttpRequest, chips: ChangeChips, bar: str) -> dict[str, Any]:
        """A page of the changes, of one bar or of all, the largest first."""
        found = chips.found
        currency = found.question.company.base_currency
        chosen = [change for change in found.changes if not bar or change.bar == bar]
        text = request.GET.get("page") or "1"
        pages = max(1, -(-len(chosen) // PAGE))
        if not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= pages:
            raise QuestionRefused(_("page: a whole number from 1 to %(pages)s.") % {"pages": pages}, "page")
        start = (int(text) - 1) * PAGE
        shown = chosen[start : start + PAGE]
        total = sum(change.amount for change in chosen)
        asked = {"bar": bar or None}
        return {
            "rows": change_rows(found, shown, request.user),
            "total": signed(from_minor(total, currency), currency),
            "gap": formats.money(from_minor(found.gap, currency), currency, cents=True),
            "count": len(chosen),
            "first": start + 1,
            "last": start + len(shown),
            "previous_url": f"{chips.address(page=int(text) - 1, **asked)}#changes" if start else "",
            "next_url": f"{chips.address(page=int(text) + 1, **asked)}#changes" if int(text) < pages else "",
        }
