"""The end of a quarter killed at random moments and run again, and run thrice at once: what a quiet one leaves."""

import datetime
import signal
import subprocess
import time
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Rep, User
from accounts.roles import Role
from metrics.actions.plans import add_version, publish_version
from metrics.incentives.documents import terms_of
from metrics.incentives.plan_file import parse_document
from metrics.incentives.verifying import broken_links
from metrics.models import Approval, Statement, StatementLine
from pipeline.sample.loading import Size, load_sample
from tests.metrics.incentives.month_end import APPROVER, MONTHS, close_months
from tests.metrics.night.ledger import seeded
from tests.metrics.night.own_database import OwnDatabases

KILLS, AT_ONCE, PATIENCE = 8, 2, 120
PLAN = (
    "{name: Everyone, currency: EUR, applies_to: {roles: [rep, manager]}, statement_every: month, accumulate: quarter, "
    "components: [{name: Bookings, kind: commission, tiers: {by: amount, mode: retroactive, steps: "
    "[{from: 0, rate: 0.0333}, {from: 20000, rate: 0.0777}]}}, "
    "{name: Guarantee, kind: draw, amount: 333.33, to: 2026-08-10}]}"
)
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def template(own_databases: OwnDatabases) -> str:
    """Six paid reps with deals in three months, nothing calculated."""
    name = own_databases.create("template")
    with own_databases.connected(name):
        load_sample(size=Size(reps=6, months=3, deals=60, activities=50), seed=3, today=datetime.date(2026, 10, 5))
        User.objects.create_user(APPROVER, name="Payroll", role=Role.ADMIN)
        row = add_version(terms=terms_of(parse_document(PLAN)), by=None, now=timezone.now())
        publish_version(version=row, day=datetime.date(2026, 7, 1), approved_by=None, by=None, now=timezone.now())
    return name


def content() -> dict[str, list[tuple[Any, ...]]]:
    """Whatever is kept of pay but the moments."""
    statements = Statement.objects.values_list("rep", "period", "version", "status", "total_minor", "hash", "position")
    lines = StatementLine.objects.values_list("statement__hash", "position", "deal", "amount_minor", "text", "hash")
    approvals = Approval.objects.values_list("rep", "period", "hash", "ends_on")
    return {
        "statements": sorted(statements),
        "lines": sorted(lines, key=repr),
        "approvals": sorted(approvals),
        "broken": [text for rep in Rep.objects.all() for text in broken_links(rep)],
    }


def month_end(own: OwnDatabases, name: str) -> subprocess.Popen[bytes]:
    return own.start(
        "-m", "tests.metrics.incentives.month_end", name=name, DJANGO_SETTINGS_MODULE="salestracker.settings"
    )


def quiet(own: OwnDatabases, template: str) -> dict[str, list[tuple[Any, ...]]]:
    """What is left where nothing disturbs."""
    with own.connected(own.create("quiet", template)):
        close_months()
        found = content()
    assert len(found["statements"]) == len(found["approvals"]) >= 5 * len(MONTHS)
    assert not found["broken"]
    assert {one[3] for one in found["statements"]} == {"paid"}
    return found


def test_killed_at_eight_moments_and_run_again_it_leaves_what_a_quiet_one_leaves(own_databases, template):
    own, chance = own_databases, seeded(20261129)
    wanted = quiet(own, template)
    every, halfway = len(wanted["statements"]), 0
    for first in range(0, KILLS, AT_ONCE):
        names = [own.create(f"killed_{number}", template) for number in range(first, first + AT_ONCE)]
        victims = [(name, month_end(own, name), chance.randrange(every)) for name in names]
        for name, process, stored in victims:
            with own.connected(name):
                until = time.monotonic() + PATIENCE
                while (
                    process.poll() is None and time.monotonic() < until and Statement.objects.frozen().count() <= stored
                ):
                    time.sleep(0.003)
                time.sleep(chance.uniform(0, 0.05))
                process.kill()
                assert process.wait() in (0, -signal.SIGKILL)
                halfway += 0 < Approval.objects.count() < every
                close_months()
                assert content() == wanted
    assert halfway >= KILLS / 3, "most were killed before or after their work"


@pytest.mark.postgresql
def test_run_three_times_at_once_it_leaves_what_one_leaves(own_databases, template):
    own = own_databases
    wanted = quiet(own, template)
    processes = [month_end(own, template) for _ in range(3)]
    assert [process.wait(timeout=PATIENCE) for process in processes] == [0, 0, 0]
    with own.connected(template):
        assert content() == wanted
