"""Fingerprints of definitions: what a metric computes, as a short text that changes when the arithmetic does.

Words for people (name, help, formula, example) are no part of it: they may be put better without a new version. Nor is
what a reader is told of cases that still mature.
"""

import dataclasses
import hashlib
from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db.models import Q

from metrics.metric import Metric

LOCK = Path(__file__).resolve().parent / "catalogue" / "definitions.lock"
"""``slug version fingerprint`` a line: the definitions that were published."""
WORDS = frozenset(
    {
        "slug",
        "name",
        "version",
        "group",
        "timing",
        "better",
        "dimensions",
        "help",
        "formula",
        "date",
        "example",
        "overlaps",
        "ripens",
    }
)
_LENGTH = 16


@dataclasses.dataclass(frozen=True)
class Locked:
    """A published definition."""

    version: int
    fingerprint: str


def fingerprint(metric: Metric) -> str:
    """Of everything that decides the figure: kind, measures, their rows and columns, unit."""
    return hashlib.sha256(_told(metric).encode()).hexdigest()[:_LENGTH]


def locked_definitions() -> dict[str, Locked]:
    """What the lock file says; empty when there is none yet."""
    if not LOCK.exists():
        return {}
    lines = [line.split() for line in LOCK.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {slug: Locked(int(version), mark) for slug, version, mark in lines}


def lock_text(metrics: Iterable[Metric]) -> str:
    """The lock file for these metrics."""
    lines = [f"{metric.slug} {metric.version} {fingerprint(metric)}\n" for metric in metrics]
    return "".join(sorted(lines))


def silently_changed(metrics: Iterable[Metric]) -> list[str]:
    """Slugs of metrics that compute something else than was published under the same version."""
    locked = locked_definitions()
    return [
        metric.slug
        for metric in metrics
        if (known := locked.get(metric.slug))
        and known.version == metric.version
        and known.fingerprint != fingerprint(metric)
    ]


def _told(value: Any) -> str:
    """A canonical text. Unordered things are sorted, so that it is the same in every process."""
    match value:
        case None | bool() | int() | str() | Fraction():
            return repr(value)
        case Enum():
            return repr(value.value)
        case Q():
            return f"Q({value.connector}{' NOT' if value.negated else ''} {_each(value.children)})"
        case dict():
            return f"{{{', '.join(f'{_told(key)}: {_told(value[key])}' for key in sorted(value, key=repr))}}}"
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(_told, value)))}}}"
        case list() | tuple():
            return f"({_each(value)})"
    if dataclasses.is_dataclass(value):
        skipped = WORDS if isinstance(value, Metric) else frozenset()
        told = [f"{name}={_told(field)}" for name, field in _set_fields(value) if name not in skipped]
        return f"{type(value).__name__}({', '.join(told)})"
    if callable(value):
        return str(getattr(value, "__qualname__", type(value).__qualname__))
    if hasattr(value, "deconstruct"):
        return f"{type(value).__name__}{_told(value.deconstruct()[1:])}"
    return type(value).__name__


def _set_fields(value: Any) -> Iterable[tuple[str, Any]]:
    """Fields that differ from their default: a field that is added to a kind changes no definition that leaves it."""
    for field in dataclasses.fields(value):
        default = field.default_factory() if callable(field.default_factory) else field.default
        if getattr(value, field.name) != default:
            yield field.name, getattr(value, field.name)


def _each(values: Iterable[Any]) -> str:
    return ", ".join(map(_told, values))
