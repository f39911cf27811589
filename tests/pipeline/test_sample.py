"""The sample company: the same each time, believable, and gone without a trace."""

import datetime
from collections import defaultdict
from fractions import Fraction

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Sum

from accounts.business_dates import business_date, day_start
from accounts.errors import ActionRefused
from accounts.models import Company, Rep, User
from accounts.money import to_minor
from pipeline.actions.activities import delete_activity, log_activity
from pipeline.allocation import line_net_minor
from pipeline.history import Change, append_changes, refold_deals
from pipeline.models import (
    Activity,
    Credit,
    Deal,
    DealEvent,
    DealVersion,
    Lead,
)
from pipeline.patches import lines_patch
from pipeline.sample.loading import Size
from pipeline.sample.removal import remove_sample
from tests.pipeline.sample_company import TODAY, content, load

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(db) -> Company:
    load()
    return Company.current()


def test_the_same_seed_and_day_give_the_same_company(sample):
    first = content()
    remove_sample()
    load()
    assert content() == first


def test_another_seed_gives_another_company(sample):
    first = content()
    remove_sample()
    load(seed=2)
    assert content()["Deal"] != first["Deal"]


def test_sizes_are_those_asked_for(sample):
    assert (Deal.objects.count(), Activity.objects.count()) == (60, round(60 * 6.25))
    assert Rep.objects.filter(counts_as_capacity=True).count() == 12
    assert Lead.objects.count() == 120


def test_a_second_sample_is_refused(sample):
    with pytest.raises(ActionRefused, match="already"):
        load()
    with pytest.raises(CommandError, match="already"):
        call_command("load_sample", today=TODAY)


def test_there_is_nothing_to_remove_twice(sample, capsys):
    call_command("remove_sample")
    with pytest.raises(CommandError, match="no sample"):
        call_command("remove_sample")


def test_a_day_to_come_is_refused(db):
    with pytest.raises(CommandError, match="future"):
        call_command("load_sample", today=datetime.date(2999, 1, 1))


def test_nothing_happens_today_or_later(sample):
    moment = day_start(TODAY, sample.zone) + datetime.timedelta(hours=2)
    assert not DealEvent.objects.filter(effective_on__gte=TODAY).exists()
    assert not DealEvent.objects.filter(recorded_at__gt=moment).exists()
    assert not DealVersion.objects.filter(recorded_at__gt=moment).exists()
    assert not Activity.objects.filter(done_on__gte=TODAY).exists()
    assert not Lead.objects.filter(created_on__gte=TODAY).exists()
    assert not Lead.objects.filter(first_responded_at__gt=moment).exists()


def test_deals_hold_together(sample):
    for deal in Deal.objects.prefetch_related("credits", "lines", "versions", "visits"):
        shares = [credit.share for credit in deal.credits.all()]
        assert not shares or sum(shares) == 1
        if deal.closed_at:
            assert deal.opened_at <= deal.closed_at
        versions = sorted((v for v in deal.versions.all() if v.superseded_at is None), key=lambda v: v.valid_from)
        assert [v.valid_to for v in versions] == [*(v.valid_from for v in versions[1:]), None]
        visits = sorted(deal.visits.all(), key=lambda visit: visit.pk)
        assert [visit.left_at for visit in visits] == [*(visit.entered_at for visit in visits[1:]), None]
        assert all(visit.entered_at <= visit.left_at for visit in visits if visit.left_at)
        lines = lines_patch(deal.lines.all())["lines"]
        if deal.outcome == "won" and lines:
            net = sum(line_net_minor(line, deal.currency) for line in lines)
            assert net == to_minor(deal.amount, deal.currency)
            assert sum(p.base_minor for p in versions[-1].products.all()) == versions[-1].base_minor


def test_a_fresh_fold_finds_nothing_to_change(sample):
    moment = day_start(TODAY, sample.zone) + datetime.timedelta(hours=3)
    assert refold_deals(Deal.objects.values_list("pk", flat=True), now=moment, company=sample) == 0


def test_replayed_at_once_is_as_learnt_one_by_one(sample):
    """The versions that the sample stores are those that the same changes give when they come in one by one."""

    def stored(deal: Deal) -> list[tuple]:
        rows = deal.versions.prefetch_related("credits", "products")
        return sorted(
            (v.valid_from, v.recorded_at, v.superseded_at or v.recorded_at.max.replace(tzinfo=datetime.UTC),
             v.valid_to or datetime.date.max, v.digest, v.team_id or 0,
             sorted((c.rep_id, c.share, c.base_minor) for c in v.credits.all()),
             sorted((p.product_id or 0, p.base_minor or 0) for p in v.products.all()))
            for v in rows
        )  # fmt: skip

    for deal in Deal.objects.order_by("-version", "pk")[:25]:
        at_once = stored(deal)
        groups: dict[datetime.datetime, list[Change]] = defaultdict(list)
        for event in deal.events.order_by("pk"):
            change = Change(deal.pk, event.patch, event.effective_on, event.effective_at, by=event.by)
            groups[event.recorded_at].append(change)
        deal.versions.all().delete()
        deal.events.all().delete()
        for recorded_at, changes in groups.items():
            append_changes(changes, now=recorded_at, company=sample)
        assert stored(deal) == at_once


def test_some_things_were_entered_late(sample):
    late = [e for e in DealEvent.objects.all() if business_date(e.recorded_at, sample.zone) > e.effective_on]
    assert late
    assert DealVersion.objects.filter(superseded_at__isnull=False).exists()


def test_figures_are_not_flat(sample):
    load_again = Size(reps=12, months=12, deals=260)
    remove_sample()
    load(size=load_again)
    won = DealVersion.objects.filter(superseded_at=None, valid_to=None, outcome="won")
    by_rep = won.values("owner").annotate(total=Sum("base_minor")).values_list("total", flat=True)
    by_channel = won.values("channel").annotate(total=Sum("base_minor")).values_list("total", flat=True)
    assert len(set(by_rep)) == len(by_rep) >= 9
    assert len(set(by_channel)) == len(by_channel) == 8
    assert {"duplicate", "spam"} <= set(Lead.objects.values_list("disqualified_reason", flat=True))
    assert Lead.objects.filter(first_responded_at=None).exists()
    assert Deal.objects.filter(outcome="lost", lost_reason__counts=False).exists()
    assert Credit.objects.exists()
    steps = set(Deal.objects.filter(outcome="open").values_list("next_step_on", flat=True))
    assert None in steps
    assert {TODAY} < {step for step in steps if step}
    assert len(set(Deal.objects.values_list("currency", flat=True))) == 3
    assert (
        Deal.objects.exclude(currency=Company.current().base_currency).filter(base_minor=None, amount__gt=0).count()
        == 0
    )


def test_people_sign_in_with_the_printed_password(sample):
    for role, email in settings.SAMPLE_SIGN_INS.items():
        user = User.objects.get(email=email)
        assert user.role == role
        assert user.check_password(settings.SAMPLE_PASSWORD)
    assert Deal.objects.visible_to(User.objects.get(email=settings.SAMPLE_SIGN_INS["rep"])).exists()
    assert Deal.objects.visible_to(User.objects.get(email=settings.SAMPLE_SIGN_INS["manager"])).exists()


@pytest.mark.parametrize(
    ("zone", "currency"), [("America/Los_Angeles", "JPY"), ("Pacific/Auckland", "KWD"), ("Asia/Kolkata", "INR")]
)
def test_any_zone_and_base_currency_will_do(db, zone, currency):
    Company.current()
    Company.objects.update(time_zone=zone, base_currency=currency)
    load(size=Size(reps=3, months=3, deals=25))
    company = Company.current()
    for version in DealVersion.objects.exclude(base_minor=None).select_related("deal"):
        assert version.rate is not None
        exact = Fraction(version.base_minor)
        assert sum(Fraction(p.base_minor) for p in version.products.all()) == exact
    assert not DealEvent.objects.filter(effective_on__gte=TODAY).exists()
    assert company.sample_day == TODAY


@pytest.mark.parametrize(
    "size", [Size(reps=1, months=1, deals=1, activities=0), Size(reps=45, months=2, deals=5, activities=3)]
)
def test_odd_sizes_work(db, size):
    counts = load(size=size)
    assert counts["deals"] == size.deals
    assert counts.get("activities", 0) == size.activities


def test_own_activity_through_the_product_counts_as_own(sample):
    """Someone who tries the program on the sample loses nothing by accident."""
    deal = Deal.objects.filter(is_sample=True, outcome="open").first()
    now = day_start(TODAY, sample.zone) + datetime.timedelta(hours=10)
    logged = log_activity(by=None, now=now, kind="call", owner=deal.owner, deal=deal)
    remove_sample()
    assert Activity.objects.filter(pk=logged.pk).exists()
    delete_activity(activity=logged, by=None, now=now)
