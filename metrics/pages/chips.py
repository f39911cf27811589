"""The filter chips of pages with figures: scope, period, comparison, what is filtered, the day one looks from."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import formats
from accounts.business_dates import business_date
from metrics.asking import YES
from metrics.books.book import book_of
from metrics.pages.addresses import PageQuestion
from metrics.period_names import current_quarter, period_title
from metrics.periods import Period, containing, parse_period
from metrics.scopes import Choice, allowed_scopes, default_scope, has_more_reps
from pipeline.views.moments import PARTS, day_chip

MOST_OFFERED = 30
"""A menu lists no more scopes than this; the others are typed."""


class Chips:
    """The filter bar of one page: ``name`` and ``args`` are its URL, ``kept`` what its addresses have of their own."""

    def __init__(self, asking: PageQuestion, request: HttpRequest, kept: dict[str, Any] | None = None) -> None:
        match = request.resolver_match
        self.asking = asking
        self.name = match.view_name if match else ""
        self.args = tuple(match.kwargs.values()) if match else ()
        self.kept = kept or {}

    def bar(self, chips: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """Context of components/filters.html."""
        typed = {field["name"] for chip in chips if "form" not in chip for field in chip.get("fields", [])}
        hidden = [(key, value) for key, value in self.asking.parts(**self.kept) if key not in typed]
        return {"chips": chips, "hidden": hidden, "stamp": self.asking.now, **more}

    def address(self, **changes: Any) -> str:
        return self.asking.address(self.name, *self.args, **{**self.kept, **changes})

    def scope(self, choices: list[Choice] | None = None) -> dict[str, Any]:
        """Whose figures; a long list of reps becomes a field to type in."""
        asking = self.asking
        is_all = choices is not None or not has_more_reps(asking.user, MOST_OFFERED)
        if choices is None:
            choices = allowed_scopes(asking.user, asking.company, with_reps=is_all)
        label = _("Any other, such as team:north or rep:ann@example.com")
        hint = {"name": "scope", "label": label, "type": "text", "value": asking.scope.key}
        return {
            "label": _("Scope"),
            "value": asking.scope.title,
            "is_set": bool(choices) and asking.scope.key != self._usual_scope(choices),
            "options": [self._option(c.label, c.key == asking.scope.key, scope=c.key) for c in choices[:MOST_OFFERED]],
            "fields": [] if is_all and len(choices) <= MOST_OFFERED else [hint],
        }

    def _usual_scope(self, choices: list[Choice]) -> str:
        if self.name == "metrics:team":
            return choices[0].key
        return default_scope(self.asking.user, self.asking.company).key

    def period(self) -> dict[str, Any]:
        """Which days: the usual periods, running spans, or any two dates."""
        asking = self.asking
        options = [
            self._option(period_title(period), period == asking.period, period=period.name)
            for period in self._offered()
        ]
        first, last = asking.period.start, asking.period.last_day
        return {
            "label": _("Period"),
            "value": period_title(asking.period),
            "is_set": asking.period != asking.usual_period,
            "options": options,
            "fields": [
                {
                    "name": "period",
                    "label": _("Any other, such as 2026-W41 or 2026-07-01..2026-09-30"),
                    "type": "text",
                    "value": f"{first}..{last}" if asking.period.kind == "range" else asking.period.name,
                }
            ],
        }

    def _offered(self) -> list[Period]:
        asking = self.asking
        start = asking.company.fiscal_year_start_month
        month = containing(asking.as_of, "month")
        quarter = current_quarter(asking.as_of, start)
        year = f"FY{quarter.name[2:6]}" if start > 1 else str(asking.as_of.year)
        this_year, month_of_days = (
            parse_period(name, today=asking.as_of, fiscal_start=start) for name in (year, "last-30d")
        )
        return [
            month, month.previous(), quarter, quarter.previous(), this_year, this_year.previous(), month_of_days
        ]  # fmt: skip

    def compare(self) -> dict[str, Any]:
        """What the changes in tables compare with."""
        words = {"previous": _("Period before"), "year": _("A year before")}
        asking = self.asking
        return {
            "label": _("Compare"),
            "value": words[asking.compare],
            "is_set": asking.compare != "previous",
            "options": [self._option(word, key == asking.compare, compare=key) for key, word in words.items()],
        }

    def where(self, labels: dict[str, str]) -> list[dict[str, Any]]:
        """A chip for each filter, with the way out of it."""
        asking = self.asking
        return [
            {
                "label": labels.get(dimension, dimension),
                "value": member,
                "is_set": True,
                "options": [
                    {
                        "label": _("Remove this filter"),
                        "url": self.address(where=tuple(pair for pair in asking.where if pair != (dimension, member))),
                        "is_current": False,
                    }
                ],
            }
            for dimension, member in asking.where
        ]

    def reported(self) -> list[dict[str, Any]]:
        """Where the period is frozen: the figures as they were reported, or as they are now."""
        asking = self.asking
        book = asking.book or book_of(asking.period)
        if book is None or asking.known_on:
            return []
        then = _("As reported %s") % formats.full_day(business_date(book.frozen_at, asking.company.zone))
        return [
            {
                "label": _("Figures"),
                "value": then if asking.book else _("Now"),
                "is_set": bool(asking.book),
                "options": [
                    self._option(_("Now"), asking.book is None, reported=None),
                    self._option(then, asking.book is not None, reported=YES, as_of=None),
                ],
            }
        ]

    def as_of(self, parts: Sequence[str] = PARTS) -> list[dict[str, Any]]:
        """The day one looks from, to look at another; and whether figures are as reported, where that can be.

        ``parts``: whether the page also knows what was known on a day.
        """
        asking = self.asking
        look = day_chip(
            day=asking.as_of if asking.as_of < asking.today else None,
            known_on=asking.known_on,
            kept=asking.parts(**{**self.kept, **self.on_another_day()}),
            back=self.address(as_of=None, known_on=None),
            parts=parts,
        )
        return [*self.reported(), look]

    def on_another_day(self) -> dict[str, Any]:
        """How a question changes that is asked of another day: the usual period is the one of that day."""
        usual = {"period": None} if self.asking.period == self.asking.usual_period else {}
        return {"as_of": None, "known_on": None, "reported": None, **usual}

    def _option(self, label: str, is_current: bool, **changes: Any) -> dict[str, Any]:
        return {"label": label, "url": self.address(**changes), "is_current": is_current}


class PageChips(Chips):
    """The filter bar of a page with choices of its own; ``kept`` stays in every address of it."""

    def __init__(self, asking: PageQuestion, request: HttpRequest, **kept: Any) -> None:
        super().__init__(asking, request, kept)

    def one_of(self, name: str, words: dict[str, str], chosen: str, **changes: Any) -> list[dict[str, Any]]:
        """The options of a segment; choosing one makes ``changes``, too."""
        return [self._option(word, key == chosen, **{name: key}, **changes) for key, word in words.items()]


def past_banner(asking: PageQuestion, back: str) -> dict[str, Any] | None:
    """The line that says that the page looks from the past; None when it does not."""
    if not asking.is_past:
        return None
    day = formats.full_day(asking.as_of)
    if asking.book:
        words = {"period": asking.book.name, "day": formats.stamp(asking.book.frozen_at)}
        text = _("You are looking at %(period)s as it was reported on %(day)s.") % words
        return {"look": "past", "icon": "history", "text": text, "action": {"label": _("Back to now"), "url": back}}
    text = _("You are looking at %s. Nothing here can be edited.") % day
    if asking.known_on:
        known = {"day": day, "known": formats.full_day(asking.known_on)}
        text = _("You are looking at %(day)s with what was known on %(known)s.") % known
    return {"look": "past", "icon": "history", "text": text, "action": {"label": _("Back to now"), "url": back}}
