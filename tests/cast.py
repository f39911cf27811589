"""The people of the tests: two teams below one region, who manages them, and what each of them owns."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Account, Contact, Rep, Team, TeamMembership, User
from accounts.roles import Role
from pipeline.actions.activities import log_activity
from pipeline.actions.deals import create_deal
from pipeline.actions.leads import create_lead
from pipeline.models import Activity, Deal, Lead
from tests.kept_rows import KeptRows

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
OWNED = ("rep", "colleague", "rival")


@dataclass
class Belongings:
    """What one rep owns."""

    account: Account
    contact: Contact
    lead: Lead
    deal: Deal
    activity: Activity


@dataclass
class Cast:
    """``rep`` and ``colleague`` share a team of ``manager``; ``rival`` is in the team of ``other_manager``."""

    rep: User
    colleague: User
    rival: User
    manager: User
    other_manager: User
    leader: User
    admin: User
    deactivated: User
    north: Team
    south: Team
    reps: dict[str, Rep]
    owns: dict[str, Belongings]


def _user(name: str, role: str, **fields: object) -> User:
    return User.objects.create_user(
        f"{name}@cast.test", "correct horse battery", name=name.title(), role=role, **fields
    )


def _make_cast() -> Cast:
    manager, other = _user("manager", Role.MANAGER), _user("other_manager", Role.MANAGER)
    region = Team.objects.create(name="Region", slug="region")
    north = Team.objects.create(name="North", slug="north", parent=region, manager=manager)
    south = Team.objects.create(name="South", slug="south", parent=region, manager=other)
    users = {name: _user(name, Role.REP) for name in OWNED}
    deactivated = _user("deactivated", Role.REP, is_active=False)
    reps = {}
    for name, team in (("rep", north), ("colleague", north), ("rival", south)):
        reps[name] = Rep.objects.create(user=users[name], name=name.title(), email=users[name].email, team=team)
        TeamMembership.objects.create(rep=reps[name], team=team)
    _began_long_ago([region, north, south], [*reps.values()])
    owns = {name: _belongings(name, rep) for name, rep in reps.items()}
    return Cast(
        **users, manager=manager, other_manager=other, leader=_user("leader", Role.LEADER),
        admin=_user("admin", Role.ADMIN), deactivated=deactivated, north=north, south=south, reps=reps, owns=owns,
    )  # fmt: skip


def _began_long_ago(teams: list[Team], reps: list[Rep]) -> None:
    """Their history begins a year before all that tests do, whenever tests are run."""
    began = NOW - datetime.timedelta(days=365)
    Team.history.filter(id__in=[one.pk for one in teams]).update(history_date=began)
    Rep.history.filter(id__in=[one.pk for one in reps]).update(history_date=began)
    TeamMembership.history.filter(rep__in=reps).update(history_date=began)


def _belongings(name: str, rep: Rep) -> Belongings:
    account = Account.objects.create(name=f"Account of {name}", owner=rep, industry="retail")
    contact = Contact.objects.create(account=account, name=f"Contact of {name}", email=f"buyer@{name}.test")
    lead = create_lead(by=rep.user, now=NOW, name=f"Lead of {name}", company=f"{name} ltd", owner=rep)
    deal = create_deal(by=rep.user, now=NOW, name=f"Deal of {name}", owner=rep, account=account, amount=Decimal(1000))
    activity = log_activity(by=rep.user, now=NOW, kind="call", owner=rep, deal=deal, subject=f"Call of {name}")
    return Belongings(account, contact, lead, deal, activity)


make_cast = KeptRows(_make_cast)
"""All of them, in the database."""
