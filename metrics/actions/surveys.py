"""Writes of survey answers and invitations."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.configuration import change_row, check_admin, create_row, delete_row, locked_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, User
from metrics.facts.surveys import FROZEN, freeze, score_problem, survey_days
from metrics.models import SurveyResponse
from pipeline.history import queue_days
from pipeline.models import ChangedDay


@transaction.atomic
def create_survey(*, kind: str, by: User | None, now: datetime.datetime, **values: Any) -> SurveyResponse:
    """Note an answer (score and at) or an invitation (invited_on). ``values``: fields of SurveyResponse."""
    row = SurveyResponse(kind=kind, created_at=now, **values)
    _check(row, now)
    told = {"kind": kind, "created_at": now, **values, "account": row.account, "answered_on": row.answered_on}
    told |= {name: getattr(row, name) for name in FROZEN}
    row = create_row(SurveyResponse, by=by, now=now, **told)
    _queue(survey_days(row), now)
    return row


@transaction.atomic
def change_survey(
    *, survey: SurveyResponse, by: User | None, now: datetime.datetime, **values: Any
) -> SurveyResponse:  # fmt: skip
    """Correct an answer. What was frozen is frozen anew only where the account or the day changed."""
    check_admin(by)
    survey = locked_row(survey)
    days, before = survey_days(survey), (survey.account_id, survey.answered_on, survey.invited_on)
    draft = SurveyResponse.objects.get(pk=survey.pk)
    for name, value in values.items():
        setattr(draft, name, value)
    _check(draft, now, keep=before)
    told = {**values, "account": draft.account, "answered_on": draft.answered_on}
    told |= {name: getattr(draft, name) for name in FROZEN}
    row, old = change_row(survey, by=by, now=now, **told)
    if old:
        row.version += 1
        row.save(update_fields=["version", "updated_at"])
        _queue(days | survey_days(row), now)
    return row


@transaction.atomic
def delete_survey(*, survey: SurveyResponse, by: User | None, now: datetime.datetime) -> None:
    days = survey_days(survey)
    delete_row(survey, by=by, now=now)
    _queue(days, now)


def _queue(days: set[datetime.date], now: datetime.datetime) -> None:
    queue_days(ChangedDay.Subject.SURVEYS, {(day, day) for day in days}, now=now)


def _check(row: SurveyResponse, now: datetime.datetime, keep: tuple[Any, ...] = ()) -> None:
    company = Company.current()
    if row.at is not None and row.at > now:
        raise ActionRefused(_("Nobody answers in the future."), "at")
    if (row.score is None) != (row.at is None):
        raise ActionRefused(
            _("An answer has a score and the time when it was given."), "at" if row.at is None else "score"
        )
    if row.score is None and row.invited_on is None:
        raise ActionRefused(_("Give the score of an answer, or the day of an invitation."), "score")
    if problem := score_problem(row.kind, row.score):
        raise ActionRefused(problem, "score")
    row.answered_on = business_date(row.at, company.zone) if row.at else None
    if row.answered_on and row.invited_on and row.answered_on < row.invited_on:
        raise ActionRefused(_("The answer lies before the invitation."), "invited_on")
    if row.contact is not None:
        if row.account_id and row.account_id != row.contact.account_id:
            raise ActionRefused(_("This contact belongs to another account."), "contact")
        row.account = row.contact.account
    if (row.account_id, row.answered_on, row.invited_on) != keep:
        freeze(row)
