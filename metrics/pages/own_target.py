"""A rep's target of won revenue: how much is reached, what is left, and the way there in working days."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from accounts.models import Rep
from accounts.money import from_minor, to_minor
from accounts.working_days import WorkingCalendar
from metrics.figure import Figure
from metrics.goals.aims import Aim, aim_of
from metrics.goals.practices import practice_of
from metrics.goals.way_ahead import Way, find_way
from metrics.goals.way_words import way_words
from metrics.incentives.units import unit_of
from metrics.numbers import decimal_of, ratio
from metrics.pages.reading import Reader
from metrics.period_names import period_title
from metrics.periods import Period

SLUG = "won_revenue"


def own_target(
    reader: Reader, rep: Rep, *, calendar: WorkingCalendar, first: Period | None = None
) -> dict[str, Any] | None:
    """What _own_target.html shows, of the first running period that has a target: ``first``, quarter, month, year.

    None without a target, and for a page that looks from an earlier day: a way ahead is of today.
    """
    if reader.asking.is_past:
        return None
    for period in _periods(reader, first):
        figure = reader.figure(SLUG, period=period)
        aim = aim_of(figure)
        if aim is not None and aim.target > 0:
            return _card(reader, rep, figure, aim, calendar)
    return None


def _periods(reader: Reader, first: Period | None) -> Iterable[Period]:
    today = reader.asking.today
    fiscal = reader.company.fiscal_year_start_month
    usual = [unit_of(today, unit, fiscal) for unit in ("quarter", "month", "year")]
    asked = (first,) if first is not None and first.start <= today <= first.last_day else ()
    return dict.fromkeys((*asked, *usual))


def _card(reader: Reader, rep: Rep, figure: Figure, aim: Aim, calendar: WorkingCalendar) -> dict[str, Any]:
    company, today, period = reader.company, reader.asking.today, figure.question.period
    currency, won = company.base_currency, figure.value.value or Decimal(0)
    left, attainment = max(Decimal(0), aim.target - won), aim.attainment or Decimal(0)  # nothing is won yet
    days = calendar.count(today, period.last_day)
    a_day = ratio(to_minor(left, currency), days)
    practice = practice_of(rep, company=company, today=today, calendar=calendar)
    way = find_way(to_minor(left, currency), practice, calendar=calendar, today=today, ends_on=period.last_day)
    return {
        "title": period_title(period),
        "is_running": period.last_day > today,
        "won": won,
        "won_url": reader.asking.metric_address(SLUG, period=period.name),
        "target": aim.target,
        "attainment": attainment,
        "elapsed": aim.elapsed,
        "gap": attainment - (aim.elapsed or Decimal(0)),
        "left": left,
        "days": days,
        "a_day": None if a_day is None else from_minor(int(a_day), currency),
        "currency": currency,
        "way": way,
        "practice": practice,
        "words": way_words(way, practice, today=today, ends_on=period.last_day, currency=currency),
        "milestones": milestones(way, today),
        "proposals_url": reader.asking.metric_address("proposals_sent", period=period.name),
    }


def milestones(way: Way, today: datetime.date) -> list[dict[str, Any]]:
    """Rows of a table: by when, how many in all, and how far that is."""
    if way.state != "open":
        return []
    return [
        {
            "day": one.day,
            "is_today": one.day == today,
            "count": one.count,
            "share": decimal_of(ratio(one.count, way.needed) or 0),
        }
        for one in way.milestones
    ]
