"""A line of a statement: what is paid, for what, and how it came about."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounts.money import from_minor

SHOWN_DECIMALS = 6
ADJUSTMENT, CAP, DRAW, RECOVERY, TRUE_UP = "adjustment", "cap", "draw", "recovery", "true_up"


@dataclass(frozen=True, kw_only=True)
class Line:
    """``amount`` in minor units of the plan's currency. ``basis`` in major units, or units; ``start`` is the level from
    which the rate holds. None where a line has no such thing."""

    kind: str
    amount: int
    text: str
    component: str | None = None
    deal: int | None = None
    deal_key: str | None = None
    closed_on: datetime.date | None = None
    basis: Fraction | None = None
    share: Fraction | None = None
    start: Decimal | None = None
    rate: Decimal | None = None
    of_period: str | None = None

    def as_json(self, currency: str) -> dict[str, Any]:
        """The line as CONTRACT.md section 6 shows it."""
        return {
            "component": self.component,
            "kind": self.kind,
            "deal": self.deal_key,
            "closed_on": self.closed_on.isoformat() if self.closed_on else None,
            "basis": shown(self.basis),
            "share": shown(self.share),
            "from": None if self.start is None else f"{self.start:f}",
            "rate": None if self.rate is None else f"{self.rate:f}",
            "of_period": self.of_period,
            "amount": money_text(self.amount, currency),
            "text": self.text,
        }


def shown(value: Fraction | None) -> str | None:
    """At most six decimals, no zeros at the end."""
    if value is None:
        return None
    scaled = round(value * 10**SHOWN_DECIMALS)
    return f"{Decimal(scaled).scaleb(-SHOWN_DECIMALS).normalize() + 0:f}"


def money_text(minor: int, currency: str) -> str:
    """An amount with all decimals of its currency."""
    return f"{from_minor(minor, currency):f}"


def grouped(value: Fraction) -> str:
    """A basis for a text: 50,000.5."""
    whole, dot, decimals = (shown(value) or "").partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{dot}{decimals}"
