"""The sample company with its books: the pipeline's sample, then costs, readings, surveys, targets, markets."""

import datetime
from collections.abc import Callable

from django.db import transaction

from accounts.models import Company
from metrics.actions.forecasts import store_due_runs
from metrics.sample.costs import book_costs
from metrics.sample.customers import ask_customers
from metrics.sample.goals import set_goals
from metrics.sample.outside import note_outside
from metrics.sample.own_metrics import define_and_pin
from metrics.sample.pay import state_pay
from pipeline.history import queue_days
from pipeline.models import ChangedDay
from pipeline.sample import loading as pipeline_sample
from pipeline.sample.loading import Size
from pipeline.sample.world import World

SUBJECTS = (ChangedDay.Subject.EXPENSES, ChangedDay.Subject.INDICATORS, ChangedDay.Subject.SURVEYS)


@transaction.atomic
def load_sample(
    *, size: Size, seed: int, today: datetime.date, progress: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, int]:
    """The sample of ``seed`` as of ``today``; how many of what. ActionRefused when a sample is there already."""
    counts = pipeline_sample.load_sample(size=size, seed=seed, today=today, progress=progress)
    world = World(seed, today, size.months, Company.current())
    counts |= load_books(world)
    return counts


def load_books(world: World) -> dict[str, int]:
    """What metrics adds to the sample that is loaded already."""
    counts = {
        "expenses": book_costs(world),
        "readings": note_outside(world),
        "surveys": ask_customers(world),
        **set_goals(world),
        **define_and_pin(world),
        **state_pay(world),
        "forecasts": store_due_runs(last=world.last_day, company=world.company, now=world.moment, is_sample=True),
    }
    for subject in SUBJECTS:
        queue_days(subject, [(world.first_day, world.last_day)], now=world.moment)
    return counts
