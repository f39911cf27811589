"""Readings of indicators. An indicator that is not there is made, a flow unless the catalogue knows better."""

import datetime
from decimal import Decimal
from typing import Any, ClassVar

from metrics.imports.facts import FactKind
from metrics.indicators import KNOWN, new_indicator, slug_of
from metrics.models import Indicator, IndicatorReading
from pipeline.imports.catalogue import label
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.kind import Column, Columns, Item, Row, Task
from pipeline.imports.writing import create_rows
from pipeline.models import ChangedDay, Channel, ImportRun

MADE_AS_FLOW = "Indicators made as flows, whose readings add up over time; say in the settings which are levels"


def reading_of(reader: Reader, text: str) -> Decimal:
    return reader.decimal(text, digits=14, decimals=6)


class Indicators(FactKind):
    """Rows are found again by indicator, day and source; a source that is called like a channel belongs to it."""

    name = "indicators"
    model = IndicatorReading
    subject = ChangedDay.Subject.INDICATORS
    identities = (("day", "indicator", "source"),)
    columns: ClassVar[Columns] = {
        "indicator": Column(label, required=True, about="its name or slug; made when it is not there"),
        "day": Column(Reader.day, required=True),
        "value": Column(reading_of, required=True),
        "source": Column(label, empty=""),
        "channel": Column(shelf="channels", about="default: the channel that is called like the source"),
    }

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self._by_slug = {one.slug: one for one in Indicator.objects.all()}
        self._by_name = {one.name.casefold(): one for one in self._by_slug.values()}
        self._channels = {one.name.casefold(): one for one in Channel.objects.all()}

    @classmethod
    def days_of(cls, row: Any) -> set[datetime.date]:
        return {row.day}

    @classmethod
    def undo(cls, run: ImportRun, undone: Any, put_back: Any, *, by: Any, now: datetime.datetime) -> None:
        super().undo(run, undone, put_back, by=by, now=now)
        put_back(run, Indicator._meta.label_lower)

    def values_of(self, row: Row) -> dict[str, Any] | None:
        values = super().values_of(row)
        if values is None:
            return None
        values["source"] = values.get("source") or ""
        try:
            values["indicator"] = self._indicator(values["indicator"])
        except CellError as error:
            self.refuse(row.number, "indicator", str(error))
            return None
        if values["day"] > self.task.today:
            self.refuse(row.number, "day", f"{values['day']} lies in the future.")
            return None
        if not values.get("channel"):
            values["channel"] = self._channels.get(values["source"].casefold())
        return values

    def _indicator(self, text: str) -> Indicator:
        slug = slug_of(text)
        found = self._by_name.get(text.casefold()) or self._by_slug.get(slug)
        if found is not None:
            return found
        if not slug:
            raise CellError(f"“{text[:60]}” has no letter or digit to name an indicator by.")
        self._by_slug[slug] = made = new_indicator(text)
        return made

    def load(self, items: list[Item]) -> dict[Any, list[Any]]:
        (group,) = self.identities
        rows = IndicatorReading.objects.filter(
            day__in={item.values["day"] for item in items},
            indicator__in={one.pk for item in items if (one := item.values["indicator"]).pk},
        )
        return {(group, (one.day, one.indicator_id, one.source)): [one] for one in rows}

    def store(self, items: list[Item]) -> None:
        made: dict[str, Item] = {}
        for item in items:
            indicator = item.values["indicator"]
            if item.instance is not None and indicator.pk is None:
                made.setdefault(indicator.slug, item)
        create_rows([item.values["indicator"] for item in made.values()], by=self.task.by)
        for item in made.values():
            self.task.lines.created(item.number, item.values["indicator"], ["name", "slug", "nature", "unit"])
        if unknown := [slug for slug in made if slug not in KNOWN]:
            self.task.report.warn(MADE_AS_FLOW, len(unknown))
        super().store(items)
