"""What a reader should know about a figure: rows that are in the count but not in the money."""

from functools import partial

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from metrics.answers import asked_once
from metrics.books.book import is_versioned, kept_parts
from metrics.measures.measure import Measure
from metrics.metric import Metric
from metrics.question import Question

KEPT = ("deal", "statement")
"""Kinds of records of which it is kept what was known when."""


def warnings_of(metric: Metric, q: Question) -> list[str]:
    """One line for amounts that nobody knows, one for amounts without a rate."""
    whole = q.whole()
    unknown = [line for measure in metric.measures() for line in measure.unknown(whole)]
    if unknown:
        return list(dict.fromkeys(unknown))
    if not metric.reaches(whole):
        return [_("part of this is known of the company only, of no team and no rep")]
    of_deals = [m for m in metric.measures() if m.fact.kind == "deal"]
    money = next((m for m in of_deals if m.money or m.value == "weighted"), None)
    found = [] if money is None else [*asked_once(q, ("money", money.key, whole), lambda: _of_money(money, whole))]
    for measure in metric.measures():
        notes = asked_once(q, ("notes", measure.key, whole), partial(measure.notes, whole))
        found += [note for note in notes if note not in found]
    found += metric.notes(whole)
    if q.book is not None and not is_versioned(metric):
        if kept_parts(metric, q) is None:
            found.append(_("not kept when %(book)s was frozen: shown as it stands today") % {"book": q.book.name})
        else:
            found.append(
                _("only the figure itself is as reported; course, members and records are as they stand today")
            )
    elif q.known_on and any(measure.fact.kind not in KEPT for measure in metric.measures()):
        found.append(_("leads and activities are shown as they stand today; only deals keep what was known when"))
    return found


def _of_money(measure: Measure, q: Question) -> list[str]:
    own = measure.gaps(q)
    if own is not None:
        return own
    # Open and weighted pipeline, say, are sums of the same rows.
    same = ("gaps", id(measure.fact), measure.condition(q), measure.is_shared, q)
    missing, unpriced = asked_once(q, same, partial(_count_gaps, measure, q))
    found = []
    if missing:
        words = ngettext("%(n)s deal without amount", "%(n)s deals without amount", missing)
        found.append(words % {"n": formats.number(missing)})
    if unpriced:
        words = ngettext(
            "%(n)s deal without an exchange rate, not converted",
            "%(n)s deals without an exchange rate, not converted",
            unpriced,
        )
        found.append(words % {"n": formats.number(unpriced)})
    return found


def _count_gaps(measure: Measure, q: Question) -> tuple[int, int]:
    """Rows without an amount, and rows without a rate."""
    unpriced_rows = Q(amount_minor__isnull=False, rate__isnull=True)
    counts = {"missing": Count("pk", filter=Q(amount_minor=None)), "unpriced": Count("pk", filter=unpriced_rows)}
    missing, unpriced = measure.population(q).filter(base_minor__isnull=True).aggregate(**counts).values()
    return missing, unpriced
