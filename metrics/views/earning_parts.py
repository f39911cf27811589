"""Parts of the page of earnings that its address asks for: since when changes are told, which open deals are ticked."""

import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import formats
from accounts.business_dates import day_start
from accounts.money import from_minor
from metrics.errors import QuestionRefused
from metrics.incentives.causes import Cause
from metrics.incentives.parts import SharesRefused
from metrics.incentives.preview import progress_in
from metrics.incentives.statements import Book
from metrics.incentives.stretches import TwoPlansHold
from metrics.pay.changes import change_rows, changes_since
from metrics.pay.earning_words import next_steps
from metrics.pay.earnings import in_major
from metrics.pay.what_if import MOST_LISTED, open_deals, what_if
from metrics.views.pages import read_choice

SINCE = ("yesterday", "week", "month")
TICK = "deal"


def changes_part(request: HttpRequest, book: Book) -> dict[str, Any]:
    """Why pay is another one than at the end of yesterday, a week ago or of last month. Raises QuestionRefused."""
    asked = read_choice(request, "since", SINCE)
    today, zone = book.shared.today, book.shared.company.zone
    firsts = {"yesterday": today, "week": today - datetime.timedelta(days=6), "month": today.replace(day=1)}
    labels = {"yesterday": _("Yesterday"), "week": _("A week ago"), "month": _("End of last month")}
    try:
        found = changes_since(book, day_start(firsts[asked], zone))
    except (TwoPlansHold, SharesRefused) as error:
        raise QuestionRefused(str(error), "since") from error
    others = request.GET.copy()
    others.pop("since", None)
    rest = f"&{others.urlencode()}" if others else ""
    return {
        "since": formats.full_day(firsts[asked] - datetime.timedelta(days=1)),
        "choices": [
            {"label": labels[key], "url": f"?since={key}{rest}#changes-h", "is_current": key == asked} for key in SINCE
        ],
        "rows": change_rows(found, book, request.user),
        "sums": in_major(_sums(found, book)),
    }


def _sums(found: list[Cause], book: Book) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in found:
        currency = book.shared.versions[one.version].terms.currency
        sums[currency] = sums.get(currency, 0) + one.amount
    return sums


def what_if_part(request: HttpRequest, book: Book, now: datetime.datetime) -> dict[str, Any]:
    """The open deals with ticks; what the ticked ones would pay if they were won today. Raises QuestionRefused."""
    listed = list(open_deals(book.rep, request.user)[:MOST_LISTED])
    ticked = set(request.GET.getlist(TICK))
    if unknown := ticked - {str(deal.pk) for deal in listed}:
        raise QuestionRefused(
            _("%(field)s: not an open deal of this list: %(deals)s.")
            % {"field": TICK, "deals": ", ".join(sorted(unknown))[:60]},
            TICK,
        )
    chosen = [deal for deal in listed if str(deal.pk) in ticked]
    part: dict[str, Any] = {
        "rows": [{"deal": deal, "is_ticked": deal in chosen, "amounts": []} for deal in listed], "sums": [],
        "is_asked": bool(chosen), "since": request.GET.get("since", ""),
    }  # fmt: skip
    if not chosen:
        return part
    found = what_if(book, chosen, now=now)
    for row in part["rows"]:
        amounts = [
            (from_minor(one.amount, currency), currency)
            for one in found.parts
            if one.deal == row["deal"].pk
            for currency in [book.shared.versions[one.version].terms.currency]
        ]
        row["amounts"] = amounts
    sums = found.sums()
    part["sums"] = in_major(sums)
    part["steps"] = [
        words
        for slot in found.book.chain.slots
        if slot.period == book.period
        for version in [book.shared.versions[slot.version]]
        for words in next_steps(progress_in(slot, version, found.book.gathered.facts), version.terms)
    ]
    return part
