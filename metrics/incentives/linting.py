"""The linter: which plans can't hold, and which deserve a second look. Pure; what the company has is passed in."""

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from accounts.money import MoneyError, check_currency
from accounts.roles import Role
from metrics.incentives.findings import REFUSE, WARN, Finding
from metrics.incentives.terms import UNITS, Bonus, Commission, Component, Draw, Spiff, Terms, Threshold, Tiers, Where

KINDS = ("new", "expansion", "renewal", "credit")
MONEY = "money"


@dataclass(frozen=True)
class Known:
    """What plans may name. ``unit_of`` gives a metric's unit, None for no such metric; ``parents`` the tree of teams by
    slug; ``products`` names and SKUs. ``has_figure``: whether the company's last twelve months give a metric one;
    ``has_target``: whether anybody has a target for it."""

    unit_of: Callable[[str], str | None]
    parents: Mapping[str, str | None] = field(default_factory=dict)
    products: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    pipelines: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    reps: frozenset[str] = frozenset()
    has_figure: Callable[[str], bool] = lambda _metric: True
    has_target: Callable[[str], bool] = lambda _metric: True


def lint(terms: Terms, known: Known) -> list[Finding]:
    """Everything that there is to say, refusals first."""
    found = [*_plan(terms, known)]
    for position, component in enumerate(terms.components):
        ones = _component(component, f"components[{position}]", known)
        found += [replace(one, component=component.name) for one in ones]
    found += [*_draws(terms), *_override_teams(terms, known)]
    return sorted(found, key=lambda one: one.level != REFUSE)


def _plan(terms: Terms, known: Known) -> Iterator[Finding]:
    try:
        check_currency(terms.currency)
    except MoneyError as error:
        yield Finding(REFUSE, "currency", str(error))
    if UNITS.index(terms.accumulate) < UNITS.index(terms.statement_every):
        yield Finding(REFUSE, "accumulate", f"is shorter than statement_every, which is {terms.statement_every}.")
    yield from _applies_to(terms, known)
    if not terms.components:
        yield Finding(REFUSE, "components", "are missing.")
    names = [component.name for component in terms.components]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding(REFUSE, "components", f"two are named “{name}”; names differ.")


def _applies_to(terms: Terms, known: Known) -> Iterator[Finding]:
    for slug in terms.applies_to.teams:
        if slug not in known.parents:
            yield Finding(REFUSE, "applies_to.teams", _unknown("team", slug, known.parents))
    for role in terms.applies_to.roles:
        if role not in Role.values:
            yield Finding(REFUSE, "applies_to.roles", _unknown("role", role, Role.values))
    for rep in terms.applies_to.reps:
        if rep not in known.reps:
            yield Finding(WARN, "applies_to.reps", f"there is no rep “{rep}” yet.")


def _unknown(what: str, name: str, possible: object) -> str:
    names = sorted(possible)[:20]  # type: ignore[call-overload]
    return f"unknown {what} “{name[:60]}”. Possible: {', '.join(names) or 'none'}."


def _component(one: Component, place: str, known: Known) -> Iterator[Finding]:
    match one:
        case Commission():
            yield from _commission(one, place, known)
        case Bonus():
            yield from _bonus(one, place, known)
        case Spiff():
            yield from _not_below(one.per_deal, f"{place}.per_deal")
            yield from _cap(one, place)
            if one.cap is None and one.last == datetime.date.max:
                yield Finding(WARN, place, "has neither a cap nor a last day: what it may cost has no end.")
            yield from _where(one.where, f"{place}.where", known)
        case Draw():
            if one.amount <= 0:
                yield Finding(REFUSE, f"{place}.amount", "must be above 0.")


def _commission(one: Commission, place: str, known: Known) -> Iterator[Finding]:
    if one.kind == "override" and one.of_team not in known.parents:
        yield Finding(REFUSE, f"{place}.of_team", _unknown("team", one.of_team, known.parents))
    if one.rate is not None:
        yield from _not_below(one.rate, f"{place}.rate")
    if one.tiers is not None:
        yield from _tiers(one.tiers, f"{place}.tiers")
    yield from _exposure(one, place)
    if one.threshold is not None:
        yield from _threshold(one.threshold, f"{place}.threshold")
    for metric in one.metrics:
        yield from _target_metric(metric, one, place, known)
    yield from _cap(one, place)
    yield from _where(one.where, f"{place}.where", known)


def _tiers(tiers: Tiers, place: str) -> Iterator[Finding]:
    if tiers.steps[0].start != 0:
        yield Finding(REFUSE, f"{place}.steps[0].from", f"the first step starts at 0, not at {tiers.steps[0].start}.")
    for position, (before, step) in enumerate(itertools.pairwise(tiers.steps), 1):
        if step.start <= before.start:
            message = f"steps rise: {step.start} does not come after {before.start}."
            yield Finding(REFUSE, f"{place}.steps[{position}].from", message)
    for position, step in enumerate(tiers.steps):
        yield from _not_below(step.rate, f"{place}.steps[{position}].rate")
    if tiers.is_retroactive and len(tiers.steps) > 1:
        message = "retroactive steps are cliffs: one sale more, or one undone, changes the rate of all before it."
        yield Finding(WARN, place, message)


def _exposure(one: Commission, place: str) -> Iterator[Finding]:
    """A rate that rises without a cap: one very large deal is paid at the highest rate, whatever that comes to."""
    last = one.steps[-1]
    if one.cap is None and last.rate > one.steps[0].rate:
        message = f"no cap: everything above the step from {last.start:f} pays {last.rate:f}, without an end."
        yield Finding(WARN, place, message)


def _threshold(threshold: Threshold, place: str) -> Iterator[Finding]:
    if threshold.at <= 0:
        yield Finding(REFUSE, f"{place}.at", "must be above 0.")
    if threshold.pays_from == "zero":
        yield Finding(WARN, place, "a threshold that pays from zero is a cliff: one sale undone may take all away.")


def _target_metric(metric: str, one: Commission, place: str, known: Known) -> Iterator[Finding]:
    unit = known.unit_of(metric)
    if unit is None:
        yield Finding(REFUSE, f"{place}.tiers.of", f"unknown metric “{metric[:60]}”.")
    elif (unit == MONEY) != (one.basis != "units"):
        what = "units" if one.basis == "units" else "money"
        yield Finding(WARN, f"{place}.tiers.of", f"{metric} is measured in {unit}, the basis is {what}.")
    if unit is not None and not known.has_target(metric):
        message = f"nobody has a target for {metric} yet; without one this pays nothing."
        yield Finding(WARN, f"{place}.tiers.of", message)


def _bonus(one: Bonus, place: str, known: Known) -> Iterator[Finding]:
    if known.unit_of(one.metric) is None:
        yield Finding(REFUSE, f"{place}.metric", f"unknown metric “{one.metric[:60]}”.")
    elif not known.has_figure(one.metric):
        message = f"{one.metric} has no figure in the last twelve months; without one this pays nothing."
        yield Finding(WARN, f"{place}.metric", message)
    yield from _not_below(one.pays, f"{place}.pays")


def _not_below(number: object, place: str) -> Iterator[Finding]:
    if number < 0:  # type: ignore[operator]
        yield Finding(REFUSE, place, "must not be below 0.")


def _cap(one: Commission | Spiff, place: str) -> Iterator[Finding]:
    if one.cap is not None and one.cap <= 0:
        yield Finding(REFUSE, f"{place}.cap", "must be above 0.")


def _where(where: Where, place: str, known: Known) -> Iterator[Finding]:
    for kind in where.deal_kind:
        if kind not in KINDS:
            yield Finding(REFUSE, f"{place}.deal_kind", _unknown("kind", kind, KINDS))
    for name in where.product:
        if name not in known.products:
            yield Finding(REFUSE, f"{place}.product", _unknown("product", name, known.products))
    for key, names, there in (
        ("product_family", where.product_family, known.families),
        ("pipeline", where.pipeline, known.pipelines),
        ("channel", where.channel, known.channels),
    ):
        for name in names:
            if name not in there:
                yield Finding(WARN, f"{place}.{key}", f"nothing has “{name[:60]}” yet, so nothing matches.")


def _draws(terms: Terms) -> Iterator[Finding]:
    for position, draw in enumerate(terms.components):
        if isinstance(draw, Draw) and draw.every != terms.statement_every:
            message = f"a draw is due every {terms.statement_every}, as statements are."
            yield Finding(REFUSE, f"components[{position}].every", message, draw.name)
    for one, other in itertools.combinations(terms.draws, 2):
        if one.first <= other.last and other.first <= one.last:
            yield Finding(REFUSE, "components", f"the draws “{one.name}” and “{other.name}” overlap.")


def _override_teams(terms: Terms, known: Known) -> Iterator[Finding]:
    overrides = [one for one in terms.commissions if one.of_team in known.parents]
    for one, other in itertools.combinations(overrides, 2):
        if one.of_team in _above(other.of_team, known) or other.of_team in _above(one.of_team, known):
            message = f"the teams of “{one.name}” and “{other.name}” contain one another: a deal may pay twice."
            yield Finding(WARN, "components", message)


def _above(slug: str, known: Known) -> list[str]:
    """The team and those above it."""
    chain: list[str] = []
    at: str | None = slug
    while at is not None and at not in chain:
        chain.append(at)
        at = known.parents.get(at)
    return chain
