"""What calculations of many reps share: plans, the tree of teams, memberships, employment. Read once."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from functools import cached_property

from django.db.models import QuerySet

from accounts.memberships import TeamHistory
from accounts.models import Company, Rep, Team
from accounts.models.team import team_and_descendants
from accounts.rates import RateBook
from metrics.dimensions import UNKNOWN
from metrics.incentives.deal_book import DealBook
from metrics.incentives.facts import Membership, Stretch
from metrics.incentives.figures import FigureBook
from metrics.incentives.stretches import Employment, stretches_of
from metrics.incentives.target_facts import TargetBook
from metrics.incentives.terms import Version
from metrics.incentives.versions import published_versions


class CompanyFacts:
    """``versions``: published ones by id, or others to try out. ``deals``: where they are shared; without it each rep's
    are read when his facts are. ``for_all``: targets and figures are read for all reps at once. ``only``: the rep who
    is asked about; the others are read when they are needed."""

    def __init__(
        self, company: Company, today: datetime.date, versions: Mapping[int, Version] | None = None,
        deals: DealBook | None = None, only: Rep | None = None, *, for_all: bool = False,
    ) -> None:  # fmt: skip
        self.company, self.today, self.deals, self._for_all = company, today, deals, for_all
        self.versions = dict(published_versions() if versions is None else versions)
        self._history = self._read_history(only)
        self._whose = None if only is None else only.pk
        self.teams = self._read_teams()
        self.slugs = {pk: slug for pk, slug, _parent in self.teams}
        self.parents = {slug: self.slugs.get(parent or 0) for _pk, slug, parent in self.teams}
        self._ids = {slug: pk for pk, slug, _parent in self.teams}
        self._below: dict[str, frozenset[int]] = {}
        self._members: dict[frozenset[int], set[int]] = {}
        self._stretches: dict[Employment, tuple[Stretch, ...]] = {}

    def _read_history(self, only: Rep | None) -> TeamHistory:
        return TeamHistory.load(None if only is None else [only.pk])

    def _read_teams(self) -> list[tuple[int, str, int | None]]:
        """Id, slug and parent of every team."""
        return list(Team.objects.values_list("pk", "slug", "parent_id"))

    @cached_property
    def keys(self) -> dict[int, str]:
        """E-mail, else external id, else name of every rep."""
        return _keys(Rep.objects.all())

    def keys_of(self, reps: Set[int]) -> dict[int, str]:
        """Those of some reps, by id."""
        found = self.keys if self._whose is None else _keys(Rep.objects.filter(pk__in=reps))
        return {one: found[one] for one in sorted(reps)}

    def history(self, rep: int | None) -> TeamHistory:
        """The memberships of a rep, None: of all; read when those of another one were asked for so far."""
        if self._whose not in (None, rep):
            self._history, self._whose = TeamHistory.load(), None
        return self._history

    def _spans(self, rep: int) -> list[tuple[datetime.date, datetime.date, int]]:
        return self.history(rep).spans(rep)

    def team_ids(self, slug: str) -> frozenset[int]:
        """A team and those below it."""
        if slug not in self._below:
            tree = [(pk, parent) for pk, _slug, parent in self.teams]
            ids = team_and_descendants(self._ids[slug], tree) if slug in self._ids else ()
            self._below[slug] = frozenset(ids)
        return self._below[slug]

    def ids_of(self, slugs: Iterable[str]) -> list[int]:
        """The ids of teams, without those below them; what is no team is left out."""
        return [self._ids[slug] for slug in sorted(set(slugs)) if slug in self._ids]

    def members(self, teams: Iterable[int]) -> set[int]:
        """Reps who were in one of some teams on any day."""
        wanted = frozenset(teams)
        if wanted not in self._members:
            self._members[wanted] = {
                rep for rep in self.keys if any(team in wanted for _first, _last, team in self._spans(rep))
            }
        return self._members[wanted]

    def memberships(self, rep: int) -> tuple[Membership, ...]:
        return tuple(Membership(first, last, team) for first, last, team in self._spans(rep))

    @cached_property
    def figures(self) -> FigureBook:
        """What bonuses go by."""
        return FigureBook(self.company, self.today, _alone(self.keys) if self._for_all else {})

    @cached_property
    def targets(self) -> TargetBook | None:
        """Those that the plans name, of all reps and teams; None where each rep's are read by themselves."""
        if not self._for_all:
            return None
        plans = [one.terms for one in self.versions.values()]
        return TargetBook(metric for terms in plans for one in terms.commissions for metric in one.metrics)

    @cached_property
    def rates(self) -> RateBook:
        """Rates between the plans' currencies and the base currency."""
        return RateBook.load({one.terms.currency for one in self.versions.values()}, self.company)

    def last_team(self, rep: Rep, day: datetime.date) -> int | None:
        """The rep's team on a day, or the last one before it."""
        return next((team for first, _last, team in reversed(self._spans(rep.pk)) if first <= day), None)

    def employment(self, rep: Rep) -> Employment:
        """A rep as plans see him."""
        role = rep.user.role if rep.user is not None else ""
        return self._employed(rep.pk, role, rep.email, rep.external_id, rep.hired_on, rep.left_on)

    def _employed(
        self, rep: int, role: str, email: str | None, external_id: str | None, hired_on: datetime.date | None,
        left_on: datetime.date | None,
    ) -> Employment:  # fmt: skip
        keys = frozenset(key.lower() for key in (email, external_id) if key)
        teams = tuple((first, last, self.slugs[team]) for first, last, team in self._spans(rep))
        return Employment(keys, role, hired_on or datetime.date.min, left_on or datetime.date.max, teams)

    def stretches(self, rep: Rep) -> tuple[Stretch, ...]:
        """Which versions hold for a rep. Raises TwoPlansHold."""
        one = self.employment(rep)
        if one not in self._stretches:
            self._stretches[one] = stretches_of(one, self.versions.values(), self.parents)
        return self._stretches[one]


def _keys(reps: QuerySet[Rep]) -> dict[int, str]:
    rows = reps.values_list("pk", "email", "external_id", "name")
    return {pk: email or external_id or name for pk, email, external_id, name in rows}


def _alone(keys: Mapping[int, str]) -> dict[int, str]:
    """Keys that are one rep's only, and are not taken for those of nobody."""
    times = Counter(keys.values())
    return {pk: key for pk, key in keys.items() if times[key] == 1 and key != UNKNOWN.key}
