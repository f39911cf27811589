"""Two records that are the same customer or person: in which fields they differ, and what of one goes to the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from pipeline.duplicates import Typed, find_duplicates
from pipeline.models import Activity, Deal, Lead, Outcome, Subscription

FIELDS: Mapping[type[Account | Contact], tuple[str, ...]] = {
    Account: (
        "name", "domain", "industry", "segment", "region", "country", "employees", "annual_revenue", "is_key", "parent",
        "owner",
    ),
    Contact: ("name", "account", "title", "email", "phone"),
}  # fmt: skip
"""Fields of which the one that stays takes its own value or the other's."""
FOLLOWERS: Mapping[type[Account | Contact], tuple[tuple[type[Any], str], ...]] = {
    Account: ((Contact, "account"), (Lead, "account"), (Activity, "account"), (Account, "parent"),
              (Account, "merged_into")),
    Contact: ((Lead, "contact"), (Activity, "contact"), (Contact, "merged_into")),
}  # fmt: skip
"""What names the one that goes, and names the one that stays afterwards; open deals besides."""


@dataclass(frozen=True, slots=True)
class Part:
    """So many rows of one kind."""

    label: str | Promise
    count: int


def differing(kept: Account | Contact, gone: Account | Contact) -> list[str]:
    """Fields that say something else of the two. A parent that would make a company stand below itself is none."""
    found = [name for name in FIELDS[type(kept)] if getattr(kept, name) != getattr(gone, name)]
    if isinstance(gone, Account) and gone.parent_id == kept.pk:
        found.remove("parent")
    return found


def moving_parts(gone: Account | Contact, *, user: Any) -> list[Part]:
    """What goes to the one that stays, as far as the user sees it; kinds of which there is nothing are left out."""
    name = gone._meta.model_name or ""
    parts = [Part(_("Open deals"), _of(Deal, name, gone, user).filter(outcome=Outcome.OPEN).count())]
    if isinstance(gone, Account):
        parts.append(Part(_("Contacts"), _of(Contact, name, gone, user).count()))
    activities = _of(Activity, name, gone, user)
    parts += [
        Part(_("Leads"), _of(Lead, name, gone, user).count()),
        Part(_("Next steps"), activities.filter(done_at=None).count()),
        Part(_("Activities"), activities.exclude(done_at=None).count()),
    ]
    if isinstance(gone, Account):
        parts.append(Part(_("Subsidiaries"), Account.objects.visible_to(user).filter(parent=gone.pk).count()))
    return [part for part in parts if part.count]


def staying_parts(gone: Account | Contact, *, user: Any) -> list[Part]:
    """What stays counted where it was counted and is shown at the one that stays."""
    name = gone._meta.model_name or ""
    closed = _of(Deal, name, gone, user).exclude(outcome=Outcome.OPEN)
    parts = [
        Part(_("Deals won"), closed.filter(outcome=Outcome.WON).count()),
        Part(_("Deals lost"), closed.filter(outcome=Outcome.LOST).count()),
    ]
    if isinstance(gone, Account):
        parts.append(Part(_("Subscriptions"), _of(Subscription, name, gone, user).count()))
    return [part for part in parts if part.count]


def _of(model: type[Any], name: str, record: Account | Contact, user: Any) -> QuerySet[Any]:
    return model.objects.visible_to(user).filter(**{name: record})


def likely_duplicates(record: Account | Contact, *, user: Any) -> list[tuple[Any, str | Promise]]:
    """Visible records of the same kind that look the same, and why."""
    if isinstance(record, Account):
        typed = Typed(company=record.name, domain=record.domain)
    else:
        typed = Typed(name=record.name, email=record.email, phone=record.phone, at_company=True)
    found = find_duplicates(typed, user=user, leave_out=record)
    return [(one.record, one.why) for one in found.shown if type(one.record) is type(record)]
