"""Answers to surveys, and invitations that wait for one."""

import datetime
from functools import cached_property
from typing import Any, ClassVar

from accounts.business_dates import business_date
from accounts.memberships import TeamHistory
from metrics.facts.surveys import FROZEN, freeze, score_problem, survey_days
from metrics.imports.facts import FactKind
from metrics.models import SurveyResponse
from pipeline.imports.cells import Reader
from pipeline.imports.customers import text_of
from pipeline.imports.equal_rows import EqualRowsKind
from pipeline.imports.kind import CREATED, Column, Columns, Item, Row, one_of
from pipeline.models import ChangedDay

KINDS = SurveyResponse.Kind.values


class Surveys(FactKind, EqualRowsKind):
    """A person answers an invitation once, or once at a time; answers without a contact are counted, not joined."""

    name = "surveys"
    model = SurveyResponse
    subject = ChangedDay.Subject.SURVEYS
    identities = (
        ("external_id",),
        ("contact", "kind", "invited_on"),
        ("contact", "kind", "at"),
    )  # fmt: skip
    loose = ("kind", "account", "contact", "score", "at", "invited_on", "touchpoint")
    derived = FROZEN
    columns: ClassVar[Columns] = {
        "account": Column(shelf="accounts", about="default: the contact's"),
        "contact": Column(shelf="contacts"),
        "score": Column(
            lambda r, text: r.whole(text, most=10), about="nps: 0 to 10, csat: 1 to 5; empty: not answered"
        ),
        "at": Column(Reader.instant, about="when it was answered"),
        "kind": one_of(KINDS, about="nps (default), csat"),
        "invited_on": Column(Reader.day, keeps=True),
        "touchpoint": Column(text_of(100), empty="", about="what it was about; empty: the relation as a whole"),
        "external_id": Column(text_of(200), keeps=True),
    }

    @classmethod
    def days_of(cls, row: Any) -> set[datetime.date]:
        return survey_days(row)

    def values_of(self, row: Row) -> dict[str, Any] | None:
        values = super().values_of(row)
        if values is None:
            return None
        values["kind"] = values.get("kind") or SurveyResponse.Kind.NPS.value
        values["at"] = values["at"][0] if values.get("at") else None
        values.setdefault("score", None)
        values["answered_on"] = business_date(values["at"], self.task.company.zone) if values["at"] else None
        return values if self._is_sound(row.number, values) else None

    def _is_sound(self, row: int, values: dict[str, Any]) -> bool:
        score, at, invited_on = values["score"], values["at"], values.get("invited_on")
        if score is None and at is None and invited_on is None:
            return self.refuse(row, "score", "and at are required for an answer, or invited_on for an invitation.")
        if score is None and at is not None:
            return self.refuse(row, "score", "is required and empty.")
        if score is not None and at is None:
            return self.refuse(row, "at", "is required and empty.")
        if problem := score_problem(values["kind"], score):
            return self.refuse(row, "score", problem)
        if at is not None and at > self.task.now:
            return self.refuse(row, "at", "lies in the future.")
        if at is not None and invited_on and values["answered_on"] < invited_on:
            return self.refuse(row, "at", f"lies before invited_on {invited_on}.")
        return self._belongs_together(row, values)

    def _belongs_together(self, row: int, values: dict[str, Any]) -> bool:
        contact = values.get("contact")
        if contact is None:
            return True
        account = values.get("account")
        if account is not None and account.pk != contact.account_id:
            return self.refuse(row, "contact", f"{contact} belongs to another account than {account}.")
        values["account"] = contact.account
        return True

    def loose_rows(self, items: list[Item]) -> Any:
        days = {day for item in items for day in (item.values["answered_on"], item.values.get("invited_on")) if day}
        rows = SurveyResponse.objects.filter(contact=None)
        return rows.filter(answered_on__in=days) | rows.filter(answered_on=None, invited_on__in=days)

    @cached_property
    def _teams(self) -> TeamHistory:
        return TeamHistory.load()

    def complete(self, item: Item) -> None:
        if item.verdict == CREATED or {"account", "answered_on", "invited_on"} & set(item.before):
            freeze(item.instance, self._teams)
