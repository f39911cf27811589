"""A statement's lines in words and figures, for pages and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor
from metrics.incentives.lines import Line, shown
from metrics.incentives.statements import View
from metrics.incentives.terms import Commission, Component, Terms
from metrics.pay.line_words import line_words
from pipeline.models import Deal

KIND_WORDS = {
    "commission": lambda: _("Commission"), "override": lambda: _("Override"), "spiff": lambda: _("SPIFF"),
    "bonus": lambda: _("Bonus"), "true_up": lambda: _("True-up"), "cap": lambda: _("Cap"), "draw": lambda: _("Draw"),
    "recovery": lambda: _("Recovery"), "adjustment": lambda: _("Adjustment"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A line to show: ``deal_name`` and ``deal_url`` only where the reader may see the deal; texts are written.

    ``text``: how it came about, in the reader's language.
    """

    line: Line
    kind: str
    text: str
    amount: Decimal
    tier: str
    rate: str
    basis: str
    share: str
    deal_name: str = ""
    deal_url: str = ""


@dataclass(frozen=True)
class Block:
    """One statement to show: its view with rows that add up to ``total``, in major units."""

    view: View
    rows: list[Row]
    total: Decimal
    balances: list[tuple[str, Decimal]]
    warnings: list[str]


def blocks_of(views: list[View], user: Any) -> list[Block]:
    """Statements with their lines in words, deals linked for who may see them. One query."""
    ids = {line.deal for view in views for line in view.lines if line.deal}
    deals = {deal.pk: deal for deal in Deal.objects.visible_to(user).filter(pk__in=ids).only("name")} if ids else {}
    return [
        Block(
            view, [row_of(line, view.version.terms, deals) for line in view.lines],
            from_minor(view.total, view.currency),
            [(name, from_minor(minor, view.currency)) for name, minor in sorted(view.balances.items())],
            [line_words(one) for one in view.warnings],
        )
        for view in views
    ]  # fmt: skip


def row_of(line: Line, terms: Terms, deals: Mapping[int, Deal]) -> Row:
    component = next((one for one in terms.components if one.name == line.component), None)
    deal = deals.get(line.deal or 0)
    return Row(
        line, kind_word(line.kind), line_words(line.text), from_minor(line.amount, terms.currency),
        _tier(line, component, terms.currency), _rate(line, component, terms.currency),
        _basis(line, component, terms.currency),
        "" if line.share is None else percent_text(Decimal(shown(line.share) or 0)),
        str(deal) if deal else "", deal.get_absolute_url() if deal else "",
    )  # fmt: skip


def kind_word(kind: str) -> str:
    return KIND_WORDS[kind]() if kind in KIND_WORDS else kind


def percent_text(fraction: Decimal) -> str:
    """A rate or a share with the decimals that it has."""
    exponent = fraction.normalize().as_tuple().exponent
    return formats.percent(fraction, max(0, -int(exponent) - 2))


def level_text(level: Decimal, component: Component | None, currency: str) -> str:
    """From where a step holds: attainment, money or units."""
    if not isinstance(component, Commission) or component.tiers is None:
        return ""
    if component.tiers.by == "attainment":
        return percent_text(level)
    return formats.exact(level) if component.basis == "units" else formats.money(level, currency)


def rate_text(rate: Decimal, component: Component | None, currency: str) -> str:
    """A share of the money, or money for each unit."""
    if isinstance(component, Commission) and component.basis == "units":
        return _("%s a unit") % formats.money(rate, currency, cents=True)
    return percent_text(rate)


def _tier(line: Line, component: Component | None, currency: str) -> str:
    text = "" if line.start is None else level_text(line.start, component, currency)
    return _("from %s") % text if text else ""


def _rate(line: Line, component: Component | None, currency: str) -> str:
    return "" if line.rate is None else rate_text(line.rate, component, currency)


def _basis(line: Line, component: Component | None, currency: str) -> str:
    if line.basis is None:
        return ""
    value = Decimal(shown(line.basis) or 0)
    if isinstance(component, Commission) and component.basis == "units":
        return formats.exact(value)
    return formats.money(value, currency, cents=True)
