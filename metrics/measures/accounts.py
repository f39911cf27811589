"""Measures of accounts: counted themselves, or counted and summed through rows that belong to them."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, F, IntegerField, OuterRef, Subquery, Sum, Value
from django.utils.translation import ngettext

from accounts.models import Account
from metrics.cells import Cells
from metrics.measures.measure import Measure
from metrics.question import Question


@dataclass(frozen=True)
class AccountMeasure(Measure):
    """Accounts, counted or summed over a column. A level that no night stores."""

    live: bool = True

    def _by_product(self, q: Question) -> bool:
        return False

    def _contribution(self, q: Question) -> Any:
        return F(self.value) if self.value else Value(1, output_field=IntegerField())

    def gaps(self, q: Question) -> list[str] | None:
        return []


@dataclass(frozen=True)
class OfAccounts(AccountMeasure):
    """Rows that belong to accounts: summed over ``value``, or their accounts counted. n and the records are accounts.

    An account that has rows in two members is counted in both, so counts of members do not add up to the whole.
    """

    adds_up = False

    def live_cells(self, q: Question) -> Cells:
        n = Count("account", distinct=True)
        return self._grouped(self.population(q), q, self.slice_column(q), n, Sum(self.value) if self.value else n)

    def records(self, q: Question) -> models.QuerySet[Any]:
        rows = self.population(q).order_by()
        day = Value(q.level_day, models.DateField())
        accounts = Account.objects.filter(pk__in=rows.values("account")).annotate(recorded_day=day)
        if not self.value:
            return accounts.annotate(contribution=Value(1, output_field=IntegerField()))
        mine = rows.filter(account=OuterRef("pk")).values("account")
        total = mine.annotate(total_=Sum(self.value)).values("total_")
        return accounts.annotate(contribution=Subquery(total, models.BigIntegerField()))


@dataclass(frozen=True)
class MonthlyMoney(OfAccounts):
    """What subscriptions bring a month."""

    def gaps(self, q: Question) -> list[str]:
        return unpriced_note(self.population(q).filter(base_minor=None).count())


def unpriced_note(count: int) -> list[str]:
    """That so many subscriptions are in no sum of money; nothing where there are none."""
    if not count:
        return []
    words = ngettext(
        "%(n)s subscription without an exchange rate, not converted",
        "%(n)s subscriptions without an exchange rate, not converted",
        count,
    )
    return [words % {"n": count}]
