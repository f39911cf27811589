"""The list, the board and the page of deals as they were on an earlier day."""

from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.keyset import KeysetPage, Sort
from accounts.money import from_minor
from accounts.working_days import WorkingCalendar
from pipeline.board import Total
from pipeline.deal_changes import deal_changes
from pipeline.models import Deal, DealVersion, ForecastCategory, Outcome, Stage, StageVisit
from pipeline.models.history import DealVersionQuerySet
from pipeline.past import JOINED, Moment, deal_then, entered_stages, versions_at
from pipeline.stage_path import stage_path
from pipeline.timeline import past_query, past_timeline
from pipeline.views.board import BoardPage, Lane
from pipeline.views.cards import CardWriter, card_of
from pipeline.views.deal_filters import TeamTree, closing
from pipeline.views.deals import DealListView, credits_of, weighted_amount
from pipeline.views.listing import Column, Filter, FilterRefused
from pipeline.views.moments import PastPage, look_chip, past_banner


def narrow_past(
    rows: DealVersionQuerySet, chosen: dict[str, str], *, user: Any, teams: TeamTree, moment: Moment
) -> DealVersionQuerySet:
    """The versions that the filters of board and list leave: owner and team as they were."""
    if owner := chosen["owner"]:
        rows = rows.filter(owner__user=user) if owner == "me" else rows.filter(owner=int(owner))
    if team := chosen.get("team"):
        rows = rows.filter(team__in=teams.ids(team))
    if closes := chosen["closes"]:
        rows = rows.filter(closing(closes, moment.day))
    if text := chosen["q"]:
        rows = rows.filter(Q(deal__name__icontains=text) | Q(account__name__icontains=text))
    return rows


class PastDeals(PastPage):
    """What the pages of deals share that look at the past."""

    def visible(self, moment: Moment) -> DealVersionQuerySet:
        return versions_at(moment, Deal.objects.visible_to(self.request.user))  # type: ignore[arg-type]

    def without_steps(self, filters: list[Filter]) -> list[Filter]:
        """Next steps keep no history, so nothing can be asked by them."""
        if self.request.GET.get("step"):
            raise FilterRefused(_("step: the next steps of deals keep no history; possible only without as_of."))
        return [one for one in filters if one.name != "step"]


class PastDealListView(PastDeals, DealListView):
    """The list of deals as of a day, with the same columns in its file."""

    sorts: ClassVar = {
        "close": (gettext_lazy("expected close"), Sort("expected_close_on")),
        "amount": (gettext_lazy("amount"), Sort("base_minor", down=True)),
        "name": (gettext_lazy("name"), Sort("deal__name")),
        "closed": (gettext_lazy("last closed"), Sort("closed_on", down=True)),
    }
    columns: ClassVar = [
        Column(column.header, lambda version, read=column.read: read(_deal_once(version)))
        for column in DealListView.columns
    ]

    def filters(self) -> list[Filter]:
        self.seen = self.moment()
        return self.without_steps(super().filters())

    def rows(self, chosen: dict[str, str]) -> QuerySet[DealVersion]:  # type: ignore[override]
        rows = self.visible(self.seen)
        if chosen["outcome"] != "all":
            rows = rows.filter(outcome=chosen["outcome"])
        if chosen["pipeline"]:
            rows = rows.filter(pipeline=int(chosen["pipeline"]))
        if chosen.get("stage"):
            rows = rows.filter(stage=int(chosen["stage"]))
        rows = narrow_past(rows, chosen, user=self.request.user, teams=self.teams, moment=self.seen)
        return rows.select_related(*JOINED)

    def page(self, found: KeysetPage[DealVersion], chosen: dict[str, str]) -> dict[str, Any]:  # type: ignore[override]
        deals = [_deal_once(version) for version in found.rows]
        entered_stages(deals, self.seen)
        context = super().page(KeysetPage(deals, found.before, found.after), chosen)
        for deal in deals:
            deal.url = f"{deal.url}?{urlencode(self.seen.parts())}"  # type: ignore[attr-defined]
        return {
            **context,
            "rows": deals,
            "is_past": True,
            "may_write": False,
            "banner": past_banner(self.request, self.seen),
        }


def _deal_once(version: DealVersion) -> Deal:
    """The deal as it was; the same object however often it is asked for."""
    if not hasattr(version, "_then"):
        version._then = deal_then(version)  # type: ignore[attr-defined]
    return version._then  # type: ignore[attr-defined,no-any-return]


class PastBoardPage(PastDeals, BoardPage):
    """The board as of a day: open deals by the stage in which they were, the next to close first."""

    def filters(self) -> list[Filter]:
        return self.without_steps(super().filters())

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            self.seen = self.moment()
            self.company, self.today = self.seen.company, self.seen.day
            chosen = self.choose()
            mine = [stage for stage in self.stages if str(stage.pipeline_id) == chosen["pipeline"]]
            current, room = self.opened(mine)
            self.folded = self.folded_stages()
        except FilterRefused as refusal:
            return self.refused(refusal)
        rows = self.visible(self.seen).filter(outcome=Outcome.OPEN, pipeline=chosen["pipeline"] or None)
        rows = narrow_past(rows, chosen, user=request.user, teams=self.teams, moment=self.seen)
        lanes = self.past_lanes(rows, mine, current, room)
        context = self.context(lanes, chosen)
        context |= {"may_write": False, "banner": past_banner(request, self.seen), "is_past": True}
        return render(request, "pipeline/board.html", context)

    def past_lanes(self, rows: DealVersionQuerySet, stages: list[Stage], current: int, room: int) -> list[Lane]:
        self.writer = CardWriter(today=self.today, back="", is_past=True)
        totals = past_totals(rows)
        open_ones = [stage for stage in stages if stage.outcome == Outcome.OPEN or stage.pk in totals]
        current = current or next((stage.pk for stage in open_ones if stage.pk in totals), 0)
        if not current and open_ones:
            current = open_ones[0].pk
        base, parts = reverse("pipeline:deal_list"), f"?{urlencode(self.seen.parts())}"
        calendar = WorkingCalendar.of(self.company)
        lanes = []
        for stage in open_ones:
            shown = []
            if stage.pk in totals:
                order = (F("expected_close_on").asc(nulls_last=True), "deal")
                versions = rows.filter(stage=stage.pk).select_related(*JOINED).order_by(*order)
                shown = [deal_then(version) for version in versions[: self.room_of(stage, current, room)]]
            for deal in shown:
                deal.is_writable = False  # type: ignore[attr-defined]
            entered_stages(shown, self.seen)
            cards = [
                card_of(deal, today=self.today, zone=self.company.zone, calendar=calendar, base=base, end=parts)
                for deal in shown
            ]
            is_current = stage.pk == current
            lanes.append(self.lane(stage, totals.get(stage.pk, Total()), cards, is_current=is_current))
        return lanes


def past_totals(rows: DealVersionQuerySet) -> dict[int, Total]:
    """The total of each stage by its id, each deal at the chance that it had then. One query."""
    totals: dict[int, Total] = {}
    groups = rows.order_by().values_list("stage", "category", "probability_bp")
    for stage, category, chance, deals, priced, minor in groups.annotate(
        Count("pk"), Count("base_minor"), Sum("base_minor")
    ):
        weight = Decimal(0) if category == ForecastCategory.OMITTED else Decimal(chance) / 10_000
        total = totals.setdefault(stage, Total())
        total += Total(deals, minor or 0, (minor or 0) * weight, deals - priced)
    return totals


class PastDealView(PastDeals, View):
    """The page of a deal as it was on a day."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = get_object_or_404(Deal.objects.visible_to(request.user), pk=pk)
        try:
            moment = self.moment()
        except FilterRefused as refusal:
            return self.refused_day(refusal)
        version = self.visible(moment).filter(deal=pk).select_related(*JOINED).first()
        chips = [look_chip(request, moment)]
        note = _("When next steps are due is as it stands today: putting them off keeps no history.")
        context: dict[str, Any] = {"banner": past_banner(request, moment, note), "chips": chips}
        if version is None:
            text = _("The deal was not open on that day, or nobody knew of it.")
            return render(
                request,
                "pipeline/record_absent.html",
                {"title": deal.name, "icon": "briefcase", "text": text, **context},
            )
        return render(request, "pipeline/deal_past.html", {**context, **self.about(version, moment)})

    def about(self, version: DealVersion, moment: Moment) -> dict[str, Any]:
        user, company = self.request.user, moment.company
        deal = deal_then(version)
        deal.is_writable = False  # type: ignore[attr-defined]
        events = deal.events.filter(effective_on__lte=moment.day).select_related("by").order_by("pk")
        if moment.known_at:
            events = events.filter(recorded_at__lte=moment.known_at)
        known: dict[str, Any] = {}
        for event in events:
            known |= event.patch
        deal.name, deal.competitor = known.get("name") or deal.name, known.get("competitor") or ""
        changes = deal_changes(deal, user=user, company=company, events=list(events))
        timeline = past_timeline(deal, moment, user=user, moments=changes.entries)
        minor, currency = version.base_minor, company.base_currency
        return {
            "deal": deal,
            "now": moment.now,
            "today": moment.day,
            **timeline,
            "past_query": past_query(moment),
            "currency": currency,
            "base_amount": None if minor is None else from_minor(minor, currency),
            "weighted": weighted_amount(deal),
            "chance": Decimal(deal.effective_probability_bp) / 10_000,
            "category": dict(ForecastCategory.choices)[deal.effective_category],
            "slips": changes.slips,
            "path": self.path(deal, moment),
            "products": [
                {
                    "name": row.product,
                    "amount": None if row.base_minor is None else from_minor(row.base_minor, currency),
                }
                for row in version.products.select_related("product").order_by("pk")
                if row.product
            ],
            "credits": credits_of(version),
            "board_url": f"{reverse('pipeline:board')}?{urlencode({'pipeline': deal.pipeline_id, **moment.parts()})}",
        }

    def path(self, deal: Deal, moment: Moment) -> list[Any]:
        stages = Stage.objects.visible_to(self.request.user).filter(pipeline=deal.pipeline_id)
        visits = []
        if not moment.known_on:
            rows = StageVisit.objects.filter(deal=deal.pk).exclude(entered_at__gte=moment.end)
            visits = list(rows.order_by("pk"))
        for visit in visits:
            if visit.left_at and visit.left_at >= moment.end:
                visit.left_at = None
        ordered = list(stages.order_by("position", "pk"))
        return stage_path(deal, ordered, visits, zone=moment.company.zone, now=moment.now)
