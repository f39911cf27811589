"""Whole days between two days, and what else facts count per row, in words that both databases understand."""

from typing import Any

from django.db import models
from django.db.models import Count, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from pipeline.models import Activity

TOUCHES = ("call", "email", "meeting", "demo", "proposal")
"""Kinds of activities in which somebody spoke to the customer; tasks and notes are none."""


class DaysBetween(Func):
    """``DaysBetween(later, earlier)``: whole days from one day to another; None when one is not known."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    arity = 2
    output_field = models.IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        days = [
            Func(part, function="julianday", output_field=models.FloatField()) for part in self.get_source_expressions()
        ]
        copy = self.copy()
        copy.set_source_expressions(days)
        return super(DaysBetween, copy).as_sql(
            compiler, connection, template="CAST(%(expressions)s AS INTEGER)", **more
        )


def counted(rows: QuerySet[Any], by: str, count: Any) -> Coalesce:
    """A count of related ``rows``, which are grouped by the column ``by``; 0 when there are none."""
    groups = rows.order_by().values(by).annotate(counted_=count)
    return Coalesce(Subquery(groups.values("counted_")), Value(0), output_field=models.IntegerField())


def touches(until: Any) -> QuerySet[Activity]:
    """Activities of people with the customer, no-shows left out, that were done up to the day ``until``."""
    done = Activity.objects.filter(deleted_at=None, automated=False, kind__in=TOUCHES, done_on__lte=until)
    return done.exclude(outcome="no_show")


def touches_of_deal(until: Any) -> Coalesce:
    """How many touches a version's deal had, and the lead that it came from, up to a day."""
    own = counted(touches(until).filter(deal=OuterRef("deal")), "deal", Count("pk"))
    of_lead = touches(until).filter(lead__deal=OuterRef("deal")).filter(~Q(deal=OuterRef("deal")) | Q(deal=None))
    return own + counted(of_lead, "lead__deal", Count("pk"))  # type: ignore[return-value]
