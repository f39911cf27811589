"""How good the data about contacts is: which fields are filled, and who is there twice."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower, TruncDate

from accounts.business_dates import day_start
from accounts.models import Contact
from metrics.facts.fact import Fact
from metrics.measures.measure import Measure
from metrics.periods import DAY
from metrics.question import Question

REQUIRED = ("name", "email", "phone", "title")
"""The fields of a contact that should be filled. Another list is another version of the metric."""


@dataclass(frozen=True)
class ContactFact(Fact):
    """Contacts of living accounts that were there at the end of a day; their fields are as they are today."""

    def everything(self, q: Question) -> QuerySet[Any]:
        end = day_start(q.level_day + DAY, q.company.zone)
        rows = Contact.objects.filter(deleted_at=None, account__deleted_at=None, created_at__lt=end)
        rows = rows.exclude(merged_at__lt=end)  # a duplicate was a contact until it was merged
        filled = sum((_is_filled(field) for field in REQUIRED), start=Value(0))
        return rows.annotate(
            filled=filled, required=Value(len(REQUIRED), output_field=IntegerField()), mail=Lower("email")
        )

    def in_period(self, q: Question) -> QuerySet[Any]:
        return self.everything(q)

    def coverage(self, q: Question) -> datetime.date | None:
        first = Contact.objects.order_by("created_at").values_list("created_at", flat=True).first()
        return first.astimezone(q.company.zone).date() if first else None


def _is_filled(field: str) -> Any:
    return Case(When(~Q(**{field: ""}), then=Value(1)), default=Value(0), output_field=IntegerField())


CONTACTS = ContactFact(
    "contact", "created_at", {"rep": "account__owner_id", "team": "account__owner__team_id"}, level=True
)


@dataclass(frozen=True)
class ContactMeasure(Measure):
    """Contacts at the end of the period. Their own day in a list is the one on which they were entered."""

    live: bool = True

    def records(self, q: Question) -> QuerySet[Any]:
        day = TruncDate("created_at", tzinfo=q.company.zone)
        return self.population(q).annotate(contribution=self._contribution(q), recorded_day=day)


@dataclass(frozen=True)
class Duplicated(ContactMeasure):
    """Contacts with the e-mail, or with name and account, of another one in the asked scope.

    A twin outside the scope does not count: a rep's figure must not tell what others have.
    """

    def condition(self, q: Question) -> Q:
        everyone = self.fact.scoped(self.fact.everything(q), q)
        mails = everyone.exclude(email="").order_by().values("mail").annotate(times=Count("pk"))
        twice = mails.filter(times__gt=1).values("mail")
        same_name = everyone.exclude(pk=OuterRef("pk")).filter(
            account=OuterRef("account"), name__iexact=OuterRef("name")
        )
        return self.where & (Q(mail__in=twice) | Q(Exists(same_name)))
