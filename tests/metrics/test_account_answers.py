"""What an account said in surveys stands on its page, for those who may see who said what."""

import datetime

from metrics.models import SurveyResponse

NOON = datetime.datetime(2026, 11, 10, 12, tzinfo=datetime.UTC)


def answer(account, kind, score, days=0):
    at = NOON - datetime.timedelta(days=days)
    told = {"kind": kind, "score": score, "owner": account.owner, "team": account.owner.team}
    SurveyResponse.objects.create(account=account, at=at, answered_on=at.date(), **told)


def test_managers_read_the_newest_answer_of_each_kind(client, cast):
    account = cast.owns["rep"].account
    answer(account, "nps", 9)
    answer(account, "nps", 2, days=90)
    answer(account, "csat", 4)
    client.force_login(cast.manager)
    page = " ".join(client.get(account.get_absolute_url()).content.decode().split())
    assert '<span class="st-num st-strong">9</span>' in page
    assert "2 answers" in page
    assert '<span class="st-num st-strong">4</span>' in page
    client.force_login(cast.rep)
    page = client.get(account.get_absolute_url()).content.decode()
    assert "Recommendation (NPS" not in page
