"""The linter: which plans can't hold, and which deserve a second look. Pure; what the company has is passed in."""

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_noop as _

from accounts.money import MoneyError, check_currency
from accounts.roles import Role
from metrics.incentives.findings import REFUSE, WARN, Finding
from metrics.incentives.terms import UNITS, Bonus, Commission, Component, Draw, Spiff, Terms, Threshold, Tiers, Where

KINDS = ("new", "expansion", "renewal", "credit")
MONEY = "money"
ABOVE = _("must be above 0.")
UNKNOWN_TEAM = _("unknown team “%(name)s”. Possible: %(possible)s.")
UNKNOWN_ROLE = _("unknown role “%(name)s”. Possible: %(possible)s.")
UNKNOWN_KIND = _("unknown kind “%(name)s”. Possible: %(possible)s.")
UNKNOWN_PRODUCT = _("unknown product “%(name)s”. Possible: %(possible)s.")


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


def lint(terms: Terms, known: Known, faulty: frozenset[int] = frozenset()) -> list[Finding]:
    """Everything that there is to say, refusals first. ``faulty``: positions of components that can't be read yet; of
    those, and of what depends on all components, nothing is said."""
    found = [*_plan(terms, known)]
    for position, component in enumerate(terms.components):
        if position in faulty:
            continue
        ones = _component(component, f"components[{position}]", known)
        found += [replace(one, component=component.name) for one in ones]
    if not faulty:
        found += [*_draws(terms), *_override_teams(terms, known)]
    return sorted(found, key=lambda one: one.level != REFUSE)


def _plan(terms: Terms, known: Known) -> Iterator[Finding]:
    try:
        check_currency(terms.currency)
    except MoneyError as error:
        yield Finding(REFUSE, "currency", str(error))
    if UNITS.index(terms.accumulate) < UNITS.index(terms.statement_every):
        yield Finding(REFUSE, "accumulate", _("must not be shorter than the time for which pay is stated."))
    yield from _applies_to(terms, known)
    if not terms.components:
        yield Finding(REFUSE, "components", _("are missing."))
    names = [component.name for component in terms.components]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding(REFUSE, "components", _("two are named “%(name)s”; names differ."), values={"name": name})


def _applies_to(terms: Terms, known: Known) -> Iterator[Finding]:
    for slug in terms.applies_to.teams:
        if slug not in known.parents:
            yield _unknown("applies_to.teams", UNKNOWN_TEAM, slug, known.parents)
    for role in terms.applies_to.roles:
        if role not in Role.values:
            yield _unknown("applies_to.roles", UNKNOWN_ROLE, role, Role.values)
    for rep in terms.applies_to.reps:
        if rep not in known.reps:
            yield Finding(WARN, "applies_to.reps", _("there is no rep “%(name)s” yet."), values={"name": rep})


def _unknown(place: str, pattern: str, name: str, possible: Iterable[str]) -> Finding:
    values = {"name": name[:60], "possible": ", ".join(sorted(possible)[:20]) or "–"}
    return Finding(REFUSE, place, pattern, values=values)


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
                yield Finding(WARN, place, _("has neither a cap nor a last day: what it may cost has no end."))
            yield from _where(one.where, f"{place}.where", known)
        case Draw():
            if one.amount <= 0:
                yield Finding(REFUSE, f"{place}.amount", ABOVE)


def _commission(one: Commission, place: str, known: Known) -> Iterator[Finding]:
    if one.kind == "override" and one.of_team not in known.parents:
        yield _unknown(f"{place}.of_team", UNKNOWN_TEAM, one.of_team, known.parents)
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
        yield Finding(REFUSE, f"{place}.steps[0].from", _("the first step starts at 0."))
    for position, (before, step) in enumerate(itertools.pairwise(tiers.steps), 1):
        if step.start <= before.start:
            yield Finding(
                REFUSE, f"{place}.steps[{position}].from", _("steps rise: it starts above the step before it.")
            )
    for position, step in enumerate(tiers.steps):
        yield from _not_below(step.rate, f"{place}.steps[{position}].rate")
    if tiers.is_retroactive and len(tiers.steps) > 1:
        message = _("retroactive steps are cliffs: one sale more, or one undone, changes the rate of all before it.")
        yield Finding(WARN, place, message)


def _exposure(one: Commission, place: str) -> Iterator[Finding]:
    """A rate that rises without a cap: one very large deal is paid at the highest rate, whatever that comes to."""
    last = one.steps[-1]
    if one.cap is None and last.rate > one.steps[0].rate:
        message = _("no cap: everything above the step from %(level)s pays %(rate)s, without an end.")
        yield Finding(WARN, place, message, values={"level": f"{last.start:f}", "rate": f"{last.rate:f}"})


def _threshold(threshold: Threshold, place: str) -> Iterator[Finding]:
    if threshold.at <= 0:
        yield Finding(REFUSE, f"{place}.at", ABOVE)
    if threshold.pays_from == "zero":
        yield Finding(WARN, place, _("a threshold that pays from zero is a cliff: one sale undone may take all away."))


def _target_metric(metric: str, one: Commission, place: str, known: Known) -> Iterator[Finding]:
    unit = known.unit_of(metric)
    if unit is None:
        yield _unknown_metric(f"{place}.tiers.of", metric)
    elif (unit == MONEY) != (one.basis != "units"):
        message = _("%(metric)s is not measured in what is paid on, money or units.")
        yield Finding(WARN, f"{place}.tiers.of", message, values={"metric": metric})
    if unit is not None and not known.has_target(metric):
        message = _("nobody has a target for %(metric)s yet; without one this pays nothing.")
        yield Finding(WARN, f"{place}.tiers.of", message, values={"metric": metric})


def _bonus(one: Bonus, place: str, known: Known) -> Iterator[Finding]:
    if known.unit_of(one.metric) is None:
        yield _unknown_metric(f"{place}.metric", one.metric)
    elif not known.has_figure(one.metric):
        message = _("%(metric)s has no figure in the last twelve months; without one this pays nothing.")
        yield Finding(WARN, f"{place}.metric", message, values={"metric": one.metric})
    yield from _not_below(one.pays, f"{place}.pays")


def _unknown_metric(place: str, slug: str) -> Finding:
    return Finding(REFUSE, place, _("unknown metric “%(name)s”."), values={"name": slug[:60]})


def _not_below(number: object, place: str) -> Iterator[Finding]:
    if number < 0:  # type: ignore[operator]
        yield Finding(REFUSE, place, _("must not be below 0."))


def _cap(one: Commission | Spiff, place: str) -> Iterator[Finding]:
    if one.cap is not None and one.cap <= 0:
        yield Finding(REFUSE, f"{place}.cap", ABOVE)


def _where(where: Where, place: str, known: Known) -> Iterator[Finding]:
    for kind in where.deal_kind:
        if kind not in KINDS:
            yield _unknown(f"{place}.deal_kind", UNKNOWN_KIND, kind, KINDS)
    for name in where.product:
        if name not in known.products:
            yield _unknown(f"{place}.product", UNKNOWN_PRODUCT, name, known.products)
    for key, names, there in (
        ("product_family", where.product_family, known.families),
        ("pipeline", where.pipeline, known.pipelines),
        ("channel", where.channel, known.channels),
    ):
        for name in names:
            if name not in there:
                message = _("nothing has “%(name)s” yet, so nothing matches.")
                yield Finding(WARN, f"{place}.{key}", message, values={"name": name[:60]})


def _draws(terms: Terms) -> Iterator[Finding]:
    for position, draw in enumerate(terms.components):
        if isinstance(draw, Draw) and draw.every != terms.statement_every:
            message = _("a draw is due as often as pay is stated.")
            yield Finding(REFUSE, f"components[{position}].every", message, draw.name)
    for one, other in itertools.combinations(terms.draws, 2):
        if one.first <= other.last and other.first <= one.last:
            values = {"one": one.name, "other": other.name}
            yield Finding(REFUSE, "components", _("the draws “%(one)s” and “%(other)s” overlap."), values=values)


def _override_teams(terms: Terms, known: Known) -> Iterator[Finding]:
    overrides = [one for one in terms.commissions if one.of_team in known.parents]
    for one, other in itertools.combinations(overrides, 2):
        if one.of_team in _above(other.of_team, known) or other.of_team in _above(one.of_team, known):
            message = _("the teams of “%(one)s” and “%(other)s” contain one another: a deal may pay twice.")
            yield Finding(WARN, "components", message, values={"one": one.name, "other": other.name})


def _above(slug: str, known: Known) -> list[str]:
    """The team and those above it."""
    chain: list[str] = []
    at: str | None = slug
    while at is not None and at not in chain:
        chain.append(at)
        at = known.parents.get(at)
    return chain
