"""Targets as pay reads them: of a rep, and of the teams that his overrides are about."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Rep
from metrics.goals.target_values import months_of
from metrics.incentives.facts import TargetFact
from metrics.incentives.terms import Terms
from metrics.known import known_metric
from metrics.metric import MONEY_UNITS
from metrics.models import Target

if TYPE_CHECKING:
    from metrics.incentives.company_facts import CompanyFacts

Whose = tuple[str, int]
"""The kind and the id of a scope."""


class _Row(NamedTuple):
    """What is read of a target."""

    starts_on: datetime.date
    ends_on: datetime.date
    pk: int
    metric: str
    scope_kind: str
    scope_id: int
    period_kind: str
    value: Decimal


class TargetBook:
    """Targets of some metrics as they stand now: read once for all reps and teams."""

    def __init__(self, metrics: Iterable[str]) -> None:
        self._rows: dict[Whose, list[_Row]] = defaultdict(list)
        for row in _read(_standing(set(metrics), None).exclude(scope_kind=Target.ScopeKind.COMPANY)):
            self._rows[row.scope_kind, row.scope_id].append(row)

    def of(self, whose: Iterable[Whose]) -> list[_Row]:
        """Those of some scopes, in order."""
        return sorted(row for one in whose for row in self._rows.get(one, ()))


def targets_of(
    rep: Rep, terms: list[Terms], shared: "CompanyFacts", known_at: datetime.datetime | None
) -> tuple[TargetFact, ...]:
    """Targets of the rep, and of teams that overrides are about, for the metrics that plans name. ``known_at``: as they
    were known at a moment."""
    of_rep = {metric for each in terms for one in each.commissions if not one.of_team for metric in one.metrics}
    of_team = {
        (one.of_team, metric) for each in terms for one in each.commissions if one.of_team for metric in one.metrics
    }
    metrics = of_rep | {metric for _team, metric in of_team}
    if not metrics:
        return ()
    teams = shared.ids_of(team for team, _metric in of_team)
    if shared.targets is not None and known_at is None:
        rows = shared.targets.of([("rep", rep.pk), *(("team", pk) for pk in teams)])
    else:
        scope = Q(scope_kind="rep", scope_id=rep.pk) | Q(scope_kind="team", scope_id__in=teams)
        rows = _read(_standing(metrics, known_at).filter(scope))
    currencies = sorted({each.currency for each in terms})
    found = []
    for row in rows:
        slug = shared.slugs.get(row.scope_id) if row.scope_kind == Target.ScopeKind.TEAM else None
        if row.metric not in of_rep if slug is None else (slug, row.metric) not in of_team:
            continue
        found.append(_fact(row, slug, currencies, shared))
    return tuple(found)


def _fact(row: _Row, slug: str | None, currencies: list[str], shared: "CompanyFacts") -> TargetFact:
    metric, base = known_metric(row.metric), shared.company.base_currency
    is_money = metric is not None and metric.unit in MONEY_UNITS
    factors = [(code, shared.rates.factor(base, code, row.starts_on)) for code in currencies] if is_money else []
    return TargetFact(
        row.metric, f"team:{slug}" if slug else "rep", row.starts_on, row.ends_on, months_of(row.period_kind),
        Fraction(row.value), tuple(factors), is_money,
    )  # fmt: skip


def _standing(metrics: set[str], known_at: datetime.datetime | None) -> QuerySet[Target]:
    return Target.objects.known_on(known_at).filter(metric__in=metrics, dimension="")


def _read(rows: QuerySet[Target]) -> list[_Row]:
    """In the order in which targets count."""
    return [_Row(*row) for row in rows.order_by("starts_on", "ends_on", "pk").values_list(*_Row._fields)]
