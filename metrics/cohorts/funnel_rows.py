"""The records of a funnel's step as rows of a table."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from metrics.cohorts.funnel import Step
from metrics.cohorts.funnel_cohort import LEAD, QUALIFIED, Cohort
from pipeline.models import Deal, Lead

Row = dict[str, Any]


def funnel_rows(cohort: Cohort, step: Step, places: Sequence[int], user: Any) -> list[Row]:
    """Leads up to the step "qualified", deals from then on; links where the user may open them today."""
    is_lead = step.key in (LEAD, QUALIFIED)
    journeys = [cohort.journeys[place] for place in places]
    ids = [journey.id if is_lead else journey.deal or 0 for journey in journeys]
    known = _leads(ids, user) if is_lead else _deals(ids, user)
    return [{**known[pk], "day": step.reached[place]} for pk, place in zip(ids, places, strict=True) if pk in known]


def _leads(ids: list[int], user: Any) -> dict[int, Row]:
    visible = set(Lead.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    rows = Lead.objects.filter(pk__in=ids).values_list("pk", "name", "company", "first_owner__name", "status")
    return {
        pk: _row(name, company, owner, status, f"/leads/{pk}/" if pk in visible else "")
        for pk, name, company, owner, status in rows
    }


def _deals(ids: list[int], user: Any) -> dict[int, Row]:
    visible = set(Deal.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    rows = Deal.objects.filter(pk__in=ids).values_list("pk", "name", "account__name", "owner__name", "outcome")
    return {
        pk: _row(name, account, owner, outcome, f"/deals/{pk}/" if pk in visible else "")
        for pk, name, account, owner, outcome in rows
    }


def _row(name: str, sub: str | None, owner: str | None, state: str, url: str) -> Row:
    told = {"name": name or _("(no name)"), "owner": owner or "", "state": state, "url": url}
    return {**told, "sub": (sub or "") if url else ""}
