"""What open deals would pay if they were won today as they stand: ticks on the page of earnings."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Rep
from metrics.incentives.differences import Difference, differences
from metrics.incentives.preview import supposed_win
from metrics.incentives.statements import Book
from pipeline.models import Deal, Outcome

MOST_LISTED = 12


@dataclass
class WhatIf:
    """``parts``: what each of the deals adds, in the order in which they count; ``book``: the statements with them."""

    book: Book
    parts: list[Difference] = field(default_factory=list)

    def sums(self) -> dict[str, int]:
        """By currency what all of them add, in minor units."""
        found: dict[str, int] = {}
        for one in self.parts:
            currency = self.book.shared.versions[one.version].terms.currency
            found[currency] = found.get(currency, 0) + one.amount
        return found


def open_deals(rep: Rep, user: Any) -> QuerySet[Deal]:
    """The rep's open deals with an amount, by owner or credit, that a reader may see; the next to close first."""
    his = Q(owner=rep) | Q(credits__rep=rep)
    rows = Deal.objects.visible_to(user).filter(his, outcome=Outcome.OPEN, amount__isnull=False).distinct()
    return rows.select_related("account").order_by("expected_close_on", "pk")


def what_if(book: Book, deals: Sequence[Deal], *, now: datetime.datetime) -> WhatIf:
    """What the statements of a book come to with some open deals won now. Deals that can't be won are left out.

    By the function that makes the statements. Raises QuestionRefused, SharesRefused.
    """
    day = business_date(now, book.shared.company.zone)
    supposed = {}
    for deal in deals:
        try:
            supposed[deal.pk] = supposed_win(deal, day, book.shared, now)
        except ActionRefused:
            continue
    with_them = Book.open(book.rep, book.period, shared=book.shared, supposed=supposed)
    found = differences(
        book.gathered.facts, with_them.gathered.facts, book.shared.versions, book.until, with_them.gathered.orders
    )
    return WhatIf(with_them, found)
