"""The records of a funnel's step as rows of a table."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from metrics.cohorts.funnel import Step
from metrics.cohorts.funnel_cohort import DEAL, LEAD, QUALIFIED, Cohort
from metrics.question import Question
from metrics.records.lists import address_then
from metrics.records.rows import leads_then
from pipeline.models import Deal, DealVersion, Lead

Row = dict[str, Any]


def funnel_rows(q: Question, cohort: Cohort, step: Step, places: Sequence[int], user: Any) -> list[Row]:
    """Leads up to the step "qualified", deals from then on, as they stood; links where the user may open them today."""
    is_lead = step.key in (LEAD, QUALIFIED)
    journeys = [cohort.journeys[place] for place in places]
    ids = [journey.id if is_lead else journey.deal or 0 for journey in journeys]
    known = _leads(q, ids, user) if is_lead else _deals(q, ids, user)
    return [{**known[pk], "day": step.reached[place]} for pk, place in zip(ids, places, strict=True) if pk in known]


def _leads(q: Question, ids: list[int], user: Any) -> dict[int, Row]:
    visible = set(Lead.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    rows = leads_then(q, Lead.objects.filter(pk__in=ids))
    rows = rows.values_list("pk", "name", "company", "first_owner__name", "state")
    return {
        pk: _row(name, company, owner, status, address_then(LEAD, pk, q) if pk in visible else "")
        for pk, name, company, owner, status in rows
    }


def _deals(q: Question, ids: list[int], user: Any) -> dict[int, Row]:
    visible = set(Deal.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    columns = ("account__name", "owner__name", "outcome")
    versions = DealVersion.objects.known_on(q.known_at).valid_on(q.valid_day).filter(deal__in=ids)
    then = {pk: told for pk, *told in versions.values_list("deal", *columns)}
    rows = Deal.objects.filter(pk__in=ids).values_list("pk", "name", *columns)  # visits may be known before the deal
    found = {}
    for pk, name, *now in rows:
        account, owner, outcome = then.get(pk, now)
        found[pk] = _row(name, account, owner, outcome, address_then(DEAL, pk, q) if pk in visible else "")
    return found


def _row(name: str, sub: str | None, owner: str | None, state: str, url: str) -> Row:
    told = {"name": name or _("(no name)"), "owner": owner or "", "state": state, "url": url}
    return {**told, "sub": (sub or "") if url else ""}
