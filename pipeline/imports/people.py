"""Users, teams, reps and their memberships."""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.text import slugify

from accounts.memberships import TeamHistory
from accounts.models import Rep, Team, TeamMembership, User
from accounts.roles import Role
from pipeline.history import queue_days, refold_deals
from pipeline.imports.cells import Reader
from pipeline.imports.kind import CREATED, UNCHANGED, UPDATED, Column, Columns, Item
from pipeline.imports.ledger import plain
from pipeline.imports.records import ModelKind
from pipeline.imports.tree import TreeKind
from pipeline.imports.writing import create_rows, update_rows
from pipeline.models import ChangedDay, Deal


def name_of(longest: int = 200) -> Any:
    return lambda reader, text: reader.text(text, longest)


def role_of(reader: Reader, text: str) -> str:
    return reader.choice(text, Role.values)


DAY = Reader.day
EMAIL = Reader.email


class Teams(TreeKind):
    name = "teams"
    model = Team
    identities = (("name",),)
    extra = frozenset({"parent", "manager_email"})
    columns: ClassVar[Columns] = {
        "name": Column(name_of(), required=True),
        "parent": Column(name_of(), about="a team of this file or an existing one"),
        "manager_email": Column(shelf="users", keeps=True, about="an existing user"),
    }

    def fields_of(self, item: Item) -> dict[str, Any]:
        fields = super().fields_of(item)
        if "manager_email" in item.values:
            fields["manager"] = item.values["manager_email"]
        return fields

    def complete(self, item: Item) -> None:
        if item.verdict == CREATED:
            item.instance.slug = self.task.book.free_slug(item.instance.name)


class Users(ModelKind):
    name = "users"
    model = User
    identities = (("email",),)
    extra = frozenset({"team"})
    columns: ClassVar[Columns] = {
        "email": Column(EMAIL, required=True),
        "name": Column(name_of(), keeps=True),
        "role": Column(role_of, keeps=True, about=", ".join(Role.values)),
        "team": Column(shelf="teams", keeps=True, about="a rep's team, or the one that a manager heads"),
    }

    def new(self, item: Item) -> User:
        user = User(name=item.values.get("name") or item.values["email"].split("@")[0], role=Role.REP)
        user.set_unusable_password()
        return user

    def stored(self, items: Iterable[Item]) -> None:
        """Those who sell become reps; a manager heads the team that the row names."""
        task = self.task
        sellers = [item for item in items if item.instance.role in (Role.REP, Role.MANAGER)]
        emails = {item.instance.email for item in sellers}
        known = {rep.email: rep for rep in Rep.objects.filter(email__in=emails)}
        taken = set(Rep.objects.filter(user__in=[item.instance.pk for item in sellers]).values_list("user", flat=True))
        hired: list[tuple[int, Rep, Team | None]] = []
        for item in sellers:
            user, team = item.instance, item.values.get("team")
            if user.role == Role.MANAGER and team is not None and team.manager_id is None:
                team.manager = user
                update_rows([team], ["manager"], by=task.by)
                task.lines.updated(item.number, team, {"manager": None}, {"manager": user.pk})
            if user.pk in taken:
                continue
            rep = known.get(user.email)
            if rep is None:
                sells = user.role == Role.REP
                rep = Rep(user=user, name=user.name, email=user.email, team=team, counts_as_capacity=sells)
                hired.append((item.number, rep, team))
            elif rep.user_id is None:
                rep.user = user
                update_rows([rep], ["user"], by=task.by)
                task.lines.updated(item.number, rep, {"user": None}, {"user": user.pk})
        create_rows([rep for _row, rep, _team in hired], by=task.by)
        memberships = [TeamMembership(rep=rep, team=team) for _row, rep, team in hired if team]
        create_rows(memberships, by=task.by)
        for row, rep, _team in hired:
            task.lines.created(row, rep, ["name", "email", "user"])


class Reps(ModelKind):
    name = "reps"
    model = Rep
    identities = (("external_id",), ("email",), ("name",))
    adopts = True
    extra = frozenset({"role", "team"})
    columns: ClassVar[Columns] = {
        "name": Column(name_of(), required=True),
        "email": Column(EMAIL, keeps=True),
        "role": Column(role_of, keeps=True, about="invites a user with this role"),
        "team": Column(shelf="teams", keeps=True),
        "hired_on": Column(DAY),
        "left_on": Column(DAY, about="the last day of work"),
        "external_id": Column(name_of(), keeps=True),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._moved: list[Item] = []

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        hired, left = values.get("hired_on"), values.get("left_on")
        if hired and left and left < hired:
            return self.refuse(row, "left_on", f"{left} lies before hired_on {hired}.")
        if values.get("role") and not values.get("email"):
            return self.refuse(row, "role", "needs an e-mail, to which the invitation goes.")
        return True

    def match(self, item: Item, known: dict[Any, list[Any]]) -> Any | None:
        found = super().match(item, known)
        if found is None and self.identity_of(item.values) != ("name",):
            namesakes = known.get((("name",), (item.values["name"],)), [])
            free = [
                rep
                for rep in namesakes
                if not rep.email and _made_from_name(rep) and not item.values.get("external_id")
            ]
            found = free[0] if len(free) == 1 else None
        return found

    def placed(self, item: Item) -> None:
        team = item.values.get("team")
        if item.verdict == CREATED or team is None:
            return
        if item.instance.team_id != team.pk or team.pk is None:
            item.before["team"] = item.instance.team_id
            item.verdict = UPDATED

    def complete(self, item: Item) -> None:
        rep, team = item.instance, item.values.get("team")
        if not rep.email and not rep.external_id:
            rep.external_id = self.task.book.free_rep_id(rep.name)
        if team is not None:
            rep.team = team

    def store(self, items: list[Item]) -> None:
        self._link_users([item for item in items if item.instance is not None and item.verdict != UNCHANGED])
        super().store(items)

    def _link_users(self, items: list[Item]) -> None:
        """A rep whose e-mail is a user's is that user; a role invites one."""
        emails = {item.instance.email for item in items if item.instance.email}
        users = {user.email: user for user in User.objects.filter(email__in=emails)}
        taken = set(Rep.objects.filter(user__in=[user.pk for user in users.values()]).values_list("user", flat=True))
        invited = []
        for item in items:
            rep, role = item.instance, item.values.get("role")
            if rep.user_id or not rep.email:
                continue
            if rep.email not in users and role:
                users[rep.email] = User(email=rep.email, name=rep.name, role=role)
                users[rep.email].set_unusable_password()
                invited.append((item.number, users[rep.email]))
        create_rows([user for _row, user in invited], by=self.task.by)
        for row, user in invited:
            self.task.lines.created(row, user, ["email", "name", "role"])
        for item in items:
            user = users.get(item.instance.email or "")
            if user and not item.instance.user_id and user.pk not in taken:
                item.instance.user = user
                taken.add(user.pk)
                if item.verdict != CREATED:
                    item.before["user"] = None

    def stored(self, items: Iterable[Item]) -> None:
        """The first team reaches back before every deal; another one holds from today."""
        rows = [item for item in items if item.values.get("team") is not None]
        open_ones = {
            row.rep_id: row
            for row in TeamMembership.objects.filter(rep__in=[item.instance.pk for item in rows], ends_on=None)
        }
        today, ended, begun = self.task.today, [], []
        for item in rows:
            current = open_ones.get(item.instance.pk)
            team = item.values["team"]
            if current is not None and current.team_id == team.pk:
                continue
            if current is not None and current.starts_on == today:
                current.team = team
                ended.append((item, current, {"team": current.team_id}))
                continue
            if current is not None:
                ended.append((item, current, {"ends_on": None}))
                current.ends_on = today - datetime.timedelta(days=1)
            begun.append((item, TeamMembership(rep=item.instance, team=team, starts_on=today if current else None)))
        update_rows([row for _item, row, _old in ended], ["ends_on", "team"], by=self.task.by)
        create_rows([row for _item, row in begun], by=self.task.by)
        for item, row, old in ended:
            after = {key: plain(getattr(row, row._meta.get_field(key).attname)) for key in old}
            self.task.lines.updated(item.number, row, old, after)
        for item, row in begun:
            self.task.lines.created(item.number, row, ["rep", "team", "starts_on"])
        self._moved += rows

    def finish(self) -> None:
        follow_teams({item.instance.pk for item in self._moved}, self.task)


def _made_from_name(rep: Rep) -> bool:
    return not rep.external_id or rep.external_id.startswith(slugify(rep.name, allow_unicode=True)[:190])


class Memberships(ModelKind):
    name = "memberships"
    model = TeamMembership
    identities = (("rep", "starts_on"),)
    columns: ClassVar[Columns] = {
        "rep": Column(shelf="reps", required=True),
        "team": Column(shelf="teams", required=True),
        "starts_on": Column(DAY, about="empty: from the beginning"),
        "ends_on": Column(DAY, about="the last day; empty: still"),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._reps: set[int] = set()

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end < start:
            return self.refuse(row, "ends_on", f"{end} lies before starts_on {start}.")
        return True

    def new(self, item: Item) -> TeamMembership:
        return TeamMembership()

    def fields_of(self, item: Item) -> dict[str, Any]:
        return {"starts_on": None, **super().fields_of(item)}

    def stored(self, items: Iterable[Item]) -> None:
        self._reps |= {item.instance.rep_id for item in items}

    def finish(self) -> None:
        reps = list(Rep.objects.filter(pk__in=self._reps))
        history = TeamHistory.load(self._reps)
        moved = []
        for rep in reps:
            team = history.team_on(rep.pk, self.task.today)
            if rep.team_id != team:
                rep.team_id = team
                moved.append(rep)
        update_rows(moved, ["team"], by=self.task.by)
        follow_teams(self._reps, self.task)


def follow_teams(rep_ids: set[int], task: Any) -> None:
    """Fold the deals of reps whose teams changed anew, and queue the days of their capacity."""
    if not rep_ids:
        return
    ids = set(Deal.objects.filter(owner__in=rep_ids).values_list("pk", flat=True))
    ids |= set(Deal.objects.filter(versions__owner__in=rep_ids).values_list("pk", flat=True))
    ids |= set(Deal.objects.filter(credits__rep__in=rep_ids).values_list("pk", flat=True))
    if ids:
        refold_deals(ids, now=task.now, company=task.company)
    first = (
        Rep.objects.filter(pk__in=rep_ids, hired_on__isnull=False)
        .order_by("hired_on")
        .values_list("hired_on", flat=True)
    )
    start = min(first[0] if first else task.today, task.today)
    queue_days(ChangedDay.Subject.CAPACITY, [(start, task.today)], now=task.now)
