"""A figure: the answer to a question, with everything a reader needs to trust it."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.money import minor_digits
from metrics.dimensions import ALL, Member
from metrics.metric import MONEY_UNITS, Metric, Number, Parts
from metrics.numbers import shifted, text_of, wilson
from metrics.question import Question


@dataclass(frozen=True)
class Value:
    """Value and both parts in the metric's unit: money in major units, percent as a fraction. None: not known."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n: int

    def as_json(self) -> dict[str, Any]:
        return {
            "value": text_of(self.value),
            "numerator": text_of(self.numerator),
            "denominator": text_of(self.denominator),
            "n": self.n,
        }


@dataclass(frozen=True)
class MemberValue:
    """One row of a breakdown."""

    member: Member
    value: Value


@dataclass(frozen=True)
class Figure:
    """What ``evaluate`` answers. ``low`` and ``high``: the Wilson 95 % interval of a rate; ``aim``: its target."""

    metric: Metric
    question: Question
    value: Value
    low: Decimal | None
    high: Decimal | None
    currency: str | None
    state: str
    computed_at: datetime.datetime
    previous: "Figure | None" = None
    change: Decimal | None = None
    by: list[MemberValue] | None = None
    run: int | None = None
    aim: Any = None
    restated: bool = False
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The figure as CONTRACT.md section 3 shows it."""
        q = self.question
        answer: dict[str, Any] = {
            "metric": self.metric.slug,
            "version": self.metric.version,
            "period": q.period.name,
            "starts_on": q.period.start.isoformat(),
            "ends_on": q.period.last_day.isoformat(),
            "scope": q.scope.key,
            **{key: text for key, text in self.value.as_json().items() if key == "value"},
            "unit": self.metric.unit,
            **{key: text for key, text in self.value.as_json().items() if key != "value"},
            "low": text_of(self.low),
            "high": text_of(self.high),
            "currency": self.currency,
            "as_of": q.as_of.isoformat(),
            "known_on": q.known_on.isoformat() if q.known_on else None,
            "computed_at": self.computed_at.isoformat(),
            "run": self.run,
            "state": self.state,
            "restated": self.restated,
            "warnings": self.warnings,
            "previous": None,
            "target": self.aim.as_json() if self.aim else None,
        }
        if q.book:
            answer["reported"] = {"period": q.book.name, "frozen_at": q.book.frozen_at.isoformat()}
        if self.previous:
            answer["previous"] = {
                "period": self.previous.question.period.name,
                **self.previous.value.as_json(),
                "change": text_of(self.change),
            }
        if self.by is not None:
            answer["by"] = [
                {"key": row.member.key, "label": row.member.label, **row.value.as_json()} for row in self.by
            ]
        return answer


def dress(metric: Metric, parts: Parts, base_currency: str) -> Value:
    """Parts in minor units and fractions become decimals in the metric's unit."""
    minor = minor_digits(base_currency)
    return Value(
        _major(parts.value, minor if metric.unit in MONEY_UNITS else 0),
        _major(parts.numerator, minor if metric.top_is_money else 0),
        _major(parts.denominator, minor if metric.bottom_is_money else 0),
        parts.n,
    )


def _major(number: Number | None, digits: int) -> Decimal | None:
    return None if number is None else shifted(number, digits)


def interval(metric: Metric, parts: Parts, minor: int = 0) -> tuple[Decimal | None, Decimal | None]:
    """The figure's own interval, or the Wilson interval of a rate of counts; (None, None) for anything else.

    ``minor``: the digits of the base currency's minor unit.
    """
    if parts.bounds is not None:
        digits = minor if metric.unit in MONEY_UNITS else 0
        return _major(parts.bounds[0], digits), _major(parts.bounds[1], digits)
    if not metric.counts_cases or parts.numerator is None:
        return None, None
    bounds = wilson(int(parts.numerator), int(parts.denominator or 0))
    return bounds if bounds else (None, None)


def state_of(q: Question, parts: Parts, *, ahead: bool = False, unripe: int = 0) -> str:
    """final, to_date (the period runs on), maturing (some of it is ``unripe``) or no_data.

    ``ahead``: a period to come has a figure, too.
    """
    if (q.period.start > q.as_of and not ahead) or (parts.value is None and not parts.n):
        return "no_data"
    if q.period.last_day > q.as_of:
        return "to_date"
    return "maturing" if unripe else "final"


def still_maturing(figure: Figure) -> list[str]:
    """What of a period that runs on still matures; that of one that is over stands among the figure's warnings."""
    note = figure.metric.unripe(figure.question).note if figure.state == "to_date" else ""
    return [note] if note else []


__all__ = ["ALL", "Figure", "MemberValue", "Value", "dress", "interval", "state_of", "still_maturing"]
