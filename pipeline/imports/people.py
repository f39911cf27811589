"""Users and teams."""

from typing import Any, ClassVar

from accounts.actions.users import change_user, create_user
from accounts.errors import ActionRefused
from accounts.models import Rep, Team, User
from accounts.roles import Role
from pipeline.imports.cells import Reader
from pipeline.imports.kind import CREATED, UPDATED, Column, Columns, Item, one_of
from pipeline.imports.ledger import content_of
from pipeline.imports.records import ModelKind
from pipeline.imports.report import ImportRefused
from pipeline.imports.tree import TreeKind


def name_of(longest: int = 200) -> Any:
    return lambda reader, text: reader.text(text, longest)


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
    """Users go through their own actions: sessions end with a role, sellers become reps, one admin remains."""

    name = "users"
    model = User
    identities = (("email",),)
    extra = frozenset({"team"})
    columns: ClassVar[Columns] = {
        "email": Column(EMAIL, required=True),
        "name": Column(name_of(), keeps=True),
        "role": one_of(Role.values, keeps=True),
        "team": Column(shelf="teams", keeps=True, about="a new user's: a rep's team, or the one that a manager heads"),
    }

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        if values.get("team") and values.get("role") not in (None, Role.REP, Role.MANAGER):
            return self.refuse(row, "team", "only reps and managers have a team.")
        return True

    def new(self, item: Item) -> User:
        return User(name=item.values.get("name") or item.values["email"].split("@")[0], role=Role.REP)

    def store(self, items: list[Item]) -> None:
        for item in items:
            try:
                if item.verdict == CREATED:
                    self._invite(item)
                elif item.verdict == UPDATED:
                    self._change(item)
            except ActionRefused as refusal:
                raise ImportRefused(str(refusal), item.number, refusal.field) from refusal

    def _invite(self, item: Item) -> None:
        user, task = item.instance, self.task
        known = set(Rep.objects.filter(email=user.email).values_list("pk", flat=True))
        item.instance = create_user(
            email=user.email, name=user.name, role=user.role, team=item.values.get("team"), by=task.by, now=task.now
        )
        task.lines.created(item.number, item.instance, ["email", "name", "role"])
        for rep in Rep.objects.filter(user=item.instance).exclude(pk__in=known):
            task.lines.created(item.number, rep, ["name", "email", "user"])

    def _change(self, item: Item) -> None:
        user = User.objects.get(pk=item.instance.pk)
        wanted = item.instance
        change_user(
            user=user, name=wanted.name, email=wanted.email, role=wanted.role, by=self.task.by, now=self.task.now
        )
        self.task.lines.updated(item.number, wanted, item.before, content_of(wanted, item.before))
