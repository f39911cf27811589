"""A small sample company, and what to compare of it."""

import datetime
from decimal import Decimal

from django.apps import apps

from accounts.business_dates import day_start
from accounts.models import Account, Company, ExchangeRate, Rep, Team, TeamMembership, User
from accounts.roles import Role
from pipeline.actions.deals import create_deal
from pipeline.actions.leads import create_lead
from pipeline.models import (
    Activity,
    CampaignSpend,
    Channel,
    Deal,
    DealVersion,
    Lead,
    StageVisit,
    Subscription,
)
from pipeline.sample.loading import Size, load_sample

TODAY = datetime.date(2026, 10, 5)
SMALL = Size(reps=12, months=10, deals=60)


def load(seed: int = 1, size: Size = SMALL) -> dict[str, int]:
    return load_sample(size=size, seed=seed, today=TODAY)


def content() -> dict[str, list[tuple]]:
    """Everything that people would notice, without row numbers."""
    asked = {
        Deal: ("name", "owner__email", "stage__name", "amount", "currency", "opened_at", "closed_at", "next_step_on"),
        DealVersion: ("deal__name", "valid_from", "valid_to", "recorded_at", "superseded_at", "base_minor", "outcome"),
        StageVisit: ("deal__name", "stage__name", "entered_at", "left_at"),
        Lead: ("name", "email", "created_at", "response_minutes", "status", "owner__email", "first_team__name"),
        Activity: ("kind", "subject", "owner__email", "done_at", "due_at", "outcome", "duration_minutes", "logged_at"),
        Subscription: ("account__name", "monthly_amount", "starts_on", "ends_on", "churn_reason"),
        CampaignSpend: ("campaign__name", "day", "amount"),
        TeamMembership: ("rep__email", "team__name", "starts_on", "ends_on"),
        ExchangeRate: ("currency", "day", "rate"),
    }
    return {model.__name__: sorted(map(repr, model.objects.values_list(*names))) for model, names in asked.items()}


def rows_of_all_tables() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def own_records() -> Deal:
    """A company that works already: some of its names are those of the sample."""
    now = day_start(TODAY, Company.current().zone) - datetime.timedelta(days=40)
    user = User.objects.create_user("own@company.example", name="Own Rep", role=Role.REP)
    team = Team.objects.create(name="North", slug="north")
    rep = Rep.objects.create(name="Own Rep", email="own@company.example", user=user, team=team)
    TeamMembership.objects.create(rep=rep, team=team)
    channel = Channel.objects.create(name="Website", kind=Channel.Kind.ORGANIC)
    account = Account.objects.create(name="Own customer", owner=rep)
    create_lead(by=user, now=now, name="Own lead", owner=rep, channel=channel)
    return create_deal(by=user, now=now, name="Own deal", owner=rep, account=account, amount=Decimal(500))
