"""Late data of a closed month: the figure changes, and the change is told with its cause."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import ExchangeRate, Rep, Team, User
from accounts.roles import Role
from metrics.catalogue import METRICS
from metrics.dimensions import ALL
from metrics.evaluate import evaluate
from metrics.models import Restatement, Snapshot
from metrics.scopes import COMPANY, rep_scope
from pipeline.actions.deals import create_deal
from pipeline.actions.leads import qualify_lead
from pipeline.actions.memberships import move_rep
from pipeline.actions.outcomes import win_deal
from pipeline.models import Deal, DealVersion, Lead
from tests.metrics.night.conftest import NIGHT, TODAY
from tests.metrics.night.ledger import DAY, night, question

CLOSED = datetime.date(2026, 8, 12)
pytestmark = pytest.mark.usefixtures("company")


def noon_of(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), datetime.UTC)


def sell(noon: datetime.datetime, currency: str = "", owner: Rep | None = None) -> Deal:
    """A deal of August that we learn of in October, already won."""
    owner = owner or Rep.objects.filter(team__isnull=False, left_on=None).order_by("pk").first()
    opened = noon_of(CLOSED - 7 * DAY)
    deal = create_deal(
        by=owner.user, now=noon, name="Forgotten", owner=owner, amount=Decimal(4200), opened_at=opened,
        currency=currency,
    )  # fmt: skip
    return win_deal(deal=deal, by=owner.user, now=noon, closed_at=noon_of(CLOSED))


def revenue_of_august(stored: bool, **asked: object) -> object:
    q = question(CLOSED.replace(day=1), CLOSED.replace(day=31), today=TODAY + DAY, stored=stored, **asked)
    return METRICS["won_revenue"].parts(q)[ALL]


def test_a_deal_won_in_a_closed_month_restates_it(noon, company):
    before = revenue_of_august(stored=True)
    deal = sell(noon)
    report, run = night(NIGHT + DAY)
    assert report.problems == []
    cell = {"measure": "won_money", "day": CLOSED, "run": run}
    row = Restatement.objects.get(scope_kind="company", **cell)
    assert (row.new_total - (row.old_total or 0), row.new_n - (row.old_n or 0)) == (420_000, 1)
    [cause] = row.causes
    assert (cause["kind"], cause["id"], cause["who"]) == ("deal", deal.pk, str(deal.owner.user))
    assert "outcome" in cause["what"]
    assert "closed_at" in cause["what"]
    assert Restatement.objects.filter(scope_kind="rep", scope_id=deal.owner_id, **cell).exists()
    assert not Restatement.objects.filter(scope_kind="rep", **cell).exclude(scope_id=deal.owner_id).exists()
    after = revenue_of_august(stored=True)
    assert after.value - before.value == 420_000
    for scope in (COMPANY, rep_scope(deal.owner)):
        assert revenue_of_august(stored=True, scope=scope) == revenue_of_august(stored=False, scope=scope)
    august = question(CLOSED.replace(day=1), CLOSED.replace(day=31), today=TODAY + DAY).period
    figure = evaluate(
        "won_revenue", period=august, scope=COMPANY, company=company, today=TODAY + DAY, now=NIGHT + DAY
    )  # fmt: skip
    assert figure.restated


def test_the_level_of_each_day_that_the_deal_was_open_is_restated_too(noon):
    sell(noon)
    _report, run = night(NIGHT + DAY)
    rows = Restatement.objects.filter(run=run, measure="open_deals", scope_kind="company").order_by("day")
    assert [row.day for row in rows] == [CLOSED - n * DAY for n in range(7, 0, -1)]
    assert {row.new_n - row.old_n for row in rows} == {1}


def test_a_day_of_the_running_month_is_no_restatement(noon):
    deal = sell(noon)
    night(NIGHT + DAY)
    assert not Restatement.objects.filter(day__gte=TODAY.replace(day=1)).exists()
    assert deal.outcome == "won"


def test_a_rate_that_comes_late_prices_the_deal_the_next_night(noon):
    night(NIGHT + DAY)
    deal = sell(noon, currency="ISK")
    night(NIGHT + DAY)
    assert Deal.objects.get(pk=deal.pk).base_minor is None
    without = revenue_of_august(stored=True)
    ExchangeRate.objects.create(base="EUR", currency="ISK", day=CLOSED - 10 * DAY, rate=Decimal(140))
    report, run = night(NIGHT + 2 * DAY)
    assert (report.priced, report.problems) == (1, [])
    assert Deal.objects.get(pk=deal.pk).base_minor == 3000
    row = Restatement.objects.get(run=run, measure="won_money", scope_kind="company", day=CLOSED)
    assert (row.new_total - row.old_total, row.new_n - row.old_n) == (3000, 0)
    assert [(cause["id"], cause["what"]) for cause in row.causes] == [(deal.pk, "rate")]
    assert revenue_of_august(stored=True).value - without.value == 3000


def test_a_rate_changed_later_moves_nothing(noon):
    ExchangeRate.objects.create(base="EUR", currency="ISK", day=CLOSED - 10 * DAY, rate=Decimal(140))
    deal = sell(noon, currency="ISK")
    night(NIGHT + DAY)
    before = revenue_of_august(stored=False)
    ExchangeRate.objects.filter(currency="ISK").update(rate=Decimal(70))
    ExchangeRate.objects.create(base="EUR", currency="ISK", day=CLOSED, rate=Decimal(10))
    report, _run = night(NIGHT + 2 * DAY)
    assert (report.priced, report.restated) == (0, 0)
    assert Deal.objects.get(pk=deal.pk).base_minor == 3000
    assert revenue_of_august(stored=False) == revenue_of_august(stored=True) == before


def test_a_change_of_team_moves_nothing_already_closed(noon):
    """Even one entered for a day long past: what was won, done or taken in before stays with the team it was in."""
    settled = Snapshot.objects.exclude(measure__in=["open_deals", "open_money", "open_weighted"]).order_by("pk")
    columns = ("pk", "measure", "scope_kind", "scope_id", "grain", "day", "total", "n", "histogram")
    before = list(settled.values_list(*columns))
    rep = Rep.objects.filter(pk__in=DealVersion.objects.filter(outcome="won").values("owner"), left_on=None).first()
    other = Team.objects.filter(children=None).exclude(pk=rep.team_id).first()
    admin = User.objects.filter(role=Role.ADMIN).first()
    move_rep(rep=rep, team=other, day=TODAY, by=admin, now=noon)
    report, _run = night(NIGHT + DAY)
    assert report.problems == []
    assert list(settled.filter(day__lt=TODAY).values_list(*columns)) == before
    assert report.restated == 0


def test_cohorts_that_ripen_are_no_restatement(noon):
    lead = Lead.objects.filter(status="contacted", created_on__lt=TODAY.replace(day=1)).order_by("pk").first()
    qualify_lead(lead=lead, by=None, now=noon)
    report, _run = night(NIGHT + DAY)
    assert report.restated == 0
    cell = Snapshot.objects.get(
        measure="leads_qualified", scope_kind="company", grain="day", dimension="", day=lead.created_on
    )
    live = question(lead.created_on, lead.created_on, today=TODAY + DAY, stored=False)
    assert cell.n == METRICS["lead_qualification_rate"].parts(live)[ALL].numerator
