"""Teams or reps beside each other: won, what is expected by category, the forecast, the target, gap and coverage."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor
from metrics.catalogue.deals import won_revenue
from metrics.goals.target_values import targets_of
from metrics.pages.dimension_words import dimension_word
from metrics.pages.member_tables import scope_links
from metrics.pages.reading import Reader
from metrics.pages.wording import NIL
from pipeline.models import ForecastCategory

CATEGORIES = (ForecastCategory.COMMIT, ForecastCategory.BEST_CASE, ForecastCategory.PIPELINE)
MOST_ROWS = 50


@dataclass(frozen=True)
class _Columns:
    """By member key, the figures of each column."""

    currency: str
    won: Mapping[str, Decimal | None]
    categories: list[Mapping[str, Decimal | None]]
    forecast: Mapping[str, Decimal | None]
    coverage: Mapping[str, Decimal | None]
    targets: Mapping[str, Decimal]

    def cells(self, key: str) -> list[str]:
        """What a row shows."""
        forecast, target = self.forecast.get(key), self.targets.get(key)
        gap = None if forecast is None or target is None else forecast - target
        amounts = [self.won.get(key), *(column.get(key) for column in self.categories), forecast, target, gap]
        covered = self.coverage.get(key)
        return [*(self._money(amount) for amount in amounts), NIL if covered is None else formats.multiple(covered)]

    def _money(self, amount: Decimal | None) -> str:
        return NIL if amount is None else formats.money(amount, self.currency, cents=False)


def member_rows(reader: Reader) -> dict[str, Any] | None:
    """The teams of the company, the reps of a team; None for a rep, or where there is nobody with anything."""
    asking = reader.asking
    if asking.scope.kind == "rep":
        return None
    by = "team" if asking.scope.kind == "company" else "rep"
    labels: dict[str, str] = {}

    def column(slug: str, category: str = "") -> dict[str, Decimal | None]:
        where = (("forecast_category", category),) if category else ()
        rows = reader.figure(slug, by=by, where=where).by or []
        labels.update((row.member.key, row.member.label) for row in rows)
        return {row.member.key: row.value.value for row in rows}

    question = reader.figure("won_revenue", by=by).question
    currency = asking.company.base_currency
    found = _Columns(
        currency,
        column("won_revenue"),
        [column("forecast_category_amount", category) for category in CATEGORIES],
        column("revenue_forecast"),
        column("pipeline_coverage"),
        {member.key: from_minor(round(value), currency) for member, value in targets_of(won_revenue, question).items()},
    )
    keys = sorted(labels, key=lambda key: (-(found.forecast.get(key) or found.won.get(key) or Decimal(0)), key))
    link = scope_links(asking, by)
    heads = [_("Won"), *(str(category.label) for category in CATEGORIES), _("Forecast"), _("Target"), _("Gap"),
             _("Coverage")]  # fmt: skip
    rows = [{"label": labels[key], "url": link(key), "cells": found.cells(key)} for key in keys[:MOST_ROWS]]
    return {"title": dimension_word(by), "heads": heads, "rows": rows, "more": len(keys) - len(rows)} if rows else None
