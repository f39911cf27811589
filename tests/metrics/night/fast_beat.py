"""The settings of every installation with a beat every two seconds and queues of the test's own."""

import os

from salestracker.settings.base import *  # noqa: F403
from salestracker.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS

CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,
    "global_keyprefix": os.environ.get("TEST_QUEUE", "test"),
}
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "metrics.tasks.tick", "schedule": 2.0},
    "sweep": {"task": "metrics.tasks.sweep", "schedule": 2.0},
}
