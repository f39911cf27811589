"""One company for all cells of a module: it is made once, and what a cell writes is rolled back."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from tests.access.belongings import LATER, Kind, make_kinds
from tests.access.visitors import Visitor, visitors_of
from tests.cast import Cast, make_cast


@dataclass(frozen=True)
class Stage:
    """The people, their records by kind, and the browsers of the nine principals. The clock stands still."""

    cast: Cast
    kinds: dict[str, Kind]
    visitors: dict[str, Visitor]


LOGGING = "django_structlog.middlewares.RequestMiddleware"


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker) -> Iterator[Stage]:
    quiet = {"USERSESSIONS_TRACK_ACTIVITY": False, "MIDDLEWARE": [one for one in settings.MIDDLEWARE if one != LOGGING]}
    with (
        django_db_blocker.unblock(),
        time_machine.travel(LATER, tick=False),
        override_settings(**quiet),  # neither decides anything, and thousands of requests pay for both
        transaction.atomic(),
    ):
        cache.clear()
        cast = make_cast()
        kinds = make_kinds(cast)
        visitors = visitors_of(cast)
        for visitor in visitors.values():
            visitor.send("GET", "/pipeline/")  # what only a first visit writes
        logging.disable(logging.CRITICAL)  # two lines a request would take longer than the requests
        yield Stage(cast, kinds, visitors)
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)
