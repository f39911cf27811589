"""The facts that measures are made of: which rows, by which day, under which column each dimension stands."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, Min, OuterRef, Q, Value, When
from django.utils.translation import gettext as _

from metrics.dimensions import MODEL, TIME, UNKNOWN, find_values
from metrics.errors import QuestionRefused
from metrics.periods import parse_period
from metrics.question import Question
from pipeline.models import Activity, DealVersion, Lead, VersionProduct
from pipeline.models.history import DealVersionQuerySet
from pipeline.models.lead import NOT_COUNTED

_DEAL_COLUMNS = {
    "rep": "owner_id", "team": "team_id", "channel": "channel_id", "campaign": "campaign_id", "segment": "segment",
    "industry": "industry", "region": "region", "pipeline": "pipeline_id", "stage": "stage_id",
    "forecast_category": "category", "lost_reason": "lost_reason_id", "deal_kind": "kind", "currency": "currency",
    "customer": "customer", "product": "products__product_id", "product_family": "products__product__family",
}  # fmt: skip
_LEAD_COLUMNS = {
    "rep": "first_owner_id", "team": "first_team_id", "channel": "channel_id", "campaign": "campaign_id",
}  # fmt: skip
_ACTIVITY_COLUMNS = {"rep": "owner_id", "team": "team_id", "activity_kind": "kind"}


@dataclass(frozen=True)
class Fact:
    """A source of rows. ``date`` is the company day that puts a row in a period; ``columns`` its dimensions."""

    kind: str
    date: str
    columns: dict[str, str]
    level: bool = False
    adds_up = True
    """Whether the rows of a quarter are those of its months; not where a period decides by its first day."""

    def coverage(self, q: Question) -> datetime.date | None:
        """The first day, company-wide, on which such a row is known; None when there is none."""
        rows = self.everything(q).exclude(**{self.date: None})
        return rows.aggregate(first=Min(self.date))["first"]

    def notes(self, q: Question) -> list[str]:
        """What a reader should know of rows that are no part of the fact."""
        return []

    def everything(self, q: Question) -> models.QuerySet[Any]:
        raise NotImplementedError

    def in_period(self, q: Question) -> models.QuerySet[Any]:
        """Rows of the period that are true at the as-of day, scope and ``where`` not yet applied."""
        end = min(q.period.end, q.as_of + datetime.timedelta(days=1))
        return self.everything(q).filter(**{f"{self.date}__gte": q.period.start, f"{self.date}__lt": end})

    def reaches(self, q: Question) -> bool:
        """Whether its rows belong to reps and teams, where the question is about one."""
        return q.scope.kind == "company" or "rep" in self.columns

    def scoped(self, rows: models.QuerySet[Any], q: Question) -> models.QuerySet[Any]:
        """Rows of the scope, by the rep and the team that the row itself carries."""
        match q.scope.kind:
            case "team":
                return rows.filter(**{f"{self.columns['team']}__in": q.scope.team_ids})
            case "rep":
                return rows.filter(**{self.columns["rep"]: q.scope.id})
            case _:
                return rows

    def filtered(self, rows: models.QuerySet[Any], q: Question, skip: tuple[str, ...] = ()) -> models.QuerySet[Any]:
        """Rows that pass every ``where``, but for the dimensions in ``skip``."""
        for dimension, member in q.where:
            if dimension in skip or dimension == MODEL:
                continue  # a model of attribution splits money, it leaves no row out
            if dimension in TIME:
                if self.level:
                    raise QuestionRefused(_("A level has no time in where; ask for the period instead."), "where")
                span = parse_period(member, today=q.as_of, fiscal_start=q.company.fiscal_year_start_month)
                rows = rows.filter(**{f"{self.date}__gte": span.start, f"{self.date}__lt": span.end})
            else:
                rows = self._where(rows, q, dimension, member)
        return rows

    def _where(self, rows: models.QuerySet[Any], q: Question, dimension: str, member: str) -> models.QuerySet[Any]:
        values = find_values(dimension, member)
        column = self.columns[dimension]
        condition = Q(**{f"{column}__in": [value for value in values if value is not None]})
        if None in values:
            condition = Q(**{f"{column}__isnull": True}) if column.endswith("_id") else condition
        return rows.filter(condition)


class DealFact(Fact):
    """Versions of deals, one per deal: as of the day, as known then. Duplicates, spam and tests are out."""

    def everything(self, q: Question) -> DealVersionQuerySet:
        rows: DealVersionQuerySet = DealVersion.objects.known_on(q.known_at)
        return rows.filter(Q(discounted_on=None) | Q(discounted_on__gt=q.as_of))

    def _where(self, rows: models.QuerySet[Any], q: Question, dimension: str, member: str) -> models.QuerySet[Any]:
        if dimension == "customer":
            return self.with_customer(rows, q).filter(customer="" if member == UNKNOWN.key else member)
        if dimension in ("product", "product_family"):
            return rows.filter(Exists(self.products(member, dimension).filter(version=OuterRef("pk"))))
        return super()._where(rows, q, dimension, member)

    @staticmethod
    def products(member: str, dimension: str) -> models.QuerySet[Any]:
        """The product rows of versions that belong to a product or a family."""
        rows = VersionProduct.objects.order_by()
        values = find_values(dimension, member)
        column = "product" if dimension == "product" else "product__family"
        if None in values:
            empty = Q(product=None) if dimension == "product" else Q(product=None) | Q(product__family="")
            return rows.filter(empty)
        return rows.filter(**{f"{column}__in": values})

    def with_customer(self, rows: models.QuerySet[Any], q: Question) -> models.QuerySet[Any]:
        """``customer``: existing when the account won a deal on an earlier day, else new; empty without an account."""
        wins = DealVersion.objects.known_on(q.known_at).valid_on(q.valid_day).filter(outcome="won")
        bought = wins.exclude(amount_minor=0).exclude(kind="credit")
        earlier = bought.filter(account=OuterRef("account"), closed_on__lt=self.seen_from(q))
        return rows.annotate(
            customer=Case(
                When(account=None, then=Value("")),
                When(Exists(earlier), then=Value("existing")),
                default=Value("new"),
                output_field=models.CharField(),
            )
        )

    def seen_from(self, q: Question) -> Any:
        """The day before which a win makes the account an existing customer: the row's own."""
        return OuterRef(self.date)


class ClosedDeals(DealFact):
    """Deals won or lost, on the first day of their final closed run."""

    def everything(self, q: Question) -> DealVersionQuerySet:
        return super().everything(q).valid_on(q.valid_day).filter(outcome__in=["won", "lost"])


class OpenedDeals(DealFact):
    """Deals by the day they were opened, as they stood at the end of that day, whatever became of them."""

    def everything(self, q: Question) -> DealVersionQuerySet:
        return super().everything(q).filter(valid_from=F("opened_on"))


class OpenDeals(DealFact):
    """Deals open at the end of a day, the category omitted left out."""

    def everything(self, q: Question) -> DealVersionQuerySet:
        return super().everything(q).filter(outcome="open")

    def in_period(self, q: Question) -> DealVersionQuerySet:
        day = None if q.level_day >= q.today else q.level_day
        return self.everything(q).valid_on(day).exclude(category="omitted")

    def coverage(self, q: Question) -> datetime.date | None:
        rows = DealFact.everything(self, q).exclude(opened_on=None)
        return rows.aggregate(first=Min("opened_on"))["first"]

    def seen_from(self, q: Question) -> Any:
        return Value(q.level_day + datetime.timedelta(days=1))


class LeadFact(Fact):
    """Leads by the day they came. Spam, tests and duplicates are out once they are known as such."""

    def everything(self, q: Question) -> models.QuerySet[Lead]:
        known = Q(disqualified_on=None) | Q(disqualified_on__lte=q.as_of)
        not_counted = Q()
        for reason in NOT_COUNTED:
            not_counted |= Q(disqualified_reason__iexact=reason)
        return Lead.objects.filter(deleted_at=None).exclude(known & not_counted)


class ActivityFact(Fact):
    """Activities that people did, no-shows left out, by the day they were done."""

    def everything(self, q: Question) -> models.QuerySet[Activity]:
        rows = Activity.objects.filter(deleted_at=None, automated=False, done_on__isnull=False)
        return rows.exclude(outcome="no_show")


CLOSED = ClosedDeals("deal", "closed_on", _DEAL_COLUMNS)
OPENED = OpenedDeals("deal", "opened_on", {**_DEAL_COLUMNS})
OPEN = OpenDeals("deal", "valid_from", _DEAL_COLUMNS, level=True)
LEADS = LeadFact("lead", "created_on", _LEAD_COLUMNS)
ACTIVITIES = ActivityFact("activity", "done_on", _ACTIVITY_COLUMNS)
