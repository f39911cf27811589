"""A rep's earnings: what accrues, what waits for approval, what is approved and paid, and what each period came to."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Company
from accounts.money import from_minor
from metrics.incentives.commissions import Progress
from metrics.incentives.terms import Terms
from metrics.pay.earning_words import next_steps, running_spiffs
from metrics.pay.earnings import ACCRUED, APPROVED, PAID, PENDING, Earnings, earnings_of, in_major
from metrics.pay.statement_rows import blocks_of
from metrics.period_names import period_title, title_of
from metrics.views.earning_parts import changes_part, what_if_part
from metrics.views.own import asked_rep, team_reps
from metrics.views.pages import FigurePage

PERIODS_DRAWN = 12


class EarningsView(FigurePage):
    """The reader's own earnings, or for a manager those of one of the team."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        rep, reps = asked_rep(request), team_reps(request.user)
        if rep is None and not reps:
            return render(request, "metrics/no_rep.html")
        if rep is None:
            rep = reps[0]
        now = timezone.now()
        found = earnings_of(rep, company=Company.current(), now=now)
        context = {
            "rep": rep,
            "is_own": rep.user_id == request.user.pk,
            "period": period_title(found.period),
            "tiles": tiles(found),
            "blocks": blocks_of(found.views, request.user),
            "steps": [words for terms, progress in found.progress for words in steps_of(terms, progress, found)],
            "history": [
                {"one": one, "amount": from_minor(one.amount, one.currency)} for one in reversed(found.history)
            ],
            "chart": chart(found) if found.history else None,
            "chips": [_rep_chip(rep, reps)] if reps else [],
            "rep_asked": request.GET.get("rep", ""),
        }
        if found.history:
            context["changes"] = changes_part(request, found.book)
            context["what_if"] = what_if_part(request, found.book, now)
        return render(request, "metrics/earnings.html", context)


def steps_of(terms: Terms, progress: tuple[Progress, ...], found: Earnings) -> list[str]:
    """What the next deal brings: the step that it counts in, and what runs on top today."""
    return [*next_steps(progress, terms), *running_spiffs(terms, found.book.shared.today)]


def tiles(found: Earnings) -> list[dict[str, Any]]:
    """What is in each state: words, amounts by currency, and what the state means."""
    states = (
        (_("Accrued"), ACCRUED, _("in the running period so far")),
        (_("Pending"), PENDING, _("periods that are over, not approved yet")),
        (_("Approved"), APPROVED, _("fixed, to be paid")),
        (_("Paid"), PAID, _("all that was paid so far")),
    )
    zero = {found.currency: 0} if found.currency else {}
    return [
        {"label": label, "amounts": in_major(found.sums(state) or zero), "note": note} for label, state, note in states
    ]


def chart(found: Earnings) -> dict[str, Any]:
    """Earnings by period in the newest currency, for components/chart_figure.html."""
    by_period: dict[str, int] = {}
    for one in found.history:
        if one.currency == found.currency:
            by_period[one.period] = by_period.get(one.period, 0) + one.amount
    drawn = list(by_period.items())[-PERIODS_DRAWN:]
    amounts = [(name, from_minor(minor, found.currency)) for name, minor in drawn]
    total = sum((amount for _name, amount in amounts), from_minor(0, found.currency))
    written = [(title_of(name), formats.money(amount, found.currency, cents=True)) for name, amount in amounts]
    name, last = written[-1]
    words = {"total": formats.money(total, found.currency, cents=True), "count": len(drawn), "name": name, "last": last}
    return {
        "id": "earnings-chart",
        "title": _("Earnings by period"),
        "summary": _("%(total)s in %(count)s periods; %(last)s in %(name)s.") % words,
        "alt": _("Bars: earnings by period. The table below has the same figures."),
        "spec": {
            "labels": [name for name, _amount in written],
            "format": "money",
            "currency": found.currency,
            "sets": [{"label": _("Earnings"), "data": [f"{amount:f}" for _name, amount in amounts], "colour": "c1"}],
        },
        "heads": [_("Period"), _("Earnings")],
        "rows": [{"label": name, "cells": [amount]} for name, amount in written],
        "total": {"label": _("Total"), "cells": [words["total"]]},
    }


def _rep_chip(rep: Any, reps: list[Any]) -> dict[str, Any]:
    home = reverse("metrics:earnings")
    return {
        "label": _("Rep"),
        "value": str(rep),
        "is_set": True,
        "options": [
            {"label": str(one), "url": f"{home}?rep={one.pk}", "is_current": one.pk == rep.pk} for one in reps
        ],
        "fields": [],
    }  # fmt: skip
