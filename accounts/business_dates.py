"""Business dates: the company's day of an instant, and back. Days begin at midnight in the company's zone."""

import datetime
from zoneinfo import ZoneInfo

BEGINNING = datetime.date(1, 1, 1)
"""Stands for a start that nobody knows: open from the beginning of time."""


def business_date(instant: datetime.datetime, zone: ZoneInfo) -> datetime.date:
    """The company's day of an aware instant."""
    return instant.astimezone(zone).date()


def local_instant(wall: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """An aware instant (UTC) for a wall-clock time of the zone.

    In a doubled hour the first one, in a missing hour moved forward by the gap.
    """
    first = wall.replace(tzinfo=zone, fold=0)
    return first.astimezone(datetime.UTC)


def day_start(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    """The instant (UTC) at which a day begins."""
    return local_instant(datetime.datetime.combine(day, datetime.time.min), zone)
