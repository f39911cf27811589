"""What happened to deals before they were imported: one event for each change of a field."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

from accounts.bulk_rows import update_objects
from accounts.business_dates import BEGINNING, business_date
from accounts.models import User
from accounts.money import MoneyError, to_minor
from accounts.rates import RateBook
from pipeline.history import Change, append_changes
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.customers import text_of
from pipeline.imports.deal_state import lines_of
from pipeline.imports.history_events import HistoryWriter, key_of, worth
from pipeline.imports.kind import CREATED, UNCHANGED, Column, Columns, Item, Kind, Row, one_of
from pipeline.imports.stages import StageBook
from pipeline.models import Deal, DealEvent, Outcome

FIELDS = ("stage", "amount", "owner", "expected_close_on", "outcome")
SLICE = 1000


@dataclass
class Story:
    """The rows of one deal, in order of time."""

    deal: Deal
    items: list[Item] = field(default_factory=list)

    def of_field(self, name: str) -> list[Item]:
        return [item for item in self.items if item.values["field"] == name]


class DealHistory(Kind):
    name = "deal_history"
    whole = True
    columns: ClassVar[Columns] = {
        "deal": Column(shelf="deals", required=True),
        "at": Column(Reader.instant, required=True),
        "field": one_of(FIELDS, required=True),
        "from": Column(text_of(300), about="what it was before; empty: nothing"),
        "to": Column(text_of(300), about="what it became; empty: nothing"),
        "by": Column(text_of(300), empty="", about="a user's e-mail or name, or any text"),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._stages = StageBook(may_create="stages" in task.mapping.create_missing)

    # -- checking

    def check(self, rows: list[Row]) -> list[Item]:
        owners = [row for row in rows if row.cells.get("field", "").lower() == "owner"]
        self.task.book.prefetch("reps", {row.cells.get(end, "") for row in owners for end in ("from", "to")})
        self.task.book.prefetch("users", {row.cells.get("by", "") for row in rows})
        return self.parse(rows)

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        deal: Deal = values["deal"]
        at, has_time = values["at"]
        zone = self.task.company.zone
        opened = deal.opened_at
        if opened and at < opened:
            if has_time or business_date(at, zone) != business_date(opened, zone):
                return self.refuse(row, "at", "lies before the deal was opened.")
            at = opened
        if at > self.task.now:
            return self.refuse(row, "at", "lies in the future.")
        values["at"] = at
        for end in ("from", "to"):
            try:
                values[end] = self._read(values["field"], values.get(end) or "", deal, row)
            except (CellError, MoneyError) as error:
                return self.refuse(row, end, str(error))
        return True

    def _read(self, name: str, text: str, deal: Deal, row: int) -> Any:
        if name == "stage":
            if not text:
                raise CellError("is required for a stage.")
            return self._stages.stage(self._stages.pipelines[deal.pipeline.name], text, row)
        if name == "outcome":
            return self.task.reader.choice(text or Outcome.OPEN, Outcome.values)
        if not text:
            return None
        if name == "owner":
            return self.task.book.find("reps", text, row)
        if name == "expected_close_on":
            return self.task.reader.day(text)
        amount = self.task.reader.decimal(text)
        to_minor(amount, deal.currency)
        if amount < 0 and deal.kind != Deal.Kind.CREDIT:
            raise CellError("is below 0; only a deal of the kind credit may be.")
        return amount

    def settle(self, items: list[Item]) -> None:
        told: Counter[str] = Counter()
        breaks: Counter[str] = Counter()
        for stories in self._chunks(items):
            known = self._known(list(stories))
            for story in stories.values():
                self._plan_stages(story)
                for name in FIELDS:
                    rows = story.of_field(name)
                    breaks[name] += sum(one.values["to"] != two.values["from"] for one, two in pairwise(rows))
                    if rows and not self._leads_to_present(story.deal, name, rows[-1].values["to"]):
                        told[name] += 1
                for item in story.items:
                    item.verdict = UNCHANGED if self._mark(item) in known[story.deal.pk] else CREATED
        self._warn(told, breaks)

    def _warn(self, told: Counter[str], breaks: Counter[str]) -> None:
        for name, count in told.items():
            words = (
                f"{name}: the last change of {count:,} deals does not lead to their present value, which it replaces"
            )
            self.task.report.warn(words, count)
        for name, count in breaks.items():
            if count:
                self.task.report.warn(f"{name}: “from” is not the “to” before it in {count:,} rows", count)

    def _chunks(self, items: list[Item]) -> Iterator[dict[int, Story]]:
        stories: dict[int, Story] = {}
        by_deal: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            by_deal[item.values["deal"].pk].append(item)
        for deal_id, rows in by_deal.items():
            ordered = sorted(rows, key=lambda item: (item.values["at"], item.number))
            stories[deal_id] = Story(rows[0].values["deal"], ordered)
            if len(stories) == SLICE:
                yield stories
                stories = {}
        if stories:
            yield stories

    def _known(self, deal_ids: list[int]) -> dict[int, set[Any]]:
        """(time, field, value) of the changes that are stored."""
        known: dict[int, set[Any]] = defaultdict(set)
        rows = DealEvent.objects.filter(deal__in=deal_ids, effective_at__isnull=False)
        for deal_id, at, patch in rows.values_list("deal_id", "effective_at", "patch"):
            known[deal_id] |= {(at, key, patch[key]) for key in map(key_of, FIELDS) if key in patch}
        return known

    def _mark(self, item: Item) -> Any:
        name = item.values["field"]
        return item.values["at"], key_of(name), worth(name, item.values["to"], item.values["deal"].currency)

    def _plan_stages(self, story: Story) -> None:
        """A stage that does not exist yet is a closing one when a closed deal ends in it."""
        rows = story.of_field("stage")
        for item in rows:
            self._stages.use(item.values["from"], Outcome.OPEN)
            is_end = item is rows[-1] and story.deal.outcome != Outcome.OPEN
            self._stages.use(item.values["to"], story.deal.outcome if is_end else Outcome.OPEN)

    def _leads_to_present(self, deal: Deal, name: str, value: Any) -> bool:
        if name == "stage":
            closed_after = deal.outcome != Outcome.OPEN and value.outcome == Outcome.OPEN
            return closed_after or value.pk == deal.stage_id
        if name == "owner":
            return (value.pk if value else None) == deal.owner_id
        return value == getattr(deal, name)

    # -- writing

    def batches(self, items: list[Item]) -> Iterator[list[Item]]:
        for stories in self._chunks(items):
            yield [item for story in stories.values() for item in story.items]

    def store(self, items: list[Item]) -> None:
        task = self.task
        self._stages.store(task.report.bad_rows, task.lines, task.by)
        stories = next(self._chunks(items), {})
        told = {pk: story for pk, story in stories.items() if any(item.verdict == CREATED for item in story.items)}
        currencies = {story.deal.currency for story in told.values()}
        writer = HistoryWriter(task, self._stages, RateBook.load(currencies, task.company), lines_of(told))
        changes: list[Change] = []
        for deal_id, story in told.items():
            changes += self._changes(story, writer)
            task.lines.updated(story.items[0].number, story.deal, {}, {"history": len(story.items)})
            story.deal.version += 1
            story.deal.updated_at = task.now
            told[deal_id] = story
        deals = [story.deal for story in told.values()]
        update_objects(deals, ["version", "updated_at"])
        append_changes(changes, now=task.now, company=task.company)

    def _changes(self, story: Story, writer: HistoryWriter) -> list[Change]:
        deal, zone = story.deal, self.task.company.zone
        start = business_date(deal.opened_at, zone) if deal.opened_at else BEGINNING
        opening: dict[str, Any] = {}
        for name in FIELDS:
            rows = story.of_field(name)
            if rows and rows[0].verdict == CREATED:
                opening |= writer.patch(deal, name, rows[0].values["from"], start, None)
        moves = {item.values["at"] for item in story.of_field("stage")}
        changes = [self._change(deal, opening, start, deal.opened_at)] if opening else []
        for item in story.items:
            if item.verdict != CREATED:
                continue
            at: datetime.datetime = item.values["at"]
            name, day = item.values["field"], business_date(at, zone)
            patch = writer.patch(deal, name, item.values["to"], day, at)
            if name == "outcome" and at not in moves:
                patch |= writer.stage_of_outcome(deal, item.values["to"], story.of_field("stage"), at)
            changes.append(self._change(deal, patch, day, at, item.values.get("by") or ""))
        return changes + self._amount_at_close(story, writer)

    def _amount_at_close(self, story: Story, writer: HistoryWriter) -> list[Change]:
        """Amounts that changed after the close: what it was closed with."""
        deal, rows = story.deal, story.of_field("amount")
        if deal.closed_at is None or not rows or rows[-1].values["at"] <= deal.closed_at:
            return []
        before = [item for item in rows if item.values["at"] <= deal.closed_at]
        amount = before[-1].values["to"] if before else rows[0].values["from"]
        day = business_date(deal.closed_at, self.task.company.zone)
        patch = writer.patch(deal, "amount", amount, day, deal.closed_at)
        return [self._change(deal, patch, day, deal.closed_at)]

    def _change(
        self, deal: Deal, patch: dict[str, Any], on: datetime.date, at: datetime.datetime | None, by: str = ""
    ) -> Change:  # fmt: skip
        task = self.task
        user = self._user(by) if by else task.by
        text = by if by and not user else ""
        return Change(deal.pk, patch, on, at, by=user, by_text=text, import_run_id=task.run_id)

    def _user(self, text: str) -> User | None:
        try:
            return self.task.book.look("users", text)
        except CellError:
            return None
