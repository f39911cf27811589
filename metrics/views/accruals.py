"""Pay by month for leaders and admins: what was earned, what was paid out, what is owed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import formats
from accounts.actions.exports import note_export
from accounts.business_dates import business_date
from accounts.exports import SafeWriter
from accounts.models import Company
from accounts.money import from_minor
from metrics.errors import QuestionRefused
from metrics.models import Statement
from metrics.pay.accruals import Accruals, MonthOfPay, accruals_of
from metrics.periods import Period, parse_period
from metrics.views.pages import FigurePage

COLUMNS = ("accruing", "pending", "approved", "paid", "earned", "paid_out", "owed")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class AccrualView(FigurePage):
    """Twelve months of a year; the running one unless the address names another."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        company = Company.current()
        today = business_date(timezone.now(), company.zone)
        year = _year(request.GET.get("year") or str(today.year), today)
        found = accruals_of(year, Statement.objects.visible_to(request.user), company=company, today=today)
        currency = company.base_currency
        if request.GET.get("format") == "csv":
            note_export(
                kind="pay by month", query=request.GET.urlencode(), by=request.user, now=timezone.now()
            )  # fmt: skip
            cells = [
                [f"{month.first:%Y-%m}", month.statements, *_amounts(month, currency), currency]
                for month in found.months
            ]
            return SafeWriter(["month", "statements", *COLUMNS, "currency"]).response(cells, f"pay-{year.name}.csv")
        context = {
            "crumbs": [{"label": _("Statements"), "url": reverse("metrics:statement_list")}],
            "year": year.name,
            "earlier": int(year.name) - 1,
            "later": int(year.name) + 1,
            "currency": currency,
            "months": [_row(month, currency) for month in found.months],
            "total": _row(found.total, currency),
            "unpriced": found.unpriced,
            "chart": _chart(found, currency) if found.total.statements or found.total.paid_out else None,
        }
        return render(request, "metrics/statement_months.html", context)


def _year(text: str, today: Any) -> Period:
    """Raises QuestionRefused for what is no year."""
    if not text.isdecimal() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise QuestionRefused(
            _("year: a calendar year from %(first)s to %(last)s, such as %(year)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR, "year": today.year},
            "year",
        )
    return parse_period(text, today=today)


def _amounts(month: MonthOfPay, currency: str) -> list[Any]:
    return [from_minor(getattr(month, name), currency) for name in COLUMNS]


def _row(month: MonthOfPay, currency: str) -> dict[str, Any]:
    amounts = dict(zip(COLUMNS, _amounts(month, currency), strict=True))
    name = f"{month.first:%Y-%m}"
    return {
        "label": date_format(month.first, "F"), "name": name, "statements": month.statements, **amounts,
        "is_empty": not month.statements and not any(amounts.values()),
    }  # fmt: skip


def _chart(found: Accruals, currency: str) -> dict[str, Any]:
    """Earned and paid out by month, for components/chart_figure.html."""
    total = found.total
    words = {
        "earned": formats.money(from_minor(total.earned, currency), currency),
        "paid": formats.money(from_minor(total.paid_out, currency), currency),
        "owed": formats.money(from_minor(total.owed, currency), currency),
    }
    sets = [(_("Earned"), "earned", "c1"), (_("Paid out"), "paid_out", "c2")]
    return {
        "id": "accruals-chart",
        "title": _("Earned and paid out by month"),
        "summary": _("%(earned)s earned and %(paid)s paid out in the year; %(owed)s owed at its end.") % words,
        "alt": _("Bars: pay earned and paid out by month. The table below has the same figures."),
        "key": [{"swatch": "" if colour == "c1" else colour, "label": label} for label, _name, colour in sets],
        "spec": {
            "labels": [date_format(month.first, "M") for month in found.months],
            "format": "money",
            "currency": currency,
            "sets": [
                {
                    "label": label,
                    "data": [f"{from_minor(getattr(month, name), currency):f}" for month in found.months],
                    "colour": colour,
                }
                for label, name, colour in sets
            ],
        },
        "heads": [_("Month"), *(label for label, _name, _colour in sets)],
        "rows": [
            {
                "label": date_format(month.first, "F"),
                "cells": [
                    formats.money(from_minor(getattr(month, name), currency), currency, cents=True)
                    for _label, name, _colour in sets
                ],
            }
            for month in found.months
        ],
    }
