from django.db import transaction

from accounts.models import Company
from pipeline.models import ForecastCategory, Outcome, Pipeline, Stage

_STANDARD = (
    ("Qualification", Outcome.OPEN, 1000, ForecastCategory.PIPELINE, 14),
    ("Discovery", Outcome.OPEN, 2500, ForecastCategory.PIPELINE, 21),
    ("Proposal", Outcome.OPEN, 5000, ForecastCategory.BEST_CASE, 21),
    ("Negotiation", Outcome.OPEN, 7500, ForecastCategory.COMMIT, 14),
    ("Won", Outcome.WON, 10_000, ForecastCategory.CLOSED, None),
    ("Lost", Outcome.LOST, 0, ForecastCategory.OMITTED, None),
)


@transaction.atomic
def create_standard_pipeline(*, name: str = "Sales") -> Pipeline:
    """A pipeline with the usual six stages, for a company that has none yet."""
    Company.objects.select_for_update().filter(pk=Company.current().pk).first()
    existing = Pipeline.objects.order_by("position", "pk").first()
    if existing:
        return existing
    pipeline = Pipeline.objects.create(name=name)
    add_standard_stages(pipeline)
    return pipeline


def add_standard_stages(pipeline: Pipeline) -> None:
    """Give a new pipeline the usual six stages."""
    for position, (stage, outcome, probability, category, rot) in enumerate(_STANDARD, start=1):
        Stage.objects.create(
            pipeline=pipeline,
            name=stage,
            position=position,
            outcome=outcome,
            probability_bp=probability,
            forecast_category=category,
            rot_after_days=rot,
        )


def closing_stage(pipeline: Pipeline, outcome: str) -> Stage:
    """The pipeline's won or lost stage, made when it has none."""
    stage = pipeline.stages.filter(outcome=outcome).order_by("position", "pk").first()
    if stage:
        return stage
    last = pipeline.stages.order_by("-position").first()
    won = outcome == Outcome.WON
    return Stage.objects.create(
        pipeline=pipeline,
        name="Won" if won else "Lost",
        position=(last.position if last else 0) + 1,
        outcome=outcome,
        probability_bp=10_000 if won else 0,
        forecast_category=ForecastCategory.CLOSED if won else ForecastCategory.OMITTED,
    )


def first_open_stage(pipeline: Pipeline) -> Stage:
    """Where a new deal begins; made when the pipeline has no open stage."""
    stage = pipeline.stages.filter(outcome=Outcome.OPEN).order_by("position", "pk").first()
    return stage or Stage.objects.create(pipeline=pipeline, name="Open", position=0)
