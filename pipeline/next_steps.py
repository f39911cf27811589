"""When a next step is due: days in a word, and the instant that stands for a day without a time."""

import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts import formats
from accounts.business_dates import day_start
from pipeline.models import Activity

TOMORROW, LATER, WEEK = "tomorrow", "later", "week"
SNOOZES = (TOMORROW, WEEK)
NEXT_KIND = {Activity.Kind.NOTE: Activity.Kind.TASK, Activity.Kind.PROPOSAL: Activity.Kind.TASK}
"""What follows a kind that is not planned itself."""


def due_day(word: str, today: datetime.date) -> datetime.date:
    """The day of a word: tomorrow, in three days, the Monday of next week, or today itself for any other."""
    if word == TOMORROW:
        return today + datetime.timedelta(days=1)
    if word == LATER:
        return today + datetime.timedelta(days=3)
    if word == WEEK:
        return today + datetime.timedelta(days=7 - today.weekday())
    return today


def due_choices(today: datetime.date) -> list[tuple[str, str]]:
    """The words with what a button says."""
    return [
        (TOMORROW, _("Tomorrow")),
        (LATER, formats.day(due_day(LATER, today), today=today)),
        (WEEK, _("Next week")),
    ]


def due_instant(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    """Midnight of the company's zone: it stands for the whole day."""
    return day_start(day, zone)


def due_of(due_at: datetime.datetime, zone: ZoneInfo) -> datetime.date | datetime.datetime:
    """The day alone when the instant stands for a whole day, else the instant."""
    local = due_at.astimezone(zone)
    return local.date() if local.time() == datetime.time.min else due_at


def snoozed(due_at: datetime.datetime | None, word: str, today: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    """The same time of day on the day of the word."""
    day = due_day(word, today)
    if due_at is None:
        return due_instant(day, zone)
    local = due_at.astimezone(zone)
    return datetime.datetime.combine(day, local.time(), zone).astimezone(datetime.UTC)
