"""Why pay is another one than it was: every cause with all that it moves. Together they are the whole difference.

What was known becomes what is known step by step; a step moves what all statements come to after it less what they
came to before. Pure.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from metrics.incentives.chain import Chain
from metrics.incentives.corrections import Order, changed_deals
from metrics.incentives.facts import DealFact, Facts, TargetFact
from metrics.incentives.stretches import Employment, TwoPlansHold, stretches_of
from metrics.incentives.terms import Version

DEAL, PERIOD, VERSION, TARGET, FIGURE = "deal", "period", "version", "target", "figure"
EMPLOYMENT, TEAM, ROLE, TREE, MEMBERS = "employment", "team", "role", "tree", "members"
NAMES, PRODUCTS, REST = "names", "products", "rest"


@dataclass(frozen=True)
class Known:
    """What is known of a rep: the facts, the last day of the running period, and what says which plan version holds.

    ``renamed``: by field of a deal and name the newer name of pipelines and channels.
    """

    facts: Facts
    until: datetime.date
    versions: tuple[Version, ...]
    employment: Employment
    parents: Mapping[str, str | None]
    renamed: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cause:
    """What one thing moved, in minor units of a version's currency.

    ``old`` and ``new``: the deal, the target, the figure (with its key), the employment, the last day of the period;
    for a version that was published only the new one. None: there was or is none. ``with_it``: kinds of changes that
    can't be told apart from it, as two plans would hold between them.
    """

    kind: str
    version: int
    amount: int
    old: Any = None
    new: Any = None
    with_it: tuple[str, ...] = ()


_Step = tuple[str, Any, Any, Known]
"""A kind of change, what was and what is, and all that is known after it."""


def causes(before: Known, now: Known, versions: Mapping[int, Version], orders: Mapping[int, Order]) -> list[Cause]:
    """Deals in the order of their last event, then all else; together the difference of all statements, as if none of
    them were approved: what changes in an approved one is a correction in the next, so the sum is the same.

    ``versions``: all, by id. ``orders``: the last events of deals. Raises TwoPlansHold, SharesRefused.
    """
    walk = _Walk(versions, before)
    return [one for step in _steps(before, now, orders) for one in walk.on(step)]


@dataclass
class _Walk:
    """From what was known to what is known; ``waiting``: kinds that are told together with the next one."""

    versions: Mapping[int, Version]
    known: Known
    totals: dict[int, int] = field(init=False)
    waiting: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.totals = self._totals(self.known)

    def _totals(self, known: Known) -> dict[int, int]:
        """By version what all its statements come to."""
        stretches = stretches_of(known.employment, known.versions, known.parents)
        chain = Chain(replace(known.facts, stretches=stretches), self.versions, known.until)
        totals: dict[int, int] = {}
        for slot in chain.slots:
            totals[slot.version] = totals.get(slot.version, 0) + chain.calculation(slot).total
        return totals

    def on(self, step: _Step) -> Iterator[Cause]:
        """One step further; what it moves by version."""
        kind, old, new, known = step
        if known == self.known:
            return
        self.known = known
        try:
            after = self._totals(known)
        except TwoPlansHold:
            if kind == REST:
                raise
            self.waiting.append(kind)
            return
        before, self.totals = self.totals, after
        together, self.waiting = tuple(self.waiting), []
        for version in sorted({*before, *after}):
            amount = after.get(version, 0) - before.get(version, 0)
            if amount:
                yield Cause(kind, version, amount, old, new, together)


def _steps(before: Known, now: Known, orders: Mapping[int, Order]) -> Iterator[_Step]:
    """How to come from what was known to what is known, one thing after the other."""
    known = replace(before, until=now.until)
    yield PERIOD, before.until, now.until, known
    if before.renamed:
        known = _with(known, deals={pk: _renamed(deal, before.renamed) for pk, deal in known.facts.deals.items()})
        yield NAMES, None, None, known
    start = known.facts
    for pk in changed_deals(start, now.facts, datetime.date.max, orders):
        known = _with(known, deals=_changed(known.facts.deals, pk, now.facts.deals.get(pk)))
        yield DEAL, start.deals.get(pk), now.facts.deals.get(pk), known
    for version in sorted(set(now.versions) - set(before.versions), key=lambda one: (one.published_from, one.id)):
        known = replace(known, versions=(*known.versions, version))
        yield VERSION, None, version, known
    for kind, names in ((EMPLOYMENT, ("hired_on", "left_on")), (TEAM, ("teams",)), (ROLE, ("role", "keys"))):
        employed = replace(known.employment, **{name: getattr(now.employment, name) for name in names})
        known = replace(known, employment=employed)
        yield kind, before.employment, now.employment, known
    known = replace(_with(known, teams=now.facts.teams), parents=now.parents)
    yield TREE, None, None, known
    known = _with(known, memberships=now.facts.memberships)
    yield MEMBERS, None, None, known
    old, new = _by_place(before.facts.targets), _by_place(now.facts.targets)
    for place in sorted(place for place in {*old, *new} if old.get(place) != new.get(place)):
        targets = _changed(_by_place(known.facts.targets), place, new.get(place))
        known = _with(known, targets=tuple(targets[one] for one in sorted(targets)))
        yield TARGET, old.get(place), new.get(place), known
    for key in sorted({*before.facts.figures, *now.facts.figures}):
        was, figure = before.facts.figures.get(key), now.facts.figures.get(key)
        if was != figure:
            known = _with(known, figures=_changed(known.facts.figures, key, figure))
            yield FIGURE, (key, was), (key, figure), known
    known = _with(known, products=now.facts.products)
    yield PRODUCTS, None, None, known
    yield REST, None, None, replace(now, renamed=before.renamed)


def _renamed(deal: DealFact, names: Mapping[tuple[str, str], str]) -> DealFact:
    pipeline = names.get(("pipeline", deal.pipeline), deal.pipeline)
    channel = names.get(("channel", deal.channel), deal.channel)
    return (
        deal
        if (pipeline, channel) == (deal.pipeline, deal.channel)
        else replace(deal, pipeline=pipeline, channel=channel)
    )


def _with(known: Known, **facts: Any) -> Known:
    return replace(known, facts=replace(known.facts, **facts))


def _changed(rows: Mapping[Any, Any], key: Any, value: Any) -> dict[Any, Any]:
    """The rows with another value for a key; None: without it."""
    rest = {one: row for one, row in rows.items() if one != key}
    return rest if value is None else {**rest, key: value}


def _by_place(targets: tuple[TargetFact, ...]) -> dict[tuple[str, str, datetime.date, datetime.date], TargetFact]:
    return {(one.metric, one.scope, one.first, one.last): one for one in targets}
