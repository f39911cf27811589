"""What a survey answer carries besides the score: whose customer it was, and of which kind, on its day."""

import datetime

from django.utils.translation import gettext as _

from accounts.memberships import TeamHistory
from metrics.models import SurveyResponse

RANGES = {SurveyResponse.Kind.NPS: (0, 10), SurveyResponse.Kind.CSAT: (1, 5)}
FROZEN = ("owner", "team", "segment", "industry", "region")


def survey_days(row: SurveyResponse) -> set[datetime.date]:
    """Days whose figures the answer enters: its own, and that of the invitation."""
    return {day for day in (row.answered_on, row.invited_on) if day}


def score_problem(kind: str, score: int | None) -> str:
    """What is wrong with a score, in words; empty when it fits its kind."""
    low, high = RANGES[SurveyResponse.Kind(kind)]
    if score is None or low <= score <= high:
        return ""
    return _("%(score)s is no score of %(kind)s; allowed are whole numbers from %(low)s to %(high)s.") % {
        "score": score,
        "kind": kind,
        "low": low,
        "high": high,
    }


def freeze(row: SurveyResponse, teams: TeamHistory | None = None) -> None:
    """Note the account's owner and dimensions as they are known now, and the owner's team of the day."""
    account = row.account
    row.owner = account.owner if account else None
    row.segment = account.segment if account else ""
    row.industry = account.industry if account else ""
    row.region = account.region if account else ""
    row.team_id = None
    day = row.answered_on or row.invited_on
    if row.owner_id and day:
        row.team_id = (teams or TeamHistory.load([row.owner_id])).team_on(row.owner_id, day)
