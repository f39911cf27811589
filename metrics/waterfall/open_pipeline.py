"""The open pipeline at the end of a day: its sums, its stages and categories, and its deals as they stood."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet, Sum

from accounts.business_dates import BEGINNING, business_date
from accounts.models import Company
from accounts.money import from_minor, minor_digits
from metrics.asking import parse_condition, parse_day
from metrics.catalogue.pipeline import open_money
from metrics.dimensions import name_members
from metrics.evaluate import find_metric, make_question
from metrics.numbers import decimal_of, text_of
from metrics.periods import containing
from metrics.question import Question
from metrics.scopes import parse_scope
from pipeline.models import DealVersion

BASIS_POINTS = 10_000
ROW = (
    "valid_from", "deal_id", "deal__external_id", "deal__name", "account__name", "owner__name", "stage__name",
    "category", "amount_minor", "currency", "base_minor", "probability_bp", "opened_on", "expected_close_on",
)  # fmt: skip
Cursor = tuple[datetime.date, str, int]


@dataclass(frozen=True)
class OpenDeal:
    """A deal as it stood at the end of the day."""

    base_currency: str
    since: datetime.date
    id: int
    external_id: str | None
    name: str
    account: str | None
    owner: str | None
    stage: str
    category: str
    amount_minor: int | None
    currency: str
    base_minor: int | None
    probability_bp: int
    opened_on: datetime.date | None
    expected_close_on: datetime.date | None

    @property
    def cursor(self) -> Cursor:
        return self.since, "deal", self.id

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "external_id": self.external_id or "",
            "name": self.name,
            "account": self.account,
            "owner": self.owner,
            "stage": self.stage,
            "forecast_category": self.category,
            "amount": _money(self.amount_minor, self.currency),
            "currency": self.currency,
            "base_amount": _money(self.base_minor, self.base_currency),
            "probability": text_of(decimal_of(self.probability_bp) / BASIS_POINTS),
            "opened_on": self.opened_on.isoformat() if self.opened_on else None,
            "expected_close_on": self.expected_close_on.isoformat() if self.expected_close_on else None,
            "unchanged_since": None if self.since == BEGINNING else self.since.isoformat(),
            "url": f"/deals/{self.id}/",
        }


def ask_pipeline(words: Mapping[str, str], *, user: Any, now: datetime.datetime, where: Iterable[str] = ()) -> Question:
    """The question about the open pipeline of a day, for this user. Raises QuestionRefused."""
    company = Company.current()
    today = business_date(now, company.zone)
    as_of = min(parse_day(words.get("as_of"), "as_of") or today, today)
    return make_question(
        find_metric("open_pipeline"),
        period=containing(as_of, "day"),
        scope=parse_scope(words.get("scope"), user, company),
        company=company,
        today=today,
        where=[parse_condition(text) for text in where],
        as_of=as_of,
        known_on=parse_day(words.get("known_on"), "known_on"),
    )


def open_deals_page(q: Question, *, after: Cursor | None, limit: int) -> list[OpenDeal]:
    """Deals in the order of their last change, from behind ``after``."""
    rows = _rows(q)
    if after:
        rows = rows.filter(Q(valid_from__gt=after[0]) | Q(valid_from=after[0], deal__gt=after[2]))
    found: Any = rows.order_by("valid_from", "deal_id").values_list(*ROW)[:limit]
    return [OpenDeal(q.company.base_currency, *row) for row in found]


def pipeline_json(q: Question) -> dict[str, Any]:
    """Sums of the whole pipeline and of its stages and categories; money as decimal text in the base currency."""
    (total,) = _grouped(q, None)
    return {
        "as_of": q.as_of.isoformat(),
        "known_on": q.known_on.isoformat() if q.known_on else None,
        "scope": q.scope.key,
        "currency": q.company.base_currency,
        **{key: value for key, value in total.items() if key in ("deals", "amount", "weighted", "without_amount")},
        "stages": _grouped(q, "stage"),
        "forecast_categories": _grouped(q, "forecast_category"),
    }


def _rows(q: Question) -> QuerySet[DealVersion]:
    return open_money.population(q)


def _grouped(q: Question, dimension: str | None) -> list[dict[str, Any]]:
    column = open_money.fact.columns[dimension] if dimension else None
    sums: dict[str, Any] = {
        "deals_": Count("pk"),
        "amount_": Sum("base_minor"),
        "weighted_": Sum(ExpressionWrapper(F("base_minor") * F("probability_bp"), output_field=BigIntegerField())),
        "without_": Count("pk", filter=Q(base_minor=None)),
    }
    rows = _rows(q).order_by()
    found = rows.values(column).annotate(**sums) if column else [rows.aggregate(**sums)]
    names = name_members(dimension, [row[column] for row in found]) if dimension and column else {}
    currency = q.company.base_currency
    groups = []
    for row in sorted(found, key=lambda row: -(row["amount_"] or 0)):
        member = names.get(row[column]) if column else None
        weighted = decimal_of(row["weighted_"] or 0) / BASIS_POINTS
        groups.append(
            {
                **({"key": member.key, "label": member.label} if member else {}),
                "deals": row["deals_"],
                "amount": _money(row["amount_"] or 0, currency),
                "weighted": text_of(weighted.scaleb(-minor_digits(currency))),
                "without_amount": row["without_"],
            }
        )
    return groups


def _money(minor: int | None, currency: str) -> str | None:
    return None if minor is None else text_of(from_minor(minor, currency))
