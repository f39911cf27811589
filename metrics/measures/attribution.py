"""Attribution: who gets the credit for a deal, split over its touches to the last minor unit. Pure arithmetic.

Models: HubSpot's names and shares (METRICS.md, entry 38). Position is the U shape: 40 % first, 40 % last, the rest
between; two touches share alike. Time decay halves with every seven days before the close.
"""

import datetime
from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from accounts.money import split_minor

MODELS = ("last", "first", "linear", "position", "time_decay")
"""The usual one first: it is meant where none is named."""
MODEL_WORDS = {
    "last": _("Last touch"),
    "first": _("First touch"),
    "linear": _("Linear"),
    "position": _("Position, 40-20-40"),
    "time_decay": _("Time decay, 7 days"),
}
HALF_LIFE = datetime.timedelta(days=7)
_ENDS = Fraction(2, 5)
_EXACT = Context(prec=40)


def weights(touched: Sequence[datetime.datetime], closed_at: datetime.datetime, model: str) -> list[Fraction]:
    """The share of each touch, in order of time; they add up to exactly 1. ``touched`` is sorted and not empty."""
    count = len(touched)
    match model:
        case "last":
            return [Fraction(0)] * (count - 1) + [Fraction(1)]
        case "first":
            return [Fraction(1)] + [Fraction(0)] * (count - 1)
        case "linear":
            return [Fraction(1, count)] * count
        case "position" if count > 2:
            return [_ENDS, *[(1 - 2 * _ENDS) / (count - 2)] * (count - 2), _ENDS]
        case "position":
            return [Fraction(1, count)] * count
        case "time_decay":
            decayed = [_decayed(closed_at - at) for at in touched]
            return [weight / sum(decayed) for weight in decayed]
    raise ValueError(f"{model} is no model of attribution; there are {', '.join(MODELS)}")


def _decayed(age: datetime.timedelta) -> Fraction:
    """2 to the minus (age / half-life); the same digits on every machine."""
    half_lives = _EXACT.divide(Decimal(age // datetime.timedelta(seconds=1)), Decimal(HALF_LIFE.days * 86_400))
    return Fraction(_EXACT.power(Decimal(2), -half_lives))


def attribute(amount: int, touched: Sequence[datetime.datetime], closed_at: datetime.datetime, model: str) -> list[int]:
    """Minor units for each touch up to the close, in order of time; they add up to exactly ``amount``.

    Touches behind the close get 0. Without any touch before it the list has one part more, the last: what nothing is
    credited with.
    """
    before = [at for at in touched if at <= closed_at]
    late = [0] * (len(touched) - len(before))
    if not before:
        return [*late, amount]
    return [*split_minor(amount, weights(before, closed_at, model)), *late]
