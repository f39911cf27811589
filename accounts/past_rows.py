"""Rows as they stood at a moment, from the history that is kept of their model."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

CREATED, DELETED = "+", "-"


def changed_since(
    model: type[models.Model], moment: datetime.datetime, fields: Sequence[str], **where: Any
) -> dict[int, tuple[Any, ...] | None]:  # fmt: skip
    """Rows that were changed since a moment, by id: values of fields as they were just before, None: not there.

    ``where`` picks rows by what never changes of them. One query, another where anything was changed.
    """
    history: Any = model.history.filter(**where).order_by("history_date", "history_id")  # type: ignore[attr-defined]
    columns = ("id", "history_type", *fields)
    found: dict[int, tuple[Any, ...] | None] = {}
    for pk, kind, *values in history.filter(history_date__gte=moment).values_list(*columns):
        # Of one that has no earlier entry all that is known is what it became.
        found.setdefault(pk, None if kind == CREATED else tuple(values))
    if found:
        for pk, kind, *values in history.filter(history_date__lt=moment, id__in=list(found)).values_list(*columns):
            found[pk] = None if kind == DELETED else tuple(values)
    return found


def as_before(
    rows: Iterable[tuple[int, tuple[Any, ...]]], changed: dict[int, tuple[Any, ...] | None]
) -> dict[int, tuple[Any, ...]]:
    """Rows of now, by id, with what was changed of them taken back."""
    before = dict(rows) | changed
    return {pk: values for pk, values in before.items() if values is not None}
