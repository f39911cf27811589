"""Writes of indicators and their readings."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.configuration import change_row, check_admin, create_row, delete_row, locked_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, User
from metrics.indicators import slug_of
from metrics.models import Indicator, IndicatorReading
from pipeline.history import queue_days
from pipeline.models import ChangedDay, Channel


@transaction.atomic
def create_indicator(
    *, name: str, nature: str, by: User | None, now: datetime.datetime, unit: str = "", slug: str = ""
) -> Indicator:
    """Take in a number from outside to follow. ``slug`` empty: made from the name."""
    slug = slug or slug_of(name)
    if not slug:
        raise ActionRefused(_("A name needs at least one letter or digit."), "name")
    if Indicator.objects.filter(slug=slug).exists():
        raise ActionRefused(_("There is an indicator of this name already."), "name")
    return create_row(Indicator, by=by, now=now, name=name, slug=slug, nature=nature, unit=unit)


@transaction.atomic
def change_indicator(*, indicator: Indicator, by: User | None, now: datetime.datetime, **values: Any) -> Indicator:
    """Rename it, or say that it is a flow or a stock: then all days with readings are computed again."""
    row, old = change_row(indicator, by=by, now=now, **values)
    if "nature" in old:
        days = row.readings.values_list("day", flat=True).distinct()
        _queue(set(days), now)
    return row


@transaction.atomic
def delete_indicator(*, indicator: Indicator, by: User | None, now: datetime.datetime) -> None:
    """Delete an indicator without readings."""
    if indicator.readings.exists():
        raise ActionRefused(_("An indicator with readings stays; delete the readings first."))
    delete_row(indicator, by=by, now=now)


@transaction.atomic
def create_reading(
    *, indicator: Indicator, day: datetime.date, value: Decimal, by: User | None, now: datetime.datetime,
    source: str = "", channel: Channel | None = None,
) -> IndicatorReading:  # fmt: skip
    """Note what an indicator was on a day according to a source."""
    _check(indicator, day, source, now)
    row = create_row(
        IndicatorReading, by=by, now=now, indicator=indicator, day=day, value=value, source=source, channel=channel,
        recorded_at=now,
    )  # fmt: skip
    _queue({day}, now)
    return row


@transaction.atomic
def change_reading(
    *, reading: IndicatorReading, day: datetime.date, value: Decimal, by: User | None, now: datetime.datetime,
    source: str = "", channel: Channel | None = None,
) -> IndicatorReading:  # fmt: skip
    """Correct a reading; the old day and the new one are computed again."""
    check_admin(by)
    reading = locked_row(reading)
    _check(reading.indicator, day, source, now, besides=reading)
    before = reading.day
    row, old = change_row(reading, by=by, now=now, day=day, value=value, source=source, channel=channel)
    if old:
        _queue({before, day}, now)
    return row


@transaction.atomic
def delete_reading(*, reading: IndicatorReading, by: User | None, now: datetime.datetime) -> None:
    delete_row(reading, by=by, now=now)
    _queue({reading.day}, now)


def _queue(days: set[datetime.date], now: datetime.datetime) -> None:
    queue_days(ChangedDay.Subject.INDICATORS, {(day, day) for day in days}, now=now)


def _check(
    indicator: Indicator, day: datetime.date, source: str, now: datetime.datetime,
    besides: IndicatorReading | None = None,
) -> None:  # fmt: skip
    if day > business_date(now, Company.current().zone):
        raise ActionRefused(_("A day to come has no reading yet."), "day")
    others = IndicatorReading.objects.filter(indicator=indicator, day=day, source=source)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise ActionRefused(_("There is a reading of this day and source already; change that."), "day")
