"""What moved somebody's pay, in words: a name for each kind of cause, and what happened."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Team
from accounts.roles import Role
from metrics.goals.words import goal_text, metric_name
from metrics.incentives.causes import (
    DEAL,
    EMPLOYMENT,
    FIGURE,
    MEMBERS,
    NAMES,
    PERIOD,
    PRODUCTS,
    REST,
    ROLE,
    TARGET,
    TEAM,
    TREE,
    VERSION,
    Cause,
)
from metrics.incentives.facts import FigureFact, TargetFact
from metrics.incentives.statements import Book
from metrics.incentives.stretches import Employment
from metrics.incentives.terms import UNITS, Version
from metrics.incentives.units import unit_of
from metrics.pay.deal_change_words import deal_words
from metrics.period_names import period_title
from metrics.periods import DAY, Period, range_name

_NAMES: dict[str, Callable[[], str]] = {
    DEAL: lambda: _("a deal out of your sight"), PERIOD: lambda: _("Period"), VERSION: lambda: _("Plan"),
    EMPLOYMENT: lambda: _("Employment"), TEAM: lambda: _("Team"), ROLE: lambda: _("Role"),
    TREE: lambda: _("Teams"), MEMBERS: lambda: _("Team members"), TARGET: lambda: _("Target"),
    FIGURE: lambda: _("Metric"), PRODUCTS: lambda: _("Products"), NAMES: lambda: _("Names"), REST: lambda: _("Other"),
}  # fmt: skip


def cause_name(kind: str) -> str:
    return _NAMES[kind]()


def cause_words(one: Cause, book: Book) -> str:
    """What happened, and what else in the same moment where that can't be told apart."""
    words = _words(one, book)
    if not one.with_it:
        return words
    others = ", ".join(cause_name(kind) for kind in one.with_it)
    return _("%(words)s (together with: %(others)s)") % {"words": words, "others": others}


def _words(one: Cause, book: Book) -> str:
    company, old, new = book.shared.company, one.old, one.new
    currency, fiscal = company.base_currency, company.fiscal_year_start_month
    words: dict[str, Callable[[], str]] = {
        DEAL: lambda: deal_words(old, new, book.rep.pk, book.ledger),
        PERIOD: lambda: _("a new period began; it ends on %s") % formats.full_day(new),
        VERSION: lambda: _version(new),
        EMPLOYMENT: lambda: _employment(old, new),
        TEAM: lambda: _team(old, new),
        ROLE: lambda: _role(old, new),
        TREE: lambda: _("a team moved in the tree of teams"),
        MEMBERS: lambda: _("others joined or left the team"),
        TARGET: lambda: _target(old, new, currency, fiscal),
        FIGURE: lambda: _figure(old, new, currency, fiscal),
        NAMES: lambda: _("pipelines or channels were renamed"),
        PRODUCTS: lambda: _("names or families of products changed"),
        REST: lambda: _("changes that cannot be told one by one"),
    }
    return words[one.kind]()


def _version(new: Version) -> str:
    words = _("%(plan)s, version %(number)s was published; it holds from %(day)s on")
    day = formats.full_day(new.published_from)
    return words % {"plan": new.terms.name, "number": new.number, "day": day}


def _employment(old: Employment, new: Employment) -> str:
    found = []
    if old.hired_on != new.hired_on:
        found.append(_change(_("first day of work %(old)s → %(new)s"), _day(old.hired_on), _day(new.hired_on)))
    if old.left_on != new.left_on:
        found.append(_change(_("last day of work %(old)s → %(new)s"), _day(old.left_on), _day(new.left_on)))
    return ", ".join(found)


def _day(day: datetime.date) -> str:
    return _("none") if day in (datetime.date.min, datetime.date.max) else formats.full_day(day)


def _team(old: Employment, new: Employment) -> str:
    """The team of the first day on which it is another one."""
    days = sorted({day for one in (old, new) for first, last, _slug in one.teams for day in (first, _after(last))})
    first = next((day for day in days if old.team_on(day) != new.team_on(day)), None)
    if first is None:
        return _("team changed")
    names = dict(Team.objects.values_list("slug", "name"))
    was, now = (names.get(slug or "", slug) or _("none") for slug in (old.team_on(first), new.team_on(first)))
    words = _change(_("team %(old)s → %(new)s"), was, now)
    if first == datetime.date.min:
        return words
    return _("%(words)s from %(day)s on") % {"words": words, "day": formats.full_day(first)}


def _after(last: datetime.date) -> datetime.date:
    return last if last == datetime.date.max else last + DAY


def _role(old: Employment, new: Employment) -> str:
    if old.role == new.role:
        return _("e-mail address or external id changed")
    labels = dict(Role.choices)
    was, now = (str(labels.get(role, role)) or _("none") for role in (old.role, new.role))
    return _change(_("role %(old)s → %(new)s"), was, now)


def _target(old: TargetFact | None, new: TargetFact | None, currency: str, fiscal: int) -> str:
    one = new or old
    if one is None:
        return ""
    about = {"metric": metric_name(one.metric), "period": _period(one.first, one.last, fiscal)}
    if old is not None and new is not None and old.value == new.value:
        return _("%(metric)s, %(period)s: the exchange rate of the target changed") % about
    was, now = (_value(one.metric, each.value if each else None, currency) for each in (old, new))
    return _("%(metric)s, %(period)s: %(old)s → %(new)s") % {**about, "old": was, "new": now}


def _figure(old: Any, new: Any, currency: str, fiscal: int) -> str:
    (metric, first, last), was = old
    values = (_value(metric, one.value if isinstance(one, FigureFact) else None, currency) for one in (was, new[1]))
    before, after = values
    words = {"metric": metric_name(metric), "period": _period(first, last, fiscal), "old": before, "new": after}
    return _("%(metric)s, %(period)s: %(old)s → %(new)s") % words


def _period(first: datetime.date, last: datetime.date, fiscal: int) -> str:
    units = (unit_of(first, unit, fiscal) for unit in UNITS)
    end = last + DAY
    found = next((one for one in units if (one.start, one.last_day) == (first, last)), None)
    return period_title(found or Period(first, end, range_name(first, end), "range"))


def _value(metric: str, value: Fraction | None, currency: str) -> str:
    if value is None:
        return _("none")
    return goal_text(metric, round(Decimal(value.numerator) / value.denominator, 6), currency)


def _change(words: str, old: str, new: str) -> str:
    return words % {"old": old, "new": new}
