"""Metrics made by admins: registered measures, filters and an operator, put together and checked as the catalogue is.

A definition is data, never code: ``compose`` makes the same kinds of metrics of it that the catalogue declares.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.sentences import mid_sentence
from metrics.catalogue import METRICS
from metrics.catalogue.operators import OPERATORS
from metrics.checks import BETTER, problems_of
from metrics.dimensions import TIME, UNKNOWN
from metrics.errors import QuestionRefused
from metrics.fingerprints import fingerprint
from metrics.formulas.standing import StandingRatio
from metrics.measures.combined import Across
from metrics.measures.filtered import Conditions, is_member, limited
from metrics.measures.registered import Block, blocks, is_part
from metrics.measures.words import words_of
from metrics.metric import Metric, Ratio, Total

OPERATIONS = ("growth", "share", "moving_average", "trend")
"""Operators that a definition may end with. Those that need a target or a benchmark work on any metric by its slug."""
MOST_FILTERS = 5
SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_SLUG = 40
SHOWN_AS = ("percent", "ratio")


@dataclass(frozen=True, kw_only=True)
class Composition:
    """A definition: the measure ``top``, divided by ``bottom`` where one is named, each with its filters.

    ``shown_as``: percent or ratio, of two sides in one unit. ``dimensions`` empty: all that both sides carry.
    """

    slug: str
    name: str
    meaning: str
    better: str = "higher"
    version: int = 1
    top: str
    top_where: Conditions = ()
    bottom: str = ""
    bottom_where: Conditions = ()
    shown_as: str = ""
    operator: str = ""
    dimensions: tuple[str, ...] = ()


def compose(told: Composition) -> Metric:
    """The metric of a definition. Raises QuestionRefused with the field and what is possible.

    Whether the members of its filters are there is not asked: one that is gone later makes the figure unknown.
    """
    for field in ("name", "meaning"):
        if not getattr(told, field).strip():
            raise QuestionRefused(_("Say it in words; it may not be empty."), field)
    _choice(told.better, BETTER, "better")
    metric = _divided(told) if told.bottom else _total(told)
    if told.operator:
        metric = _operated(told, metric)
    problems = list(problems_of(metric))
    if problems:
        raise QuestionRefused(" ".join(problems).capitalize(), "top")
    return metric


def check_slug(slug: str, taken: Iterable[str] = ()) -> None:
    """Refuse what is no slug, and one that a metric, an operator or another definition has."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        message = _("Small letters, digits and single _ between them, at most %(most)s, such as web_win_rate.") % {
            "most": LONGEST_SLUG
        }
        raise QuestionRefused(message, "slug")
    if slug in METRICS or slug in OPERATORS:
        raise QuestionRefused(
            _("“%(slug)s” is a metric or an operator of the catalogue; take another name.") % {"slug": slug}, "slug"
        )
    if slug in taken:
        raise QuestionRefused(_("“%(slug)s” is taken by another metric.") % {"slug": slug}, "slug")


def check_members(told: Composition) -> None:
    """Refuse a filter whose member is not there."""
    for field in ("top_where", "bottom_where"):
        for dimension, member in getattr(told, field):
            if not is_member(dimension, member):
                words = dimension.replace("_", " ")
                message = _("“%(member)s” is no %(words)s here. Possible are those that exist, and %(unknown)s.") % {
                    "member": member[:60],
                    "words": words,
                    "unknown": UNKNOWN.key,
                }
                raise QuestionRefused(message, field)


def is_same_arithmetic(one: Composition, other: Composition) -> bool:
    """Whether both come to the same figures; words and the dimensions offered are no part of it."""
    return fingerprint(compose(one)) == fingerprint(compose(other))


def _choice(value: str, possible: Sequence[str], field: str) -> None:
    if value not in possible:
        raise QuestionRefused(
            _("“%(value)s” is not possible. Possible: %(possible)s.")
            % {"value": value[:60], "possible": ", ".join(possible)},
            field,
        )


def _side(key: str, where: Conditions, field: str) -> Block:
    """A registered measure with its filters."""
    _choice(key, list(blocks()), field)
    block = blocks()[key]
    if len(where) > MOST_FILTERS:
        raise QuestionRefused(_("At most %(most)s filters.") % {"most": MOST_FILTERS}, f"{field}_where")
    for dimension, _member in where:
        if dimension not in block.filters:
            possible = ", ".join(block.filters) or _("none")
            what = _("%(measure)s can’t be limited by “%(dimension)s”. Possible: %(possible)s.") % {
                "measure": words_of(key),
                "dimension": dimension[:60],
                "possible": possible,
            }
            raise QuestionRefused(what, f"{field}_where")
    if len({dimension for dimension, _member in where}) < len(where):
        raise QuestionRefused(_("Each dimension once: a record has one member of it."), f"{field}_where")
    return replace(block, measure=limited(block.measure, where))


def _total(told: Composition) -> Metric:
    top = _side(told.top, told.top_where, "top")
    if told.bottom_where:
        raise QuestionRefused(_("Filters of nothing: choose what to divide by first."), "bottom_where")
    if told.shown_as:
        raise QuestionRefused(_("Only a ratio is shown as a percentage or a ratio."), "shown_as")
    return Total(
        **_words(told, [top], str(words_of(top.measure.key))),
        unit=top.unit, of=top.measure, scale=top.scale, level=top.is_level,
    )  # fmt: skip


def _divided(told: Composition) -> Metric:
    top, bottom = _side(told.top, told.top_where, "top"), _side(told.bottom, told.bottom_where, "bottom")
    for field, side in (("top", top), ("bottom", bottom)):
        if side.scale > 1:
            raise QuestionRefused(
                _("%(measure)s can’t be part of a ratio.") % {"measure": words_of(side.measure.key)}, field
            )
    unit = _ratio_unit(told, top, bottom)
    kind: type[Ratio] = Ratio if _same_fact(top, bottom) else Across
    if top.is_level or bottom.is_level:
        kind = StandingRatio
    text = f"{words_of(top.measure.key)} / {words_of(bottom.measure.key)}"
    return kind(**_words(told, [top, bottom], text), unit=unit, top=top.measure, bottom=bottom.measure)


def _same_fact(top: Block, bottom: Block) -> bool:
    facts = {id(leaf.fact) for side in (top, bottom) for leaf in side.measure.leaves()}
    return len(facts) == 1


def _ratio_unit(told: Composition, top: Block, bottom: Block) -> str:
    if top.unit != bottom.unit:
        if bottom.unit != "count":
            message = _("%(bottom)s are no number of records; divide by records, or like by like.") % {
                "bottom": words_of(bottom.measure.key)
            }
            raise QuestionRefused(message, "bottom")
        if told.shown_as:
            raise QuestionRefused(_("The result is in %(unit)s; leave it empty.") % {"unit": top.unit}, "shown_as")
        return top.unit
    _choice(told.shown_as or "ratio", SHOWN_AS, "shown_as")
    across = not _same_fact(top, bottom) and not (top.is_level or bottom.is_level)
    if told.shown_as == "percent" and top.unit == "count" and not across and not _is_share(told):
        message = _("%(top)s are no part of %(bottom)s. Possible: ratio.") % {
            "top": words_of(top.measure.key),
            "bottom": words_of(bottom.measure.key),
        }
        raise QuestionRefused(message, "shown_as")
    return told.shown_as or "ratio"


def _is_share(told: Composition) -> bool:
    """Whether all records of the top are among those of the bottom."""
    known = blocks()
    return set(told.bottom_where) <= set(told.top_where) and is_part(
        known[told.top].measure, known[told.bottom].measure
    )


def _words(told: Composition, sides: list[Block], formula: str) -> dict[str, Any]:
    """What every kind of metric declares."""
    carried = [name for name in sides[0].dimensions if all(name in side.dimensions for side in sides)]
    for name in told.dimensions:
        if name not in carried:
            message = _("“%(name)s” is not carried by all of it. Possible: %(possible)s.")
            raise QuestionRefused(message % {"name": name[:60], "possible": ", ".join(carried)}, "dimensions")
    dates = dict.fromkeys(str(side.date) for side in sides)
    kept = [name for name in carried if name in told.dimensions or name in TIME] if told.dimensions else carried
    return {
        "slug": told.slug,
        "name": told.name,
        "version": told.version,
        "better": told.better,
        "group": sides[0].home.group,
        "timing": sides[0].home.timing,
        "dimensions": tuple(kept),
        "help": told.meaning,
        "formula": formula,
        "date": "; ".join(dates),
        "example": formula,
        "cohort": any(side.cohort for side in sides),
        "overlaps": tuple(dict.fromkeys(name for side in sides for name in side.overlaps)),
    }


def _operated(told: Composition, metric: Metric) -> Metric:
    _choice(told.operator, OPERATIONS, "operator")
    operator = OPERATORS[told.operator]
    text = f"{mid_sentence(operator.name)}: {metric.formula}"
    return replace(
        operator.on(metric), slug=told.slug, name=told.name, version=told.version, better=told.better,
        group=metric.group, help=told.meaning, formula=text, date=metric.date, example=text,
    )  # fmt: skip
