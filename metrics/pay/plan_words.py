"""What a plan says, in words."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.roles import Role
from metrics.goals.words import metric_name
from metrics.incentives.terms import Bonus, Commission, Component, Draw, Spiff, Terms, Where
from metrics.known import known_metric
from metrics.pay.statement_rows import kind_word, level_text, percent_text, rate_text
from pipeline.models import Deal

BASIS_WORDS = {
    "amount": lambda: _("the credited amount"), "margin": lambda: _("the credited margin"),
    "units": lambda: _("units sold"), "monthly_amount": lambda: _("the credited monthly amount"),
}  # fmt: skip
UNIT_WORDS = {"month": lambda: _("month"), "quarter": lambda: _("quarter"), "year": lambda: _("year")}

_ROLES, _KINDS = dict(Role.choices), dict(Deal.Kind.choices)


@dataclass(frozen=True)
class Words:
    """A component: its name, kind and what it says, a sentence each."""

    name: str
    kind: str
    lines: tuple[str, ...]


def terms_words(terms: Terms) -> list[Words]:
    """A plan's components in their order."""
    return [Words(one.name, kind_word(one.kind), tuple(_component(one, terms))) for one in terms.components]


def frame_words(terms: Terms) -> list[tuple[str, str]]:
    """Names and values of what holds for the whole plan."""
    to = terms.applies_to
    whose = [
        *to.reps,
        *(_("team %s") % slug for slug in to.teams),
        *(_("role %s") % _ROLES.get(role, role) for role in to.roles),
    ]
    days = _("always") if terms.clawback_days is None else _("within %s days") % formats.number(terms.clawback_days)
    return [
        (_("For"), ", ".join(whose) or _("nobody")),
        (_("Currency"), terms.currency),
        (_("Stated every"), UNIT_WORDS[terms.statement_every]()),
        (_("Adds up over a"), UNIT_WORDS[terms.accumulate]()),
        (_("An undone deal is taken back"), days),
    ]


def _component(one: Component, terms: Terms) -> list[str]:
    match one:
        case Commission():
            return _commission(one, terms)
        case Bonus():
            return _bonus(one, terms)
        case Spiff():
            return _spiff(one, terms)
        case Draw():
            return _draw(one, terms)
    return []


def _commission(one: Commission, terms: Terms) -> list[str]:
    basis, currency = BASIS_WORDS[one.basis](), terms.currency
    whose = _(" of all others in team %s") % one.of_team if one.of_team else ""
    lines = []
    for place, step in enumerate(one.steps):
        words = {"rate": rate_text(step.rate, one, currency), "basis": basis, "whose": whose}
        if one.tiers is None:
            lines.append(_("%(rate)s of %(basis)s%(whose)s") % words)
            continue
        words["from"] = level_text(step.start, one, currency)
        if place + 1 < len(one.steps):
            words["to"] = level_text(one.steps[place + 1].start, one, currency)
            lines.append(_("%(rate)s of %(basis)s%(whose)s from %(from)s to below %(to)s") % words)
        else:
            lines.append(_("%(rate)s of %(basis)s%(whose)s from %(from)s on") % words)
    lines += _tiers(one) + _limits(one, terms) + _where(one.where)
    return lines


def _tiers(one: Commission) -> list[str]:
    if one.tiers is None:
        return []
    lines = []
    if one.tiers.by == "attainment":
        lines.append(_("The steps are shares of the target for %s.") % metric_name(one.tiers.of))
    if one.tiers.is_retroactive:
        lines.append(_("Retroactive: the step that is reached holds for everything so far."))
    else:
        lines.append(_("Marginal: each part is paid at the rate of its own step."))
    return lines


def _limits(one: Commission, terms: Terms) -> list[str]:
    lines, limit = [], one.threshold
    if limit is not None:
        attains = limit.by == "attainment"
        level = percent_text(limit.at) if attains else formats.money(limit.at, terms.currency)
        words = {"level": level}
        if limit.pays_from == "zero":
            lines.append(_("Below %(level)s nothing is paid; from there on everything.") % words)
        else:
            lines.append(_("What lies below %(level)s is never paid.") % words)
    if one.cap is not None:
        lines.append(_cap(one.cap, terms))
    return lines


def _cap(cap: Decimal, terms: Terms) -> str:
    words = {"cap": formats.money(cap, terms.currency), "unit": UNIT_WORDS[terms.accumulate]()}
    return _("At most %(cap)s a %(unit)s.") % words


def _bonus(one: Bonus, terms: Terms) -> list[str]:
    words = {
        "pays": formats.money(one.pays, terms.currency, cents=True), "metric": metric_name(one.metric),
        "every": UNIT_WORDS[one.every](), "n": one.min_n,
        "level": _level(one.metric, one.at_least if one.at_least is not None else one.at_most or Decimal(0)),
    }  # fmt: skip
    if one.at_least is not None:
        return [
            _("%(pays)s each %(every)s in which %(metric)s is at least %(level)s, of at least %(n)s cases.") % words
        ]
    return [_("%(pays)s each %(every)s in which %(metric)s is at most %(level)s, of at least %(n)s cases.") % words]


def _level(slug: str, level: Decimal) -> str:
    """In the metric's unit."""
    metric = known_metric(slug)
    return percent_text(level) if metric is not None and metric.unit == "percent" else formats.exact(level)


def _spiff(one: Spiff, terms: Terms) -> list[str]:
    lines = [_("%s for each deal.") % formats.money(one.per_deal, terms.currency, cents=True)]
    lines.append(
        _("In full to each credited rep.") if one.split == "full" else _("Split by the shares of the credits.")
    )
    if one.cap is not None:
        lines.append(_cap(one.cap, terms))
    return [*lines, *_window(one), *_where(one.where)]


def _draw(one: Draw, terms: Terms) -> list[str]:
    words = {"amount": formats.money(one.amount, terms.currency, cents=True), "every": UNIT_WORDS[one.every]()}
    first = _("At least %(amount)s each %(every)s.") % words
    then = _("Later earnings pay it back.") if one.recoverable else _("It is not paid back.")
    return [first, then, *_window(one)]


def _window(one: Any) -> list[str]:
    lines = []
    if one.first > datetime.date.min:
        lines.append(_("From %s.") % formats.full_day(one.first))
    if one.last < datetime.date.max:
        lines.append(_("Until %s.") % formats.full_day(one.last))
    return lines


def _where(where: Where) -> list[str]:
    named = (
        (_("kind"), [str(_KINDS.get(kind, kind)) for kind in where.deal_kind]), (_("family"), where.product_family),
        (_("product"), where.product), (_("pipeline"), where.pipeline), (_("channel"), where.channel),
    )  # fmt: skip
    parts = [f"{label} {', '.join(values)}" for label, values in named if values]
    return [_("Only %s.") % "; ".join(parts)] if parts else []
