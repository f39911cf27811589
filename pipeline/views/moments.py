"""Looking from an earlier day: how a page reads it off its address, and what it says then."""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts import formats
from accounts.business_dates import business_date
from accounts.models import Company
from pipeline.past import Moment
from pipeline.views.listing import PLACE, FilterRefused

PARTS = ("as_of", "known_on")
"""Parts of the address that say from when one looks."""


class PastPage:
    """What the pages of the past share. Mixed into a page that has ``request``."""

    request: HttpRequest

    def moment(self) -> Moment:
        """From when the address looks. FilterRefused names a part that is no day."""
        found = moment_of(self.request.GET, now=timezone.now(), company=Company.current())
        if found is None:
            raise FilterRefused(_("as_of: a day before today."))
        return found

    def refused_day(self, refusal: FilterRefused) -> HttpResponse:
        """What is answered to a day that is none."""
        context = {"problem": str(refusal), "clear_url": self.request.path}
        return render(self.request, "pipeline/list_refused.html", context, status=400)


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
    kept = parts_to_keep(request)
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def parts_to_keep(request: HttpRequest, *, but: Iterable[str] = ()) -> list[tuple[str, str]]:
    """What an address says besides the day it looks from and the place in a list; ``but``: what only today knows."""
    left_out = {*PARTS, *PLACE, *but}
    return [(key, value) for key, value in request.GET.items() if key not in left_out and value]


def look_chip(
    request: HttpRequest, moment: Moment | None, *, parts: Sequence[str] = PARTS, but: Iterable[str] = ()
) -> dict[str, Any]:
    """The control that looks at another day and keeps the other parts of the address, but for those in ``but``."""
    is_past = moment is not None and moment.end <= timezone.now()
    return day_chip(
        day=moment.day if moment and is_past else None,
        known_on=moment.known_on if moment else None,
        kept=parts_to_keep(request, but=but),
        back=back_to_now(request),
        parts=parts,
    )


def day_chip(
    *, day: datetime.date | None, known_on: datetime.date | None, kept: list[tuple[str, str]], back: str,
    parts: Sequence[str] = PARTS,
) -> dict[str, Any]:  # fmt: skip
    """A chip of components/filters.html with a form of its own: ``kept`` are the parts of the address that it keeps.

    ``day``: from which one looks, None: today. ``parts``: whether the page also knows what was known on a day.
    """
    words = formats.full_day(day) if day else _("Today")
    if known_on:
        words = _("%(day)s, known on %(known)s") % {"day": words, "known": formats.full_day(known_on)}
    fields = {
        "as_of": {"label": _("Look at another day"), "value": day.isoformat() if day else ""},
        "known_on": {"label": _("With what was known on"), "value": known_on.isoformat() if known_on else ""},
    }
    is_past = bool(day or known_on)
    return {
        "label": _("As of"),
        "value": words,
        "is_set": is_past,
        "options": [{"label": _("Back to now"), "url": back, "is_current": False}] if is_past else [],
        "fields": [{"name": name, "type": "date", **fields[name]} for name in parts],
        "form": "look-back",
        "kept": kept,
    }


def past_banner(request: HttpRequest, moment: Moment, note: str = "") -> dict[str, Any]:
    """The line that says that one looks at the past; ``note`` is what the page adds."""
    words = {"day": formats.full_day(moment.day)}
    text = _("You are looking at %(day)s. Nothing here can be edited.") % words
    if moment.known_on:
        words["known"] = formats.full_day(moment.known_on)
        text = _("You are looking at %(day)s with what was known on %(known)s. Nothing here can be edited.") % words
    action = {"label": _("Back to now"), "url": back_to_now(request)}
    return {"look": "past", "icon": "history", "text": f"{text} {note}".strip(), "action": action}
