"""What a plan says while it is written: findings, its terms in words, a worked example."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.money import from_minor
from metrics.forms.plan_fields import PlanFieldsForm
from metrics.forms.plans import ExampleForm, finding_text
from metrics.incentives.documents import terms_of
from metrics.incentives.findings import REFUSE, PlanRefused
from metrics.incentives.known_names import known_names
from metrics.incentives.linting import lint
from metrics.incentives.plan_file import parse_document
from metrics.incentives.terms import Terms
from metrics.incentives.worked_example import payouts, worked_example
from metrics.pay.line_words import line_words
from metrics.pay.plan_words import Words, terms_words
from metrics.pay.statement_rows import row_of

SHARES = tuple(Decimal(text) for text in ("0.5", "0.8", "1", "1.2", "1.5"))


@dataclass(frozen=True)
class Payout:
    """What is paid where ``share`` of the target is sold; ``rate`` of what is sold, None where that is no money."""

    share: Decimal
    amount: Decimal
    rate: Decimal | None


@dataclass
class Preview:
    """``refused`` and ``warned`` are findings that stand at no field; ``missing`` and ``wrong`` say how many fields are
    empty yet or have to be mended. ``components`` and ``example`` are of what is not refused; ``is_partial``: that is
    not all."""

    example_form: ExampleForm
    refused: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    components: list[Words] = field(default_factory=list)
    example: dict[str, Any] | None = None
    payouts: list[Payout] = field(default_factory=list)
    is_partial: bool = False
    missing: int = 0
    wrong: int = 0


def preview_of_fields(form: PlanFieldsForm, numbers: Mapping[str, Any], *, day: datetime.date) -> Preview:
    """Of fields: what is wrong stands at them."""
    found = Preview(ExampleForm(numbers))
    found.wrong, found.missing = len(form.errors), form.missing
    found.warned = [one.sentence for one in form.look.others if one.level != REFUSE]
    _tell(found, form.look.sound, day)
    found.is_partial = form.look.terms is None
    return found


def preview_of_text(text: str, numbers: Mapping[str, Any], *, day: datetime.date) -> Preview:
    """``numbers``: amount, so_far and target of the example as texts. A text of any kind is fine."""
    found = Preview(ExampleForm(numbers))
    try:
        terms = terms_of(parse_document(text))
        findings = lint(terms, known_names())
    except PlanRefused as refusal:
        found.refused = [finding_text(one, text) for one in refusal.findings]
        return found
    found.refused = [finding_text(one, text) for one in findings if one.level == REFUSE]
    found.warned = [finding_text(one, text) for one in findings if one.level != REFUSE]
    _tell(found, None if found.refused else terms, day)
    return found


def _tell(found: Preview, terms: Terms | None, day: datetime.date) -> None:
    """Terms in words and the example, once there are terms."""
    if terms is not None:
        found.components = terms_words(terms)
        found.example = example_of(terms, found.example_form, day)
        found.payouts = payouts_of(terms, found.example_form, day)


def payouts_of(terms: Terms, form: ExampleForm, day: datetime.date) -> list[Payout]:
    """What commissions pay at some attainments of the example's target; nothing where it or they are not there."""
    own = [one for one in terms.commissions if not one.of_team]
    target = form.cleaned_data["target"] if form.is_valid() else None
    if not target or not own:
        return []
    in_money = all(one.basis != "units" for one in own)
    found = zip(SHARES, payouts(terms, SHARES, target=target, day=day), strict=True)
    paid = [(share, from_minor(minor, terms.currency)) for share, minor in found]
    return [Payout(share, amount, amount / (share * target) if in_money else None) for share, amount in paid]


def example_of(terms: Terms, form: ExampleForm, day: datetime.date) -> dict[str, Any] | None:
    """What a deal pays by the terms, for pages; None where a number can't be read."""
    if not form.is_valid():
        return None
    found = worked_example(terms, day=day, **form.cleaned_data)
    return {
        "amount": from_minor(found.amount, terms.currency),
        "currency": terms.currency,
        "rows": [row_of(line, terms, {}) for line in found.lines],
        "warnings": [line_words(one) for one in found.warnings],
    }
