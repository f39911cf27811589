"""Stages of pipelines."""

from collections import defaultdict
from decimal import Decimal
from typing import Any, ClassVar

from pipeline.imports.catalogue import label
from pipeline.imports.cells import CellError, Reader
from pipeline.imports.kind import CREATED, Column, Columns, Item, Row, one_of
from pipeline.imports.records import ModelKind
from pipeline.imports.stages import StageBook, category_of, probability_of
from pipeline.imports.writing import create_rows
from pipeline.models import ForecastCategory, Outcome, Pipeline, Stage

SMALL = 32_767


def small_whole(reader: Reader, text: str) -> int:
    return reader.whole(text, most=SMALL)


class Stages(ModelKind):
    name = "stages"
    model = Stage
    identities = (("pipeline", "name"),)
    extra = frozenset({"probability"})
    columns: ClassVar[Columns] = {
        "pipeline": Column(label, keeps=True, about="default: the only one"),
        "name": Column(label, required=True),
        "position": Column(small_whole, keeps=True),
        "outcome": one_of(Outcome.values, keeps=True),
        "probability": Column(Reader.fraction, keeps=True, about="a fraction, 0 to 1"),
        "forecast_category": one_of(ForecastCategory.values, keeps=True),
        "rot_after_days": Column(small_whole),
    }

    def __init__(self, task: Any) -> None:
        super().__init__(task)
        self._book = StageBook(may_create=True)
        self._last: dict[str, int] = defaultdict(int)
        for stage in Stage.objects.select_related("pipeline"):
            self._last[stage.pipeline.name] = max(self._last[stage.pipeline.name], stage.position)

    def values_of(self, row: Row) -> dict[str, Any] | None:
        values = super().values_of(row)
        if values is None:
            return None
        try:
            if not values.get("pipeline") and len(self._book.pipelines) > 1:
                raise CellError(f"is required: there are several, {', '.join(self._book.pipelines)}.")
            values["pipeline"] = self._book.pipeline(values.get("pipeline"))
        except CellError as error:
            self.refuse(row.number, "pipeline", str(error))
            return None
        return values

    def fields_of(self, item: Item) -> dict[str, Any]:
        fields = super().fields_of(item)
        if "probability" in item.values:
            fields["probability_bp"] = int(item.values["probability"] * Decimal(10_000))
        return fields

    def new(self, item: Item) -> Stage:
        values, pipeline = item.values, item.values["pipeline"].name
        outcome = values.get("outcome", Outcome.OPEN)
        self._last[pipeline] = values.get("position", self._last[pipeline] + 1)
        return Stage(
            position=self._last[pipeline],
            outcome=outcome,
            probability_bp=probability_of(outcome),
            forecast_category=category_of(outcome),
        )

    def store(self, items: list[Item]) -> None:
        missing: list[tuple[int, Pipeline]] = []
        for item in items:
            pipeline = item.values["pipeline"]
            if item.verdict == CREATED and pipeline.pk is None and pipeline not in [one for _row, one in missing]:
                missing.append((item.number, pipeline))
        create_rows([pipeline for _row, pipeline in missing], by=self.task.by)
        for row, pipeline in missing:
            self.task.lines.created(row, pipeline, ["name"])
        super().store(items)
