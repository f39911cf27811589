"""What the fields of a plan are called, what stands below them, and their choices in words."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from metrics.pay.plan_words import UNIT_WORDS

Word = Callable[[], str]
PickWords = tuple[tuple[str, Word], ...]


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class Label:
    """``hint`` is empty where a field needs none."""

    word: Word
    hint: Word = _nothing


LABELS: dict[str, Label] = {
    "name": Label(lambda: _("Name")),
    "currency": Label(lambda: _("Currency"), lambda: _("A code of three letters, such as EUR.")),
    "statement_every": Label(lambda: _("Pay is stated every")),
    "accumulate": Label(lambda: _("Steps, thresholds and caps add up over a")),
    "clawback_days": Label(
        lambda: _("Days in which an undone deal is taken back"),
        lambda: _("Empty: however late it is undone. 0: never, once it is approved."),
    ),
    "reps": Label(lambda: _("Reps")),
    "teams": Label(lambda: _("Teams")),
    "roles": Label(lambda: _("Roles")),
    "of_team": Label(lambda: _("On what this team is credited")),
    "basis": Label(lambda: _("Paid on")),
    "paid": Label(lambda: _("Paid at")),
    "tiers.by": Label(lambda: _("Steps go by")),
    "tiers.of": Label(lambda: _("Target for")),
    "tiers.mode": Label(lambda: _("Reaching a step")),
    "threshold.pays_from": Label(lambda: _("Threshold")),
    "threshold.at": Label(
        lambda: _("Reached at"), lambda: _("Percent of the target, or an amount where it goes by the amount.")
    ),
    "threshold.by": Label(lambda: _("Threshold goes by")),
    "threshold.of": Label(lambda: _("Threshold’s target for")),
    "cap": Label(lambda: _("Pays at most"), lambda: _("In all, in the time over which it adds up.")),
    "metric": Label(lambda: _("Metric")),
    "side": Label(lambda: _("Earned when it is")),
    "level": Label(lambda: _("Level"), lambda: _("Percentages with their sign: 35%.")),
    "pays": Label(lambda: _("Pays")),
    "every": Label(lambda: _("Every")),
    "min_n": Label(lambda: _("Of at least so many cases")),
    "per_deal": Label(lambda: _("Pays for each deal")),
    "from": Label(lambda: _("From")),
    "to": Label(lambda: _("Until"), lambda: _("Both days included.")),
    "split": Label(lambda: _("A deal of several reps")),
    "amount": Label(lambda: _("Pays at least")),
    "recoverable": Label(lambda: _("Afterwards")),
    "deal_kind": Label(lambda: _("Deal kinds")),
    "product_family": Label(lambda: _("Product families")),
    "product": Label(lambda: _("Products")),
    "pipeline": Label(lambda: _("Pipelines")),
    "channel": Label(lambda: _("Channels")),
}

_UNITS: PickWords = tuple(UNIT_WORDS.items())
PICKS: dict[str, PickWords] = {
    "statement_every": _UNITS[:2],
    "accumulate": (("", lambda: _("as it is stated")), *_UNITS),
    "every": (("", lambda: _("as it is stated")), *_UNITS),
    "basis": (
        ("amount", lambda: _("Amount")), ("margin", lambda: _("Margin")), ("units", lambda: _("Units")),
        ("monthly_amount", lambda: _("Monthly amount")),
    ),
    "paid": (("flat", lambda: _("one rate")), ("tiers", lambda: _("rates in steps"))),
    "tiers.by": (
        ("attainment", lambda: _("Attainment of a target")), ("amount", lambda: _("Amount so far")),
    ),
    "tiers.mode": (
        ("marginal", lambda: _("Marginal: each part is paid at the rate of its own step.")),
        ("retroactive", lambda: _("Retroactive: the step that is reached holds for everything so far.")),
    ),
    "threshold.pays_from": (
        ("", lambda: _("None")),
        ("zero", lambda: _("Below it nothing is paid, from there on everything")),
        ("threshold", lambda: _("What lies below it is never paid")),
    ),
    "threshold.by": (
        ("", lambda: _("as the steps")), ("attainment", lambda: _("Attainment of a target")),
        ("amount", lambda: _("Amount so far")),
    ),
    "side": (("at_least", lambda: _("at least")), ("at_most", lambda: _("at most"))),
    "split": (
        ("share", lambda: _("Split by the shares of the credits")), ("full", lambda: _("In full to each credited rep")),
    ),
    "recoverable": (
        ("true", lambda: _("Later earnings pay it back")), ("false", lambda: _("It is not paid back")),
    ),
}  # fmt: skip


def label_of(key: str) -> str:
    """The field's name; of steps it is told with their number."""
    return LABELS[key].word() if key in LABELS else ""
