"""A plan that pays each of the three reps, and their statements: one that follows the deals, one that is approved."""

import datetime
from decimal import Decimal

from accounts.business_dates import business_date
from accounts.models import Company, User
from accounts.roles import Role
from metrics.actions.calculated_statements import calculate_rep
from metrics.actions.disputes import open_dispute
from metrics.actions.plans import add_version, publish_version
from metrics.actions.statements import approve_statements
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.documents import terms_of
from metrics.incentives.plan_file import parse_document
from metrics.incentives.statements import parse_stated
from metrics.models import Statement
from pipeline.actions import deals, outcomes
from tests.access.sight import OF_OWNER, OVERSEERS, Kind
from tests.cast import NOW, OWNED, Cast

PLAN = """{name: Sellers, currency: EUR, applies_to: {roles: [rep]}, statement_every: month,
components: [{name: Bookings, kind: commission, rate: 0.1}]}"""


NEXT_PLAN, LATER_PLAN = PLAN.replace("0.1", "0.2"), PLAN.replace("0.1", "0.3")


LOOKS_ON = frozenset({("rep", "manager"), ("colleague", "manager"), ("rival", "other_manager")})
ADMIN_TOO = frozenset((whose, "admin") for whose in OWNED)


def make_statements(cast: Cast) -> dict[str, Kind]:
    """Kinds "statement" (November, calculated) and "approved statement" (October)."""
    second = User.objects.create_user("second@cast.test", name="Second", role=Role.ADMIN)
    row = add_version(terms=terms_of(parse_document(PLAN)), by=second, now=NOW)
    publish_version(version=row, day=datetime.date(2026, 10, 1), approved_by=cast.admin, by=cast.admin, now=NOW)
    company = Company.current()
    today = business_date(NOW, company.zone)
    october, november = (parse_stated(name, company, today) for name in ("2026-10", "2026-11"))
    made: dict[str, dict[str, int]] = {"statement": {}, "approved statement": {}}
    for whose in OWNED:
        rep = cast.reps[whose]
        for at in (NOW, NOW - datetime.timedelta(days=31)):
            deal = deals.create_deal(by=None, now=at, name=f"Paid {at.month}", owner=rep, amount=Decimal(50))
            outcomes.win_deal(deal=deal, by=None, now=at)
        approved = approve_statements(rep=rep, period=october, by=cast.admin, now=NOW)
        shared = CompanyFacts(company, today)
        open_one = calculate_rep(rep=rep, period=november, shared=shared, now=NOW)
        made["approved statement"][whose], made["statement"][whose] = approved[0].pk, open_one[0].pk
    draft = add_version(terms=terms_of(parse_document(NEXT_PLAN)), by=second, now=NOW)
    disputes = {
        whose: open_dispute(
            statement=Statement.objects.get(pk=made["approved statement"][whose]), line=1, text="Typed",
            by=getattr(cast, whose), now=NOW,
        ).pk
        for whose in OWNED
    }  # fmt: skip
    paid = frozenset({"rep", "colleague", "rival", "manager", "other_manager"}) | OVERSEERS
    return {
        **{kind: Kind(pks, OF_OWNER) for kind, pks in made.items()},
        "own statement": Kind(made["approved statement"], OF_OWNER, LOOKS_ON | ADMIN_TOO),
        "dispute": Kind(disputes, OF_OWNER, LOOKS_ON),
        "plan version": Kind({"company": row.pk}, {"company": paid}),
        "plan draft": Kind({"company": draft.pk}, {"company": OVERSEERS}),
    }
