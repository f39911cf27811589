from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from accounts.working_days import WorkingCalendar
from metrics.cohorts.customers import AGE
from metrics.cohorts.triangles import Row, Triangle, triangle
from metrics.cohorts.words import KINDS, CellWriter, cell_writer, cohort_words, sentence, sides
from metrics.evaluate import find_metric
from metrics.metric import Ratio
from metrics.pages.addresses import PageQuestion
from metrics.pages.chips import PageChips, past_banner
from metrics.period_names import progress_mark
from metrics.periods import DAY, Period, containing, range_name
from metrics.question import Question
from metrics.views.pages import FigurePage, last_year, read_choice
from metrics.warnings import warnings_of


class CohortView(FigurePage):
    """What became of the accounts that began in a month, so many months later: who is active, what they bring."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asking = self.asked(request)
        kind = read_choice(request, "of", tuple(KINDS))
        q = Question(
            asking.period, asking.scope, asking.company, asking.today, asking.as_of, known_on=asking.known_on
        )  # fmt: skip
        metric = find_metric(KINDS[kind])
        if not isinstance(metric, Ratio):
            raise TypeError(f"{metric.slug} has no two sides")
        found = triangle(metric, q)
        if request.GET.get("format") == "csv":
            return self.export(request, asking, kind, found)
        chips = PageChips(asking, request, of=kind)
        words, currency = cohort_words(kind), asking.company.base_currency
        write = cell_writer(kind, found, currency)
        context = {
            "title": _("Cohorts"),
            "mark": progress_mark(asking.period, asking.as_of, asking.today, WorkingCalendar.of(asking.company)),
            "filters": chips.bar(
                [chips.scope(), chips.period(), *chips.as_of()], export_url=chips.address(format="csv")
            ),
            "banner": past_banner(asking, chips.address(as_of=None, known_on=None)),
            "kinds": chips.one_of("of", {each: cohort_words(each).label for each in KINDS}, kind),
            "words": words,
            "ages": found.ages,
            "rows": [self.row(asking, metric.slug, row, found.ages, write) for row in found.rows],
            "total": self.row(asking, metric.slug, found.total, found.ages, write),
            "sentence": sentence(kind, found, currency),
            "warnings": warnings_of(metric, q),
            "metric_url": asking.metric_address(metric.slug, by=AGE),
        }
        return render(request, "metrics/cohorts.html", context)

    def asked(self, request: HttpRequest) -> PageQuestion:
        """What the address asks; where it names no period, the twelve months before the running one."""
        return replace(last_year(self.question(request), is_asked=bool(request.GET.get("period"))), where=())

    @staticmethod
    def row(asking: PageQuestion, slug: str, row: Row, ages: list[int], write: CellWriter) -> dict[str, Any]:
        """A cohort's cells, each with the records behind it; with more cohorts, how many are old enough."""
        period = asking.period
        if row.month is not None:
            month = containing(row.month, "month")
            start, end = max(month.start, period.start), min(month.end, period.end)
            period = month if (start, end) == (month.start, month.end) else range_of(start, end)
        cells = []
        for age in ages:
            cell = row.cells.get(age)
            url = asking.address("metrics:metric_records", slug, period=period.name, where=((AGE, f"{age:02}"),))
            cells.append(
                {
                    "age": age,
                    "part": cell.part if cell else None,
                    "whole": cell.whole if cell else None,
                    "cohorts": len(row.cohorts[age]) if cell else 0,
                    "url": url,
                    **(write(cell) if cell else {}),
                }
            )
        return {"month": row.month, "size": row.size, "cells": cells}

    @staticmethod
    def export(request: HttpRequest, asking: PageQuestion, kind: str, found: Triangle) -> HttpResponse:
        """A line for each cohort and age, with both sides of the figure."""
        note_export(kind="cohorts", query=request.GET.urlencode(), by=request.user, now=asking.now)
        currency = asking.company.base_currency
        money = [] if kind == "customers" else [currency]
        size, part, whole = cohort_words(kind).header
        lines = [
            [f"{row.month:%Y-%m}" if row.month else "", row.size, age, *sides(kind, cell, currency), *money]
            for row in found.rows
            for age, cell in sorted(row.cells.items())
        ]
        header = ["cohort", size, "age", part, whole, *(["currency"] if money else [])]
        return SafeWriter(header).response(lines, f"cohorts-{asking.period.start}-{asking.period.end - DAY}.csv")


def range_of(start: Any, end: Any) -> Period:
    """Days that are no whole month."""
    return Period(start, end, range_name(start, end), "range")
