"""The sample company's targets: of reps by month, of teams by quarter, of the company by year; raised once."""

import datetime
from collections.abc import Iterator
from decimal import Decimal

from accounts.business_dates import day_start
from accounts.models import Rep, Team
from accounts.money import from_minor
from metrics.actions.targets import standing_targets, target_row
from metrics.goals.goal import Goal, goal_of
from metrics.models import Target
from metrics.periods import Period, add_months, containing
from metrics.sample.months import won_by_month
from metrics.scopes import COMPANY, Scope
from pipeline.sample.world import World

STRETCH = Decimal("1.08")
RAISE = Decimal("1.05")
DEALS = "deals_won"
MONEY = "won_revenue"


class _Goals:
    def __init__(self, world: World) -> None:
        self.world = world
        self.reps = list(Rep.objects.filter(is_sample=True, counts_as_capacity=True).order_by("pk"))
        self.teams = list(Team.objects.filter(is_sample=True).order_by("pk"))
        self.below = {team.pk: [one.pk for one in self.teams if one.parent_id == team.pk] for team in self.teams}
        won = won_by_month()
        full = [sum(by_rep.values()) for month, by_rep in won.items() if month < world.today.replace(day=1)]
        mean = Decimal(sum(full)) / max(1, len(full))
        self.a_month = from_minor(int(mean), world.company.base_currency) * STRETCH
        self.ends = containing(world.today, "quarter").end

    def rep_month(self, day: datetime.date) -> Decimal:
        """What a rep with full weight should win in a month: the mean of a selling day's staff."""
        working = sum(1 for rep in self.reps if self._works(rep, day)) or 1
        return self.a_month / working

    def _works(self, rep: Rep, day: datetime.date) -> bool:
        return (rep.hired_on or day) <= day and (rep.left_on is None or day <= rep.left_on)

    def of_reps(self) -> Iterator[Goal]:
        for month in Period(self.world.first_day, self.ends, "", "range").split("month"):
            a_rep = self.rep_month(month.start)
            for rep in self.reps:
                if self._works(rep, month.start):
                    scope = Scope("rep", rep.pk)
                    yield goal_of(MONEY, scope, month, _rounded(a_rep * self._ramp(rep, month.start)))
                    yield goal_of(DEALS, scope, month, Decimal(max(1, round(3 * self._ramp(rep, month.start)))))

    def _ramp(self, rep: Rep, day: datetime.date) -> Decimal:
        """A joiner's share of a full target: it grows by equal steps over the months of the ramp."""
        if not rep.ramp_months or rep.hired_on is None:
            return Decimal(1)
        months = (day.year - rep.hired_on.year) * 12 + day.month - rep.hired_on.month + 1
        return min(Decimal(1), max(Decimal(0), Decimal(months) / rep.ramp_months))

    def of_teams(self) -> Iterator[Goal]:
        for quarter in Period(self.world.first_day, self.ends, "", "range").split("quarter"):
            whole = containing(quarter.start, "quarter")
            for team in self.teams:
                share = Decimal(len(self._people(team.pk))) / max(1, len(self.reps))
                if share:
                    yield goal_of(MONEY, Scope("team", team.pk), whole, _rounded(self.a_month * 3 * share))

    def _people(self, team: int) -> list[Rep]:
        teams = {team, *self.below[team]}
        return [rep for rep in self.reps if rep.team_id in teams]

    def of_company(self, factor: Decimal = Decimal(1)) -> Iterator[Goal]:
        for year in range(self.world.first_day.year, self.world.today.year + 1):
            whole = containing(datetime.date(year, 1, 1), "year")
            yield goal_of(MONEY, COMPANY, whole, _rounded(self.a_month * 12 * factor))
            yield goal_of("win_rate", COMPANY, whole, Decimal("0.25"))


def set_goals(world: World) -> dict[str, int]:
    """Set the targets when the sample begins, and raise the company's half-way; how many rows.

    Targets of the company itself that are there already stay.
    """
    goals = _Goals(world)
    start = day_start(world.first_day, world.zone)
    company = list(goals.of_company())
    own = set(standing_targets(company, lock=False))
    rows = {
        goal.key: target_row(goal, by=None, now=start, is_sample=True)
        for goal in (*company, *goals.of_teams(), *goals.of_reps())
        if goal.key not in own
    }
    raised_on = add_months(world.first_day, world.months // 2)
    when = max(day_start(raised_on, world.zone), start + datetime.timedelta(hours=9))
    raised = []
    for goal in goals.of_company(RAISE):
        old = rows.get(goal.key)
        if old is not None and goal.ends_on >= raised_on and old.value != goal.value:
            old.superseded_at = when
            raised.append(target_row(goal, by=None, now=when, is_sample=True))
    Target.objects.bulk_create([*rows.values(), *raised], batch_size=1000)
    return {"targets": len(rows) + len(raised)}


def _rounded(value: Decimal) -> Decimal:
    """Two digits that people would set: 23,000 for 22,871."""
    if value <= 0:
        return Decimal(0)
    step = Decimal(10) ** (value.adjusted() - 1)
    return max(step, (value / step).quantize(Decimal(1)) * step)
