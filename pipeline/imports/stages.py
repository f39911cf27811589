"""Pipelines and stages that rows name: found, or planned while rows are checked and made when they are written."""

from collections import defaultdict
from dataclasses import dataclass, field

from accounts.models import User
from pipeline.actions.pipelines import closing_stage, first_open_stage
from pipeline.imports.cells import CellError
from pipeline.imports.ledger import Ledger
from pipeline.imports.writing import create_rows, update_rows
from pipeline.models import ForecastCategory, Outcome, Pipeline, Stage

DEFAULT = "Sales"


@dataclass
class Planned:
    """A stage that rows name and that does not exist yet; its outcome is that of its rows."""

    stage: Stage
    outcomes: set[str] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)


class StageBook:
    """All pipelines with their stages, in memory."""

    def __init__(self, *, may_create: bool) -> None:
        self.may_create = may_create
        self.pipelines = {pipeline.name: pipeline for pipeline in Pipeline.objects.order_by("position", "pk")}
        self._stages: dict[str, dict[str, Stage]] = defaultdict(dict)
        for stage in Stage.objects.select_related("pipeline"):
            self._stages[stage.pipeline.name][stage.name] = stage
        self._planned: dict[tuple[str, str], Planned] = {}
        self._first: dict[str, Stage] = {}
        self._closing: dict[tuple[str, str], Stage] = {}

    def pipeline(self, name: str | None, stage: str | None = None) -> Pipeline:
        """The pipeline of a name; without one the only one, or the one that alone has the stage."""
        if name:
            if name not in self.pipelines:
                self._plan_pipeline(name)
            return self.pipelines[name]
        if not self.pipelines:
            self._plan_pipeline(DEFAULT)
        having = [one for one in self.pipelines.values() if stage and stage in self._stages[one.name]]
        if len(having) > 1:
            raise CellError(f"several pipelines have a stage “{stage}”; name one of {', '.join(self.pipelines)}.")
        return having[0] if having else next(iter(self.pipelines.values()))

    def _plan_pipeline(self, name: str) -> None:
        if self.pipelines and not self.may_create:
            raise CellError(f"there is no pipeline “{name[:80]}”; allowed are {', '.join(self.pipelines)}.")
        if len(name) > 200:
            raise CellError("is too long for the name of a pipeline.")
        self.pipelines[name] = Pipeline(name=name, position=len(self.pipelines))

    def stage(self, pipeline: Pipeline, name: str, row: int) -> Stage:
        """The stage of a name, planned where it is missing and may be made; CellError lists the allowed ones."""
        found = self._stages[pipeline.name].get(name)
        if found is not None:
            return found
        planned = self._planned.get((pipeline.name, name))
        if planned is None:
            if not self.may_create:
                raise CellError(self._allowed(pipeline, name), value=name)
            if len(name) > 200:
                raise CellError("is too long for the name of a stage.")
            planned = self._planned[pipeline.name, name] = Planned(Stage(pipeline=pipeline, name=name))
        planned.rows.add(row)
        return planned.stage

    def _allowed(self, pipeline: Pipeline, name: str) -> str:
        known = ", ".join(self._stages[pipeline.name]) or "none yet"
        return (
            f"the pipeline “{pipeline.name}” has no stage “{name[:80]}”; allowed are {known}, or let missing stages be "
            "created (create_missing)."
        )

    def is_planned(self, stage: Stage) -> bool:
        return stage.pk is None

    def use(self, stage: Stage, outcome: str) -> None:
        """Note with which outcome a row is in a stage; it decides what a planned stage becomes."""
        planned = self._planned.get((stage.pipeline.name, stage.name))
        if planned is not None:
            planned.outcomes.add(outcome)

    def known_closing(self, pipeline: Pipeline, outcome: str) -> Stage | None:
        """The pipeline's stage for an outcome, None when it will only be made."""
        stages = sorted(self._stages[pipeline.name].values(), key=lambda stage: (stage.position, stage.pk or 0))
        return next((stage for stage in stages if stage.outcome == outcome), None)

    def first_open(self, pipeline: Pipeline) -> Stage:
        """Where a deal of the pipeline begins; made when there is none. Writes."""
        if pipeline.name not in self._first:
            self._first[pipeline.name] = first_open_stage(pipeline)
        return self._first[pipeline.name]

    def closing(self, pipeline: Pipeline, outcome: str) -> Stage:
        """The pipeline's stage for an outcome; made when there is none. Writes."""
        key = (pipeline.name, outcome)
        if key not in self._closing:
            self._closing[key] = closing_stage(pipeline, outcome)
            self._stages[pipeline.name].setdefault(self._closing[key].name, self._closing[key])
        return self._closing[key]

    def store(self, bad_rows: set[int], ledger: Ledger, by: User | None) -> list[str]:
        """Save the planned pipelines and stages that good rows use; the names of the stages made."""
        missing = [pipeline for pipeline in self.pipelines.values() if pipeline.pk is None]
        create_rows(missing, by=by)
        for pipeline in missing:
            ledger.created(1, pipeline, ["name"])
        planned = [one for one in self._planned.values() if one.stage.pk is None and one.rows - bad_rows]
        for one in planned:
            one.stage.pipeline_id = one.stage.pipeline.pk
            _fill(one)
            self._stages[one.stage.pipeline.name][one.stage.name] = one.stage
        self._order({one.stage.pipeline.name for one in planned}, by)
        create_rows([one.stage for one in planned], by=by)
        for one in planned:
            ledger.created(min(one.rows - bad_rows), one.stage, ["name", "outcome"])
        return [one.stage.name for one in planned]

    def _order(self, pipelines: set[str], by: User | None) -> None:
        """Open stages first, in their order, the new ones last among them; then the closing ones."""
        moved = []
        for name in pipelines:
            order = list(self._stages[name].values())
            order.sort(key=lambda s: (s.outcome != Outcome.OPEN, s.pk is None, s.position if s.pk else 0))
            for position, stage in enumerate(order, start=1):
                if stage.position != position and stage.pk:
                    moved.append(stage)
                stage.position = position
        update_rows(moved, ["position"], by=by)


def _fill(planned: Planned) -> None:
    """A stage whose deals are all won, or all lost, closes; any other is open, with probability 0."""
    stage = planned.stage
    only = next(iter(planned.outcomes)) if len(planned.outcomes) == 1 else Outcome.OPEN
    stage.outcome = only
    stage.probability_bp = probability_of(only)
    stage.forecast_category = category_of(only)


def probability_of(outcome: str) -> int:
    """Hundredths of a percent for a new stage: won is certain, of an open one nobody knows yet."""
    return 10_000 if outcome == Outcome.WON else 0


def category_of(outcome: str) -> str:
    """The forecast category of a new stage."""
    return {Outcome.WON: ForecastCategory.CLOSED, Outcome.LOST: ForecastCategory.OMITTED}.get(
        Outcome(outcome), ForecastCategory.PIPELINE
    )
