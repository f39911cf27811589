"""Ratios that repeat: subject and reference by turns in one process, medians, and a word when the machine is noisy."""

import gc
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

WARM_UPS = 2
NOISY = 3.0
"""A reference whose slowest are so many times its median says that the machine is busy with something else."""


@dataclass(frozen=True)
class Times:
    """Milliseconds."""

    values: tuple[float, ...]

    @property
    def p50(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        return sorted(self.values)[math.ceil(0.95 * len(self.values)) - 1]

    @property
    def best(self) -> float:
        return min(self.values)

    @property
    def is_noisy(self) -> bool:
        return self.p95 > NOISY * self.p50


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def by_turns(
    reference: Callable[[], object],
    subject: Callable[[], object],
    rounds: int,
    before: Callable[[], object] = lambda: None,
) -> tuple[Times, Times]:
    """Times of both, one after the other; once more when the reference was noisy. ``before`` each, not timed."""
    for _attempt in range(2):
        for _ in range(WARM_UPS):
            reference()
            before()
            subject()
        gc.collect()
        gc.disable()
        try:
            pairs = [_pair(reference, subject, before) for _ in range(rounds)]
        finally:
            gc.enable()
        first, second = (Times(tuple(column)) for column in zip(*pairs, strict=True))
        if not first.is_noisy:
            break
    return first, second


def _pair(
    reference: Callable[[], object], subject: Callable[[], object], before: Callable[[], object]
) -> tuple[float, float]:
    first = milliseconds(reference)
    before()
    return first, milliseconds(subject)
