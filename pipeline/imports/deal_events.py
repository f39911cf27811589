"""What a row says about a deal, as events of its history."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from accounts.bulk_rows import insert_objects
from accounts.business_dates import BEGINNING, business_date
from accounts.rates import RateBook
from pipeline.history import Change
from pipeline.imports.deal_state import State
from pipeline.imports.kind import Task
from pipeline.imports.stages import StageBook
from pipeline.models import Deal, DealEvent, DealLine, Outcome, Pipeline, Stage
from pipeline.patches import account_patch, lines_patch, loss_patch, money_patch, opening_patch, rate_patch, stage_patch


@dataclass
class DealWriter:
    """Turns states into events. Stages may be made on the way."""

    task: Task
    stages: StageBook
    rates: RateBook
    tails: dict[int, datetime.date] = field(default_factory=dict)
    """The last day on which anything happened to a stored deal."""
    lines_before: dict[int, list[Any]] = field(default_factory=dict)
    _new_lines: list[DealLine] = field(default_factory=list)

    def day(self, instant: datetime.datetime) -> datetime.date:
        return business_date(instant, self.task.company.zone)

    def money(self, state: State, day: datetime.date | None) -> dict[str, Any]:
        """The amount at the rate of a day; of an unknown day only the base currency has one."""
        return money_patch(
            amount=state.amount,
            currency=state.currency,
            day=day or BEGINNING,
            rates=self.rates,
            company=self.task.company,
        )

    def pipeline_of(self, state: State, deal: Deal | None = None) -> Pipeline:
        if state.stage is not None:
            return state.stage.pipeline
        return state.pipeline or (deal.pipeline if deal else self.stages.pipeline(None))

    # -- new deals

    def opened(self, state: State) -> tuple[Deal, list[DealEvent], DealLine | None]:
        """A new deal, unsaved, with its opening and, where it is closed, its closing event, and the line it names."""
        task, pipeline = self.task, self.pipeline_of(state)
        opened_on = self.day(state.opened_at) if state.opened_at else None
        begins = (
            state.stage if state.stage and state.stage.outcome == Outcome.OPEN else self.stages.first_open(pipeline)
        )
        closes = None if state.outcome == Outcome.OPEN else self._closing_stage(state, pipeline)
        deal = self._deal(state, pipeline, closes or begins)
        line = DealLine(product=state.product, unit_price=state.amount) if state.product else None
        patch = opening_patch(deal, opened_on=opened_on, money=self.money(state, opened_on), stage=begins)
        if closes is not None:
            patch |= stage_patch(begins)
        if line is not None:
            patch |= lines_patch([line])
        events = [self._event(patch, opened_on or BEGINNING, state.opened_at)]
        if closes is not None and state.closed_at is not None:
            events.append(self._event(self._closing_patch(state, closes), self.day(state.closed_at), state.closed_at))
        deal.created_at = task.now
        return deal, events, line

    def _deal(self, state: State, pipeline: Pipeline, stage: Stage) -> Deal:
        names = (
            "name", "external_id", "account", "owner", "channel", "campaign", "outcome", "amount", "currency",
            "opened_at", "closed_at", "expected_close_on", "lost_reason", "kind", "probability", "forecast_category",
        )  # fmt: skip
        return Deal(pipeline=pipeline, stage=stage, **{name: getattr(state, name) for name in names})

    def _event(self, patch: dict[str, Any], on: datetime.date, at: datetime.datetime | None) -> DealEvent:
        task = self.task
        return DealEvent(
            patch=patch, effective_on=on, effective_at=at, recorded_at=task.now, by=task.by, import_run_id=task.run_id
        )

    def _closing_stage(self, state: State, pipeline: Pipeline) -> Stage:
        if state.stage is not None and state.stage.outcome == state.outcome:
            return state.stage
        return self.stages.closing(pipeline, state.outcome)

    def _closing_patch(self, state: State, stage: Stage) -> dict[str, Any]:
        closed_at = state.closed_at or self.task.now
        return {
            **stage_patch(stage, probability_bp=state.probability_bp, category=state.forecast_category),
            "outcome": state.outcome,
            "closed_at": closed_at.isoformat(),
            **self.money(state, self.day(closed_at)),
            **loss_patch(state.lost_reason),
        }

    # -- changed deals

    def load_tails(self, deal_ids: list[int]) -> None:
        rows = DealEvent.objects.filter(deal__in=deal_ids).values_list("deal").annotate(Max("effective_on"))
        self.tails = dict(rows)

    def changed(self, deal: Deal, state: State, changed: set[str]) -> list[Change]:
        """The events that lead from the stored deal to the state."""
        day = state.changed_on or self.task.today
        at = self.task.now if day == self.task.today else None
        patch = self._plain_patch(deal, state, changed)
        changes: list[Change] = []
        if "deleted" in changed:
            patch["deleted"] = None
        if "opened_at" in changed:
            changes.append(self._reopening_day(deal, state))
        if changed & {"amount", "currency"} and not changed & {"outcome", "closed_at"}:
            priced = self.day(deal.closed_at) if deal.closed_at else day
            patch |= self.money(state, priced)
        if {"outcome", "closed_at"} & changed and state.outcome != Outcome.OPEN:
            return changes + self._closed(deal, state, changed, patch)
        if "outcome" in changed:
            patch |= self._reopened_patch(deal, state, day)
        elif "stage" in changed:
            patch |= self._moved_patch(deal, state)
        if patch:
            changes.append(self._change(deal, patch, day, at))
        return changes

    def _plain_patch(self, deal: Deal, state: State, changed: set[str]) -> dict[str, Any]:
        patch: dict[str, Any] = {}
        if "account" in changed:
            patch |= account_patch(state.account)
        if changed & {"probability", "forecast_category"} and not changed & {"stage", "outcome"}:
            bp = state.probability_bp
            patch["probability_bp"] = deal.stage.probability_bp if bp is None else bp
            patch["category"] = state.forecast_category or deal.stage.forecast_category
        if "expected_close_on" in changed:
            patch["expected_close_on"] = state.expected_close_on.isoformat() if state.expected_close_on else None
        if "lost_reason" in changed:
            patch |= loss_patch(state.lost_reason)
        for name in ("owner", "channel", "campaign"):
            if name in changed:
                value = getattr(state, name)
                patch[name] = value.pk if value else None
        patch |= {name: getattr(state, name) for name in ("kind", "name") if name in changed}
        if "product" in changed and state.product is not None:
            patch |= self._line_patch(deal, state)
        return patch

    def _line_patch(self, deal: Deal, state: State) -> dict[str, Any]:
        line = DealLine(deal=deal, product=state.product, unit_price=state.amount)
        self.lines_before[deal.pk] = lines_patch(getattr(deal, "known_lines", []))["lines"]
        self._new_lines.append(line)
        return lines_patch([line])

    def _reopening_day(self, deal: Deal, state: State) -> Change:
        """Another opening day holds from that day on, so that every version knows it."""
        opened_on = self.day(state.opened_at) if state.opened_at else None
        patch = {
            "opened_on": opened_on.isoformat() if opened_on else None,
            "opened_at": state.opened_at.isoformat() if state.opened_at else None,
        }
        return self._change(deal, patch, opened_on or BEGINNING, state.opened_at)

    def _closed(self, deal: Deal, state: State, changed: set[str], patch: dict[str, Any]) -> list[Change]:
        stage = self._closing_stage(state, self.pipeline_of(state, deal))
        closing = {**patch, **self._closing_patch(state, stage)}
        at: datetime.datetime | None = state.closed_at or self.task.now
        day = self.day(state.closed_at or self.task.now)
        if "closed_at" not in changed and state.changed_on and state.changed_on > day:
            # Closed when it was, but with another outcome since: until then it was what it was.
            day, at = state.changed_on, self.task.now if state.changed_on == self.task.today else None
        changes = []
        if "outcome" not in changed and deal.closed_at and self.day(deal.closed_at) < day:
            changes.append(self._change(deal, self._reopened_patch(deal, state, day), self.day(deal.closed_at), None))
        changes.append(self._change(deal, closing, day, at))
        tail = self.tails.get(deal.pk, day)
        if tail > day:
            changes.append(self._change(deal, closing, tail, None))
        return changes

    def _reopened_patch(self, deal: Deal, state: State, day: datetime.date) -> dict[str, Any]:
        is_open = state.stage is not None and state.stage.outcome == Outcome.OPEN
        stage = state.stage if is_open else self._last_open_stage(deal)
        return {
            **stage_patch(stage, probability_bp=state.probability_bp, category=state.forecast_category),  # type: ignore[arg-type]
            "outcome": "open",
            "closed_at": None,
            **loss_patch(None),
            **rate_patch(currency=state.currency, day=day, rates=self.rates, company=self.task.company),
        }

    def _last_open_stage(self, deal: Deal) -> Stage:
        visit = deal.visits.filter(stage__outcome=Outcome.OPEN).select_related("stage").order_by("-pk").first()
        return visit.stage if visit else self.stages.first_open(deal.pipeline)

    def _moved_patch(self, deal: Deal, state: State) -> dict[str, Any]:
        pipeline = self.pipeline_of(state, deal)
        if state.outcome == Outcome.OPEN:
            stage = state.stage or self.stages.first_open(pipeline)
        else:
            stage = self._closing_stage(state, pipeline)
        return stage_patch(stage, probability_bp=state.probability_bp, category=state.forecast_category)

    def _change(self, deal: Deal, patch: dict[str, Any], on: datetime.date, at: datetime.datetime | None) -> Change:
        return Change(deal.pk, patch, on, at, by=self.task.by, import_run_id=self.task.run_id)

    def store_lines(self) -> None:
        """Replace the lines of deals whose product changed."""
        DealLine.objects.filter(deal__in=list(self.lines_before)).delete()
        insert_objects(self._new_lines)
        self._new_lines = []
