"""What happened with a record, newest first, from what its reader may see."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Company
from accounts.roles import Role
from accounts.working_days import WorkingCalendar
from pipeline.models import Activity, Deal, Lead
from pipeline.past import Moment
from pipeline.past_activities import done_by, planned_at

SHOWN = 100
"""A page shows this many of the newest activities."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what kind of thing (its icon goes by that), words, when.

    ``detail`` follows the title, ``text`` what somebody wrote, ``people`` who and how long.
    """

    kind: str
    title: str
    at: datetime.datetime
    detail: str = ""
    text: str = ""
    url: str = ""
    people: str = ""


def activities_of(record: Model, *, user: object) -> QuerySet[Activity]:
    """The visible activities of a lead, deal, account or contact."""
    rows = Activity.objects.visible_to(user).filter(**{record._meta.model_name or "": record})
    return rows.select_related("owner", "contact", "deal", "lead", "account")


def past_query(moment: Moment) -> str:
    """The end of an activity's address on that day; what was known of it on another one is not kept."""
    return f"?as_of={moment.day}"


def past_timeline(
    record: Model, moment: Moment, *, user: object, moments: Iterable[Entry] = ()
) -> dict[str, Any]:  # fmt: skip
    """As ``record_timeline``, of an earlier day: what was planned and done by then, with the days due today's."""
    activities = activities_of(record, user=user)
    if moment.known_at:
        activities = activities.filter(logged_at__lt=moment.known_at)
    query = past_query(moment)
    done = done_by(moment, activities).order_by("-done_at", "-pk")[:SHOWN]
    entries = [*moments, *(activity_entry(activity, query=query) for activity in done)]
    return {
        "next_steps": list(planned_at(moment, activities).order_by("due_at", "pk")[:SHOWN]),
        "entries": sorted(entries, key=lambda entry: entry.at, reverse=True),
        "zone": moment.company.zone,
    }


def record_timeline(record: Model, *, user: object, moments: Iterable[Entry] = ()) -> dict[str, Any]:
    """What the fragment ``_timeline.html`` shows of a record.

    ``next_steps``: what is planned, soonest first; ``entries``: what was, newest first; ``zone``: whose days count, by
    its ``calendar``; for who may write ``log_url`` and ``plan_url``.
    """
    activities, company = activities_of(record, user=user), Company.current_with_days_off()
    done = activities.exclude(done_at=None).order_by("-done_at", "-pk")[:SHOWN]
    entries = [*moments, *map(activity_entry, done)]
    return {
        "next_steps": list(activities.filter(done_at=None).order_by("due_at", "pk")[:SHOWN]),
        "entries": sorted(entries, key=lambda entry: entry.at, reverse=True),
        "zone": company.zone,
        "calendar": WorkingCalendar.of(company),
        **log_links(record, user=user),
    }


def log_links(record: Model, *, user: object) -> dict[str, str]:
    """Where something is logged and planned about the record; nothing for who may only read."""
    if getattr(user, "role", None) == Role.LEADER:
        return {}
    query = f"?{record._meta.model_name}={record.pk}"
    return {
        "log_url": reverse("pipeline:activity_log") + query,
        "plan_url": reverse("pipeline:activity_plan") + query,
    }


def with_subjects(rows: QuerySet[Activity], *, user: object) -> QuerySet[Activity]:
    """The rows with what ``name_subjects`` needs: their records, and whether the user still sees deal and lead."""
    deals = Deal.objects.visible_to(user).filter(pk=OuterRef("deal")).values("pk")[:1]
    leads = Lead.objects.visible_to(user).filter(pk=OuterRef("lead")).values("pk")[:1]
    rows = rows.select_related("owner", "deal__account", "lead", "account", "contact")
    # Looked up row by row: for Exists the database reads all deals and leads that the user sees, first.
    return rows.annotate(sees_deal=Subquery(deals), sees_lead=Subquery(leads))


def name_subjects(activities: Iterable[Activity]) -> None:
    """Give each activity ``about``: the most telling of its records that the user still sees, else None.

    Somebody who did something for a deal keeps the activity when the deal goes to another team, but not its name.
    """
    for activity in activities:
        activity.about = _subject(activity)  # type: ignore[attr-defined]


def _subject(activity: Any) -> Model | None:
    if activity.sees_deal:
        return activity.deal
    if activity.sees_lead:
        return activity.lead
    contact, account = activity.contact, activity.account
    if contact and contact.deleted_at is None and contact.account_id == activity.account_id:
        return contact
    return account if account and account.deleted_at is None else None


def lead_timeline(lead: Lead, *, user: object, moment: Moment | None = None) -> dict[str, Any]:
    """As ``record_timeline``, with the moments of the lead itself; of an earlier day where ``moment`` says so."""
    if moment is not None:
        return past_timeline(lead, moment, user=user, moments=_moments(lead))
    return record_timeline(lead, user=user, moments=_moments(lead))


def activity_entry(activity: Activity, *, query: str = "") -> Entry:
    """A done activity as a line of a timeline; ``query`` ends the address of its page."""
    parts = [
        activity.subject,
        activity.get_outcome_display() if activity.outcome else "",
    ]
    people = [
        str(activity.contact or ""),
        formats.minutes(activity.duration_minutes) if activity.duration_minutes else "",
        activity.owner.name,
    ]
    return Entry(
        kind=activity.kind,
        title=str(activity.get_kind_display()),
        at=activity.done_at or activity.logged_at,
        detail=" · ".join(part for part in parts if part),
        text=activity.body,
        url=activity.get_absolute_url() + query,
        people=" · ".join(part for part in people if part),
    )


def _moments(lead: Lead) -> list[Entry]:
    found = [Entry("opened", _("Came in"), lead.created_at, detail=str(lead.channel or ""))]
    if lead.first_responded_at:
        took = formats.minutes(lead.response_minutes or 0)
        found.append(Entry("message", _("First response"), lead.first_responded_at, detail=_("after %s") % took))
    if lead.qualified_at:
        found.append(Entry("stage", _("Qualified"), lead.qualified_at))
    if lead.disqualified_at:
        found.append(Entry("lost", _("Disqualified"), lead.disqualified_at, detail=lead.disqualified_reason))
    if lead.converted_at:
        found.append(Entry("deal", _("Converted"), lead.converted_at))
    return found
