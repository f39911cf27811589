"""Targets as a grid of people and months: typed, pasted, filled by rules, and saved at once."""

import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Q
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, Rep, Team
from metrics.actions.target_grid import save_grid
from metrics.errors import QuestionRefused
from metrics.forms.goals import metric_choices
from metrics.goals.goal import goal_metric, goal_of
from metrics.goals.grid import MONTHS, Months
from metrics.goals.words import goal_input, goal_text
from metrics.incentives.units import unit_of
from metrics.metric import Metric
from metrics.models import Target
from metrics.period_names import period_title
from metrics.periods import fiscal_year_start
from metrics.scopes import COMPANY, Scope, rep_scope, team_scope
from metrics.views.target_fills import Fills, Row

MOST_ROWS = 70
"""So many lines with twelve fields each may be sent at once."""
FILLS = ("paste", "copy", "even", "season", "ramp")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class TargetGridView(Fills, View):
    """The grid of one metric and fiscal year: of the company and its teams, or of a team with its reps."""

    http_method_names: ClassVar = ["get", "head", "options", "post"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.company = Company.current()
        self.today = business_date(timezone.now(), self.company.zone)

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            self._read(request.GET)
        except QuestionRefused as refusal:
            return self._refused(refusal)
        for row in self.rows:
            row.texts = [goal_input(one.metric, one.value) if one else "" for one in row.standing]
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            self._read(request.POST)
        except QuestionRefused as refusal:
            return self._refused(refusal)
        for row in self.rows:
            row.texts = [request.POST.get(f"{row.key}-{number}", "")[:40] for number in range(1, MONTHS + 1)]
        if request.POST.get("seen") != self._seen():
            text = _("Targets were changed since this page was opened. Yours are below; save again to let them hold.")
            return self._page([text], status=409)
        fill = request.POST.get("fill", "")
        if fill in FILLS:
            return self._fill(fill)
        return self._save()

    def _refused(self, refusal: QuestionRefused) -> HttpResponse:
        context = {"problem": str(refusal), "field": refusal.field, "clear_url": self.request.path}
        return render(self.request, "metrics/refused.html", context, status=400)

    def _read(self, words: Any) -> None:
        """Metric, year and rows of the address or the form. Raises QuestionRefused."""
        self.metric: Metric = goal_metric(words.get("metric") or "won_revenue")
        fiscal = self.company.fiscal_year_start_month
        now = unit_of(self.today, "year", fiscal).last_day.year
        text = (words.get("year") or str(now)).upper().removeprefix("FY")
        if not (text.isdecimal() and len(text) == 4) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
            possible = {"first": FIRST_YEAR, "last": LAST_YEAR, "now": now}
            raise QuestionRefused(_("year: from %(first)s to %(last)s, such as %(now)s.") % possible, "year")
        self.year = int(text)
        self.whole = unit_of(fiscal_year_start(self.year, fiscal), "year", fiscal)
        self.year_before, self.months = self.whole.year_before(), list(self.whole.split("month"))
        self.team = self._team(words.get("team") or "")
        self.rows = self._rows()
        self.left_out = self.rows[MOST_ROWS:]
        self.rows = self.rows[:MOST_ROWS]
        self._find_standing()

    def _team(self, text: str) -> Team | None:
        if not text:
            return None
        team = Team.objects.filter(slug=text).first()
        if team is None:
            raise QuestionRefused(_("There is no such team."), "team")
        return team

    def _rows(self) -> list[Row]:
        if self.team is None:
            teams = list(Team.objects.order_by("name").values_list("pk", "slug", "name", "parent_id"))
            below = {pk: f"team-{parent}" if parent else "company-0" for pk, _slug, _name, parent in teams}
            return [
                Row(COMPANY, ""),
                *(Row(Scope("team", pk, f"team:{slug}", name), below[pk]) for pk, slug, name, _parent in teams),
            ]
        scope = team_scope(self.team)
        first, last = self.whole.start, self.whole.last_day
        reps = Rep.objects.filter(team__in=scope.team_ids).filter(Q(left_on=None) | Q(left_on__gte=first))
        reps = reps.filter(Q(hired_on=None) | Q(hired_on__lte=last)).order_by("name", "pk")
        return [Row(scope, ""), *(Row(rep_scope(rep), f"team-{self.team.pk}", rep) for rep in reps)]

    def _targets(self, first: datetime.date, last: datetime.date) -> list[Target]:
        rows = Target.objects.visible_to(self.request.user).known_on(None)
        found = rows.filter(
            metric=self.metric.slug, dimension="", period_kind="month", starts_on__gte=first, ends_on__lte=last
        )
        return list(found.select_related("team", "rep").order_by("pk"))

    def _find_standing(self) -> None:
        by_key = {row.key: row for row in self.rows}
        places = {month.start: place for place, month in enumerate(self.months)}
        for target in self._targets(self.whole.start, self.whole.last_day):
            row = by_key.get(f"{target.scope_kind}-{target.scope_id}")
            if row is not None:
                row.standing[places[target.starts_on]] = target

    def _seen(self) -> str:
        """What holds now, in a word: another one when anything of it was changed."""
        ids = [one.pk for row in self.rows for one in row.standing if one]
        return f"{len(ids)}-{max(ids, default=0)}-{sum(ids)}"

    def _fill(self, fill: str) -> HttpResponse:
        """The grid as a rule fills it, to be looked at and saved."""
        problems: list[str] = []
        try:
            getattr(self, f"_fill_{fill}")()
        except (ValidationError, QuestionRefused) as error:
            problems = error.messages if isinstance(error, ValidationError) else [str(error)]
        if not problems:
            messages.info(self.request, _("Filled in. Nothing is saved yet."))
        return self._page(problems, status=422 if problems else 200)

    def _save(self) -> HttpResponse:
        goals, emptied = [], []
        for row in self.rows:
            for number, value in enumerate(row.values(self.metric.slug, self.months)):
                standing = row.standing[number]
                if value is None and standing is not None:
                    emptied.append(standing)
                elif value is not None and (standing is None or standing.value != value):
                    goals.append(goal_of(self.metric.slug, row.scope, self.months[number], value))
        problems = [text for row in self.rows for text in row.problems]
        if problems:
            return self._page(problems, status=422)
        try:
            changed = save_grid(goals=goals, emptied=emptied, by=self.request.user, now=timezone.now())
        except ActionRefused as refusal:
            return self._page([str(refusal)], status=409)
        messages.success(self.request, ngettext("%s target changed.", "%s targets changed.", changed) % changed)
        query = {"metric": self.metric.slug, "year": self.year, **({"team": self.team.slug} if self.team else {})}
        return redirect(reverse("metrics:target_grid", query=query))

    def _page(self, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
        head = "M" if self.whole.start.month == 1 else "M y"
        totals = {row.key: _total(row.values(self.metric.slug, self.months)) for row in self.rows}
        context = {
            "metric": self.metric, "metrics": metric_choices(), "year": self.year, "team": self.team,
            "teams": Team.objects.order_by("name"), "seen": self._seen(), "problems": problems or [],
            "heads": [{"name": month.name, "label": date_format(month.start, head)} for month in self.months],
            "rows": [self._shown(row, totals) for row in self.rows],
            "crumbs": [{"label": _("Targets"), "url": reverse("metrics:target_list")}],
            "whole": period_title(self.whole), "last_year": period_title(self.year_before),
            "first_month": date_format(self.whole.start, "F"), "left_out": len(self.left_out),
        }  # fmt: skip
        return render(self.request, "metrics/target_grid.html", context, status=status)

    def _shown(self, row: Row, totals: dict[str, Decimal]) -> dict[str, Any]:
        parts = [totals[one.key] for one in self.rows if one.parent == row.key]
        gap = sum(parts, Decimal(0)) - totals[row.key] if any(parts) and totals[row.key] else None
        slug, currency = self.metric.slug, self.company.base_currency
        return {
            "row": row,
            "is_sum": row.rep is None,
            "cells": [
                {"name": f"{row.key}-{number}", "text": text, "label": self.months[number - 1].name,
                 "history": row.standing[number - 1]}
                for number, text in enumerate(row.texts, 1)
            ],
            "total": goal_text(slug, totals[row.key], currency),
            "parts": goal_text(slug, sum(parts, Decimal(0)), currency) if any(parts) else "",
            "gap": None if gap is None else goal_text(slug, abs(gap), currency),
            "gap_sign": 0 if not gap else (1 if gap > 0 else -1),
        }  # fmt: skip


def _total(values: Months) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))
