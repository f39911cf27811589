"""The pipeline board: a lane for each stage, its most urgent deals first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.business_dates import business_date
from accounts.models import Company
from accounts.money import from_minor
from accounts.roles import Role
from accounts.working_days import WorkingCalendar
from pipeline.board import CARDS, CARDS_AT_MOST, Total, stage_totals, urgency_key, urgent_deals
from pipeline.models import Deal, Outcome, Stage
from pipeline.models.deal import DealQuerySet
from pipeline.past import Moment
from pipeline.views.cards import Card, CardWriter, card_of
from pipeline.views.deal_filters import SHARED, TeamTree, all_stages, narrow, pipeline_options, shared_filters
from pipeline.views.listing import Filter, FilteredPage, FilterRefused
from pipeline.views.moments import look_chip
from pipeline.views.saved_views import views_chip

SHOWN = (
    "name", "amount", "currency", "base_minor", "expected_close_on", "next_step_on", "stage", "stage_entered_at",
    "version", "account__name", "owner__name",
)  # fmt: skip
"""What a card needs of its deal."""


FOLDED = re.compile(r"([0-9]{1,18}(\.[0-9]{1,18}){0,99})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage with its total and its first cards. ``rest``: how many more there are, ``rest_amount``: their sum.

    ``is_folded``: on a wide screen only its head is shown; ``fold_url`` folds it, or opens it again.
    """

    stage: Stage
    chance: Decimal
    total: Total
    cards: list[Card]
    written: SafeString
    amount: Decimal
    weighted: Decimal
    rest: int
    rest_amount: Decimal
    more_url: str
    is_current: bool
    is_folded: bool
    fold_url: str


class BoardPage(FilteredPage):
    """The open deals of one pipeline. ``seen``: from when; None: from now."""

    seen: Moment | None = None

    def filters(self) -> list[Filter]:
        self.stages = all_stages(self.request.user)
        self.teams = TeamTree.of(self.request.user)
        own, *others = shared_filters(self.request.user, self.teams, self.today)
        return [own, Filter("pipeline", _("Pipeline"), pipeline_options(self.stages) or [("", _("none"))]), *others]

    def get(self, request: HttpRequest) -> HttpResponse:
        self.company = Company.current_with_days_off()
        self.today = business_date(timezone.now(), self.company.zone)
        try:
            chosen = self.choose()
            mine = [stage for stage in self.stages if str(stage.pipeline_id) == chosen["pipeline"]]
            current, room = self.opened(mine)
            self.folded = self.folded_stages()
        except FilterRefused as refusal:
            return self.refused(refusal)
        visible = Deal.objects.visible_to(request.user).open().filter(pipeline=chosen["pipeline"] or None)
        rows = narrow(visible, chosen, user=request.user, teams=self.teams, today=self.today)
        lanes = self.lanes(rows, mine, current, room)
        return render(request, "pipeline/board.html", self.context(lanes, chosen))

    def opened(self, stages: list[Stage]) -> tuple[int, int]:
        """The stage that a phone shows (0: the address names none), and how many cards it has room for."""
        names = [("", ""), *((str(stage.pk), stage.name) for stage in stages)]
        sizes = [(str(size), "") for size in range(CARDS, CARDS_AT_MOST + 1, CARDS)]
        stage = Filter("stage", _("Stage"), names).read(self.request.GET.get("stage"))
        return int(stage or 0), int(Filter("cards", _("Cards"), sizes).read(self.request.GET.get("cards")))

    def folded_stages(self) -> frozenset[int]:
        """Stages of which the address says that they are folded, as 3.5; those that are gone are of no account."""
        text = self.request.GET.get("folded", "")
        if not FOLDED.fullmatch(text):
            raise FilterRefused(_("folded: possible are numbers of stages with points between them, such as 3.5."))
        return frozenset(int(pk) for pk in text.split(".") if pk)

    def fold_url(self, stage: Stage) -> str:
        """The board with the stage folded, or opened where it is."""
        pks = sorted(self.folded ^ {stage.pk})
        return self.address(folded=".".join(map(str, pks)), cards="")

    def lanes(self, rows: DealQuerySet, stages: list[Stage], current: int, room: int) -> list[Lane]:
        self.writer = CardWriter(today=self.today, back=self.request.get_full_path())
        totals = stage_totals(rows, stages, today=self.today)
        shown = {stage.pk: self.room_of(stage, current, room) for stage in stages}
        cards = self.cards(urgent_deals(rows, totals, shown, today=self.today), stages)
        open_ones = [stage for stage in stages if stage.outcome == Outcome.OPEN or stage.pk in totals]
        current = current or next((stage.pk for stage in open_ones if cards[stage.pk]), 0)
        if not current and open_ones:
            current = open_ones[0].pk
        return [
            self.lane(stage, totals.get(stage.pk, Total()), cards[stage.pk], is_current=stage.pk == current)
            for stage in open_ones
        ]

    @staticmethod
    def room_of(stage: Stage, current: int, room: int) -> int:
        """How many cards a stage shows: the one that the address opens as many as it says."""
        return room if stage.pk == current else CARDS

    def cards(self, deals: DealQuerySet, stages: Iterable[Stage]) -> dict[int, list[Card]]:
        """The cards by stage, most urgent first."""
        writable = Deal.objects.writable_by(self.request.user).filter(pk=OuterRef("pk"))
        found = deals.select_related("account", "owner").only(*SHOWN).annotate(is_writable=Exists(writable))
        by_id = {stage.pk: stage for stage in stages}
        cards: dict[int, list[Card]] = {pk: [] for pk in by_id}
        base = reverse("pipeline:deal_list")
        calendar = WorkingCalendar.of(self.company)
        for deal in sorted(found, key=lambda deal: urgency_key(deal, self.today)):
            deal.stage = by_id[deal.stage_id]
            cards[deal.stage_id].append(
                card_of(deal, today=self.today, zone=self.company.zone, calendar=calendar, base=base)
            )
        return cards

    def lane(self, stage: Stage, total: Total, cards: list[Card], *, is_current: bool) -> Lane:
        currency = self.company.base_currency
        rest = total.count - len(cards)
        shown = sum(card.deal.base_minor or 0 for card in cards)
        return Lane(
            stage=stage,
            chance=Decimal(stage.probability_bp) / 10_000,
            total=total,
            cards=cards,
            written=self.writer.write(cards),
            amount=total.amount(currency),
            weighted=total.weighted_amount(currency),
            rest=rest,
            rest_amount=from_minor(total.minor - shown, currency),
            more_url=self.more_url(stage, len(cards)) if rest else "",
            is_current=is_current,
            is_folded=stage.pk in self.folded,
            fold_url=self.fold_url(stage),
        )

    def more_url(self, stage: Stage, shown: int) -> str:
        """The board with more cards of that stage; from some hundred on the list."""
        if shown >= CARDS_AT_MOST:
            return f"{reverse('pipeline:deal_list')}?{urlencode({**self.shared(), 'stage': stage.pk})}"
        cards = (shown // CARDS + 1) * CARDS
        return f"{self.address(stage=str(stage.pk), cards=str(cards))}#lane-{stage.pk}"

    def shared(self) -> dict[str, str]:
        """The parts of the address that hold for the list too."""
        return {key: value for key, value in self.request.GET.items() if key in SHARED and value}

    def context(self, lanes: list[Lane], chosen: dict[str, str]) -> dict[str, Any]:
        total = Total()
        for lane in lanes:
            total += lane.total
        currency = self.company.base_currency
        set_filters = [one for one in self.set_filters(chosen) if one.name != "pipeline"]
        at = next((position for position, lane in enumerate(lanes) if lane.is_current), 0)
        query = urlencode(self.shared())
        list_url = reverse("pipeline:deal_list")
        return {
            "lanes": lanes,
            "total": total,
            "amount": total.amount(currency),
            "weighted": total.weighted_amount(currency),
            "currency": currency,
            "today": self.today,
            "chips": [
                *(self.chip(one, chosen[one.name]) for one in self.all_filters),
                views_chip(self.request, "board"),
                look_chip(self.request, self.seen, but=("step",)),
            ],
            "hidden": self.kept_parts(),
            "picker_hidden": [(key, value) for key, value in self.request.GET.items() if key not in {"stage", "cards"}],
            "set_filters": [f"{one.label} {one.words(chosen[one.name])}" for one in set_filters],
            "clear_url": self.address(**{one.name: "" for one in set_filters}) if set_filters else "",
            "list_url": f"{list_url}?{query}" if query else list_url,
            "export_url": f"{list_url}?{urlencode({**self.shared(), 'format': 'csv'})}",
            "previous_url": self.stage_url(lanes, at - 1),
            "next_url": self.stage_url(lanes, at + 1),
            "may_write": self.request.user.role != Role.LEADER,
            "here": self.request.get_full_path(),
        }

    def stage_url(self, lanes: list[Lane], position: int) -> str:
        fits = 0 <= position < len(lanes)
        return self.address(stage=str(lanes[position].stage.pk), cards="") if fits else ""
