"""How often the open pipeline would pay for what is missing to the target."""

from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Team
from metrics.dimensions import ALL, Member
from metrics.facts.fact import OpenDeals
from metrics.goals.target_values import target_rows, targets_of
from metrics.measures.measure import Measure
from metrics.metric import Metric, Number, Parts, Stream, Total
from metrics.numbers import ratio
from metrics.question import Question
from metrics.records.listed import ListedRow
from pipeline.models.history import DealVersionQuerySet

_UNSET = Parts(None, None, None, 0)


@dataclass(frozen=True)
class DueDeals(OpenDeals):
    """Deals open at the end of the period, or as of the day before it, and then expected to close in the period."""

    def in_period(self, q: Question) -> DealVersionQuerySet:
        return super().in_period(q).filter(expected_close_on__gte=q.period.start, expected_close_on__lt=q.period.end)


@dataclass(frozen=True, kw_only=True)
class Coverage(Metric):
    """Open amounts expected to close in the period / what is missing to its target. n = those open deals.

    None without a target, and when the target is reached: there is nothing left to cover.
    """

    due: Measure
    of: Total
    splits_by_time: bool = field(default=False)
    looks_ahead: bool = field(default=True)

    @property
    def top_is_money(self) -> bool:
        return True

    @property
    def bottom_is_money(self) -> bool:
        return True

    def measures(self) -> tuple[Measure, ...]:
        return (self.due, *self.of.measures())

    def sliced(self, q: Question) -> dict[Member, Parts]:
        due = {member.key: cell for member, cell in self.due.cells(q).items()}
        won = {member.key: parts.value or 0 for member, parts in self.of.parts(q).items()}
        targets = targets_of(self.of, q) if q.by else {ALL: targets_of(self.of, q).get(ALL)}
        found = {}
        above = {team.slug for team in parent_teams()} if q.by == "team" else set()
        for member, target in targets.items():
            if member.key in above:  # deals are by the team itself
                continue
            cell = due.get(member.key)
            missing = None if target is None else target - won.get(member.key, 0)
            found[member] = _covered(cell.total if cell else 0, missing, cell.n if cell else 0)
        return found

    def notes(self, q: Question) -> list[str]:
        """Why there is no figure, where there is none."""
        missing = self.sliced(q.whole()).get(ALL, _UNSET).denominator
        if missing is None:
            return [_("no target for %(metric)s of this scope and period") % {"metric": self.of.slug}]
        return [] if missing > 0 else [_("the target is reached: nothing is left to cover")]

    def streams(self, q: Question) -> list[Stream]:
        """Open deals above; below, the targets that hold and, taken off them, the deals won."""
        rows = [
            ListedRow(row.starts_on, row.id, _("Target %s") % row.period, "", value)  # type: ignore[arg-type]
            for row, value in target_rows(self.of, q)
        ]
        if not rows:
            return [Stream(self.due.records(q), self.due.fact.kind, 1, None)]
        won = [Stream(each.rows, each.kind, None, -(each.numerator or 0)) for each in self.of.streams(q)]
        return [Stream(self.due.records(q), self.due.fact.kind, 1, None), Stream(rows, "target", None, 1), *won]


def parent_teams() -> QuerySet[Team]:
    """Teams that have others below them: a breakdown lists those alone that have none."""
    return Team.objects.filter(pk__in=Team.objects.exclude(parent=None).values("parent"))


def _covered(due: Number, missing: Fraction | None, n: int) -> Parts:
    value = ratio(due, missing) if missing is not None and missing > 0 else None
    return Parts(value, due, missing, n)
