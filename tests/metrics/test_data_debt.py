"""What open deals lack, in money by hand, and mended where it is said."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from pipeline.actions.activities import log_activity
from pipeline.actions.deals import create_deal
from pipeline.data_debt import data_debt
from pipeline.models import Channel, Deal, DealEvent
from tests.metrics.books import NOW

pytestmark = pytest.mark.django_db
NUMBERS = reverse("metrics:my_numbers")
SOON, OVER = datetime.date(2026, 12, 1), datetime.date(2026, 11, 19)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pipe(cast):
    """A deal that lacks nothing, and four that lack something: 3,000 and 500 of known money, and one without amount."""
    Deal.objects.all().delete()
    rep, web = cast.reps["rep"], Channel.objects.create(name="Web")

    def deal(name, amount, close, channel, *, step=True):
        money = None if amount is None else Decimal(amount)
        made = create_deal(
            by=None, now=NOW, name=name, owner=rep, amount=money, expected_close_on=close, channel=channel
        )  # fmt: skip
        if step:
            log_activity(by=None, now=NOW, kind="call", owner=rep, deal=made, due_at=NOW)
        return made

    return {
        "fine": deal("fine", 10_000, SOON, web),
        "late": deal("late", 3_000, OVER, web),
        "bare": deal("bare", 500, None, None, step=False),
        "unknown": deal("unknown", None, NOW.date(), web),
        "theirs": create_deal(by=None, now=NOW, name="theirs", owner=cast.reps["colleague"], amount=Decimal(7)),
    }


def test_each_gap_has_its_money_and_each_deal_counts_once(cast, pipe):
    found = data_debt(cast.reps["rep"], user=cast.rep, today=NOW.date())
    assert (found.open, found.count, found.minor) == (4, 3, 350_000)
    assert {debt.gap.key: (debt.count, debt.minor, [deal.name for deal in debt.rows]) for debt in found.debts} == {
        "late": (1, 300_000, ["late"]),
        "no_close": (1, 50_000, ["bare"]),
        "no_amount": (1, 0, ["unknown"]),
        "no_step": (1, 50_000, ["bare"]),
        "no_channel": (1, 50_000, ["bare"]),
    }


def mend(client, deal, field, value, **more):
    data = {"field": field, field: value, "version": deal.version, "next": NUMBERS, **more}
    return client.post(reverse("pipeline:deal_mend", args=[deal.pk]), data)


def test_the_page_mends_in_place(client, cast, pipe):
    client.force_login(cast.rep)
    html = client.get(NUMBERS).content.decode()
    assert "3 of 4 open deals lack something; €3,500 of the pipeline is unsure." in html
    assert html.count(f'action="/deals/{pipe["bare"].pk}/mend/"') == 2
    assert mend(client, pipe["late"], "expected_close_on", "2026-12-24").url == NUMBERS
    mend(client, pipe["unknown"], "amount", "1,200.50")
    for field, value in (("channel", Channel.objects.get().pk), ("expected_close_on", "2027-01-05")):
        pipe["bare"].refresh_from_db()
        mend(client, pipe["bare"], field, value)
    log_activity(by=None, now=NOW, kind="call", owner=cast.reps["rep"], deal=pipe["bare"], due_at=NOW)
    assert "Every open deal has an amount" in client.get(NUMBERS).content.decode()
    assert Deal.objects.get(pk=pipe["unknown"].pk).amount == Decimal("1200.50")
    assert DealEvent.objects.filter(deal=pipe["late"], by=cast.rep).exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount", "", "Amount: Fill in what is missing."),
        ("amount", "lots", "Amount: Enter an amount such as 48,500.00."),
        ("expected_close_on", "soon", "Expected close: Enter a valid date."),
        ("channel", "999999", "Channel: Select a valid choice"),
        ("owner", "1", "field: Select a valid choice. owner is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said_with_its_field_and_nothing_changes(client, cast, pipe, field, value, said):
    client.force_login(cast.rep)
    answer = mend(client, pipe["bare"], field, value)
    assert said in str(next(iter(get_messages(answer.wsgi_request))))
    assert Deal.objects.get(pk=pipe["bare"].pk).version == pipe["bare"].version


def test_who_mends_an_old_version_changes_nothing(client, cast, pipe):
    client.force_login(cast.rep)
    answer = mend(client, pipe["late"], "expected_close_on", "2026-12-24", version=99)
    assert list(get_messages(answer.wsgi_request))
    assert Deal.objects.get(pk=pipe["late"].pk).expected_close_on == OVER


def test_nothing_is_mended_in_the_past(client, cast, pipe):
    client.force_login(cast.rep)
    assert "debt-h" not in client.get(f"{NUMBERS}?as_of=2026-11-02").content.decode()
