"""The sample's people: a tree of teams, their managers, a leader, an admin, and the reps."""

import datetime
import math
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Model

from accounts.memberships import TeamHistory
from accounts.models import Rep, Team, TeamMembership, User
from accounts.roles import Role
from pipeline.sample import names
from pipeline.sample.world import World

REGIONS = ("North", "South")
FOCUS = ("Enterprise", "Mid-market", "Small business", "Partners")
DAY = datetime.timedelta(days=1)
KEPT_DAYS = 60


@dataclass(frozen=True)
class Seller:
    """A rep with what makes one rep's figures differ from another's. ``skill`` 1.0 is average."""

    rep: Rep
    skill: float
    pace: float
    diligence: float
    region: str

    def works_on(self, day: datetime.date) -> bool:
        """Whether the rep is employed on ``day``."""
        return (self.rep.hired_on or day) <= day and (self.rep.left_on is None or day <= self.rep.left_on)

    def weight_on(self, day: datetime.date) -> float:
        """How much new business the rep gets: none when not employed, less while ramping, none in the last weeks."""
        if not self.works_on(day) or (self.rep.left_on and day > self.rep.left_on - 21 * DAY):
            return 0.0
        months = (day - (self.rep.hired_on or day)).days / 30
        ramped = min(1.0, 0.25 + 0.75 * months / self.rep.ramp_months) if self.rep.ramp_months else 1.0
        return ramped * (0.6 + 0.4 * self.skill)


@dataclass(frozen=True)
class Staff:
    """Everybody of the sample, with who was in which team when."""

    sellers: list[Seller]
    managers: dict[int, User]
    teams: TeamHistory
    leaves: list[Team]
    kept: dict[datetime.date, list[float]] = field(default_factory=dict)

    def pick(self, day: datetime.date, random: Random) -> Seller:
        """A rep for new business on ``day``."""
        return random.choices(self.sellers, cum_weights=self.shares_on(day))[0]

    def shares_on(self, day: datetime.date) -> list[float]:
        """Running sums of the reps' weights on ``day``; kept, because many records begin on the same days."""
        if day not in self.kept:
            weights = [seller.weight_on(day) for seller in self.sellers]
            if not any(weights):
                weights = [1.0 if seller.rep.left_on is None else 0.01 for seller in self.sellers]
            if len(self.kept) > KEPT_DAYS:
                self.kept.clear()
            self.kept[day] = list(accumulate(weights))
        return self.kept[day]

    def successor(self, seller: Seller, day: datetime.date, random: Random) -> Seller:
        """Somebody else to take over on ``day``, of the same region where there is one."""
        others = [other for other in self.sellers if other is not seller and other.weight_on(day)]
        near = [other for other in others if other.region == seller.region]
        return random.choice(near or others or [seller])

    def manager_of(self, seller: Seller) -> User | None:
        """Who leads the rep's team today."""
        return self.managers.get(seller.rep.team_id or 0)


def free_name(model: type[Model], name: str) -> str:
    """The name, marked when a record has it already."""
    taken = model._default_manager.filter(name=name).exists()
    return f"{name} (sample)" if taken else name


def hire_staff(world: World, reps: int) -> Staff:
    """Create teams, users and reps."""
    password = make_password(settings.SAMPLE_PASSWORD)
    people = _Names(world)
    _user(people.fixed(Role.LEADER), Role.LEADER, password)
    _user(people.fixed(Role.ADMIN), Role.ADMIN, password)
    leaves, managers = _teams(people, password, leaf_count(reps))
    sellers = [_seller(world, people, password, number, leaves) for number in range(reps)]
    for team in leaves:
        _lead_team(managers[team.pk], team, world.first_day)
    TeamMembership.objects.bulk_create(
        membership
        for number, seller in enumerate(sellers)
        for membership in _memberships(world, number, seller, leaves)
    )
    return Staff(sellers, managers, TeamHistory.load(seller.rep.pk for seller in sellers), leaves)


def leaf_count(reps: int) -> int:
    """Teams of about three reps in a small company, of about twenty in a large one."""
    return min(math.ceil(reps / 3), 4) if reps <= 40 else math.ceil(reps / 20)


class _Names:
    """Names that are given once."""

    def __init__(self, world: World) -> None:
        self.random = world.random("names")
        self.used: set[str] = set()

    def new(self) -> tuple[str, str]:
        """Name and e-mail address of somebody new."""
        while True:
            name = names.person(self.random)
            if name in self.used and len(self.used) > 3000:
                name = f"{name} {len(self.used)}"
            if name not in self.used:
                self.used.add(name)
                return name, names.address(name, settings.SAMPLE_DOMAIN)

    def fixed(self, role: str) -> tuple[str, str]:
        """Somebody whose sign-in is printed: the address is the role's."""
        return self.new()[0], settings.SAMPLE_SIGN_INS[role]


def _user(person: tuple[str, str], role: str, password: str, *, active: bool = True) -> User:
    name, email = person
    return User.objects.create(email=email, name=name, role=role, password=password, is_active=active)


def _teams(people: _Names, password: str, leaves: int) -> tuple[list[Team], dict[int, User]]:
    parents = []
    for region in REGIONS[: min(leaves, len(REGIONS))]:
        manager = _user(people.new(), Role.MANAGER, password)
        parents.append(_team(region, None, manager))
    made: list[Team] = []
    managers: dict[int, User] = {}
    for number in range(leaves):
        parent = parents[number % len(parents)]
        nth = number // len(parents)
        name = f"{parent.name.removesuffix(' (sample)')} {FOCUS[nth % len(FOCUS)]}"
        if nth >= len(FOCUS):
            name += f" {nth // len(FOCUS) + 1}"
        person = people.fixed(Role.MANAGER) if number == 0 else people.new()
        team = _team(name, parent, _user(person, Role.MANAGER, password))
        made.append(team)
        managers[team.pk] = team.manager  # type: ignore[assignment]
    return made, managers


def _team(name: str, parent: Team | None, manager: User) -> Team:
    name = free_name(Team, name)
    slug = name.lower().replace(" (", "-").replace(")", "").replace(" ", "-")
    while Team.objects.filter(slug=slug).exists():
        slug += "-sample"
    return Team.objects.create(name=name, slug=slug, parent=parent, manager=manager, is_sample=True)


def _seller(world: World, people: _Names, password: str, number: int, leaves: list[Team]) -> Seller:
    random = world.random("rep", number)
    hired = world.first_day - DAY * random.randrange(200, 1500)
    ramp, left = random.choice((3, 4, 6)), None
    if number % 5 == 4:
        span = max(1, (world.today - world.first_day).days)
        hired = world.first_day + DAY * int(span * random.uniform(0.15, 0.85))
    if number % 11 == 6:
        left = world.last_day - DAY * random.randrange(60, 150)
        left = max(left, hired)
    name, email = people.fixed(Role.REP) if number == 0 else people.new()
    team = leaves[number % len(leaves)]
    rep = Rep.objects.create(
        user=_user((name, email), Role.REP, password, active=left is None),
        name=name, email=email, team=None if left else team, hired_on=hired, left_on=left, ramp_months=ramp,
        is_sample=True,
    )  # fmt: skip
    region = (team.parent or team).name.split(" ")[0]
    return Seller(rep, random.uniform(0.65, 1.4), random.uniform(0.8, 1.3), random.uniform(0.4, 2.2), region)


def _memberships(world: World, number: int, seller: Seller, leaves: list[Team]) -> list[TeamMembership]:
    """One team from the start, or a change of team somewhere in the middle."""
    rep, now = seller.rep, leaves[number % len(leaves)]
    if number % 7 != 3 or len(leaves) < 3 or rep.left_on or (rep.hired_on or world.today) > world.first_day:
        return [TeamMembership(rep=rep, team=now, starts_on=rep.hired_on, ends_on=rep.left_on)]
    moved = world.first_day + (world.today - world.first_day) * 0.55
    before = leaves[(number + 2) % len(leaves)]
    return [
        TeamMembership(rep=rep, team=before, starts_on=rep.hired_on, ends_on=moved - DAY),
        TeamMembership(rep=rep, team=now, starts_on=moved),
    ]


def _lead_team(manager: User, team: Team, since: datetime.date) -> None:
    """A manager may own and log too, but is no selling capacity."""
    rep = Rep.objects.create(
        user=manager, name=manager.name, email=manager.email, team=team, hired_on=since - 900 * DAY,
        counts_as_capacity=False, is_sample=True,
    )  # fmt: skip
    TeamMembership.objects.create(rep=rep, team=team, starts_on=rep.hired_on)
