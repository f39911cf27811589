"""Looking from an earlier day: how a page reads it off its address, and what it says then."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts import formats
from accounts.business_dates import business_date
from accounts.models import Company
from pipeline.past import Moment
from pipeline.views.listing import Filter, FilterRefused

PARTS = ("as_of", "known_on")
"""Parts of the address that say from when one looks."""


@dataclass(frozen=True, slots=True)
class DayFilter(Filter):
    """A day of the past, written 2026-10-05; nothing is today."""

    def read(self, text: str | None) -> str:
        day = parse_day(self.name, text)
        return day.isoformat() if day else ""

    def words(self, value: str) -> str:
        return formats.full_day(datetime.date.fromisoformat(value)) if value else _("Today")


def as_of_filter() -> DayFilter:
    """The chip that picks the day from which a page looks."""
    return DayFilter("as_of", _("As of"), is_text=True, input_type="date", is_view=True)


def parse_day(name: str, text: str | None) -> datetime.date | None:
    """A day of the address; None for nothing, FilterRefused for anything else than a day of 1900 to 2200."""
    if not text:
        return None
    try:
        day = datetime.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise FilterRefused(_("%(name)s: a day such as 2026-10-05.") % {"name": name})
    return day


def moment_of(params: Mapping[str, str], *, now: datetime.datetime, company: Company) -> Moment | None:
    """From when an address looks; None: from now. FilterRefused names a part that is no day."""
    today = business_date(now, company.zone)
    day, known = (parse_day(name, params.get(name)) for name in PARTS)
    known = known if known and known < today else None
    if known is None and (day is None or day >= today):
        return None
    return Moment(min(day or today, today), known, company)


def either(today: type[View], then: type[View]) -> Callable[..., HttpResponse]:
    """A view that answers as ``today``, or as ``then`` where the address looks from an earlier day."""
    now_view, past_view = today.as_view(), then.as_view()

    def view(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            moment = moment_of(request.GET, now=timezone.now(), company=Company.current()) if _asks(request) else None
        except FilterRefused:
            return past_view(request, **parts)
        return now_view(request, **parts) if moment is None else past_view(request, **parts)

    view.view_class = today  # type: ignore[attr-defined]
    return view


def _asks(request: HttpRequest) -> bool:
    return any(request.GET.get(name) for name in PARTS)


def back_to_now(request: HttpRequest) -> str:
    """The same page as of today."""
    kept = [(key, value) for key, value in request.GET.items() if key not in (*PARTS, "after", "before")]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def past_banner(request: HttpRequest, moment: Moment, note: str = "") -> dict[str, Any]:
    """The line that says that one looks at the past; ``note`` is what the page adds."""
    words = {"day": formats.full_day(moment.day)}
    text = _("You are looking at %(day)s. Nothing here can be edited.") % words
    if moment.known_on:
        words["known"] = formats.full_day(moment.known_on)
        text = _("You are looking at %(day)s with what was known on %(known)s. Nothing here can be edited.") % words
    action = {"label": _("Back to now"), "url": back_to_now(request)}
    return {"look": "past", "icon": "history", "text": f"{text} {note}".strip(), "action": action}
