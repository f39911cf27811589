"""What a page's address asks: whose figures, of which period, seen from which day; and its neighbours' addresses."""

import datetime
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import get_urlconf, reverse
from django.utils.translation import gettext as _

from accounts.business_dates import business_date
from accounts.models import Company
from accounts.roles import Role
from metrics.asking import YES, parse_condition, parse_day, parse_reported
from metrics.books.book import book_of
from metrics.errors import QuestionRefused
from metrics.evaluate import COMPARISONS
from metrics.period_names import current_quarter
from metrics.periods import Period, containing, parse_period
from metrics.question import Reported
from metrics.scopes import Scope, default_scope, parse_scope

Where = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageQuestion:
    """What a page asks. ``today`` is the company's day; ``as_of`` is the day from which one looks, included."""

    user: Any
    company: Company
    today: datetime.date
    now: datetime.datetime
    period: Period
    usual_period: Period
    scope: Scope
    as_of: datetime.date
    known_on: datetime.date | None = None
    compare: str = COMPARISONS[0]
    by: str | None = None
    where: Where = ()
    book: Reported | None = None

    @property
    def is_past(self) -> bool:
        """Whether the page looks from an earlier day or with earlier knowledge."""
        return self.as_of < self.today or self.known_on is not None or self.book is not None

    def parts(self, **changes: Any) -> list[tuple[str, str]]:
        """The parts of an address that asks the same with ``changes``; None leaves a part out."""
        asked: dict[str, Any] = {
            "period": self.period.name,
            "scope": self.scope.key,
            "compare": self.compare if self.compare != COMPARISONS[0] else None,
            "as_of": self.as_of.isoformat() if self.as_of < self.today else None,
            "known_on": self.known_on.isoformat() if self.known_on else None,
            "reported": YES if self.book else None,
            "by": self.by,
            "where": self.where,
            **changes,
        }
        where = asked.pop("where") or ()
        pairs = [(key, str(value)) for key, value in asked.items() if value not in (None, "")]
        return pairs + [("where", f"{dimension}={member}") for dimension, member in where]

    def address(self, name: str, *args: Any, **changes: Any) -> str:
        """The address of the page ``name`` with this question, changed."""
        return f"{_path(name, args, get_urlconf())}?{urlencode(self.parts(**changes))}"

    def for_period(self, period: Period) -> "PageQuestion":
        """The same question about another period."""
        return replace(self, period=period)

    def metric_address(self, slug: str, **changes: Any) -> str:
        """The metric's page with the same period and scope; slices and filters only where ``changes`` name them."""
        return self.address("metrics:metric", slug, **{"by": None, "where": (), **changes})


@lru_cache(maxsize=1024)
def _path(name: str, args: tuple[Any, ...], _urlconf: str | None) -> str:
    """A page of figures links to hundreds of others, most of them a few pages."""
    return reverse(name, args=args)


def read_question(params: QueryDict, *, user: Any, now: datetime.datetime, scope: Scope | None = None) -> PageQuestion:
    """Read a page's GET parameters; ``scope`` is the page's own where the address names none.

    Raises QuestionRefused naming the parameter and what is possible.
    """
    _refuse_control_characters(params)
    company = Company.current_with_days_off()
    today = business_date(now, company.zone)
    as_of = min(parse_day(params.get("as_of"), "as_of") or today, today)
    usual = usual_period(user, as_of, company)
    asked_period, asked_scope = params.get("period"), params.get("scope")
    period = _period(asked_period, as_of, company) if asked_period else usual
    return PageQuestion(
        user=user,
        company=company,
        today=today,
        now=now,
        period=period,
        usual_period=usual,
        scope=parse_scope(asked_scope, user, company) if asked_scope else scope or default_scope(user, company),
        as_of=as_of,
        known_on=parse_day(params.get("known_on"), "known_on"),
        compare=_compare(params.get("compare")),
        by=params.get("by") or None,
        where=tuple(parse_condition(text) for text in params.getlist("where") if text),
        book=book_of(period) if parse_reported(params.get("reported"), params.get("known_on")) else None,
    )


def usual_period(user: Any, day: datetime.date, company: Company) -> Period:
    """A rep looks at the month, everyone else at the quarter."""
    if getattr(user, "role", None) == Role.REP:
        return containing(day, "month")
    return current_quarter(day, company.fiscal_year_start_month)


def _period(text: str, as_of: datetime.date, company: Company) -> Period:
    return parse_period(text, today=as_of, fiscal_start=company.fiscal_year_start_month)


def _refuse_control_characters(params: QueryDict) -> None:
    for key, values in params.lists():
        if any(ord(sign) < 32 for value in values for sign in value):
            raise QuestionRefused(_("%(field)s holds a character that is not allowed.") % {"field": key[:40]}, key[:40])


def _compare(text: str | None) -> str:
    if text and text not in COMPARISONS:
        raise QuestionRefused(
            _("Unknown comparison “%(comparison)s”. Possible: %(possible)s.")
            % {"comparison": text[:60], "possible": ", ".join(COMPARISONS)},
            "compare",
        )
    return text or COMPARISONS[0]
