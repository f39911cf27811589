"""Audits of a night, before its figures are taken: they equal the records, members add up, levels move by what moved.

What does not pass is not stored: the figures of the day before stay, and the run is suspect. Days stored before are
sampled too; one that is found wrong is computed live from then on, until the next night stores it anew.
"""

import datetime
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Min

from accounts.models import Company, Rep, Team
from metrics.dimensions import ALL
from metrics.facts.fact import OPEN
from metrics.models import Snapshot, SnapshotDay
from metrics.periods import DAY, containing
from metrics.question import Question
from metrics.scopes import COMPANY, Scope, rep_scope, team_scope
from metrics.snapshots.cells import Cells, Place, compute_levels, span_question, stored_measures
from metrics.snapshots.comparing import differences, month_differences
from metrics.snapshots.one_moment import one_moment
from metrics.snapshots.rows import stored_cells
from metrics.snapshots.storing import CAPACITY, Span, changed_days
from metrics.team_tree import TeamTree
from pipeline.changed_days import queue_days
from pipeline.history import find_differing_deals
from pipeline.models import ChangedDay, Deal

SAMPLED_DAYS = 8
SAMPLED_OLD_DAYS = 4
SAMPLED_CELLS = 200
SAMPLED_DEALS = 200
MOST_FINDINGS = 50


@dataclass(frozen=True)
class Audit:
    """The audit of one night. ``new``: sampled days among those that it stores; ``cells``: how many a day are asked
    again the way a page asks. ``seed`` picks the samples, so a night can be audited again."""

    company: Company
    today: datetime.date
    now: datetime.datetime
    new: tuple[datetime.date, ...]
    old: tuple[datetime.date, ...]
    cells: int
    seed: int

    @classmethod
    def of(
        cls, days: Sequence[datetime.date], *, company: Company, today: datetime.date, now: datetime.datetime, seed: int
    ) -> "Audit":
        """Picks the days: of ``days``, which a run will store, and of those stored before and not changed since."""
        chance = random.Random(seed)  # noqa: S311  a sample for checking, nothing secret
        stored = set(SnapshotDay.objects.values_list("day", flat=True)).difference(days)
        kept = sorted(stored - changed_days(stored))
        new = chance.sample(sorted(days), min(SAMPLED_DAYS, len(days)))
        old = chance.sample(kept, min(SAMPLED_OLD_DAYS, len(kept)))
        cells = max(1, SAMPLED_CELLS // max(1, len(new) + len(old)))
        return cls(company, today, now, tuple(sorted(new)), tuple(sorted(old)), cells, seed)

    def of_span(self, span: Span) -> list[str]:
        """Findings about the sampled days of a span, in the transaction that has just stored it."""
        days = [day for day in self.new if span[0] <= day <= span[1]]
        return self._of_days(days)[:MOST_FINDINGS]

    def of_old_days(self) -> list[str]:
        """Findings about days stored before. A day with one is no longer trusted."""
        findings: list[str] = []
        for day in self.old:
            if found := self._of_days([day]):
                findings += found
                distrust(day, now=self.now)
        return findings[:MOST_FINDINGS]

    def of_deals(self) -> list[str]:
        """A sample of deals folded anew gives the versions that are stored."""
        span = Deal.objects.aggregate(oldest=Min("pk"), newest=Max("pk"))
        if span["newest"] is None:
            return []
        chance = random.Random(self.seed)  # noqa: S311
        picks = {chance.randint(span["oldest"], span["newest"]) for _ in range(4 * SAMPLED_DEALS)}
        found = sorted(Deal.objects.filter(pk__in=picks).values_list("pk", flat=True))
        sample = chance.sample(found, min(SAMPLED_DEALS, len(found)))
        with one_moment():
            wrong = find_differing_deals(sample, now=self.now, company=self.company)
        return [f"deal {pk}: its versions are not what its events come to" for pk in wrong][:MOST_FINDINGS]

    def _of_days(self, days: Sequence[datetime.date]) -> list[str]:
        findings: list[str] = []
        with one_moment():
            for day in days:
                found = differences(day, day, company=self.company, today=self.today)
                findings += [str(one) for one in found if not one.is_waiting]
                findings += members_add_up(day)
                findings += self._levels_move(day)
                findings += self._pages_agree(day)
            for month in sorted({containing(day, "month").start for day in days}):
                findings += map(str, month_differences(month))
        return findings

    def _levels_move(self, day: datetime.date) -> list[str]:
        """Opening + moves = closing: the level of the day before, with what came and what went, is the day's."""
        before = day - DAY
        if not SnapshotDay.objects.filter(day=before).exists() or before in changed_days([before]):
            return []
        levels = {key for key, measure in stored_measures().items() if measure.fact is OPEN}
        moved = _only(compute_levels(before, day, company=self.company, today=self.today), levels, day)
        stored = _only(stored_cells(day, day), levels, day)
        return [
            f"{place.measure} of {place.scope_kind} {place.scope_id} on {day}: "
            f"opening and moves come to {moved.get(place, 0)}, stored {stored.get(place, 0)}"
            for place in sorted(moved.keys() | stored.keys())
            if moved.get(place, 0) != stored.get(place, 0)
        ]

    def _pages_agree(self, day: datetime.date) -> list[str]:
        """Random cells, each asked the way a page asks its figure."""
        stored = stored_cells(day, day)
        chance = random.Random(f"{self.seed} {day}")  # noqa: S311
        places = sorted(place for place in stored if place.scope_kind != "own" and _is_somebody(place))
        findings = []
        measures, scopes = stored_measures(), _scopes()
        base = span_question(day, day, self.company, self.today)
        for place in chance.sample(places, min(self.cells, len(places))):
            scope = scopes.get((place.scope_kind, place.scope_id))
            if scope is None:
                continue
            q = Question(base.period, scope, self.company, self.today, self.today)
            cell = measures[place.measure].live_cells(q).get(ALL)
            live = (cell.total, cell.n) if cell else (0, 0)
            if live != (stored[place].total, stored[place].n):
                findings.append(
                    f"{place.measure} of {scope.key} on {day}: stored {stored[place].content[:2]}, a page says {live}"
                )
        return findings


def _only(cells: Cells, measures: set[str], day: datetime.date) -> dict[Place, tuple[int, int]]:
    return {
        place: (cell.total, cell.n) for place, cell in cells.items() if place.measure in measures and place.day == day
    }


def _is_somebody(place: Place) -> bool:
    return place.scope_kind == "company" or place.scope_id != 0


def _scopes() -> dict[tuple[str, int], Scope]:
    scopes = [COMPANY, *map(team_scope, Team.objects.all()), *map(rep_scope, Rep.objects.all())]
    return {(scope.kind, scope.id): scope for scope in scopes}


def distrust(day: datetime.date, *, now: datetime.datetime) -> None:
    """Let pages compute a day from the records, and the next night store it and its month anew."""
    with one_moment(alone=True):
        Snapshot.objects.filter(grain="month", day=containing(day, "month").start).delete()
        for subject in ChangedDay.Subject:
            if subject != CAPACITY:
                queue_days(subject, [(day, day)], now=now)


def members_add_up(day: datetime.date) -> list[str]:
    """Reps come to the company's total, and so do the teams on top: a row counted twice or left out shows here.

    Shared money aside: a won deal without an owner is the company's alone.
    """
    shared = {key for key, measure in stored_measures().items() if measure.is_shared}
    tops = {team for team, parent in TeamTree().parents.items() if parent is None} | {0}
    totals: dict[str, tuple[int, int]] = {}
    parts: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (measure, kind, ident, _day), cell in stored_cells(day, day).items():
        if kind == "company":
            totals[measure] = (cell.total, cell.n)
        elif measure not in shared and (kind == "rep" or (kind == "team" and ident in tops)):
            total, n = parts[measure, kind]
            parts[measure, kind] = (total + cell.total, n + cell.n)
    return [
        f"{measure} on {day}: {kind}s come to {parts[measure, kind]}, the company to {totals.get(measure, (0, 0))}"
        for measure in sorted({*totals, *(measure for measure, _kind in parts)} - shared)
        for kind in ("rep", "team")
        if parts[measure, kind] != totals.get(measure, (0, 0))
    ]
