"""Why a figure moved: by member; a ratio's members by mix and rate; a velocity by its levers. The parts add up."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from metrics.dimensions import Member
from metrics.metric import Number, Parts

_NONE = Parts(None, 0, 0, 0)


@dataclass(frozen=True)
class Effect:
    """What a member adds to the change of the whole, in the metric's unit (money in minor units).

    ``rate``: because its own figure moved; ``mix``: because its weight did. None where the metric is a sum.
    ``member`` None: what stands in several members or in none.
    """

    member: Member | None
    total: Fraction
    rate: Fraction | None = None
    mix: Fraction | None = None


def explain_total(now: Mapping[Member, Parts], before: Mapping[Member, Parts], change: Number) -> list[Effect]:
    """Each member's own change, the largest first; their sum is the change of the whole."""
    found = [Effect(member, _value(now, member) - _value(before, member)) for member in {**now, **before}]
    return _complete(found, Fraction(change))


def explain_ratio(
    now: Mapping[Member, Parts], before: Mapping[Member, Parts], whole_now: Parts, whole_before: Parts
) -> list[Effect]:
    """Rate and mix effects, symmetric in both periods (M. K. Bennet, 1920), so that nothing is left unexplained.

    With weight w and rate r of a member and R of the whole, bars for means of both periods: rate = w-bar x change of r,
    mix = (r-bar - R-bar) x change of w. A member that is missing in one period has its rate of the other there. Raises
    ValueError where a whole has no denominator.
    """
    if not whole_now.denominator or not whole_before.denominator:
        raise ValueError("a period without a denominator has no ratio to explain")
    level = (_rate(whole_now, whole_now) + _rate(whole_before, whole_before)) / 2
    found = []
    for member in {**now, **before}:
        late, early = now.get(member, _NONE), before.get(member, _NONE)
        weights = _weight(late, whole_now), _weight(early, whole_before)
        rates = _rate(late, early), _rate(early, late)
        rate = (weights[0] + weights[1]) / 2 * (rates[0] - rates[1])
        mix = ((rates[0] + rates[1]) / 2 - level) * (weights[0] - weights[1])
        found.append(Effect(member, rate + mix, rate, mix))
    return _complete(found, _rate(whole_now, whole_now) - _rate(whole_before, whole_before))


def explain_levers(levers: Mapping[str, tuple[Number | None, Number | None]]) -> dict[str, float] | None:
    """The share of each factor of a product in the change, by logarithms: shares add up to 1.

    ``levers``: now and before; a divisor is given as 1 / its value. None when one is not above 0, or nothing moved.
    """
    logs = {}
    for name, (now, before) in levers.items():
        if not now or not before or now < 0 or before < 0:
            return None
        logs[name] = math.log(Fraction(now) / Fraction(before))
    whole = sum(logs.values())
    return {name: part / whole for name, part in logs.items()} if abs(whole) > 1e-12 else None


def _complete(found: list[Effect], change: Fraction) -> list[Effect]:
    """The largest first; what the members leave of the change comes last."""
    ordered = sorted(found, key=lambda effect: (-abs(effect.total), effect.member.key if effect.member else ""))
    rest = change - sum((effect.total for effect in found), Fraction(0))
    return [*ordered, Effect(None, rest)] if rest else ordered


def _value(parts: Mapping[Member, Parts], member: Member) -> Fraction:
    return Fraction(parts[member].value or 0) if member in parts else Fraction(0)


def _weight(parts: Parts, whole: Parts) -> Fraction:
    return Fraction(parts.denominator or 0) / Fraction(whole.denominator or 1)


def _rate(parts: Parts, otherwise: Parts) -> Fraction:
    """The ratio of the parts; where there is nothing to divide by, that of ``otherwise``, else 0."""
    for each in (parts, otherwise):
        if each.denominator:
            return Fraction(each.numerator or 0) / Fraction(each.denominator)
    return Fraction(0)
