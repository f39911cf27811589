"""The company whose figures are computed twice: the sample, in a zone and a currency of its own."""

import datetime

from accounts.models import Company
from metrics.sample.loading import load_sample
from pipeline.sample.loading import Size

TODAY = datetime.date(2026, 10, 19)


def make_company(*, zone: str, currency: str, seed: int, reps: int, months: int, deals: int, activities: int) -> None:
    """Loads it into the empty database at hand."""
    Company.current()
    Company.objects.update(time_zone=zone, base_currency=currency)
    load_sample(size=Size(reps, months, deals, activities), seed=seed, today=TODAY)
