"""Money: integers of minor units inside, Decimal at the edges, one rounding function (half-even)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import lcm

from babel import Locale
from django.utils.translation import gettext as _

# ISO 4217, minor units other than two.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_MINOR = {code: digits for codes, digits in ((_NONE, 0), (_THREE, 3), (_FOUR, 4)) for code in codes.split()}


class MoneyError(ValueError):
    """An amount or a currency that can't be used; the message says what is allowed."""


@cache
def currency_codes() -> frozenset[str]:
    """Every currency code that is known, past ones included (imported history needs them)."""
    return frozenset(code for code in map(str, Locale("en").currencies) if len(code) == 3)


def check_currency(code: str) -> str:
    """The code in capitals; MoneyError when it is no ISO 4217 code."""
    upper = code.strip().upper()
    if upper not in currency_codes():
        raise MoneyError(_("“%(code)s” is not a currency code of three letters, such as EUR or USD.") % {"code": code})
    return upper


def minor_digits(currency: str) -> int:
    """Decimals of a currency (ISO 4217): JPY 0, EUR 2, KWD 3."""
    return _MINOR.get(currency, 2)


def round_half_even(value: Fraction) -> int:
    """The nearest whole number, ties to the even one. The only rounding of money in the product."""
    numerator, denominator = value.as_integer_ratio()
    return numerator if denominator == 1 else divided(numerator, denominator)


def divided(numerator: int, denominator: int) -> int:
    """``round_half_even`` of a quotient of whole numbers; ``denominator`` is above 0."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return whole + (twice > denominator or (twice == denominator and whole % 2 == 1))


def to_minor(amount: Decimal, currency: str) -> int:
    """Whole minor units of an amount; MoneyError when it has more decimals than the currency."""
    scaled = amount * 10 ** minor_digits(currency)
    whole = int(scaled)
    if scaled != whole:
        raise MoneyError(
            _("%(amount)s has more than the %(decimals)s decimals of %(currency)s.")
            % {"amount": amount, "decimals": minor_digits(currency), "currency": currency}
        )
    return whole


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount in major units, with all decimals of the currency."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def convert_minor(minor: int, source: str, target: str, factor: Fraction) -> int:
    """Minor units of ``target`` for minor units of ``source`` at ``factor`` units of target for one of source."""
    scale = Fraction(10) ** (minor_digits(target) - minor_digits(source))
    return round_half_even(minor * factor * scale)


def split_minor(total: int, weights: list[Fraction]) -> list[int]:
    """Split minor units by weights that add up to 1, exactly: floors, then the odd units to the largest remainders.

    Ties go to the earlier weight, so the caller's order decides. A negative total splits as its absolute value.
    """
    common = lcm(*(weight.denominator for weight in weights))
    return split_whole(total, [common // weight.denominator * weight.numerator for weight in weights], common)


def split_whole(total: int, weights: Sequence[int], whole: int) -> list[int]:
    """``split_minor`` by weights that add up to ``whole``."""
    sign, size = (-1, -total) if total < 0 else (1, total)
    exact = [divmod(size * weight, whole) for weight in weights]
    parts = [part for part, _rest in exact]
    order = sorted(range(len(weights)), key=lambda i: (-exact[i][1], i))
    for i in order[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]
