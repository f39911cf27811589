"""How far a rep is on the steps of a plan, in words."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor, minor_digits, round_half_even
from metrics.incentives.commissions import Progress
from metrics.incentives.lines import shown
from metrics.incentives.terms import Terms
from metrics.pay.statement_rows import rate_text


def next_steps(progress: Iterable[Progress], terms: Terms) -> list[str]:
    """For each component with a step ahead: what is lacking for it, and the rate that it pays."""
    found = []
    for one in progress:
        step = one.next_step
        if step is None:
            continue
        lacking, ahead = step
        if one.component.basis == "units":
            amount = formats.exact(Decimal(shown(lacking) or 0))
        else:
            minor = round_half_even(lacking * 10 ** minor_digits(terms.currency))
            amount = formats.money(from_minor(minor, terms.currency), terms.currency, cents=True)
        words = _("%(component)s: %(amount)s more until the step that pays %(rate)s")
        rate = rate_text(ahead.rate, one.component, terms.currency)
        found.append(words % {"component": one.component.name, "amount": amount, "rate": rate})
    return found
