"""The end of a quarter as a program of its own, which tests kill: calculate, approve and pay all that is open.

``python -m tests.metrics.incentives.month_end``: every month of ``MONTHS``, every rep; what was done before is left.
"""

from contextlib import suppress

import django

MONTHS = ("2026-07", "2026-08", "2026-09")
APPROVER = "payroll@example.com"


def close_months() -> None:
    from django.utils import timezone

    from accounts.errors import ActionRefused
    from accounts.models import Company, Rep, User
    from metrics.actions.calculated_statements import calculate_period
    from metrics.actions.statements import approve_statements, pay_statement
    from metrics.incentives.statements import parse_stated
    from metrics.models import Statement

    by = User.objects.get(email=APPROVER)
    for name in MONTHS:
        now = timezone.now()
        period = parse_stated(name, Company.current(), now.date())
        calculate_period(period=name, now=now)
        for rep in Rep.objects.order_by("pk"):
            with suppress(ActionRefused):  # approved before
                approve_statements(rep=rep, period=period, by=by, now=now)
            for row in Statement.objects.filter(rep=rep, period=name, status="approved"):
                with suppress(ActionRefused):  # paid by the one beside
                    pay_statement(statement=row, by=by, now=now)


if __name__ == "__main__":
    django.setup()
    close_months()
