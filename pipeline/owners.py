"""Whose an account was, and since when."""

import datetime
from dataclasses import dataclass

from accounts.models import Account


@dataclass(frozen=True, slots=True)
class Owner:
    """``name`` empty: nobody's. ``by``: who gave it; empty where that is not known."""

    name: str
    since: datetime.datetime
    by: str


def owner_history(account: Account) -> list[Owner]:
    """Newest first; empty when it always had the same one. One query."""
    rows = account.history.order_by("history_date", "history_id")
    found: list[tuple[int | None, Owner]] = []
    for at, owner, name, by in rows.values_list("history_date", "owner_id", "owner__name", "history_user__name"):
        if not found or found[-1][0] != owner:
            found.append((owner, Owner(name or "", at, by or "")))
    return [one for _owner, one in reversed(found)] if len(found) > 1 else []
