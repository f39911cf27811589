"""Deals: what a file says about each is turned into events of its history."""

import datetime
from collections import Counter
from decimal import Decimal
from typing import Any, ClassVar

from accounts.bulk_rows import insert_objects, update_objects
from accounts.business_dates import business_date, day_start
from accounts.memberships import TeamHistory
from accounts.money import MoneyError, convert_minor, to_minor
from accounts.rates import RateBook
from pipeline.history import append_changes, queue_neighbours
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.customers import text_of
from pipeline.imports.deal_events import DealWriter
from pipeline.imports.deal_state import State, lines_of, recall_leads
from pipeline.imports.kind import CREATED, UNCHANGED, UPDATED, Column, Columns, Item, Kind, Row, one_of
from pipeline.imports.ledger import plain
from pipeline.imports.stages import StageBook
from pipeline.models import Deal, ForecastCategory, Outcome
from pipeline.replay import History, store_histories

LARGEST = 2**63 - 1
COUNTED = {
    "amount": "amount missing: {} deals",
    "opened_at": "opened_at missing: {} deals have an unknown start and are in no figure by creation date",
    "account": "account missing: {} deals",
    "owner": "owner missing: {} deals",
}


long_text, key_text = text_of(300), text_of(200)


class Deals(Kind):
    name = "deals"
    columns: ClassVar[Columns] = {
        "name": Column(long_text, required=True),
        "account": Column(shelf="accounts"),
        "owner": Column(shelf="reps"),
        "pipeline": Column(key_text, keeps=True, about="default: the only one"),
        "stage": Column(key_text, keeps=True),
        "outcome": one_of(Outcome.values, keeps=True, about="open, won, lost; default: the stage's"),
        "amount": Column(Reader.decimal, about="empty: not known"),
        "currency": Column(Reader.currency, keeps=True, about="default: the company's"),
        "opened_at": Column(Reader.instant, about="empty: unknown start"),
        "expected_close_on": Column(Reader.day),
        "closed_at": Column(Reader.instant, about="required for won and lost"),
        "lost_reason": Column(shelf="lost_reasons"),
        "channel": Column(shelf="channels"),
        "campaign": Column(shelf="campaigns"),
        "product": Column(shelf="products", keeps=True, about="one line of quantity 1 at the amount"),
        "kind": one_of(Deal.Kind.values, keeps=True),
        "probability": Column(Reader.fraction, about="0 to 1; empty: the stage's"),
        "forecast_category": one_of(ForecastCategory.values, empty=""),
        "changed_on": Column(Reader.day, about="since when a change holds; default: now"),
        "external_id": Column(key_text, keeps=True),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self.stages = StageBook(may_create="stages" in task.mapping.create_missing)
        self._missing: Counter[str] = Counter()
        self._unpriced: Counter[str] = Counter()
        self._rates: RateBook | None = None
        self._currencies: set[str] = set()

    # -- checking

    def check(self, rows: list[Row]) -> list[Item]:
        items = self.parse(rows)
        self._load_rates({item.values["currency"] for item in items if "currency" in item.values})
        known = self._load(items)
        return [item for item in items if self._place(item, known)]

    def _load_rates(self, currencies: set[str]) -> None:
        if self._rates is None or not currencies <= self._currencies:
            self._currencies |= currencies
            self._rates = RateBook.load(self._currencies, self.task.company)

    @property
    def rates(self) -> RateBook:
        if self._rates is None:
            self._load_rates(set())
        return self._rates  # type: ignore[return-value]

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        opened, closed = values.pop("opened_at", ()), values.pop("closed_at", ())
        if opened != ():
            values["opened_at"] = opened[0] if opened else None
        try:
            self._resolve_stage(row, values)
        except CellError as error:
            column = "stage" if error.value or values.get("stage") else "pipeline"
            return self.refuse(row, column, str(error), error.value)
        outcome = values.get("outcome")
        if outcome in (None, Outcome.OPEN) and self.task.shared_close:
            closed = () if outcome is None else None
        if closed != ():
            values["closed_at"] = self._closing_time(closed, opened or None) if closed else None
        return self._times_fit(row, values) and self._parts_fit(row, values)

    def _closing_time(self, closed: Any, opened: Any) -> datetime.datetime:
        """A closing day (or its midnight: other programs' filler) is not before the opening of the same day."""
        at, has_time = closed
        zone = self.task.company.zone
        is_day = not has_time or at == day_start(business_date(at, zone), zone)
        if opened and is_day and at < opened[0] and business_date(at, zone) == business_date(opened[0], zone):
            return opened[0]
        return at

    def _resolve_stage(self, row: int, values: dict[str, Any]) -> None:
        text = values.pop("stage", None)
        name = values.pop("pipeline", None)
        if name:
            values["pipeline"] = self.stages.pipeline(name)
        pipeline = self.stages.pipeline(name, text)
        if not text:
            return
        stage = self.stages.stage(pipeline, text, row)
        values["stage"] = stage
        if self.stages.is_planned(stage):
            values.setdefault("outcome", Outcome.OPEN.value)
            self.stages.use(stage, values["outcome"])
        outcome = values.setdefault("outcome", stage.outcome)
        if stage.pk and stage.outcome != Outcome.OPEN and stage.outcome != outcome:
            raise CellError(f"“{stage.name}” means {stage.outcome}, but the outcome is {outcome}.")

    def _times_fit(self, row: int, values: dict[str, Any]) -> bool:
        outcome, opened, closed = values.get("outcome"), values.get("opened_at"), values.get("closed_at")
        now, today = self.task.now, self.task.today
        if outcome == Outcome.OPEN and closed:
            return self.refuse(row, "closed_at", "an open deal has no closed_at; leave it empty or give the outcome.")
        if outcome in (Outcome.WON, Outcome.LOST) and not closed:
            return self.refuse(row, "closed_at", f"is required, because the deal is {outcome}.")
        if closed and closed > now:
            return self.refuse(row, "closed_at", "lies in the future; a deal that may close then is open.")
        if opened and opened > now:
            return self.refuse(row, "opened_at", "lies in the future.")
        if opened and closed and closed < opened:
            return self.refuse(row, "closed_at", "lies before opened_at.")
        if values.get("changed_on") and values["changed_on"] > today:
            return self.refuse(row, "changed_on", "lies in the future.")
        return True

    def _parts_fit(self, row: int, values: dict[str, Any]) -> bool:
        if values.get("lost_reason") and values.get("outcome") not in (None, Outcome.LOST):
            return self.refuse(row, "lost_reason", f"only a lost deal has one; this is {values['outcome']}.")
        return True

    def _load(self, items: list[Item]) -> dict[Any, list[Deal]]:
        joined = ("account", "stage__pipeline", "pipeline", "owner", "channel", "campaign", "lost_reason")
        rows = Deal.objects.select_related(*joined)
        ids = {item.values["external_id"] for item in items if item.values.get("external_id")}
        names = {item.values["name"] for item in items if not item.values.get("external_id")}
        known: dict[Any, list[Deal]] = {}
        for deal in rows.filter(external_id__in=ids) if ids else ():
            known.setdefault(deal.external_id, []).append(deal)
        for deal in rows.filter(name__in=names, deleted_at=None) if names else ():
            account = getattr(deal.account, "merged_into_id", None) or deal.account_id
            known.setdefault((account, deal.name), []).append(deal)
        recall_leads([deal for deals in known.values() for deal in deals])
        if "product" in self.task.columns:
            lines = lines_of({deal.pk for deals in known.values() for deal in deals})
            for deals in known.values():
                for deal in deals:
                    deal.known_lines = lines.get(deal.pk, [])  # type: ignore[attr-defined]
        return known

    def _place(self, item: Item, known: dict[Any, list[Deal]]) -> bool:
        values = item.values
        account = values.get("account")
        key = values.get("external_id") or (account.pk or id(account) if account else None, values["name"])
        told = {name: getattr(value, "name", value) for name, value in values.items()}
        if self.is_repeated(item.number, key, told):
            return item.number not in self.task.report.bad_rows
        matches = known.get(key, [])
        if len(matches) > 1:
            return self.refuse(
                item.number, "", f"{len(matches)} deals have this account and name; give the external_id."
            )
        item.instance = matches[0] if matches else None
        state = State.of(item.instance, values, self.task.company)
        if not self._state_fits(item.number, state):
            return False
        self._count(values, state)
        if item.instance is None:
            item.verdict = CREATED
            return True
        changed = state.changed_from(item.instance, values, self.stages)
        item.before = {"changed": sorted(changed)} if changed else {}
        item.verdict = UPDATED if changed else UNCHANGED
        return True

    def _state_fits(self, row: int, state: State) -> bool:
        """What only the row together with the stored deal shows."""
        if state.outcome != Outcome.OPEN and state.closed_at is None:
            return self.refuse(row, "closed_at", f"is required, because the deal is {state.outcome}.")
        if state.outcome == Outcome.OPEN and state.closed_at is not None:
            return self.refuse(row, "outcome", "is required with closed_at: won or lost.")
        if state.opened_at and state.closed_at and state.closed_at < state.opened_at:
            return self.refuse(row, "closed_at", "lies before opened_at.")
        if (state.amount or 0) < 0 and state.kind != Deal.Kind.CREDIT:
            return self.refuse(row, "amount", "is below 0; only a deal of the kind credit may be.")
        return state.amount is None or self._money_fits(row, state.amount, state)

    def _money_fits(self, row: int, amount: Decimal, state: State) -> bool:
        try:
            minor = to_minor(amount, state.currency)
        except MoneyError as error:
            return self.refuse(row, "amount", str(error))
        company = self.task.company
        if state.currency == company.base_currency:
            return True
        day = business_date(state.closed_at or state.opened_at or self.task.now, company.zone)
        factor = self.rates.factor(state.currency, company.base_currency, day)
        if factor is None:
            self._unpriced[state.currency] += 1
        elif abs(convert_minor(minor, state.currency, company.base_currency, factor)) > LARGEST:
            return self.refuse(row, "amount", f"is too large in {company.base_currency}.")
        return True

    def _count(self, values: dict[str, Any], state: State) -> None:
        for name in COUNTED:
            if getattr(state, name) is None:
                self._missing[name] += 1

    def settle(self, items: list[Item]) -> None:
        report = self.task.report
        for name, words in COUNTED.items():
            if count := self._missing[name]:
                report.warn(words.format(f"{count:,}"), count)
        for currency, count in sorted(self._unpriced.items()):
            report.warn(f"no exchange rate for {currency}: {count:,} deals wait for one and are in no money sum", count)

    # -- writing

    def store(self, items: list[Item]) -> None:
        task = self.task
        made = self.stages.store(task.report.bad_rows, task.lines, task.by)
        for name in made:
            task.report.warn(f"stage “{name}” was created; check its probability, which is 0 while it is open")
        writer = DealWriter(task, self.stages, self.rates)
        self._create([item for item in items if item.verdict == CREATED], writer)
        self._update([item for item in items if item.verdict == UPDATED], writer)

    def _create(self, items: list[Item], writer: DealWriter) -> None:
        if not items:
            return
        task = self.task
        states = [State.of(None, item.values, task.company) for item in items]
        told = [writer.opened(state) for state in states]
        histories = [History(deal, events) for deal, events, _line in told]
        owners = {state.owner.pk for state in states if state.owner}
        store_histories(histories, teams=TeamHistory.load(owners), rank={}, company=task.company, now=task.now)
        lines = []
        for deal, _events, line in told:
            if line is not None:
                line.deal_id = deal.pk
                lines.append(line)
        insert_objects(lines)
        deals = [deal for deal, _events, _line in told]
        accounts = {deal.account_id for deal in deals if deal.account_id and deal.outcome != Outcome.OPEN}
        queue_neighbours(accounts, [deal.pk for deal in deals], now=task.now)
        for item, deal in zip(items, deals, strict=True):
            item.instance = deal
            task.lines.created(item.number, deal, ["name", "external_id"])

    def _update(self, items: list[Item], writer: DealWriter) -> None:
        if not items:
            return
        task = self.task
        writer.load_tails([item.instance.pk for item in items])
        changes, fields = [], {"version", "updated_at"}
        for item in items:
            deal, changed = item.instance, set(item.before["changed"])
            state = State.of(deal, item.values, task.company)
            plain_fields = changed & {"name", "external_id", "probability", "forecast_category"}
            before = {name: plain(getattr(deal, name)) for name in plain_fields}
            changes += writer.changed(deal, state, changed)
            for name in plain_fields:
                setattr(deal, name, getattr(state, name))
            deal.version += 1
            deal.updated_at = task.now
            fields |= plain_fields
            after = {name: plain(getattr(deal, name)) for name in plain_fields}
            before |= (
                {"lines": writer.lines_before.get(deal.pk)}
                if "product" in changed or deal.pk in writer.lines_before
                else {}
            )
            task.lines.updated(item.number, deal, before, after)
        update_objects([item.instance for item in items], sorted(fields))
        writer.store_lines()
        append_changes(changes, now=task.now, company=task.company)
