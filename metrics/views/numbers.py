from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import Rep
from accounts.money import from_minor
from accounts.roles import Role
from accounts.working_days import WorkingCalendar
from metrics.errors import QuestionRefused
from metrics.evaluate import find_metric
from metrics.pages.addresses import PageQuestion
from metrics.pages.boards import own_board
from metrics.pages.chips import Chips, past_banner
from metrics.pages.own_target import own_target
from metrics.pages.pins import known_pins, pins_of, review_rows
from metrics.pages.reading import Reader
from metrics.pages.team_medians import add_medians
from metrics.pages.tiles import OWN
from metrics.period_names import progress_mark
from metrics.scopes import rep_scope
from metrics.views.own import own_rep
from metrics.views.pages import FigurePage
from pipeline.data_debt import DataDebt, data_debt
from pipeline.models import Channel


class MyNumbersView(FigurePage):
    """The reader's own figures as a rep."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        rep = own_rep(request.user)
        if rep is None:
            if request.user.role in (Role.REP, Role.MANAGER):
                return render(request, "metrics/no_rep.html")
            raise Http404
        scope = rep_scope(rep)
        if request.GET.get("scope", scope.key) != scope.key:
            raise QuestionRefused(
                _("This page has your own figures only. Possible: %(possible)s.") % {"possible": scope.key}, "scope"
            )
        asking = self.question(request, scope=scope)
        reader = Reader(asking)
        pins = known_pins(reader, pins_of(request.user, asking.scope))
        chips = Chips(asking, request)
        board = own_board(reader, [pin.metric for pin in pins] or OWN)
        add_medians(reader, rep, board)
        context = {
            "asking": asking,
            "mark": progress_mark(asking.period, asking.as_of, asking.today, WorkingCalendar.of(asking.company)),
            "filters": chips.bar([chips.period(), *chips.as_of()]),
            "banner": past_banner(asking, chips.address(as_of=None, known_on=None, reported=None)),
            "list_url": asking.address("metrics:metric_list", by=None, where=()),
            **board,
            "target": own_target(reader, rep, calendar=WorkingCalendar.of(asking.company), first=asking.period),
            **debt_of(rep, asking),
            "reviews": review_rows(reader, pins, request.user),
            "here": request.get_full_path(),
        }
        return render(request, "metrics/my_numbers.html", context)


def debt_of(rep: Rep, asking: PageQuestion) -> dict[str, Any]:
    """What open deals lack today, in money; nothing on a page that looks from an earlier day."""
    if asking.is_past:
        return {"debt": None}
    found, currency = data_debt(rep, user=asking.user, today=asking.today), asking.company.base_currency
    parts = [
        {
            "debt": debt,
            "amount": from_minor(debt.minor, currency),
            "metric": {"name": find_metric(debt.gap.metric).name, "url": asking.metric_address(debt.gap.metric)},
            "more": debt.count - len(debt.rows),
        }
        for debt in found.debts
    ]
    channels = Channel.objects.visible_to(asking.user).order_by("name") if "no_channel" in _keys(found) else []
    return {
        "debt": found,
        "debt_amount": from_minor(found.minor, currency),
        "debt_parts": parts,
        "channels": channels,
        "currency": currency,
        "may_write": asking.user.role != Role.LEADER,
    }


def _keys(found: DataDebt) -> set[str]:
    return {debt.gap.key for debt in found.debts}
