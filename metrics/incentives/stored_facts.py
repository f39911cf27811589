"""Facts as JSON and back: what an approval keeps, so that every calculation can be made again and gives the same.

Deals are kept where they differ from the approval before; everything else whole.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from metrics.incentives.facts import (
    DealFact,
    Facts,
    FigureFact,
    LineFact,
    Membership,
    ProductFact,
    Stretch,
    TargetFact,
)


def dump_facts(facts: Facts, before: Facts, until: datetime.date) -> dict[str, Any]:
    """The facts up to a day as JSON, against those that the approval before kept."""
    deals = {pk: deal for pk, deal in facts.deals.items() if deal.closed_on <= until}
    changed = {str(pk): _deal(deal) for pk, deal in deals.items() if not _is_same(before.deals.get(pk), deal)}
    gone = {str(pk): None for pk in before.deals if pk not in deals}
    return {
        "rep": facts.rep,
        "fiscal_start": facts.fiscal_start,
        "stretches": [[one.version, one.first.isoformat(), one.last.isoformat()] for one in facts.stretches],
        "deals": dict(sorted({**changed, **gone}.items())),
        "targets": [_target(one) for one in facts.targets],
        "figures": [
            [metric, first.isoformat(), last.isoformat(), _text(one.value), one.n]
            for (metric, first, last), one in sorted(facts.figures.items())
        ],
        "products": {str(pk): [one.name, one.sku, one.family] for pk, one in sorted(facts.products.items())},
        "teams": {slug: sorted(ids) for slug, ids in sorted(facts.teams.items())},
        "memberships": {
            str(rep): [[one.first.isoformat(), one.last.isoformat(), one.team] for one in spans]
            for rep, spans in sorted(facts.memberships.items())
        },
        "reps": {str(rep): key for rep, key in sorted(facts.reps.items())},
    }


def _is_same(old: DealFact | None, new: DealFact) -> bool:
    return old == new and old is not None and (old.seen, old.left_out) == (new.seen, new.left_out)


def load_facts(kept: Iterable[Mapping[str, Any]]) -> Facts:
    """The facts of the last of some approvals, given in order."""
    facts = Facts(rep=0)
    for one in kept:
        deals = dict(facts.deals)
        for pk, deal in one["deals"].items():
            deals.pop(int(pk), None)
            if deal is not None:
                deals[int(pk)] = _load_deal(int(pk), deal)
        facts = replace(_load_rest(one), deals=deals)
    return facts


def _load_rest(one: Mapping[str, Any]) -> Facts:
    return Facts(
        rep=one["rep"],
        fiscal_start=one["fiscal_start"],
        stretches=tuple(Stretch(version, _day(first), _day(last)) for version, first, last in one["stretches"]),
        targets=tuple(_load_target(target) for target in one["targets"]),
        figures={
            (metric, _day(first), _day(last)): FigureFact(_number(value), n)
            for metric, first, last, value, n in one["figures"]
        },
        products={int(pk): ProductFact(*words) for pk, words in one["products"].items()},
        teams={slug: frozenset(ids) for slug, ids in one["teams"].items()},
        memberships={
            int(rep): tuple(Membership(_day(first), _day(last), team) for first, last, team in spans)
            for rep, spans in one["memberships"].items()
        },
        reps={int(rep): key for rep, key in one["reps"].items()},
    )


def _deal(deal: DealFact) -> dict[str, Any]:
    return {
        "key": deal.key,
        "closed_at": deal.closed_at.isoformat(),
        "closed_on": deal.closed_on.isoformat(),
        "kind": deal.kind,
        "pipeline": deal.pipeline,
        "channel": deal.channel,
        "currency": deal.currency,
        "amount": _text(deal.amount),
        "factors": _factors(deal.factors),
        "lines": [[one.product, _text(one.quantity), _text(one.net), _text(one.cost)] for one in deal.lines],
        "monthly": [[product, _text(amount)] for product, amount in deal.monthly],
        "credits": [[rep, _text(share)] for rep, share in deal.credits],
        "seen": deal.seen,
        "left_out": [list(one) for one in deal.left_out],
    }


def _load_deal(pk: int, one: Mapping[str, Any]) -> DealFact:
    lines = [
        LineFact(product, Fraction(quantity), _number(net), _number(cost))
        for product, quantity, net, cost in one["lines"]
    ]
    return DealFact(
        id=pk,
        key=one["key"],
        closed_at=datetime.datetime.fromisoformat(one["closed_at"]),
        closed_on=_day(one["closed_on"]),
        kind=one["kind"],
        pipeline=one["pipeline"],
        channel=one["channel"],
        currency=one["currency"],
        amount=_number(one["amount"]),
        factors=_load_factors(one["factors"]),
        lines=tuple(lines),
        monthly=tuple((product, _number(amount)) for product, amount in one["monthly"]),
        credits=tuple((rep, Fraction(share)) for rep, share in one["credits"]),
        seen=one["seen"],
        left_out=tuple((event, part) for event, part in one["left_out"]),
    )


def _target(one: TargetFact) -> list[Any]:
    days = [one.first.isoformat(), one.last.isoformat()]
    return [one.metric, one.scope, *days, one.months, _text(one.value), _factors(one.factors), one.is_money]


def _load_target(one: list[Any]) -> TargetFact:
    metric, scope, first, last, months, value, factors, is_money = one
    return TargetFact(metric, scope, _day(first), _day(last), months, Fraction(value), _load_factors(factors), is_money)


def _factors(factors: Iterable[tuple[str, Fraction | None]]) -> list[list[str | None]]:
    return [[code, _text(factor)] for code, factor in factors]


def _load_factors(factors: list[list[str]]) -> tuple[tuple[str, Fraction | None], ...]:
    return tuple((code, _number(factor)) for code, factor in factors)


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)
