"""From a request's words to a waterfall: the one reading of from, to, closing, scope, as_of and known_on."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.business_dates import business_date
from accounts.models import Company
from metrics.asking import parse_day
from metrics.errors import QuestionRefused
from metrics.periods import Period, parse_period
from metrics.scopes import parse_scope
from metrics.waterfall.changes import Waterfall, changes_question, read_changes


def ask_changes(words: Mapping[str, str], *, user: Any, now: datetime.datetime) -> Waterfall:
    """Read the words for this user and answer. Raises QuestionRefused with the field and what is possible."""
    company = Company.current()
    today = business_date(now, company.zone)
    as_of = min(parse_day(words.get("as_of"), "as_of") or today, today)
    q = changes_question(
        _needed_day(words, "from"),
        _needed_day(words, "to"),
        scope=parse_scope(words.get("scope"), user, company),
        company=company,
        today=today,
        as_of=as_of,
        known_on=parse_day(words.get("known_on"), "known_on"),
    )
    return read_changes(q, read_closing(words.get("closing"), as_of, company))


def read_closing(text: str | None, as_of: datetime.date, company: Company) -> Period | None:
    """The period in which deals are expected to close; None for nothing. Raises QuestionRefused."""
    if not text:
        return None
    try:
        return parse_period(text, today=as_of, fiscal_start=company.fiscal_year_start_month)
    except QuestionRefused as refusal:
        raise QuestionRefused(_("closing: %(problem)s") % {"problem": refusal}, "closing") from refusal


def _needed_day(words: Mapping[str, str], field: str) -> datetime.date:
    day = parse_day(words.get(field), field)
    if day is None:
        raise QuestionRefused(_("%(field)s is missing; it takes a day such as 2026-10-05.") % {"field": field}, field)
    return day
