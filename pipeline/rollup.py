"""What an account comes to, from the deals and subscriptions that its reader may see."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum

from accounts.models import Account, Company
from accounts.money import from_minor
from pipeline.models import Activity, Deal, Outcome, Subscription


@dataclass(frozen=True, slots=True)
class Total:
    """Deals of one outcome: how many, what they sum to in the base currency, how many are without an amount in it."""

    deals: int
    amount: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Rollup:
    currency: str
    open: Total
    won: Total
    monthly: list[tuple[str, Decimal]]
    """Subscriptions that run today, by currency: they are not converted, so they are not added up either."""
    last_touch: datetime.datetime | None

    @property
    def unpriced(self) -> int:
        """Deals that neither sum holds."""
        return self.open.unpriced + self.won.unpriced


def account_rollup(account: Account, *, user: object, today: datetime.date) -> Rollup:
    """Open and won money, running subscriptions and the last activity, with what was sold to accounts that were merged
    into this one. Three queries."""
    family = Account.objects.family(account)
    company = Company.current()
    sums: dict[str, Any] = {}
    for outcome in (Outcome.OPEN, Outcome.WON):
        of = Q(outcome=outcome)
        sums |= {
            f"{outcome}_deals": Count("pk", filter=of),
            f"{outcome}_sum": Sum("base_minor", filter=of),
            f"{outcome}_priced": Count("base_minor", filter=of),
        }
    found = Deal.objects.visible_to(user).filter(account__in=family).aggregate(**sums)
    running = Subscription.objects.visible_to(user).filter(account__in=family, starts_on__lte=today)
    running = running.filter(Q(ends_on=None) | Q(ends_on__gt=today))
    monthly = running.order_by("currency").values_list("currency").annotate(total=Sum("monthly_amount"))
    touched = Activity.objects.visible_to(user).filter(account=account).aggregate(at=Max("done_at"))["at"]
    return Rollup(
        currency=company.base_currency,
        open=_total(found, Outcome.OPEN, company.base_currency),
        won=_total(found, Outcome.WON, company.base_currency),
        monthly=list(monthly),
        last_touch=touched,
    )


def _total(found: dict[str, Any], outcome: str, currency: str) -> Total:
    deals, priced = found[f"{outcome}_deals"], found[f"{outcome}_priced"]
    return Total(deals, from_minor(found[f"{outcome}_sum"] or 0, currency), deals - priced)


def open_sums(accounts: Iterable[Account], *, user: object, currency: str) -> dict[int, Total]:
    """Open deals of several accounts, by account id. One query."""
    rows = Deal.objects.visible_to(user).open().filter(account__in=[row.pk for row in accounts]).order_by()
    sums = rows.values("account").annotate(deals=Count("pk"), total=Sum("base_minor"), priced=Count("base_minor"))
    return {
        row["account"]: Total(row["deals"], from_minor(row["total"] or 0, currency), row["deals"] - row["priced"])
        for row in sums
    }
