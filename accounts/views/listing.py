"""Lists: filters and sort in the address, pages by key, the same rows as a CSV file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts import formats
from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from accounts.keyset import KeysetPage, KeysetRefused, Sort, counted, keyset_page, sort_of

PLACE = ("after", "before", "format")
"""Parts of the address that name a place in the list, not which list it is."""


class FilterRefused(ValueError):
    """A filter has a value that does not exist; the message names the filter and what is possible."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of a list: its name in the address, and its options as (value, words); the first one is the default.

    ``is_text``: anything may be typed instead of picking an option, in an input of the type ``input_type``.
    ``is_view``: it says which list this is, so another value than the default is not called a filter.
    """

    name: str
    label: str
    options: Sequence[tuple[str, str]] = ()
    is_text: bool = False
    input_type: str = "text"
    is_view: bool = False

    @property
    def default(self) -> str:
        return self.options[0][0] if self.options else ""

    def read(self, text: str | None) -> str:
        """The value in the address, or the default; FilterRefused when it is none of the options."""
        if text is None or (self.is_text and "\0" not in text):
            return self.default if text is None else text.strip()[:200]
        if text not in dict(self.options):
            allowed = ", ".join(value or "''" for value, _words in self.options[:40])
            raise FilterRefused(_("%(name)s: possible are %(allowed)s.") % {"name": self.name, "allowed": allowed})
        return text

    def words(self, value: str) -> str:
        return dict(self.options).get(value, value)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the CSV file: its header and how to read it from a row."""

    header: str
    read: Callable[[Any], Any]


class FilteredPage(View):
    """A page whose filters are in its address."""

    def filters(self) -> list[Filter]:
        """The filters in their order; the first two stay visible on a phone."""
        return []

    def choose(self) -> dict[str, str]:
        """What the address says for each filter; FilterRefused when it names a value that does not exist."""
        self.all_filters = self.filters()
        return {one.name: one.read(self.request.GET.get(one.name)) for one in self.all_filters}

    def set_filters(self, chosen: dict[str, str]) -> list[Filter]:
        """The filters that are not at their default."""
        return [one for one in self.all_filters if not one.is_view and chosen[one.name] != one.default]

    def refused(self, refusal: Exception) -> HttpResponse:
        """What is answered to an address with a value that does not exist."""
        context = {"problem": str(refusal), "clear_url": self.request.path}
        return render(self.request, "pipeline/list_refused.html", context, status=400)

    def kept_parts(self) -> list[tuple[str, str]]:
        """Parts of the address that must survive when a filter is typed."""
        typed = {one.name for one in self.all_filters if one.is_text}
        return [(key, value) for key, value in self.request.GET.items() if key not in typed and key not in PLACE]

    def list_parts(self) -> list[tuple[str, str]]:
        """Parts of the address that say which list this is."""
        return [(key, value) for key, value in self.request.GET.items() if key not in PLACE and value]

    def address(self, **changes: str) -> str:
        """This list with other parts in its address; the place in it is left out unless it is changed."""
        parts = {key: value for key, value in self.request.GET.items() if key not in PLACE}
        parts |= changes
        query = urlencode({key: value for key, value in parts.items() if value != ""})
        return f"{self.request.path}?{query}" if query else self.request.path

    def chip(self, one: Filter, value: str) -> dict[str, Any]:
        field = {"name": one.name, "label": one.label, "value": value, "type": one.input_type}
        return {
            "label": one.label,
            "value": one.words(value) or _("any"),
            "is_set": value != one.default and not one.is_view,
            "options": [
                {
                    "label": words,
                    "url": self.address(**{one.name: "" if option == one.default else option}),
                    "is_current": option == value,
                }
                for option, words in one.options
            ],
            "fields": [field] if one.is_text else [],
        }


class ListPage(FilteredPage):
    """A list of records. A subclass says which rows, filters, sorts and columns."""

    template_name: str
    sorts: ClassVar[Mapping[str, tuple[str, Sort]]]
    """Sort keys of the address, with words and meaning; the first one is the default."""
    columns: ClassVar[Sequence[Column]]
    kind: str
    """The name of the exported file, and what the audit log calls it."""

    def rows(self, chosen: dict[str, str]) -> QuerySet[Any]:
        """The visible rows that the filters leave."""
        raise NotImplementedError

    def page(self, found: KeysetPage[Any], chosen: dict[str, str]) -> dict[str, Any]:
        """The template's context besides the list itself."""
        return {}

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            chosen = self.choose()
            self.sort_key = request.GET.get("sort") or next(iter(self.sorts))
            sort = sort_of({key: meaning for key, (_words, meaning) in self.sorts.items()}, self.sort_key)
            if request.GET.get("format", "html") not in {"html", "csv"}:
                raise FilterRefused(_("format: possible are html, csv."))
            rows = self.rows(chosen)
            if request.GET.get("format") == "csv":
                return self.export(rows.order_by("pk"))
            place = {key: request.GET.get(key, "") for key in ("after", "before")}
            found = keyset_page(rows, sort, **place)
        except (FilterRefused, KeysetRefused, ValidationError) as refusal:
            return self.refused(refusal)
        return render(request, self.template_name, self.context(found, rows, chosen))

    def count(self, rows: QuerySet[Any]) -> tuple[int, bool]:
        """How many rows there are, and whether that is all of them."""
        return counted(rows)

    def context(self, found: KeysetPage[Any], rows: QuerySet[Any], chosen: dict[str, str]) -> dict[str, Any]:
        total, is_all = self.count(rows)
        set_filters = self.set_filters(chosen)
        return {
            "rows": found.rows,
            "chips": [
                *(self.chip(one, chosen[one.name]) for one in self.all_filters),
                self.sort_chip(),
                *self.more_chips(),
            ],
            "hidden": self.kept_parts(),
            "set_filters": [f"{one.label} {one.words(chosen[one.name])}" for one in set_filters],
            "clear_url": self.address(**{one.name: "" for one in set_filters}) if set_filters else "",
            "total_text": formats.number(total) + ("" if is_all else "+"),
            "total": total,
            "shown_text": self.shown_text(total, is_all=is_all),
            "previous_url": self.address(before=found.before) if found.before else "",
            "next_url": self.address(after=found.after) if found.after else "",
            "export_url": self.address(format="csv"),
            "here": self.request.get_full_path(),
            "now": timezone.now(),
            **self.page(found, chosen),
        }

    def more_chips(self) -> list[dict[str, Any]]:
        """What the filter bar has besides filters and sort."""
        return []

    def shown_text(self, total: int, *, is_all: bool) -> str:
        figure = formats.number(total) + ("" if is_all else "+")
        return ngettext("%s row", "%s rows", total) % figure

    def sort_chip(self) -> dict[str, Any]:
        default = next(iter(self.sorts))
        return {
            "label": _("Sort"),
            "value": self.sorts[self.sort_key][0],
            "is_set": self.sort_key != default,
            "options": [
                {
                    "label": words,
                    "url": self.address(sort="" if key == default else key),
                    "is_current": key == self.sort_key,
                }
                for key, (words, _meaning) in self.sorts.items()
            ],
        }

    def export(self, rows: QuerySet[Any]) -> HttpResponse:
        """All rows of the list, not only this page; noted in the audit log."""
        note_export(kind=self.kind, query=self.request.GET.urlencode(), by=self.request.user, now=timezone.now())
        cells: Iterable[list[Any]] = (
            [column.read(row) for column in self.columns] for row in rows.iterator(chunk_size=1000)
        )
        writer = SafeWriter([column.header for column in self.columns])
        return writer.response(cells, f"{self.kind}.csv")  # type: ignore[return-value]
