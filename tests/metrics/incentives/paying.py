"""A paid team for tests of pages: North is paid 10 % of what it wins from September 2026 on."""

import datetime
from decimal import Decimal

from accounts.models import User
from accounts.roles import Role
from metrics.actions.plans import add_version, publish_version
from metrics.incentives.documents import terms_of
from metrics.incentives.plan_file import parse_document
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import win_deal

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
BEFORE = datetime.datetime(2026, 8, 20, 12, tzinfo=datetime.UTC)
FLAT = "{name: Bookings, kind: commission, rate: 0.1}"
STEPS = (
    "{name: Bookings, kind: commission, tiers: {by: amount, mode: marginal, steps: "
    "[{from: 0, rate: 0.05}, {from: 1000, rate: 0.1}]}}"
)
PLAN = "{name: %s, currency: %s, applies_to: {%s}, statement_every: month, components: [%s]}"


def plan_text(name="AE", to="teams: [north]", component=FLAT, currency="EUR"):
    return PLAN % (name, currency, to, component)


def publish(cast, day="2026-09-01", now=BEFORE, **words):
    """A published plan; made by the admin, approved by a second one."""
    second = User.objects.filter(email="second@cast.test").first() or User.objects.create_user(
        "second@cast.test", name="Second", role=Role.ADMIN
    )
    row = add_version(terms=terms_of(parse_document(plan_text(**words))), by=cast.admin, now=now)
    return publish_version(
        version=row, day=datetime.date.fromisoformat(day), approved_by=second, by=cast.admin, now=now
    )


def win(cast, amount, day, owner="rep"):
    """A deal won on a day."""
    rep, at = cast.reps[owner], datetime.datetime.fromisoformat(f"{day}T09:00:00+00:00")
    deal = create_deal(by=None, now=at, name=f"{owner} {day} {amount}", owner=rep, amount=Decimal(amount))
    return win_deal(deal=deal, by=None, now=at)
