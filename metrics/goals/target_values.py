"""What a figure should have come to: the targets of a question, for its scope or for each member of a breakdown."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from accounts.money import minor_digits
from metrics.answers import asked_once
from metrics.dimensions import ALL, Member, name_members
from metrics.metric import MONEY_UNITS, Metric, Total
from metrics.models import Target
from metrics.periods import MONTHS
from metrics.question import Question

ABOUT = ("product", "channel")
"""Dimensions that a target may be limited to."""
MEMBERS = ("rep", "team", *ABOUT)
"""Slices whose members have targets of their own."""
_LENGTHS = {**MONTHS, **{f"fiscal {unit}": MONTHS[unit] for unit in ("quarter", "year")}}
Place = tuple[str, int, str, str]
"""Kind of scope, its id, dimension, member."""


@dataclass(frozen=True)
class TargetRow:
    """A target of one period, in the metric's own unit."""

    months: int
    starts_on: datetime.date
    ends_on: datetime.date
    value: Fraction
    id: int
    period: str


def targets_of(metric: Metric, q: Question) -> dict[Member, Fraction]:
    """Targets by member of ``q.by``, ``ALL`` without one; in the metric's unit, money in minor units.

    That of exactly the period; else the sum of the shorter ones inside it, of the longest kind that there is (quarters
    before months). Only what adds up over time is summed, and a longer one is never cut. None: nothing in the answer.
    """
    scale = _scale(metric, q)
    return {member: sum((row.value for row in held), Fraction(0)) * scale for member, held in _held(metric, q).items()}


def target_rows(metric: Metric, q: Question) -> list[tuple[TargetRow, Fraction]]:
    """The targets that ``targets_of`` adds up for the whole question, each with its value in the same unit."""
    scale = _scale(metric, q)
    return [(row, row.value * scale) for row in _held(metric, q.whole()).get(ALL, [])]


def months_of(period_kind: str) -> int:
    """How many months a kind of target period has."""
    return _LENGTHS[period_kind]


def _scale(metric: Metric, q: Question) -> int:
    return 10 ** minor_digits(q.company.base_currency) if metric.unit in MONEY_UNITS else 1


def _held(metric: Metric, q: Question) -> dict[Member, list[TargetRow]]:
    """By member of ``q.by`` the targets that hold; members without one are not there."""
    rows = _rows_of(metric, q)
    found = {}
    for member, place in _places(q, rows).items():
        held = _resolve(rows[place], q, sums=adds_up_over_time(metric)) if place in rows else []
        if held:
            found[member] = held
    return found


def adds_up_over_time(metric: Metric) -> bool:
    """Whether months add up to a quarter: true of counts and sums, not of levels, rates and medians."""
    return isinstance(metric, Total) and not metric.level


def _rows_of(metric: Metric, q: Question) -> dict[Place, list[TargetRow]]:
    """Targets inside the period: of all metrics at once for a scope, so that a page of figures asks once."""
    of_members = q.by in ("rep", "team")
    key = ("targets", q.period, q.known_at, metric.slug if of_members else q.scope)
    return asked_once(q, key, lambda: _read(q, metric.slug if of_members else "")).get(metric.slug, {})


def _read(q: Question, slug: str) -> dict[str, dict[Place, list[TargetRow]]]:
    inside = Target.objects.filter(starts_on__gte=q.period.start, ends_on__lte=q.period.last_day).known_on(q.known_at)
    if slug:
        inside = inside.filter(metric=slug)
    else:
        inside = inside.filter(scope_kind=q.scope.kind, scope_id=q.scope.id)
    columns = (
        "metric",
        "scope_kind",
        "scope_id",
        "dimension",
        "member",
        "period_kind",
        "period",
        "starts_on",
        "ends_on",
        "value",
        "pk",
    )
    found: dict[str, dict[Place, list[TargetRow]]] = {}
    for metric, kind, ident, dimension, member, length, period, starts_on, ends_on, value, pk in inside.values_list(
        *columns
    ):
        row = TargetRow(_LENGTHS[length], starts_on, ends_on, Fraction(value), pk, period)
        found.setdefault(metric, defaultdict(list))[kind, ident, dimension, member].append(row)
    return found


def _places(q: Question, rows: Collection[Place]) -> dict[Member, Place]:
    """Which target belongs to which member; none where the question has filters that no target knows."""
    about = [(dimension, member) for dimension, member in q.where if dimension in ABOUT]
    if len(about) != len(q.where) or len(about) > 1 or (about and q.by in ABOUT):
        return {}
    dimension, key = about[0] if about else ("", "")
    scope = (q.scope.kind, q.scope.id)
    if q.by in ABOUT:
        return {Member(place[3], place[3]): place for place in rows if place[:2] == scope and place[2] == q.by}
    if q.by in ("rep", "team"):
        ids = [place[1] for place in rows if place[0] == q.by and place[2:] == (dimension, key)]
        names = name_members(q.by, ids)
        return {names[ident]: (q.by, ident, dimension, key) for ident in ids}
    return {ALL: (*scope, dimension, key)}


def _resolve(rows: list[TargetRow], q: Question, *, sums: bool) -> list[TargetRow]:
    for row in rows:
        if (row.starts_on, row.ends_on) == (q.period.start, q.period.last_day):
            return [row]
    if not rows or not sums:
        return []
    longest = max(row.months for row in rows)
    return [row for row in rows if row.months == longest]
