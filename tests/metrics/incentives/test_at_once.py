"""Two who approve at the same moment: one set of statements, the same cents."""

import datetime

import pytest

from accounts.errors import ActionRefused
from metrics.actions.plans import add_version, publish_version
from metrics.actions.statements import approve_statements, pay_statement
from metrics.incentives.verifying import broken_links
from metrics.models import Approval, Statement, StatementLine
from tests.access.test_races import at_once
from tests.metrics.incentives.by_hand import month
from tests.metrics.incentives.test_statements import NOW, terms, win

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_ten_approvals_at_once_make_one(cast):
    row = add_version(terms=terms(), by=None, now=NOW)
    publish_version(version=row, day=datetime.date(2026, 9, 1), approved_by=None, by=None, now=NOW)
    win(cast, 1000, "2026-09-10")
    rep = cast.reps["rep"]

    def approve():
        return approve_statements(rep=rep, period=month("2026-09"), by=cast.admin, now=NOW)[0].pk

    found = at_once([approve] * 10)
    statement = Statement.objects.get()
    assert [one for one in found if not isinstance(one, ActionRefused)] == [statement.pk]
    assert (statement.total_minor, Approval.objects.count(), StatementLine.objects.count()) == (10000, 1, 1)
    paid = at_once([lambda: pay_statement(statement=statement, by=cast.admin, now=NOW).pk] * 10)
    assert len([one for one in paid if one == statement.pk]) == 1
    assert broken_links(rep) == []
