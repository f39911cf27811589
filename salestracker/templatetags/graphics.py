"""Small graphics made on the server: sparklines, pace bars, share bars. Sizes are SVG attributes, never styles."""

from collections.abc import Sequence
from decimal import Decimal

from django import template

register = template.Library()

Point = Decimal | int | None
_HEIGHT, _INSET = 24, 2


def _polyline(values: Sequence[Point], low: Decimal, high: Decimal) -> str:
    """The points of one line; unknown values are left out, so the line jumps over them."""
    step = Decimal(100) / (len(values) - 1)
    room = Decimal(_HEIGHT - 2 * _INSET)
    flat = high == low
    pairs = []
    for position, value in enumerate(values):
        if value is not None:
            share = Decimal("0.5") if flat else (Decimal(value) - low) / (high - low)
            pairs.append(f"{position * step:.1f},{_HEIGHT - _INSET - share * room:.1f}")
    return " ".join(pairs)


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[Point], before: Sequence[Point] = ()) -> dict[str, str]:
    """A line of 8 to 12 figures, with last year's dashed under it; nothing when fewer than two are known."""
    known = [Decimal(value) for value in (*values, *before) if value is not None]
    if sum(value is not None for value in values) < 2:
        return {}
    low, high = min(known), max(known)
    older = _polyline(before, low, high) if sum(value is not None for value in before) > 1 else ""
    return {"points": _polyline(values, low, high), "before": older}


def _width(share: Decimal | int | None) -> str:
    return f"{max(Decimal(0), min(Decimal(100), Decimal(share or 0) * 100)):.1f}"


@register.inclusion_tag("components/pace.html")
def pace(share: Decimal | int | None, due: Decimal | int | None = None, label: str = "") -> dict[str, str]:
    """A bar for a share of a target, with a tick for the share of working days gone; both are fractions.

    ``label`` is read out; without it the bar is silent and the figures beside it must say the same.
    """
    return {"width": _width(share), "due": "" if due is None else _width(due), "label": label}
