"""What of a rep's work would go to whom: open deals, open leads, accounts and next steps, shared out in turn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac

from accounts.models import Account, Rep
from pipeline.models import Activity, Deal, Lead, Outcome

OPEN_LEADS = (Lead.Status.NEW, Lead.Status.CONTACTED, Lead.Status.QUALIFIED)


@dataclass
class Share:
    """What one rep gets. ``open_minor``: what the deals sum to in minor units of the base currency."""

    to: Rep
    deals: list[int] = field(default_factory=list)
    leads: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)
    activities: list[int] = field(default_factory=list)
    open_minor: int = 0

    @property
    def count(self) -> int:
        return len(self.deals) + len(self.leads) + len(self.accounts) + len(self.activities)


@dataclass(frozen=True)
class Plan:
    """The shares, and a digest of exactly these records at exactly these versions."""

    shares: list[Share]
    digest: str

    @property
    def count(self) -> int:
        return sum(share.count for share in self.shares)


def work_of(reps: Sequence[Rep]) -> dict[str, Any]:
    """The rows that reps would hand over, by kind."""
    return {
        "deals": Deal.objects.live().filter(owner__in=reps, outcome=Outcome.OPEN),
        "leads": Lead.objects.live().filter(owner__in=reps, status__in=OPEN_LEADS),
        "accounts": Account.objects.live().filter(owner__in=reps),
        "activities": Activity.objects.live().filter(owner__in=reps, done_at=None),
    }


def plan_hand_over(rep: Rep, to: Sequence[Rep]) -> Plan:
    """Share the work out. What belongs to one customer goes to one rep; each customer to who has got the least so far.

    The customers with the most open money come first, so that the sums end up close. Next steps follow their deal, lead
    or account.
    """
    rows = work_of([rep])
    deals = list(rows["deals"].order_by("pk").values_list("pk", "account", "base_minor", "version"))
    leads = list(rows["leads"].order_by("pk").values_list("pk", "account", "version"))
    accounts = list(rows["accounts"].order_by("pk").values_list("pk", "version"))
    steps = list(rows["activities"].order_by("pk").values_list("pk", "deal", "lead", "account", "version"))
    money: dict[Any, int] = {}
    for pk, account, minor, _version in deals:
        key = _customer(account, "deal", pk)
        money[key] = money.get(key, 0) + (minor or 0)
    for key in [_customer(pk, "", 0) for pk, _version in accounts]:
        money.setdefault(key, 0)
    for pk, account, _version in leads:
        money.setdefault(_customer(account, "lead", pk), 0)
    shares = [Share(one) for one in to]
    gets: dict[Any, Share] = {}
    size: dict[int, int] = dict.fromkeys(range(len(shares)), 0)
    for key in sorted(money, key=lambda key: (-money[key], str(key))):
        at = min(size, key=lambda at: (shares[at].open_minor, size[at], at))
        gets[key], size[at] = shares[at], size[at] + 1
        shares[at].open_minor += money[key]
    of_deal, of_lead, of_account = {}, {}, {}
    for pk, account, _minor, _version in deals:
        of_deal[pk] = share = gets[_customer(account, "deal", pk)]
        share.deals.append(pk)
    for pk, account, _version in leads:
        of_lead[pk] = share = gets[_customer(account, "lead", pk)]
        share.leads.append(pk)
    for pk, _version in accounts:
        of_account[pk] = share = gets[_customer(pk, "", 0)]
        share.accounts.append(pk)
    for at, (pk, deal, lead, account, _version) in enumerate(steps):
        followed = of_deal.get(deal) or of_lead.get(lead) or of_account.get(account)
        (followed or shares[at % len(shares)]).activities.append(pk)
    return Plan(shares, _digest([rep.pk, [one.pk for one in to], deals, leads, accounts, steps]))


def _customer(account: int | None, kind: str, pk: int) -> tuple[str, int]:
    """What stays together: all of one account, else the record alone."""
    return ("account", account) if account else (kind, pk)


def _digest(content: Iterable[Any]) -> str:
    return salted_hmac("hand over", repr(list(content))).hexdigest()[:20]
