from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import formats
from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from metrics.addresses import PageQuestion
from metrics.chips import Chips, past_banner
from metrics.cohorts import AGE, lives
from metrics.period_names import progress_mark
from metrics.periods import DAY, Period, containing, range_name
from metrics.question import Question
from metrics.triangles import Row, Triangle, triangle
from metrics.views.pages import FigurePage, last_year

SHADES = 5
SLUG = "cohort_retention"


class CohortView(FigurePage):
    """How many of those who bought for the first time in a month were active so many months later."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asking = self.asked(request)
        q = Question(
            asking.period, asking.scope, asking.company, asking.today, asking.as_of, known_on=asking.known_on
        )  # fmt: skip
        found = triangle(lives(q))
        if request.GET.get("format") == "csv":
            return self.export(request, asking, found)
        chips = Chips(asking, request)
        context = {
            "title": _("Cohorts"),
            "mark": progress_mark(asking.period, asking.as_of, asking.today),
            "filters": chips.bar(
                [chips.scope(), chips.period(), *chips.as_of()], export_url=chips.address(format="csv")
            ),
            "banner": past_banner(asking, chips.address(as_of=None, known_on=None)),
            "ages": found.ages,
            "rows": [self.row(asking, row, found.ages) for row in found.rows],
            "total": self.row(asking, found.total, found.ages),
            "sentence": sentence(found),
            "metric_url": asking.metric_address(SLUG, by=AGE),
        }
        return render(request, "metrics/cohorts.html", context)

    def asked(self, request: HttpRequest) -> PageQuestion:
        """What the address asks; where it names no period, the twelve months before the running one."""
        asking = last_year(self.question(request), is_asked=bool(request.GET.get("period")))
        return replace(asking, where=())

    @staticmethod
    def row(asking: PageQuestion, row: Row, ages: list[int]) -> dict[str, Any]:
        """A cohort's cells, each with the records behind it; with more cohorts, how many are old enough."""
        period = asking.period
        if row.month is not None:
            month = containing(row.month, "month")
            start, end = max(month.start, period.start), min(month.end, period.end)
            period = month if (start, end) == (month.start, month.end) else range_of(start, end)
        cells = []
        for age in ages:
            cell = row.cells.get(age)
            url = asking.address("metrics:metric_records", SLUG, period=period.name, where=((AGE, f"{age:02}"),))
            cells.append(
                {
                    "age": age,
                    "active": cell.active if cell else None,
                    "whole": cell.whole if cell else None,
                    "look": f"st-heat-{cell.active * SHADES // cell.whole}" if cell else "",
                    "cohorts": len(row.cohorts[age]) if cell else 0,
                    "url": url,
                }
            )
        return {"month": row.month, "size": row.size, "cells": cells}

    @staticmethod
    def export(request: HttpRequest, asking: PageQuestion, found: Triangle) -> HttpResponse:
        """A line for each cohort and age."""
        note_export(kind="cohorts", query=request.GET.urlencode(), by=request.user, now=asking.now)
        lines = [
            [f"{row.month:%Y-%m}" if row.month else "", row.size, age, cell.active, cell.whole]
            for row in found.rows
            for age, cell in sorted(row.cells.items())
        ]
        return SafeWriter(["cohort", "customers", "age", "active", "old_enough"]).response(
            lines, f"cohorts-{asking.period.start}-{asking.period.end - DAY}.csv"
        )


def range_of(start: Any, end: Any) -> Period:
    """Days that are no whole month."""
    return Period(start, end, range_name(start, end), "range")


def sentence(found: Triangle) -> str:
    """What became of all cohorts after the most months that at least half of the customers have had."""
    ages = [age for age in found.ages if 2 * found.total.cells[age].whole >= found.total.size]
    if not ages:
        return ""
    cell = found.total.cells[ages[-1]]
    words = {"active": formats.number(cell.active), "whole": formats.number(cell.whole), "n": ages[-1]}
    return _("%(n)s months after the first purchase %(active)s of %(whole)s customers were active.") % words
