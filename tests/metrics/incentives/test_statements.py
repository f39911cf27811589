"""Statements: who may approve them and see them, in which order, and that nothing approved ever changes."""

import datetime
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.models import Company, User
from accounts.roles import Role
from metrics.actions.plans import add_version, publish_version
from metrics.actions.statements import approve_statements, pay_statement
from metrics.errors import QuestionRefused
from metrics.incentives.documents import terms_of
from metrics.incentives.findings import PlanRefused
from metrics.incentives.plan_file import parse_document
from metrics.incentives.statements import parse_stated, statements_of
from metrics.incentives.verifying import broken_links
from metrics.models import PlanVersion, Statement, StatementLine
from pipeline.actions.deal_parts import set_credits
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import reopen_deal, win_deal
from tests.metrics.incentives.by_hand import month

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
PLAN = "{name: %s, currency: EUR, applies_to: {%s}, statement_every: month, components: [%s]}"
FLAT = "{name: Bookings, kind: commission, rate: 0.1}"


def terms(name="AE", to="teams: [north]", component=FLAT):
    return terms_of(parse_document(PLAN % (name, to, component)))


def publish(cast, day="2026-09-01", **words):
    row = add_version(terms=terms(**words), by=cast.admin, now=NOW)
    other = cast.second_admin
    return publish_version(version=row, day=datetime.date.fromisoformat(day), approved_by=other, by=cast.admin, now=NOW)


@pytest.fixture
def people(cast):
    cast.second_admin = User.objects.create_user("second@cast.test", name="Second", role=Role.ADMIN)
    return cast


@pytest.fixture
def paid_team(people):
    """A plan for North from September on: 10 % of what is won."""
    publish(people)
    return people


def win(cast, amount, day, owner="rep"):
    rep, at = cast.reps[owner], datetime.datetime.fromisoformat(f"{day}T09:00:00+00:00")
    deal = create_deal(by=None, now=at, name=f"{owner} {day} {amount}", owner=rep, amount=Decimal(amount))
    return win_deal(deal=deal, by=None, now=at)


def views(rep, period, now=NOW):
    return statements_of(rep, month(period), company=Company.current(), now=now)


def approve(cast, period, by=None, **more):
    return approve_statements(rep=cast.reps["rep"], period=month(period), by=by or cast.admin, now=NOW, **more)


def test_an_approved_period_stays_and_the_next_one_corrects_it(paid_team):
    rep = paid_team.reps["rep"]
    deal = win(paid_team, 1000, "2026-09-10")
    approve(paid_team, "2026-09")
    before = [view.as_json() for view in views(rep, "2026-09")]
    assert (before[0]["total"], before[0]["status"]) == ("100.00", "approved")
    reopen_deal(deal=deal, by=None, now=datetime.datetime(2026, 10, 5, 12, tzinfo=datetime.UTC))
    win(paid_team, 500, "2026-10-06")
    assert [view.as_json() for view in views(rep, "2026-09")] == before
    october = views(rep, "2026-10")[0]
    assert [(line.kind, line.amount) for line in october.lines] == [("commission", 5000), ("adjustment", -10000)]
    assert not [line for view in views(rep, "2026-11") for line in view.lines]
    approve(paid_team, "2026-10")
    assert not [line for view in views(rep, "2026-11") for line in view.lines]
    assert broken_links(rep) == []


def test_periods_are_approved_in_order_once_and_as_they_were_seen(paid_team):
    rep = paid_team.reps["rep"]
    win(paid_team, 1000, "2026-09-10")
    with pytest.raises(ActionRefused, match="2026-09 first"):
        approve(paid_team, "2026-10")
    seen = [view.hash for view in views(rep, "2026-09")]
    win(paid_team, 1000, "2026-09-11")
    with pytest.raises(StaleVersion):
        approve(paid_team, "2026-09", seen=seen)
    approve(paid_team, "2026-09", seen=[view.hash for view in views(rep, "2026-09")])
    with pytest.raises(ActionRefused, match="already"):
        approve(paid_team, "2026-09")
    with pytest.raises(ActionRefused, match="no plan"):
        approve_statements(rep=paid_team.reps["rival"], period=month("2026-09"), by=paid_team.admin, now=NOW)


def test_who_is_paid_never_approves(paid_team):
    win(paid_team, 1000, "2026-09-10")
    for name in ("rep", "colleague", "other_manager", "leader", "deactivated"):
        with pytest.raises(NotAllowed):
            approve(paid_team, "2026-09", by=getattr(paid_team, name))
    user = paid_team.rep
    user.role = "admin"
    user.save()
    with pytest.raises(NotAllowed, match="Who is paid"):
        approve(paid_team, "2026-09", by=user)
    assert approve(paid_team, "2026-09", by=paid_team.manager)[0].total_minor == 10000


def test_paying_marks_an_approved_statement_once(paid_team):
    win(paid_team, 1000, "2026-09-10")
    statement = approve(paid_team, "2026-09")[0]
    with pytest.raises(NotAllowed):
        pay_statement(statement=statement, by=paid_team.manager, now=NOW)
    assert pay_statement(statement=statement, by=paid_team.admin, now=NOW).status == "paid"
    with pytest.raises(ActionRefused):
        pay_statement(statement=statement, by=paid_team.admin, now=NOW)
    assert views(paid_team.reps["rep"], "2026-09")[0].status == "paid"


def test_statements_are_seen_by_the_payee_his_managers_leader_and_admin(paid_team):
    win(paid_team, 1000, "2026-09-10")
    approve(paid_team, "2026-09")
    seers = ("rep", "manager", "leader", "admin")
    for name in ("colleague", "rival", "other_manager", *seers):
        user = getattr(paid_team, name)
        assert Statement.objects.visible_to(user).count() == (name in seers), name
        assert PlanVersion.objects.visible_to(user).count() == (name in seers), name


def test_a_frozen_line_is_not_saved_again_and_a_changed_one_is_found(paid_team):
    rep = paid_team.reps["rep"]
    win(paid_team, 1000, "2026-09-10")
    statement = approve(paid_team, "2026-09")[0]
    line = statement.lines.get()
    with pytest.raises(ValueError, match="kept"):
        line.save()
    StatementLine.objects.filter(pk=line.pk).update(amount_minor=20000)
    assert broken_links(rep) == [str(statement)]


def test_a_credit_that_is_edited_moves_pay_and_a_new_owner_does_not(paid_team):
    reps = paid_team.reps
    deal = win(paid_team, 1000, "2026-09-10")
    approve(paid_team, "2026-09")
    set_credits(
        deal=deal, shares=[(reps["rep"], Decimal("0.4")), (reps["colleague"], Decimal("0.6"))], by=None, now=NOW
    )
    assert [(line.kind, line.amount) for line in views(reps["rep"], "2026-10")[0].lines] == [("adjustment", -6000)]
    assert [(line.kind, line.amount) for line in views(reps["colleague"], "2026-09")[0].lines] == [("commission", 6000)]


def test_a_statement_is_made_for_corrections_of_a_plan_that_holds_no_more(paid_team):
    """North's plan pays September; from October on the rep has a plan of his own, which pays 20 %."""
    rep = paid_team.reps["rep"]
    deal = win(paid_team, 1000, "2026-09-10")
    approve(paid_team, "2026-09")
    publish(paid_team, "2026-10-01", name="Own", to="reps: [rep@cast.test]", component=FLAT.replace("0.1", "0.2"))
    win(paid_team, 100, "2026-10-10")
    reopen_deal(deal=deal, by=None, now=datetime.datetime(2026, 10, 5, 12, tzinfo=datetime.UTC))
    found = [(view.version.terms.name, [line.amount for line in view.lines]) for view in views(rep, "2026-10")]
    assert found == [("AE", [-10000]), ("Own", [2000])]
    approve(paid_team, "2026-10")
    assert [view.as_json()["total"] for view in views(rep, "2026-10")] == ["-100.00", "20.00"]


def test_a_version_is_published_by_a_second_admin_and_never_edited(people):
    row = add_version(terms=terms(), by=people.admin, now=NOW)
    day = datetime.date(2026, 9, 1)
    for approver in (people.admin, people.manager):
        with pytest.raises(NotAllowed):
            publish_version(version=row, day=day, approved_by=approver, by=people.admin, now=NOW)
    with pytest.raises(ActionRefused, match="second person"):
        publish_version(version=row, day=day, approved_by=None, by=people.admin, now=NOW)
    assert add_version(terms=terms(), by=people.admin, now=NOW) == row
    publish_version(version=row, day=day, approved_by=people.second_admin, by=people.admin, now=NOW)
    with pytest.raises(ActionRefused, match="published"):
        publish_version(version=row, day=day, approved_by=people.second_admin, by=people.admin, now=NOW)
    assert add_version(terms=terms(), by=people.admin, now=NOW).number == 2
    with pytest.raises(NotAllowed):
        add_version(terms=terms(), by=people.manager, now=NOW)


def test_two_plans_for_the_same_people_are_refused_and_a_nearer_one_is_not(paid_team):
    with pytest.raises(PlanRefused, match="two plans"):
        publish(paid_team, name="Other")
    publish(paid_team, name="Wider", to="teams: [region]")
    publish(paid_team, name="Everyone", to="roles: [rep]")
    win(paid_team, 100, "2026-09-10", owner="rival")
    assert views(paid_team.reps["rival"], "2026-09")[0].version.terms.name == "Wider"
    assert views(paid_team.reps["rep"], "2026-09")[0].version.terms.name == "AE"


def test_an_unfit_period_is_refused(paid_team):
    with pytest.raises(QuestionRefused, match="2026-09"):
        views(paid_team.reps["rep"], "2026-Q3")
    company = Company.current()
    for text in ("2026", "2026-09-01", "nonsense"):
        with pytest.raises(QuestionRefused):
            parse_stated(text, company, NOW.date())
    company.fiscal_year_start_month = 2
    with pytest.raises(QuestionRefused, match="FY2026-Q4"):
        parse_stated("2026-Q1", company, NOW.date())


def test_a_plan_goes_in_and_out_as_a_file_and_is_tried_on_the_past(people, tmp_path, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    win(people, 1000, "2026-09-10")
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN % ("AE", "teams: [north]", FLAT))
    tried = run("simulate_plan", str(path), "--from", "2026-09", "--to", "2026-10", "--json")
    got = json.loads(tried)
    assert (got["total"], got["present"], got["reps"][0]["periods"]) == (
        "100.00",
        {},
        {"2026-09": "100.00", "2026-10": "0.00"},
    )
    options = ("--publish-from", "2026-09-01", "--approved-by", "admin@cast.test")
    assert "version 1, holds from 2026-09-01." in run("load_plan", str(path), *options)
    assert "nothing changed" in run("load_plan", str(path), *options)
    path.write_text(run("dump_plan", "AE"))
    assert "nothing changed" in run("load_plan", str(path), *options)
    assert json.loads(run("simulate_plan", str(path), "--from", "2026-09", "--to", "2026-09", "--json"))["present"] == {
        "EUR": "100.00"
    }
    text = run("statement", "--rep", "rep@cast.test", "--period", "2026-09")
    assert "total 100.00 EUR" in text


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    "words",
    [
        ("statement", "--rep", "nobody@cast.test", "--period", "2026-09"),
        ("statement", "--rep", "rep@cast.test", "--period", "soon"),
        ("statement", "--rep", "rep@cast.test", "--period", "2026-09", "--approve-by", "nobody@cast.test"),
        ("statement", "--rep", "rep@cast.test", "--period", "2026-09", "--approve-by", "rep@cast.test"),
        ("load_plan", "/nowhere.yaml"),
        ("dump_plan", "Nothing"),
        ("dump_plan", "AE", "--version", "9"),
        ("simulate_plan", "/nowhere.yaml", "--from", "2026-01", "--to", "2026-02"),
    ],
)
def test_commands_refuse_in_one_line(paid_team, words, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command(*words)
    assert ended.value.code == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
