"""Pages of a list that stay quick however deep they are: each begins after the last row of the one before.

A page is found by the sort value and the id of a neighbouring row, never by counting rows from the start.
"""

import base64
import binascii
import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.json_text import read_json

Row = TypeVar("Row", bound=Model)

PAGE_SIZE = 50
_NO_PLACE = gettext_lazy("That place in the list does not exist. Begin again with its first page.")
COUNTED_TO = 1000
"""Rows are counted up to here; a longer list says "1,000+"."""


class KeysetRefused(ValueError):
    """A sort or a place in the list that does not exist; the message says what is possible."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One way to order a list: by ``field``, unknown values last, then by id in the same direction or ``id_down``.

    ``known``: no row of the list lacks the value; the database can then use an index as it is. ``kind``: the kind of
    field that reads the value, where ``field`` is an annotation (which is always known) and no column.
    """

    field: str
    down: bool = False
    id_down: bool | None = None
    known: bool = False
    kind: "Field[Any, Any] | None" = None

    @property
    def ids_fall(self) -> bool:
        return self.down if self.id_down is None else self.id_down


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """The rows of a page and the tokens of its neighbours (empty: there is none)."""

    rows: list[Row]
    before: str
    after: str


def keyset_page(
    rows: QuerySet[Row], sort: Sort, *, after: str = "", before: str = "", size: int = PAGE_SIZE
) -> KeysetPage[Row]:
    """The page that follows the token ``after`` or precedes the token ``before``; else the first one. One query."""
    backwards = bool(before)
    token = before or after
    if token:
        rows = rows.filter(_beyond(rows.model, sort, *_read(rows.model, sort, token), backwards=backwards))
    found = list(rows.order_by(*_order(rows.model, sort, backwards=backwards))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return KeysetPage([], "", "")
    has_earlier, has_later = (more, True) if backwards else (bool(token), more)
    return KeysetPage(
        found,
        before=_token(sort, found[0]) if has_earlier else "",
        after=_token(sort, found[-1]) if has_later else "",
    )


def counted(rows: QuerySet[Any]) -> tuple[int, bool]:
    """How many rows there are, and whether that is all: beyond ``COUNTED_TO`` nobody counts."""
    found = rows.order_by()[: COUNTED_TO + 1].count()
    return min(found, COUNTED_TO), found <= COUNTED_TO


def sort_of(sorts: Mapping[str, Sort], key: str) -> Sort:
    """The sort of that key; KeysetRefused names the possible ones."""
    if key not in sorts:
        raise KeysetRefused(
            _("There is no sort “%(key)s”. Possible are: %(possible)s.") % {"key": key, "possible": ", ".join(sorts)}
        )
    return sorts[key]


def _order(model: type[Model], sort: Sort, *, backwards: bool) -> list[Any]:
    down, ids_fall = sort.down != backwards, sort.ids_fall != backwards
    nulls: dict[str, Any] = {}
    if _may_be_unknown(model, sort):  # elsewhere the words would keep an index from being used
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    column = F(sort.field)
    return [column.desc(**nulls) if down else column.asc(**nulls), "-pk" if ids_fall else "pk"]


def _beyond(model: type[Model], sort: Sort, value: Any, pk: int, *, backwards: bool) -> Q:
    """Rows on the far side of (value, pk). Unknown values come last, so going on from a known one includes them."""
    ids = Q(pk__lt=pk) if sort.ids_fall != backwards else Q(pk__gt=pk)
    unknown = Q(**{f"{sort.field}__isnull": True})
    if value is None and not _may_be_unknown(model, sort):
        raise KeysetRefused(_NO_PLACE)
    if value is None:
        return (unknown & ids) | ~unknown if backwards else unknown & ids
    side = "lt" if sort.down != backwards else "gt"
    beyond = Q(**{f"{sort.field}__{side}e": value}) & (Q(**{f"{sort.field}__{side}": value}) | ids)
    return beyond | unknown if not backwards and _may_be_unknown(model, sort) else beyond


def _may_be_unknown(model: type[Model], sort: Sort) -> bool:
    if sort.known or sort.kind:
        return False
    *steps, last = sort.field.split("__")
    for step in steps:
        field = model._meta.get_field(step)
        if field.null:
            return True
        model = field.related_model  # type: ignore[assignment]
    return bool(model._meta.get_field(last).null)


def _field(model: type[Model], sort: Sort) -> "Field[Any, Any]":
    if sort.kind:
        return sort.kind
    *steps, last = sort.field.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model._meta.get_field(last)  # type: ignore[return-value]


def _token(sort: Sort, row: Model) -> str:
    value: Any = row
    for step in sort.field.split("__"):
        value = None if value is None else getattr(value, step)
    text = None if value is None else str(value)
    if value is not None and not sort.kind:
        text = _field(type(row), sort).value_to_string(_Holder(value))  # type: ignore[arg-type]
    return base64.urlsafe_b64encode(json.dumps([text, row.pk]).encode()).decode().rstrip("=")


class _Holder:
    """Stands for a model row where a field only asks for its own value."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __getattr__(self, _name: str) -> Any:
        return self._value


def _read(model: type[Model], sort: Sort, token: str) -> tuple[Any, int]:
    """Sort value and id of a token; a token that was made up is refused, whatever it holds."""
    try:
        text, pk = read_json(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(pk, int) or not 0 < pk < 2**63 or (text is not None and not _plain(text)):
            raise ValueError(token)
        value = None if text is None else _field(model, sort).to_python(text)
        if isinstance(value, datetime.datetime) and value.tzinfo is None:
            raise ValueError(token)
    except (binascii.Error, ValueError, TypeError, OverflowError, ValidationError) as error:
        raise KeysetRefused(_NO_PLACE) from error
    return value, pk


def _plain(text: object) -> bool:
    return isinstance(text, str) and "\0" not in text
