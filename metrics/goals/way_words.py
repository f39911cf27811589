"""The way to a target in sentences."""

import datetime
import math
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.money import from_minor
from metrics.goals.way_ahead import FEWEST, Practice, Way
from metrics.numbers import decimal_of


def things(what: str, count: int) -> str:
    """9 proposals, 1 new deal."""
    if what == "proposal":
        return ngettext("%s proposal", "%s proposals", count) % formats.number(count)
    return ngettext("%s new deal", "%s new deals", count) % formats.number(count)


def way_words(
    way: Way, practice: Practice, *, today: datetime.date, ends_on: datetime.date, currency: str
) -> dict[str, str]:
    """``main``: the sentence that counts; ``because``: what it rests on; empty where there is nothing to say."""
    match way.state:
        case "reached":
            return {"main": _("The target is reached."), "because": ""}
        case "unknown":
            text = _("Too few deals of the last twelve months are closed to say what that takes (%(n)s of %(least)s).")
            return {"main": text % {"n": practice.tried, "least": FEWEST}, "because": ""}
        case "enough":
            return {"main": _enough(practice), "because": _because(practice, currency)}
        case "open":
            return {"main": _open(way, practice, today), "because": _because(practice, currency)}
    text = _late(way, practice, today, ends_on) if way.state == "late" else _steep(way, practice)
    return {"main": f"{text} {_expected(way, practice, currency)}".strip(), "because": _because(practice, currency)}


def _open(way: Way, practice: Practice, today: datetime.date) -> str:
    """9 proposals by 18 Dec, 4 of them by 4 Dec, the next one today."""
    parts = [_("%(things)s by %(day)s") % {"things": things(practice.what, way.needed), "day": _day(way, -1, today)}]
    if len(way.milestones) > 2:
        middle = {"count": formats.number(way.milestones[1].count), "day": _day(way, 1, today)}
        parts.append(_("%(count)s of them by %(day)s") % middle)
    if len(way.milestones) > 1:
        count, day = way.milestones[0].count, _day(way, 0, today)
        words = ngettext("the next one by %(day)s", "the next %(count)s by %(day)s", count)
        if way.milestones[0].day == today:
            words = ngettext("the next one today", "the next %(count)s today", count)
        parts.append(words % {"count": formats.number(count), "day": day})
    return _("That takes %s.") % ", ".join(parts)


def _late(way: Way, practice: Practice, today: datetime.date, ends_on: datetime.date) -> str:
    text = {
        "proposal": _(
            "No longer feasible with new proposals: one takes %(days)s to be won, the period ends in %(left)s."
        ),
        "deal": _("No longer feasible with new deals: one takes %(days)s to be won, the period ends in %(left)s."),
    }[practice.what]
    left = (ends_on - today).days
    return text % {"days": _days(practice.days or Fraction()), "left": formats.days(Decimal(left))}


def _steep(way: Way, practice: Practice) -> str:
    text = _("No longer feasible: %(things)s in %(days)s are %(a_day)s a day; the best month had %(best)s.")
    days = ngettext("%s working day", "%s working days", way.days) % formats.number(way.days)
    figures = {"a_day": _one_decimal(way.a_day), "best": _one_decimal(practice.best)}
    return text % {"things": things(practice.what, way.needed), "days": days, **figures}


def _enough(practice: Practice) -> str:
    if practice.what == "proposal":
        text = ngettext(
            "The %s proposal that is out is enough, if it turns out as usual.",
            "The %s proposals that are out are enough, if they turn out as usual.",
            practice.out,
        )
    else:
        text = ngettext(
            "The %s open deal is enough, if it turns out as usual.",
            "The %s open deals are enough, if they turn out as usual.",
            practice.out,
        )
    return text % formats.number(practice.out)


def _expected(way: Way, practice: Practice, currency: str) -> str:
    """What those that are out bring, on average."""
    if not practice.out:
        return ""
    if practice.what == "proposal":
        text = ngettext(
            "The %(n)s proposal that is out comes to about %(money)s.",
            "The %(n)s proposals that are out come to about %(money)s.",
            practice.out,
        )
    else:
        text = ngettext(
            "The %(n)s open deal comes to about %(money)s.",
            "The %(n)s open deals come to about %(money)s.",
            practice.out,
        )
    money = formats.money(from_minor(way.expected, currency), currency)
    return text % {"n": formats.number(practice.out), "money": money}


def _because(practice: Practice, currency: str) -> str:
    """In the last twelve months: 7 of 12 proposals won, 20 days each, €10,000 a win, 3 out."""
    text = {
        "proposal": _(
            "In the last twelve months: %(won)s of %(tried)s deals with a proposal won, half of them within "
            "%(days)s, %(size)s a win; %(out)s out now."
        ),
        "deal": _(
            "In the last twelve months: %(won)s of %(tried)s deals won, half of them within %(days)s, %(size)s a "
            "win; %(out)s open now."
        ),
    }[practice.what]
    size = formats.money(from_minor(int(practice.size or 0), currency), currency)
    counts = {name: formats.number(getattr(practice, name)) for name in ("won", "tried", "out")}
    return text % {**counts, "days": _days(practice.days or Fraction()), "size": size}


def _day(way: Way, place: int, today: datetime.date) -> str:
    return formats.day(way.milestones[place].day, today=today)


def _days(days: Fraction) -> str:
    return formats.days(Decimal(math.ceil(days)))


def _one_decimal(value: Fraction) -> str:
    return formats.number(decimal_of(value), 1)
