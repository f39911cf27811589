"""The table that says why a figure moved, for the page of a metric."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import minor_digits
from metrics.catalogue import METRICS
from metrics.dimensions import ALL, TIME
from metrics.evaluate import compared
from metrics.explain import Effect, explain_levers, explain_ratio, explain_total
from metrics.figure import Figure
from metrics.formulas.derived import Velocity
from metrics.metric import MONEY_UNITS, Metric, Number, Parts, Ratio, Total
from metrics.numbers import decimal_of
from metrics.pages.dimension_words import dimension_word
from metrics.pages.reading import Reader
from metrics.pages.wording import amount_text
from metrics.question import Question

SHOWN = 8
LEVERS = ("open_deals", "win_rate", "average_deal_size", "sales_cycle_length")
_UNSET = Parts(None, None, None, 0)


def explanation(reader: Reader, figure: Figure, by: str) -> dict[str, Any] | None:
    """Rows with the effect of each member on the change against the compared period; None where nothing moved."""
    metric, q = figure.metric, figure.question.whole()
    before = compared(q, reader.asking.compare)
    whole_now, whole_before = metric.parts(q).get(ALL, _UNSET), metric.parts(before).get(ALL, _UNSET)
    if whole_now.value is None or whole_before.value is None or whole_now.value == whole_before.value:
        return None
    change = Fraction(whole_now.value) - Fraction(whole_before.value)
    if isinstance(metric, Velocity):
        return _levers(figure, q, before, change)
    if by in TIME or by in metric.overlaps:
        return None
    effects = _effects(metric, replace(q, by=by), replace(before, by=by), whole_now, whole_before)
    if effects is None:
        return None
    return _table(figure, dimension_word(by), effects, change, with_mix=isinstance(metric, Ratio))


def _effects(
    metric: Metric, q: Question, before: Question, whole_now: Parts, whole_before: Parts
) -> list[Effect] | None:
    match metric:
        case Ratio():
            return explain_ratio(metric.parts(q), metric.parts(before), whole_now, whole_before)
        case Total():
            change = Fraction(whole_now.value or 0) - Fraction(whole_before.value or 0)
            return explain_total(metric.parts(q), metric.parts(before), change)
        case _:
            return None


def _table(figure: Figure, title: str, effects: list[Effect], change: Fraction, *, with_mix: bool) -> dict[str, Any]:
    shown, hidden = effects[:SHOWN], effects[SHOWN:]
    rows = [_row(figure, effect) for effect in shown if effect.total or effect.rate]
    if hidden:
        rest = sum((effect.total for effect in hidden), Fraction(0))
        rows.append({"label": _("All others"), "total": _text(figure, rest), "rate": "", "mix": ""})
    return {"title": title, "rows": rows, "with_mix": with_mix, "total": _text(figure, change)}


def _row(figure: Figure, effect: Effect) -> dict[str, str]:
    label = effect.member.label if effect.member else _("In several of them, or in none")
    parts = {name: "" if part is None else _text(figure, part) for name, part in
             (("rate", effect.rate), ("mix", effect.mix))}  # fmt: skip
    return {"label": label, "total": _text(figure, effect.total), **parts}


def _text(figure: Figure, amount: Number | Fraction) -> str:
    """A difference in the metric's unit with its sign; percentages in points."""
    unit, currency = figure.metric.unit, figure.question.company.base_currency
    digits = minor_digits(currency) if unit in MONEY_UNITS else 0
    size = decimal_of(abs(Fraction(amount)) / 10**digits)
    if unit == "percent":
        size = round(size * 100, 1)
        text = _("%s points") % formats.number(size, 1)
    else:
        text = amount_text(unit, size, currency)
    if not size:
        return text
    return f"+{text}" if amount > 0 else f"−{text}"


def _levers(figure: Figure, q: Question, before: Question, change: Fraction) -> dict[str, Any] | None:
    values: dict[str, tuple[Number | None, Number | None]] = {}
    for slug in LEVERS:
        late, early = (METRICS[slug].parts(asked).get(ALL, _UNSET).value for asked in (q, before))
        turned = slug == LEVERS[-1]
        values[slug] = (_turned(late), _turned(early)) if turned else (late, early)
    shares = explain_levers(values)
    if shares is None:
        return None
    rows = [
        {"label": METRICS[slug].name, "total": _text(figure, change * Fraction(share)), "rate": "", "mix": ""}
        for slug, share in shares.items()
    ]
    return {"title": _("Lever"), "rows": rows, "with_mix": False, "total": _text(figure, change)}


def _turned(value: Number | None) -> Fraction | None:
    return 1 / Fraction(value) if value else None
