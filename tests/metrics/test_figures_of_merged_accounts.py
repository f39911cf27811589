"""A merge of two accounts moves no figure of a month that is over, and neither does taking it back."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Account, Company, Contact
from metrics.evaluate import evaluate, find_metric
from metrics.known import known_metrics
from metrics.models import SurveyResponse
from metrics.periods import parse_period
from metrics.scopes import COMPANY
from pipeline.actions.accounts import change_account
from pipeline.actions.activities import log_activity
from pipeline.actions.deals import create_deal
from pipeline.actions.leads import create_lead
from pipeline.actions.merges import merge_accounts, merge_contacts, undo_merge
from pipeline.actions.outcomes import win_deal
from pipeline.models import Campaign, Deal, Subscription, Touch

OCTOBER = datetime.datetime(2026, 10, 7, 12, tzinfo=datetime.UTC)
NOW = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)


@pytest.fixture
def twins(cast):
    """Two accounts of one customer that both bought, subscribe and were talked to in October."""
    found = []
    for name, industry, whose in (("Acme", "food", "rep"), ("ACME Ltd", "retail", "colleague")):
        rep = cast.reps[whose]
        account = Account.objects.create(name=name, industry=industry, region=name, owner=rep, created_at=OCTOBER)
        person = Contact.objects.create(account=account, name="Anna", email="anna@acme.test", created_at=OCTOBER)
        told = {"by": rep.user, "now": OCTOBER, "owner": rep, "account": account, "contact": person}
        win_deal(deal=create_deal(name="Won", amount=Decimal(200), **told), by=rep.user, now=OCTOBER)
        create_deal(name="Open", amount=Decimal(50), **told)
        log_activity(by=rep.user, now=OCTOBER, kind="call", owner=rep, account=account, contact=person)
        create_lead(by=rep.user, now=OCTOBER, name="Lead", owner=rep, account=account)
        Subscription.objects.create(
            account=account, monthly_amount=5, base_minor=500, currency="EUR", starts_on=OCTOBER.date()
        )
        SurveyResponse.objects.create(
            account=account,
            contact=person,
            score=9,
            at=OCTOBER,
            answered_on=OCTOBER.date(),
            industry=industry,
            owner=rep,
        )
        campaign, _new = Campaign.objects.get_or_create(name="Fair")
        Touch.objects.create(campaign=campaign, contact=person, kind="visit", at=OCTOBER)
        found.append((account, person))
    return found


def figures():
    """Every metric of October, as a whole and sliced by what belongs to an account."""
    company = Company.current()
    found = {}
    for slug in known_metrics():
        for by in (None, *({"industry", "rep"} & set(find_metric(slug).dimensions))):
            figure = evaluate(
                slug, period=parse_period("2026-10", today=NOW.date()), scope=COMPANY, company=company,
                today=NOW.date(), now=NOW, by=by,
            )  # fmt: skip
            members = sorted((one.member.key, repr(one.value)) for one in figure.by or ())
            found[slug, by] = (repr(figure.value), members)
    return found


def test_october_stays_what_it_was(twins):
    (kept, person), (gone, double) = twins
    before = figures()
    merge_contacts(kept=person, gone=double, by=None, now=NOW)
    merge_accounts(kept=kept, gone=gone, by=None, now=NOW)
    assert Deal.objects.filter(account=kept).count() == 3
    merged = figures()
    # A contact is its account's owner's, whoever that is today.
    of_owners = {("contact_completeness", "rep"), ("duplicate_rate", "rep")}
    assert {key for key in before if before[key] != merged[key]} <= of_owners
    undo_merge(gone=gone, by=None, now=NOW)
    undo_merge(gone=double, by=None, now=NOW)
    assert figures() == before
    assert before["deals_won", None][0] == "Value(value=Decimal('2'), numerator=Decimal('2'), denominator=None, n=2)"


def test_another_industry_moves_no_more_than_the_same_edit_does(twins):
    (kept, _person), (gone, _double) = twins
    merge_accounts(kept=kept, gone=gone, by=None, now=NOW, taken=["industry"])
    merged = figures()
    undo_merge(gone=gone, by=None, now=NOW)
    change_account(account=kept, by=None, now=NOW, industry="retail")
    edited = figures()
    assert {key for key in merged if merged[key] != edited[key] and key[1] != "rep"} == set()
