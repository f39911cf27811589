"""A metric's formula with the figures of a question put in, each of them a link to what it stands for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import formats
from metrics.catalogue import METRICS
from metrics.figure import Figure
from metrics.forecasting.metrics import Expected, Judgement
from metrics.formulas.coverage import Coverage
from metrics.formulas.derived import Growth, Velocity
from metrics.formulas.economics import Economic
from metrics.formulas.shares import Reduction
from metrics.measures.capacity import PerCapacity
from metrics.measures.words import words_of
from metrics.metric import Metric, Quantile, Ratio, Total
from metrics.pages.reading import Reader
from metrics.pages.wording import amount_text, figure_text, part_texts
from metrics.period_names import compared_title, period_title

COUNTED_BY = {
    "won": "deals_won", "won_money": "won_revenue", "closed": "deals_closed", "leads": "leads_created",
    "open_deals": "open_deals", "activities": "activities_logged", "won_sized_money": "won_revenue",
}  # fmt: skip
"""The metric that shows a measure alone; the parts of others link to the records of their own metric."""


@dataclass(frozen=True)
class Part:
    """A figure of a formula with the word below it; an ``op`` stands alone."""

    text: str = ""
    label: str | Promise = ""
    url: str = ""
    op: str = ""
    is_result: bool = False


def part_words(metric: Metric) -> tuple[str | Promise, str | Promise]:
    """What numerator and denominator are, for heads of columns; empty where the metric has none."""
    match metric:
        case Reduction():
            return words_of("line_discount"), words_of(metric.bottom.key)
        case Ratio():
            return words_of(metric.top.key), words_of(metric.bottom.key)
        case Growth():
            return _("difference"), _("period before")
        case PerCapacity():
            return words_of(metric.of.key), metric.per
        case Economic():
            return metric.words
        case Judgement():
            return _("forecast less actual") if metric.signed else _("actual less what was missed"), _("won")
        case Coverage():
            return words_of(metric.due.key), _("missing to the target")
        case Velocity():
            return _("money to come"), _("days of a cycle")
        case _:
            return "", ""


def formula(reader: Reader, figure: Figure, records_url: str) -> list[Part]:
    """Name = part op part = result."""
    result = figure_text(figure.metric, figure.value, figure.question.company.base_currency)
    parts = _parts(reader, figure, records_url)
    tail = [Part(op="="), Part(text=result, is_result=True)] if len(parts) > 1 else []
    return [Part(text=str(figure.metric.name), is_result=True), Part(op="="), *parts, *tail] if parts else []


def _parts(reader: Reader, figure: Figure, records_url: str) -> list[Part]:
    metric, value = figure.metric, figure.value
    if value.value is None and value.denominator is None:
        return []
    match metric:
        case Total():
            label = _("%(what)s · n %(n)s") % {"what": words_of(metric.of.key), "n": formats.number(value.n)}
            return [Part(_total_text(figure), label, records_url)]
        case Quantile():
            label = _("median of %(n)s %(what)s") % {"n": formats.number(value.n), "what": words_of(metric.of.key)}
            currency = figure.question.company.base_currency
            return [Part(figure_text(metric, value, currency), label, records_url)]
        case Expected():
            return [Part(_total_text(figure), _("forecast"), records_url)]
        case Velocity():
            return _velocity(reader, figure)
        case Growth():
            return _growth(reader, figure)
        case _:
            return _divided(reader, figure, records_url)


def _total_text(figure: Figure) -> str:
    return figure_text(figure.metric, figure.value, figure.question.company.base_currency)


def _divided(reader: Reader, figure: Figure, records_url: str) -> list[Part]:
    top, bottom = part_texts(figure.metric, figure.value, figure.question.company.base_currency)
    upper, lower = part_words(figure.metric)
    measures = [metric.top, metric.bottom] if isinstance(metric := figure.metric, Ratio) else metric.measures()
    keys = [measure.key for measure in measures]
    return [
        Part(top, upper, (_address(reader, figure, keys[0]) if keys else "") or records_url),
        Part(op="÷"),
        Part(bottom, lower, (_address(reader, figure, keys[1]) if len(keys) > 1 else "") or records_url),
    ]


def _address(reader: Reader, figure: Figure, key: str) -> str:
    """The page of the metric that shows a measure alone; empty when there is none."""
    slug, where = COUNTED_BY.get(key, ""), figure.question.where
    if not slug or any(dimension not in METRICS[slug].dimensions for dimension, _member in where):
        return ""
    return reader.asking.metric_address(slug, where=where)


def _growth(reader: Reader, figure: Figure) -> list[Part]:
    metric, value = figure.metric, figure.value
    if not isinstance(metric, Growth) or value.numerator is None or value.denominator is None:
        return []
    currency = figure.question.company.base_currency
    q = figure.question
    before = metric.previous(q).period
    then = compared_title(before, q.period, q.period.previous())
    now_text = amount_text("money", value.numerator + value.denominator, currency)
    before_text = amount_text("money", value.denominator, currency)
    slug, where = metric.of.slug, q.where
    was = Part(before_text, then, reader.asking.metric_address(slug, period=before.name, where=where))
    return [
        Part(op="("),
        Part(now_text, period_title(q.period), reader.asking.metric_address(slug, where=where)),
        Part(op="−"),
        was,
        Part(op=") ÷"),
        was,
    ]


def _velocity(reader: Reader, figure: Figure) -> list[Part]:
    names = ("open_deals", "win_rate", "average_deal_size", "sales_cycle_length")
    parts: list[Part] = []
    for slug, op in zip(names, ("×", "×", "÷", ""), strict=True):
        part = reader.figure(slug, scope=figure.question.scope, where=figure.question.where)
        text = figure_text(part.metric, part.value, figure.question.company.base_currency)
        parts.append(Part(text, part.metric.name, reader.asking.metric_address(slug, where=figure.question.where)))
        parts += [Part(op=op)] if op else []
    return parts
