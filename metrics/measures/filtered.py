"""A measure limited to some members of its dimensions, whatever else is asked: what metrics made by admins add up."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from metrics.answers import asked_once
from metrics.cells import Cells
from metrics.dimensions import find_values
from metrics.errors import QuestionRefused
from metrics.measures.measure import Measure
from metrics.question import Question

Conditions = tuple[tuple[str, str], ...]
"""Dimensions with the key of a member."""


@dataclass(frozen=True)
class Filtered(Measure):
    """Asks ``inner`` with more in ``where``, so that scopes, sight and as-of are the engine's own.

    A member that is there no more leaves the figure unknown, with a note, where it would count nothing.
    """

    inner: Measure | None = None
    conditions: Conditions = ()

    @property
    def whole(self) -> Measure:
        """The measure that is limited."""
        if self.inner is None:
            raise TypeError(f"{self.key} limits no measure")
        return self.inner

    def _limited(self, q: Question) -> Question:
        return replace(q, where=(*q.where, *self.conditions))

    def _gone(self, q: Question) -> list[tuple[str, str]]:
        """The filters whose member is not there."""
        return [one for one in self.conditions if not asked_once(q, ("member", *one), partial(is_member, *one))]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What the measure can be told apart by besides the columns of its fact."""
        return tuple(getattr(self.whole, "dimensions", ()))

    @property
    def stored_key(self) -> str:
        return self.whole.stored_key

    @property
    def is_stored(self) -> bool:
        """Never: nights store whole measures, and their parts are read from the facts."""
        return False

    @property
    def adds_up(self) -> bool:
        return self.whole.adds_up

    @property
    def is_shared(self) -> bool:
        return self.whole.is_shared

    def leaves(self) -> tuple[Measure, ...]:
        return tuple(limited(leaf, self.conditions) for leaf in self.whole.leaves())

    def sources(self, q: Question) -> list[tuple[Any, str, int]]:
        return self.whole.sources(self._limited(q))

    def reaches(self, q: Question) -> bool:
        return self.whole.reaches(q) and not self._gone(q)

    def notes(self, q: Question) -> list[str]:
        return self.whole.notes(self._limited(q))

    def unknown(self, q: Question) -> list[str]:
        words = _("the filter %(dimension)s = %(member)s finds nothing: there is no such %(what)s")
        return [
            words % {"dimension": dimension, "member": member, "what": dimension.replace("_", " ")}
            for dimension, member in self._gone(q)
        ]

    def gaps(self, q: Question) -> list[str] | None:
        return self.whole.gaps(self._limited(q))

    def covered(self, q: Question) -> bool:
        return self.whole.covered(self._limited(q))

    def cells(self, q: Question) -> Cells:
        return self.whole.cells(self._limited(q))

    def live_cells(self, q: Question) -> Cells:
        return self.whole.live_cells(self._limited(q))

    def population(self, q: Question) -> models.QuerySet[Any]:
        return self.whole.population(self._limited(q))

    def condition(self, q: Question) -> Q:
        return self.whole.condition(self._limited(q))

    def records(self, q: Question) -> Any:
        return self.whole.records(self._limited(q))


def limited(measure: Measure, conditions: Conditions) -> Measure:
    """The measure limited to members; itself without a condition."""
    if not conditions:
        return measure
    told = {field.name: getattr(measure, field.name) for field in fields(Measure)}
    words = ", ".join(f"{dimension.replace('_', ' ')} {member}" for dimension, member in conditions)
    return Filtered(**told | {"key": f"{measure.key}[{words}]"}, inner=measure, conditions=conditions)


def is_member(dimension: str, member: str) -> bool:
    """Whether there is such a member of a dimension; ``unknown`` always is."""
    try:
        return bool(find_values(dimension, member))
    except QuestionRefused:
        return False


def parts_of(measure: Measure) -> tuple[Measure, Iterable[tuple[str, str]]]:
    """A measure without its filters, and its filters."""
    return (measure.whole, measure.conditions) if isinstance(measure, Filtered) else (measure, ())
