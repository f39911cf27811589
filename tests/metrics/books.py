"""A small book of deals worked by hand, for pages and charts of figures. The day is Friday 20 November 2026."""

import datetime
from decimal import Decimal

from accounts.models import Rep
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import lose_deal, win_deal
from pipeline.models import Channel, Deal, LostReason
from tests.cast import Cast
from tests.kept_rows import KeptRows

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)


def at(month: int, day: int, year: int = 2026) -> datetime.datetime:
    return datetime.datetime(year, month, day, 10, tzinfo=datetime.UTC)


def open_deal(owner: Rep | None, amount: int | None, opened: datetime.datetime, **values: object) -> Deal:
    money = None if amount is None else Decimal(amount)
    name = values.pop("name", f"{owner} {amount} {opened:%d %b}")
    return create_deal(by=None, now=opened, name=name, owner=owner, amount=money, opened_at=opened, **values)


def won(owner: Rep | None, amount: int | None, opened: datetime.datetime, closed: datetime.datetime, **values) -> Deal:
    return win_deal(deal=open_deal(owner, amount, opened, **values), by=None, now=closed)


def lost(owner: Rep | None, amount: int, opened: datetime.datetime, closed: datetime.datetime, **values) -> Deal:
    reason, _made = LostReason.objects.get_or_create(name="Price")
    return lose_deal(deal=open_deal(owner, amount, opened, **values), reason=reason, by=None, now=closed)


def _write_book(cast: Cast) -> dict[str, Deal]:
    rep, colleague, rival = (cast.reps[name] for name in ("rep", "colleague", "rival"))
    partner, web = Channel.objects.create(name="Partner"), Channel.objects.create(name="Website")
    return {
        "first": won(rep, 1000, at(9, 1), at(10, 5), channel=partner),
        "second": won(rep, 3000, at(9, 10), at(11, 2), channel=web),
        "third": won(colleague, 2000, at(10, 1), at(11, 10), channel=web),
        "small": won(rival, 500, at(10, 2), at(11, 19), channel=partner),
        "unknown": won(rival, None, at(10, 2), at(11, 19)),
        "lost": lost(rep, 700, at(9, 1), at(10, 20), channel=web),
        "summer": won(rep, 2000, at(6, 1), at(7, 20), channel=web),
        "before": won(rep, 1000, at(9, 1, 2025), at(10, 10, 2025), channel=web),
    }


write_book = KeptRows(_write_book)
"""Fourth quarter: rep won 1,000 and 3,000, lost one; colleague won 2,000; rival won 500 and an unknown amount.

Third quarter, same days: rep won 2,000. A year before: rep won 1,000.
"""
