"""A deal of the rep, and the rep signed in, for the pages of deals."""

import pytest

from pipeline.models import LostReason


@pytest.fixture
def deal(cast):
    return cast.owns["rep"].deal


@pytest.fixture
def rep(client, cast):
    client.force_login(cast.rep)
    return client


@pytest.fixture
def price():
    return LostReason.objects.create(name="Price")
