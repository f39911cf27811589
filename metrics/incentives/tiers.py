"""Steps and thresholds: which parts of a basis are paid at which rate. Exact; nothing is rounded here."""

from bisect import bisect_right
from collections.abc import Sequence

from metrics.incentives.exact import Number


def marginal_parts(
    before: Number, basis: Number, bounds: Sequence[Number], floor: Number | None
) -> list[tuple[int, Number]]:
    """The parts of a deal by step, in the order in which it passes them.

    ``before`` is what there was before the deal, ``bounds`` are where steps begin; the first one goes on below.
    What lies below ``floor`` is left out.
    """
    after = before + basis
    if basis > 0 and floor is None:
        step = max(bisect_right(bounds, before) - 1, 0)
        if step + 1 == len(bounds) or after <= bounds[step + 1]:
            return [(step, basis)]
    low, high = (before, after) if basis >= 0 else (after, before)
    if floor is not None:
        low, high = max(low, floor), max(high, floor)
    parts = []
    for step in range(len(bounds)):
        start = low if step == 0 else max(low, bounds[step])
        stop = high if step + 1 == len(bounds) else min(high, bounds[step + 1])
        if stop > start:
            parts.append((step, stop - start))
    return parts if basis > 0 else [(step, -part) for step, part in reversed(parts)]


def reached_step(so_far: Number, bounds: Sequence[Number]) -> int:
    """The last step that begins at or below what there is so far; the first one below 0."""
    return max((step for step, bound in enumerate(bounds) if bound <= so_far), default=0)


def part_above(before: Number, basis: Number, floor: Number | None) -> Number:
    """What of a deal lies above ``floor``."""
    if floor is None:
        return basis
    return max(before + basis, floor) - max(before, floor)
