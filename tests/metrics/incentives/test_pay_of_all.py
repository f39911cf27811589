"""What is read once for all reps is what each one's own reading gives, and is asked for once."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Company, Rep
from metrics.catalogue import METRICS
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.deal_book import DealBook
from metrics.incentives.documents import terms_of
from metrics.incentives.figures import figure_of
from metrics.incentives.gathering import gather
from metrics.incentives.plan_file import parse_document
from metrics.incentives.present_pay import PresentPay
from metrics.incentives.simulation import simulate
from metrics.periods import parse_period
from metrics.sample.loading import load_sample
from pipeline.sample.loading import Size
from tests.metrics.incentives.test_statements import people, win  # noqa: F401
from tests.pipeline.sample_company import TODAY

FIRST, LAST = datetime.date(2026, 4, 1), datetime.date(2026, 9, 30)
DRAFTS = (
    "{name: B, kind: commission, rate: 0.05, where: {channel: [Website]}}, {name: S, kind: spiff, per_deal: 10}",
    "{name: B, kind: commission, tiers: {by: attainment, of: won_revenue, mode: marginal,"
    " steps: [{from: 0, rate: 0.04}, {from: 1, rate: 0.08}]}},"
    " {name: R, kind: bonus, metric: win_rate, at_least: 0.3, pays: 500, every: quarter, min_n: 3}",
)


def draft(components, count=10):
    emails = ", ".join(Rep.objects.filter(user__role="rep").order_by("pk").values_list("email", flat=True)[:count])
    head = f"name: Draft, currency: EUR, applies_to: {{reps: [{emails}]}}, statement_every: month, accumulate: quarter"
    return terms_of(parse_document(f"{{{head}, components: [{components}]}}"))


@pytest.fixture
def sample(db) -> Company:
    load_sample(size=Size(reps=9, months=10, deals=120, activities=60), seed=5, today=TODAY)
    return Company.current()


def for_all(company: Company) -> CompanyFacts:
    return CompanyFacts(company, TODAY, deals=DealBook(company, keeps_events=False), for_all=True)


def test_every_figure_of_a_rep_is_that_of_the_company_by_rep(sample):
    book = for_all(sample).figures
    reps, periods = Rep.objects.order_by("pk"), [parse_period(name, today=TODAY) for name in ("2026-Q3", "2026-08")]
    seen = set()
    for slug in METRICS:
        for rep in reps:
            for period in periods:
                own = figure_of(slug, rep, period, company=sample, today=TODAY)
                assert book.of(slug, rep, period) == own, (slug, rep, period)
                if own.n:
                    seen.add(slug)
    assert len(seen) > 70  # the rest has no figure of a rep, or none in so small a company


def test_reps_who_are_called_alike_are_asked_one_by_one(people):  # noqa: F811
    one, other = (Rep.objects.create(name="Sam Doe") for _ in range(2))
    nobody = Rep.objects.create(name="Nobody", external_id="unknown")
    people.reps["sam"] = one
    win(people, 1000, "2026-09-10", owner="sam")
    book, september = for_all(Company.current()).figures, parse_period("2026-09", today=TODAY)
    assert [book.of("deals_won", rep, september).n for rep in (one, other, nobody)] == [1, 0, 0]


def test_facts_read_for_all_are_those_read_for_one(sample):
    shared, alone = for_all(sample), CompanyFacts(sample, TODAY)
    shared.deals.read_won(FIRST, LAST)
    targets = deals = 0
    for rep in Rep.objects.select_related("user"):
        ours, own = (gather(rep, LAST, one, since=FIRST).facts for one in (shared, alone))
        assert (ours.targets, ours.figures, ours.stretches) == (own.targets, own.figures, own.stretches)
        assert ours.deals == own.deals  # though events that tell pay nothing are not read
        targets, deals = targets + len(own.targets), deals + len(own.deals)
    assert targets > 6
    assert deals > 6


def test_drafts_that_are_compared_come_to_what_each_comes_to_alone(sample):
    present = PresentPay(FIRST, LAST, company=sample, today=TODAY)
    together = [simulate(draft(one), FIRST, LAST, company=sample, today=TODAY, present=present) for one in DRAFTS]
    alone = [simulate(draft(one), FIRST, LAST, company=sample, today=TODAY) for one in DRAFTS]
    assert together == alone
    assert all(one.total for one in alone)
    assert alone[0].present == alone[1].present
    assert alone[0].present["EUR"] > 0


def test_a_trial_asks_no_more_for_more_reps_with_targets_and_bonuses(sample):
    def asked(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(simulate(draft(DRAFTS[1], count), FIRST, LAST, company=sample, today=TODAY).results) == count
        return len(queries)

    # Of those without a case in a quarter the first is asked: two statements, two quarters.
    assert asked(7) - asked(2) <= 4
