"""The lines of a grid of targets, and the rules that fill them in: nothing is saved here."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.forms import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Rep
from metrics.asking import ask
from metrics.forms.goals import typed_value
from metrics.goals.grid import MONTHS, Months, ramped, read_pasted, scaled, spread
from metrics.goals.words import goal_input
from metrics.metric import Metric
from metrics.models import Target
from metrics.period_names import period_title
from metrics.periods import Period
from metrics.scopes import Scope

MOST_PERCENT = 1000


@dataclass
class Row:
    """A line of the grid; ``texts`` are what its fields hold, ``standing`` the targets that hold now."""

    scope: Scope
    parent: str
    rep: Rep | None = None
    standing: list[Target | None] = field(default_factory=lambda: [None] * MONTHS)
    texts: list[str] = field(default_factory=lambda: [""] * MONTHS)
    problems: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.scope.kind}-{self.scope.id}"

    def values(self, slug: str, months: Sequence[Period]) -> Months:
        """What the fields say, month by month. Notes what can't be read."""
        found: Months = []
        for month, text in zip(months, self.texts, strict=True):
            try:
                found.append(typed_value(slug, text) if text.strip() else None)
            except ValidationError as error:
                self.problems.append(f"{self.scope.label}, {period_title(month)}: {error.messages[0]}")
                found.append(None)
        return found


class Fills:
    """What each of the buttons below the grid does to its fields."""

    request: HttpRequest
    metric: Metric
    months: list[Period]
    """Of the company's year, in order."""
    year_before: Period
    rows: list[Row]

    def _targets(self, first: datetime.date, last: datetime.date) -> list[Target]:
        raise NotImplementedError

    def _write(self, row: Row, values: Months) -> None:
        row.texts = ["" if value is None else goal_input(self.metric.slug, value) for value in values]

    def _fill_paste(self) -> None:
        by_name = {
            name.lower(): row for row in self.rows for name in (row.scope.label, row.scope.key.partition(":")[2])
        }
        try:
            pasted = read_pasted(self.request.POST.get("pasted", ""))
        except ValueError as error:
            raise ValidationError(
                _("Line %s: a name, a tab, then up to twelve values with tabs between them.") % error
            ) from error
        unknown = [name for name, _cells in pasted if name.lower() not in by_name]
        if unknown or not pasted:
            names = ", ".join(unknown[:5]) or _("nothing was pasted")
            raise ValidationError(_("Not in this grid: %s.") % names)
        for name, cells in pasted:
            row = by_name[name.lower()]
            row.texts = [*cells, *row.texts[len(cells) :]]

    def _fill_copy(self) -> None:
        percent = self._number("percent", _("Percent"))
        before = {(one.scope_kind, one.scope_id, one.starts_on): one.value for one in self._last_year()}
        firsts = [month.start for month in self.year_before.split("month")]
        for row in self.rows:
            values = [before.get((row.scope.kind, row.scope.id, first)) for first in firsts]
            if any(value is not None for value in values):
                self._write(row, scaled(values, percent, self._decimals))

    def _last_year(self) -> list[Target]:
        return self._targets(self.year_before.start, self.year_before.last_day)

    def _fill_even(self) -> None:
        self._spread([Fraction(1)] * MONTHS)

    def _fill_season(self) -> None:
        """By what the company did in each month of the year before."""
        words = {"period": self.year_before.name, "scope": "company", "by": "month"}
        found = ask(self.metric.slug, words, user=self.request.user, now=timezone.now(), stored=True)
        rows = found.figure(timezone.now()).as_json().get("by") or []
        by_month = {one["key"]: Fraction(one["value"] or 0) for one in rows}
        months = self.year_before.split("month")
        weights = [max(by_month.get(month.name, Fraction(0)), Fraction(0)) for month in months]
        if not any(weights):
            year = period_title(self.year_before)
            raise ValidationError(_("There are no figures of %s to take the season from.") % year)
        self._spread(weights)

    def _spread(self, weights: list[Fraction]) -> None:
        for row in self.rows:
            values = row.values(self.metric.slug, self.months)
            total = sum((value for value in values if value is not None), Decimal(0))
            if total:
                self._write(row, spread(total, weights, self._decimals))

    def _fill_ramp(self) -> None:
        for row in self.rows:
            if row.rep is not None:
                values = row.values(self.metric.slug, self.months)
                rep = row.rep
                cut = ramped(
                    values, [month.start for month in self.months], hired=rep.hired_on, left=rep.left_on,
                    ramp=rep.ramp_months, decimals=self._decimals,
                )  # fmt: skip
                self._write(row, cut)

    def _number(self, name: str, label: str) -> Decimal:
        try:
            value = Decimal(self.request.POST.get(name) or "0")
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) > MOST_PERCENT:
            raise ValidationError(_("%s: a number from -1000 to 1000.") % label)
        return value

    @property
    def _decimals(self) -> int:
        return {"count": 0, "money": 2, "percent": 4}.get(self.metric.unit, 2)
