"""P17: pay of every rep in twelve months by three plans against one scan of the credited deals; one rep's statement
as a page against the trivial page."""

import datetime
import statistics
from collections.abc import Iterable, Iterator

from django.db import connection
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.models import Company, Rep
from accounts.roles import Role
from benchmarks.cost import cost_of
from benchmarks.pages import TRIVIAL
from benchmarks.people import busiest, signed_in
from benchmarks.results import Result
from benchmarks.timing import by_turns, milliseconds
from metrics.actions.calculated_statements import calculate_rep
from metrics.actions.plans import add_version, publish_version
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.documents import terms_of
from metrics.incentives.plan_file import parse_document
from metrics.incentives.present_pay import PresentPay
from metrics.incentives.simulation import simulate
from metrics.incentives.terms import Terms
from metrics.models import Plan, Statement
from metrics.periods import DAY, add_months, containing

CREDITED = (
    "SELECT count(*), sum(c.base_minor) FROM pipeline_versioncredit c"
    " JOIN pipeline_dealversion v ON v.id = c.version_id WHERE v.superseded_at IS NULL AND v.outcome = 'won'"
)
STEPS = "steps: [{from: 0, rate: 0.04}, {from: 50000, rate: 0.06}, {from: 150000, rate: 0.09}]"
PLANS = (
    f"{{name: B, kind: commission, tiers: {{by: amount, mode: marginal, {STEPS}}}}}",
    f"{{name: B, kind: commission, cap: 40000, tiers: {{by: amount, mode: retroactive, {STEPS}}}}}",
    "{name: B, kind: commission, rate: 0.05, threshold: {at: 20000, by: amount, pays_from: zero}}, "
    "{name: S, kind: spiff, per_deal: 100}",
)
NAME = "Benchmark"
SCANS = 3


def measure_pay(rounds: int) -> Iterator[Result]:
    """Both rows; what is written for them is taken away again."""
    company, now = Company.current(), timezone.now()
    today = business_date(now, company.zone)
    end = containing(today, "month").start
    first, last = add_months(end, -12), end - DAY
    paid, took, scans = [], 0.0, []
    present = PresentPay(first, last, company=company, today=today)
    emails = Rep.objects.exclude(user__role=Role.MANAGER).values_list("email", flat=True)
    for terms in _terms(company, emails):
        scans += [milliseconds(_scan) for _ in range(SCANS)]
        took += milliseconds(lambda terms=terms: paid.append(_try(terms, present)))
    scan = statistics.median([*scans, *(milliseconds(_scan) for _ in range(SCANS))])
    facts = {"reps": paid[0], "statements": paid[0] * 12 * len(paid), "took": f"{took / 1000:.1f} s",
             "scan": f"{scan:.1f} ms", "each": f"{took / max(1, paid[0] * 12 * len(paid)):.2f} ms"}  # fmt: skip
    yield Result("P17", "all reps x 12 months x 3 plans", took / scan, 20, "scan of credited deals", facts)
    yield _statement(company, now, today, rounds)


def _terms(company: Company, emails: Iterable[str]) -> list[Terms]:
    """Plans that name each rep, as the sample's plans of managers do: they hold in place of the teams'."""
    document = {"name": NAME, "currency": company.base_currency, "statement_every": "month", "accumulate": "quarter"}
    document["applies_to"] = {"reps": sorted(emails)}
    return [terms_of({**document, **parse_document(f"{{components: [{components}]}}")}) for components in PLANS]


def _try(terms: Terms, present: PresentPay) -> int:
    """How many reps it pays. ``present``: what the first plan read and worked out of the plans that hold, for all."""
    found = simulate(
        terms, present.first, present.last, company=present.company, today=present.today, present=present
    )  # fmt: skip
    return len(found.results)


def _scan() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CREDITED)
        cursor.fetchall()


def _statement(company: Company, now: datetime.datetime, today: datetime.date, rounds: int) -> Result:
    """The page of the busiest rep's statement of the running month, calculated anew each time."""
    user = busiest(Role.REP)
    rep = Rep.objects.select_related("user").get(user=user)
    month = containing(today, "month")
    row = add_version(terms=_terms(company, [rep.email])[0], by=None, now=now)
    publish_version(version=row, day=add_months(month.start, -2), approved_by=None, by=None, now=now)
    try:
        shared = CompanyFacts(company, today)
        address = calculate_rep(rep=rep, period=month, shared=shared, now=now)[0].get_absolute_url()
        client = signed_in(user)
        cost = cost_of(client, address)
        reference, subject = by_turns(lambda: client.get(TRIVIAL), lambda: client.get(address), rounds)
    finally:
        Statement.objects.filter(version=row).delete()
        Plan.objects.get(pk=row.plan_id).versions.all().delete()
        Plan.objects.filter(pk=row.plan_id).delete()
    facts = {"p50": f"{subject.p50:.1f} ms", "P": f"{reference.p50:.1f} ms", **cost}
    return Result("P17", "one rep's statement", subject.p50 / reference.p50, 5, "P", facts, reference.is_noisy)
