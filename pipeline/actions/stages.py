"""Writes of pipelines and their stages. What open deals take from their stage goes into their history as of today."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import change_row, check_admin, create_row, delete_row, locked_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, User
from accounts.uses import uses_of
from pipeline.actions.catalogue import WORDS
from pipeline.actions.pipelines import add_standard_stages
from pipeline.history import Change, append_changes
from pipeline.models import Deal, DealVersion, ForecastCategory, Outcome, Pipeline, Stage

CLOSING = {
    Outcome.WON: {"probability_bp": 10_000, "forecast_category": ForecastCategory.CLOSED},
    Outcome.LOST: {"probability_bp": 0, "forecast_category": ForecastCategory.OMITTED},
}
"""What a stage that closes deals always says."""


@transaction.atomic
def create_pipeline(*, name: str, by: User | None, now: datetime.datetime) -> Pipeline:
    """Make a pipeline with the usual six stages, after the ones that exist."""
    last = Pipeline.objects.order_by("-position").first()
    pipeline = create_row(Pipeline, by=by, now=now, name=name, position=last.position + 1 if last else 0)
    add_standard_stages(pipeline)
    return pipeline


@transaction.atomic
def delete_pipeline(*, pipeline: Pipeline, by: User | None, now: datetime.datetime) -> None:
    """Delete a pipeline that no deal was ever in, with its stages. One pipeline remains."""
    Company.objects.select_for_update().get(pk=Company.current().pk)
    if not Pipeline.objects.exclude(pk=pipeline.pk).exists():
        raise ActionRefused(_("The last pipeline stays: deals need one."))
    uses = uses_of_pipeline(pipeline)
    if uses:
        message = _("“%(name)s” stays: it is used by %(uses)s.")
        raise ActionRefused(message % {"name": pipeline, "uses": ", ".join(uses)})
    delete_row(pipeline, by=by, now=now, parts=(Stage,), words=WORDS)


def uses_of_pipeline(pipeline: Pipeline) -> list[str]:
    """What keeps a pipeline from being deleted, counted, its stages' uses too."""
    uses = uses_of(pipeline, parts=(Stage,), words=WORDS)
    return uses or [use for stage in pipeline.stages.all() for use in uses_of(stage, words=WORDS)]


@transaction.atomic
def create_stage(
    *,
    pipeline: Pipeline,
    name: str,
    by: User | None,
    now: datetime.datetime,
    outcome: str = Outcome.OPEN,
    **values: Any,
) -> Stage:
    """Add a stage: probability_bp, forecast_category, rot_after_days, required_fields.

    An open one comes after the last open one, a closing one at the end; a pipeline has one won and one lost stage.
    """
    pipeline = locked_row(pipeline)
    stages = list(pipeline.stages.order_by("position", "pk"))
    _check_one_of_each(stages, outcome)
    values |= CLOSING.get(Outcome(outcome), {})
    stage = create_row(
        Stage, by=by, now=now, pipeline=pipeline, name=name, outcome=outcome, position=len(stages) + 1, **values
    )
    is_open = [other.outcome == Outcome.OPEN for other in stages]
    place = len(stages) if outcome != Outcome.OPEN else len(stages) - is_open[::-1].index(True) if any(is_open) else 0
    _store_order([*stages[:place], stage, *stages[place:]])
    stage.refresh_from_db()
    return stage


@transaction.atomic
def change_stage(*, stage: Stage, by: User | None, now: datetime.datetime, **values: Any) -> Stage:
    """Change a stage: name, outcome, probability_bp, forecast_category, rot_after_days, required_fields.

    A new probability or category holds from today for the open deals in it that have none of their own. The outcome
    stays once a deal was in the stage.
    """
    locked_row(stage.pipeline)
    outcome = values.get("outcome", stage.outcome)
    values |= CLOSING.get(Outcome(outcome), {})
    if outcome != locked_row(stage).outcome:
        _check_may_turn(stage, outcome)
    stage, old = change_row(stage, by=by, now=now, **values)
    if stage.outcome == Outcome.OPEN and old.keys() & {"probability_bp", "forecast_category"}:
        _tell_open_deals(stage, old, by=by, now=now)
    return stage


@transaction.atomic
def move_stage(*, stage: Stage, steps: int, by: User | None, now: datetime.datetime) -> Stage:
    """Move a stage among those of its pipeline: -1 is one to the front, 1 one to the end."""
    check_admin(by)
    locked_row(stage.pipeline)
    stages = list(Stage.objects.filter(pipeline=stage.pipeline_id).order_by("position", "pk"))
    at = stages.index(stage)
    to = min(max(at + steps, 0), len(stages) - 1)
    if to != at:
        stages.insert(to, stages.pop(at))
        _store_order(stages)
        write_audit(action="move", subject=stage, by=by, now=now, detail={"from": at + 1, "to": to + 1})
    stage.refresh_from_db()
    return stage


@transaction.atomic
def delete_stage(*, stage: Stage, by: User | None, now: datetime.datetime) -> None:
    """Delete a stage that no deal was ever in. A pipeline keeps one open stage, in which deals begin."""
    locked_row(stage.pipeline)
    others = Stage.objects.filter(pipeline=stage.pipeline_id, outcome=Outcome.OPEN).exclude(pk=stage.pk)
    if not others.exists():
        raise ActionRefused(_("The last open stage stays: deals begin in it."))
    delete_row(stage, by=by, now=now, words=WORDS)


def _tell_open_deals(stage: Stage, old: dict[str, Any], *, by: User | None, now: datetime.datetime) -> None:
    """Append what the stage says now to its open deals, except where a deal has a value of its own."""
    company = Company.current()
    today = business_date(now, company.zone)
    deals = Deal.objects.open().filter(stage=stage).order_by("pk").select_for_update(of=("self",))
    changes = []
    for pk, probability, category in deals.values_list("pk", "probability", "forecast_category"):
        patch: dict[str, Any] = {}
        if "probability_bp" in old and probability is None:
            patch["probability_bp"] = stage.probability_bp
        if "forecast_category" in old and not category:
            patch["category"] = stage.forecast_category
        if patch:
            changes.append(Change(pk, patch, today, now, by=by, reason="The stage changed."))
    if changes:
        append_changes(changes, now=now, company=company)


def _check_may_turn(stage: Stage, outcome: str) -> None:
    others = list(Stage.objects.filter(pipeline=stage.pipeline_id).exclude(pk=stage.pk))
    _check_one_of_each(others, outcome)
    if not any(other.outcome == Outcome.OPEN for other in others) and outcome != Outcome.OPEN:
        raise ActionRefused(_("The last open stage stays open: deals begin in it."), "outcome")
    if stage.visits.exists() or stage.deals.exists() or DealVersion.objects.filter(stage=stage).exists():
        message = _("Deals have been in “%(stage)s”, so its outcome stays. Add another stage instead.")
        raise ActionRefused(message % {"stage": stage}, "outcome")


def _check_one_of_each(others: list[Stage], outcome: str) -> None:
    for other in others:
        if outcome != Outcome.OPEN and other.outcome == outcome:
            message = _("“%(stage)s” is the stage for that already.")
            raise ActionRefused(message % {"stage": other}, "outcome")


def _store_order(stages: list[Stage]) -> None:
    """Number the stages from 1; those whose number stays are not touched."""
    for position, stage in enumerate(stages, start=1):
        if stage.position != position:
            stage.position = position
            stage.save(update_fields=["position"])
