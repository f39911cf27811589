"""Which plan version holds for a rep on which days. Pure."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from metrics.incentives.facts import Stretch
from metrics.incentives.terms import AppliesTo, Version
from metrics.periods import DAY

END = datetime.date.max


class TwoPlansHold(ValueError):
    """Two plans at the same level on the same day; the message names both."""


@dataclass(frozen=True)
class Employment:
    """A rep as plans see him: ``keys`` are e-mail and external id, ``teams`` the (first day, last day, slug) spans."""

    keys: frozenset[str]
    role: str
    hired_on: datetime.date
    left_on: datetime.date
    teams: Sequence[tuple[datetime.date, datetime.date, str]]

    def team_on(self, day: datetime.date) -> str | None:
        held = [span for span in self.teams if span[0] <= day <= span[1]]
        return max(held)[2] if held else None


def stretches_of(
    rep: Employment, versions: Iterable[Version], parents: Mapping[str, str | None]
) -> tuple[Stretch, ...]:
    """Runs of days on which one version holds, in order. ``parents``: teams above teams. Raises TwoPlansHold."""
    published = sorted(versions, key=lambda one: (one.published_from, one.number))
    found: list[Stretch] = []
    for first, last in _spans(rep, published):
        version = version_on(first, rep, published, parents)
        if version is None:
            continue
        if found and found[-1].version == version.id and found[-1].last + DAY == first:
            found[-1] = Stretch(version.id, found[-1].first, last)
        else:
            found.append(Stretch(version.id, first, last))
    return tuple(found)


def _spans(rep: Employment, versions: Sequence[Version]) -> list[tuple[datetime.date, datetime.date]]:
    """Days of employment, cut wherever another version may begin to hold."""
    cuts = {version.published_from for version in versions}
    for first, last, _team in rep.teams:
        cuts |= {first} | ({last + DAY} if last < END else set())
    starts = [rep.hired_on, *sorted(cut for cut in cuts if rep.hired_on < cut <= rep.left_on)]
    ends = [start - DAY for start in starts[1:]] + [rep.left_on]
    return list(zip(starts, ends, strict=True))


def version_on(
    day: datetime.date, rep: Employment, versions: Sequence[Version], parents: Mapping[str, str | None]
) -> Version | None:
    """The version that holds on a day; ``versions`` by publishing day and number. Raises TwoPlansHold."""
    newest = {version.plan: version for version in versions if version.published_from <= day}
    levels: dict[int, list[Version]] = {}
    chain = _chain(rep.team_on(day), parents)
    for version in newest.values():
        level = _level(version.terms.applies_to, rep, chain)
        if level is not None:
            levels.setdefault(level, []).append(version)
    if not levels:
        return None
    nearest = levels[min(levels)]
    if len(nearest) > 1:
        names = [f"“{name}”" for name in sorted(version.terms.name for version in nearest)]
        told = {"rep": min(rep.keys, default="?"), "day": day, "plans": ", ".join(names[:-1]), "last": names[-1]}
        raise TwoPlansHold(_("two plans hold for %(rep)s on %(day)s: %(plans)s and %(last)s.") % told)
    return nearest[0]


def _chain(team: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """The team and those above it, the nearest first."""
    chain: list[str] = []
    while team is not None and team not in chain:
        chain.append(team)
        team = parents.get(team)
    return chain


def _level(to: AppliesTo, rep: Employment, chain: Sequence[str]) -> int | None:
    """How near a plan names a rep: himself, a team above him by its distance, his role; None: not at all."""
    if rep.keys & set(to.reps):
        return 0
    for distance, slug in enumerate(chain, 1):
        if slug in to.teams:
            return distance
    return len(chain) + 1 if rep.role and rep.role in to.roles else None


def clashing(version: Version, others: Iterable[Version]) -> list[str]:
    """Names of other plans that would hold at the same level on the same day, once the version is published."""
    by_plan: dict[int, list[Version]] = {}
    for other in sorted(others, key=lambda one: (one.published_from, one.number)):
        if other.plan != version.plan:
            by_plan.setdefault(other.plan, []).append(other)
    names = set()
    for held in by_plan.values():
        before = [one for one in held if one.published_from <= version.published_from][-1:]
        later = [one for one in held if one.published_from > version.published_from]
        names |= {one.terms.name for one in before + later if _overlap(version.terms.applies_to, one.terms.applies_to)}
    return sorted(names)


def _overlap(one: AppliesTo, other: AppliesTo) -> bool:
    pairs = ((one.reps, other.reps), (one.teams, other.teams), (one.roles, other.roles))
    return any(set(mine) & set(theirs) for mine, theirs in pairs)
