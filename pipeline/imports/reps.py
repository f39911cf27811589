"""Reps and the teams that they are in."""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.text import slugify

from accounts.memberships import TeamHistory
from accounts.models import Rep, TeamMembership, User
from accounts.roles import Role
from pipeline.actions.memberships import follow_teams, queue_capacity
from pipeline.imports.kind import CREATED, UNCHANGED, UPDATED, Column, Columns, Item, one_of
from pipeline.imports.ledger import content_of
from pipeline.imports.people import DAY, EMAIL, name_of
from pipeline.imports.records import ModelKind
from pipeline.imports.writing import create_rows, update_rows


class Reps(ModelKind):
    name = "reps"
    model = Rep
    identities = (("external_id",), ("email",), ("name",))
    adopts = True
    extra = frozenset({"role", "team"})
    columns: ClassVar[Columns] = {
        "name": Column(name_of(), required=True),
        "email": Column(EMAIL, keeps=True),
        "role": one_of(Role.values, keeps=True, about="invites a user with this role"),
        "team": Column(shelf="teams", keeps=True),
        "hired_on": Column(DAY),
        "left_on": Column(DAY, about="the last day of work"),
        "external_id": Column(name_of(), keeps=True),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._moved: set[int] = set()
        self._employed: list[datetime.date | None] = []

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
            found = users.get(item.instance.email or "")
            if found and not item.instance.user_id and found.pk not in taken:
                item.instance.user = found
                taken.add(found.pk)
                if item.verdict != CREATED:
                    item.before["user"] = None

    def stored(self, items: Iterable[Item]) -> None:
        """The first team reaches back before every deal; another one holds from today."""
        rows = [item for item in items if item.values.get("team") is not None]
        self._employed += [item.instance.hired_on for item in items if {"hired_on", "left_on"} & set(item.before)]
        ids = [item.instance.pk for item in rows]
        current = {one.rep_id: one for one in TeamMembership.objects.filter(rep__in=ids, ends_on=None)}
        begun: list[tuple[int, TeamMembership]] = []
        moved: list[tuple[int, TeamMembership, dict[str, Any]]] = []
        for item in rows:
            rep, team, today = item.instance, item.values["team"], self.task.today
            held = current.get(rep.pk)
            if held is None:
                begun.append((item.number, TeamMembership(rep=rep, team=team)))
            elif held.team_id != team.pk and held.starts_on == today:
                moved.append((item.number, held, {"team": held.team_id}))
                held.team = team
            elif held.team_id != team.pk:
                moved.append((item.number, held, {"ends_on": None}))
                held.ends_on = today - datetime.timedelta(days=1)
                begun.append((item.number, TeamMembership(rep=rep, team=team, starts_on=today)))
        self._write_memberships(begun, moved)
        self._moved |= {row.rep_id for _number, row, _old in moved} | {row.rep_id for _number, row in begun}

    def _write_memberships(
        self, begun: list[tuple[int, TeamMembership]], moved: list[tuple[int, TeamMembership, dict[str, Any]]]
    ) -> None:
        update_rows([row for _number, row, _old in moved], ["ends_on", "team"], by=self.task.by)
        create_rows([row for _number, row in begun], by=self.task.by)
        for number, row, old in moved:
            self.task.lines.updated(number, row, old, content_of(row, old))
        for number, row in begun:
            self.task.lines.created(number, row, ["rep", "team", "starts_on"])

    def finish(self) -> None:
        if self._moved:
            follow_teams(self._moved, since=None, now=self.task.now)
        if self._employed:
            queue_capacity(self._employed, now=self.task.now)


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
        if self._reps:
            follow_teams(self._reps, since=None, now=self.task.now)
