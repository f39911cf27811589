"""A company without deals has no forecasts."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Company
from metrics.actions.forecasts import store_due_runs
from metrics.models import ForecastRun


@pytest.mark.django_db
def test_without_deals_nothing_is_kept():
    last = datetime.date(2025, 8, 31)
    assert store_due_runs(last=last, company=Company.current(), now=timezone.now()) == 0
    assert not ForecastRun.objects.exists()
