import datetime

import pytest

from accounts.errors import ActionRefused, NotAllowed
from accounts.models import AuditEntry
from pipeline.actions.accounts import change_account, create_account, delete_account
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import win_deal
from pipeline.models import DealEvent, DealVersion, Subscription

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(days=3)


class TestDimensions:
    def test_a_new_segment_enters_open_deals_from_today_and_leaves_the_past(self, cast):
        own = cast.owns["rep"]
        change_account(account=own.account, by=cast.rep, now=LATER, segment="Enterprise", name="Renamed")
        versions = own.deal.versions.filter(superseded_at=None).order_by("valid_from")
        assert [(v.valid_from.isoformat(), v.segment, v.industry) for v in versions] == [
            ("2026-11-20", "", "retail"),
            ("2026-11-23", "Enterprise", "retail"),
        ]

    def test_closed_deals_and_deals_of_others_accounts_keep_what_they_had(self, cast):
        own, foreign = cast.owns["rep"], cast.owns["rival"]
        win_deal(deal=own.deal, by=cast.rep, now=NOW)
        before = DealEvent.objects.count()
        change_account(account=own.account, by=cast.rep, now=LATER, industry="food", region="North")
        assert DealEvent.objects.count() == before
        assert set(
            DealVersion.objects.filter(deal__in=[own.deal, foreign.deal]).values_list("industry", flat=True)
        ) == {"retail"}

    def test_every_open_deal_is_told_whoever_owns_it(self, cast):
        own = cast.owns["rep"]
        other = create_deal(by=None, now=NOW, name="Of a colleague", owner=cast.reps["colleague"], account=own.account)
        change_account(account=own.account, by=cast.rep, now=LATER, region="Nordics")
        now_valid = DealVersion.objects.filter(deal__in=[own.deal, other], valid_to=None, superseded_at=None)
        assert [version.region for version in now_valid] == ["Nordics", "Nordics"]

    def test_another_name_writes_no_event(self, cast):
        before = DealEvent.objects.count()
        change_account(account=cast.owns["rep"].account, by=cast.rep, now=LATER, name="Renamed")
        assert DealEvent.objects.count() == before


def test_changes_are_audited_with_old_and_new_values(cast):
    account = cast.owns["rep"].account
    change_account(account=account, by=cast.rep, now=LATER, industry="food")
    entry = AuditEntry.objects.get(action="change", subject_kind="account", subject_id=account.pk)
    assert entry.detail == {"from": {"industry": "retail"}, "to": {"industry": "food"}}
    assert change_account(account=account, by=cast.rep, now=LATER, industry="food").version == 2
    assert AuditEntry.objects.filter(action="change", subject_kind="account").count() == 1


def test_accounts_form_a_tree(cast):
    top = cast.owns["rep"].account
    below = create_account(by=cast.rep, now=NOW, name="Below", parent=top)
    with pytest.raises(ActionRefused, match="below itself"):
        change_account(account=top, by=cast.rep, now=NOW, parent=below)


def test_who_owns_a_new_account(cast):
    assert create_account(by=cast.rep, now=NOW, name="Mine").owner == cast.reps["rep"]
    assert (
        create_account(by=cast.manager, now=NOW, name="Given", owner=cast.reps["colleague"]).owner
        == cast.reps["colleague"]
    )
    with pytest.raises(NotAllowed):
        create_account(by=cast.rep, now=NOW, name="Theirs", owner=cast.reps["rival"])
    with pytest.raises(NotAllowed):
        create_account(by=cast.manager, now=NOW, name="Theirs", owner=cast.reps["rival"])
    with pytest.raises(ActionRefused, match="which rep"):
        create_account(by=cast.manager, now=NOW, name="Nobody's")
    assert create_account(by=cast.admin, now=NOW, name="Free").owner is None


def test_an_account_with_deals_or_subscriptions_stays(cast):
    account = cast.owns["rep"].account
    with pytest.raises(ActionRefused, match="figures are made of them"):
        delete_account(account=account, by=cast.rep, now=NOW)
    bare = create_account(by=cast.rep, now=NOW, name="Bare")
    Subscription.objects.create(account=bare, monthly_amount=5, currency="EUR", starts_on=NOW.date())
    with pytest.raises(ActionRefused):
        delete_account(account=bare, by=cast.rep, now=NOW)
