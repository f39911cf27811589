"""How far a rep is on the steps of a plan, in words."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor, minor_digits, round_half_even
from metrics.incentives.commissions import Progress
from metrics.incentives.lines import shown
from metrics.incentives.terms import Spiff, Terms
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
        words = _("%(component)s: now %(now)s; %(amount)s more until the step that pays %(rate)s")
        now, rate = (rate_text(step.rate, one.component, terms.currency) for step in (one.step, ahead))
        text = words % {"component": one.component.name, "now": now, "amount": amount, "rate": rate}
        tiers = one.component.tiers
        found.append(f"{text}, {_('for all that counts before it too')}" if tiers and tiers.is_retroactive else text)
    return found


def running_spiffs(terms: Terms, today: datetime.date) -> list[str]:
    """What a deal that is won today brings on top, and until when."""
    found = []
    for one in terms.components:
        if isinstance(one, Spiff) and one.first <= today <= one.last:
            amount = formats.money(one.per_deal, terms.currency, cents=True)
            words = _("%(component)s: %(amount)s for each deal that it is for")
            if one.last < datetime.date.max:
                words = _("%(component)s: %(amount)s for each deal that it is for, until %(last)s")
            last = formats.full_day(one.last) if one.last < datetime.date.max else ""
            found.append(words % {"component": one.name, "amount": amount, "last": last})
    return found
