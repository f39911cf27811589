"""A stored figure that somebody or something changed behind our back is found and named."""

import datetime
import json
from dataclasses import replace
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.jobs import queue_job
from accounts.models import Company, Rep, User
from metrics.catalogue import METRICS
from metrics.dimensions import ALL
from metrics.jobs.workers import perform_job
from metrics.models import Snapshot
from metrics.scopes import rep_scope
from metrics.snapshots import audits
from metrics.snapshots import storing as snapshots
from metrics.snapshots.cells import compute_cells
from metrics.snapshots.storing import month_spans
from pipeline.changed_days import queue_days
from pipeline.models import ChangedDay, DealVersion
from tests.metrics.night.conftest import NIGHT, TODAY
from tests.metrics.night.ledger import DAY, content, night, question, seeded
from tests.metrics.night.working_day import work_for_a_day

pytestmark = pytest.mark.usefixtures("company")
CELLS = 3
"""How many of a day are asked again the way a page asks."""


@pytest.fixture(autouse=True)
def look_at(monkeypatch):
    """Which days stored before are in the sample, not by chance; of those to store, the first of each span is.

    All deals are looked at.
    """
    monkeypatch.setattr(audits, "SAMPLED_DEALS", 1000)
    chosen: list[datetime.date] = []
    by_chance = audits.Audit.of

    def of(days: list[datetime.date], **about: object) -> audits.Audit:
        firsts = tuple(first for first, _last in month_spans(days))
        return replace(by_chance(days, **about), new=firsts, old=tuple(chosen), cells=CELLS)

    monkeypatch.setattr(audits.Audit, "of", of)
    return chosen.append


def tamper(**where: object) -> Snapshot:
    cell = Snapshot.objects.filter(measure="won_money", scope_kind="rep", **where).order_by("day").first()
    Snapshot.objects.filter(pk=cell.pk).update(total=cell.total + 1)
    return cell


def verify(*options: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        with time_machine.travel(NIGHT, tick=False):
            call_command("verify_snapshots", *options, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_nothing_is_found_where_nothing_is_wrong(look_at):
    look_at(TODAY - 10 * DAY)
    look_at(TODAY - 40 * DAY)
    assert verify()[0] == 0
    assert night(NIGHT + DAY)[0].problems == []


def test_a_changed_cell_makes_the_run_suspect(look_at):
    cell = tamper(grain="day")
    look_at(cell.day)
    job = queue_job(kind="snapshot", key=TODAY.isoformat(), now=NIGHT + DAY)
    perform_job(job_id=job.pk, clock=lambda: NIGHT + DAY, alive=False)
    job.refresh_from_db()
    assert job.state == "suspect"
    named = f"won_money of rep {cell.scope_id} on {cell.day}: stored ({cell.total + 1}, {cell.n})"
    assert named in job.error
    assert f"recomputed ({cell.total}, {cell.n})" in job.error


def test_verify_names_the_changed_cell_and_exits_with_one():
    cell = tamper(grain="day")
    code, out, err = verify()
    assert (code, "1 figures differ" in out) == (1, False), "its month does not add up any more either"
    assert f"won_money of rep {cell.scope_id} on {cell.day}" in err
    code, out, _err = verify("--json", "--from", str(cell.day), "--to", str(cell.day))
    assert code == 1
    found = json.loads(out)
    assert found["days"] == 1
    rep = Rep.objects.get(pk=cell.scope_id)
    assert found["differences"][0] == {
        "measure": "won_money", "scope": f"rep:{rep.email}", "day": str(cell.day), "grain": "day",
        "stored": {"total": cell.total + 1, "n": cell.n}, "recomputed": {"total": cell.total, "n": cell.n},
        "changed_since": False,
    }  # fmt: skip


def test_a_changed_month_is_found_too(look_at):
    cell = tamper(grain="month")
    look_at(cell.day)
    _code, _out, err = verify()
    assert f"won_money of rep {cell.scope_id} on month of {cell.day}" in err
    assert night(NIGHT + DAY)[0].problems != []


def test_a_lost_version_is_found():
    """The next night finds that the history of the deal is not what its events say."""
    version = DealVersion.objects.filter(outcome="won", superseded_at=None).order_by("pk").first()
    version.credits.all().delete()
    version.products.all().delete()
    version.delete()
    problems = night(NIGHT + DAY)[0].problems
    assert f"deal {version.deal_id}: its versions are not what its events come to" in problems


def test_what_waits_for_the_next_night_is_no_finding_of_an_audit(noon):
    """Somebody works while the night is audited: verify says so, the audit leaves it out."""
    work_for_a_day(seeded(6), noon)
    code, _out, err = verify()
    assert code == 1
    assert all(line.endswith("(changed since; the next night stores it)") for line in err.splitlines())
    audit = audits.Audit.of([], company=Company.current(), today=TODAY, now=NIGHT, seed=1)
    assert audit.of_old_days() == audit.of_deals() == []


def test_the_command_exits_with_one_when_an_audit_doubts(look_at):
    look_at(tamper(grain="day").day)
    out, err = StringIO(), StringIO()
    with time_machine.travel(NIGHT + DAY, tick=False), pytest.raises(SystemExit) as end:
        call_command("snapshot", "--json", stdout=out, stderr=err)
    assert end.value.code == 1
    assert json.loads(out.getvalue())["state"] == "suspect"
    assert "won_money of rep" in err.getvalue()


@pytest.mark.parametrize(
    "options", [["--from", "2026-10-99"], ["--to", "soon"], ["--from", "2026-10-02", "--to", "2026-10-01"]]
)
def test_verify_refuses_odd_days(options):
    code, out, err = verify(*options)
    assert (code, out) == (1, "")
    assert options[0] in err or "lies after" in err


def test_a_level_that_no_deal_explains_is_found(look_at, monkeypatch):
    """Opening + moves = closing: one open deal too many on a day."""
    monkeypatch.setattr(f"{__name__}.CELLS", 1_000_000)
    cell = Snapshot.objects.filter(measure="open_deals", scope_kind="company", grain="day").order_by("-day").first()
    look_at(cell.day)
    Snapshot.objects.filter(pk=cell.pk).update(total=cell.total + 1, n=cell.n + 1)
    problems = night(NIGHT + DAY)[0].problems
    moved = f"open_deals of company 0 on {cell.day}: opening and moves come to ({cell.total}, {cell.n}), "
    assert any(line.startswith(moved) for line in problems)
    assert any(line.startswith(f"open_deals of company on {cell.day}: stored") for line in problems), "pages differ too"


def test_a_day_that_is_found_wrong_is_computed_live_and_stored_anew(look_at):
    cell = tamper(grain="day")
    look_at(cell.day)
    scope = rep_scope(Rep.objects.get(pk=cell.scope_id))
    asked = {"today": TODAY + DAY, "scope": scope}
    wrong = METRICS["won_revenue"].parts(question(cell.day, cell.day, **asked))[ALL].value
    assert wrong == cell.total + 1
    night(NIGHT + DAY)
    right = METRICS["won_revenue"].parts(question(cell.day, cell.day, **asked))[ALL].value
    assert right == cell.total
    report, _run = night(NIGHT + 2 * DAY)
    assert report.problems == []
    assert verify()[0] == 0
    month = question(cell.day.replace(day=1), cell.day, today=TODAY + DAY, scope=scope)
    live = question(cell.day.replace(day=1), cell.day, today=TODAY + DAY, scope=scope, stored=False)
    assert METRICS["won_revenue"].parts(month) == METRICS["won_revenue"].parts(live)


class TestADoubtfulNight:
    """The program counts a deal too many for a day: the night does not take it."""

    @pytest.fixture
    def faulty(self, monkeypatch, noon):
        for first, last in ((10, 9), (40, 40)):
            queue_days(ChangedDay.Subject.ACTIVITIES, [(TODAY - first * DAY, TODAY - last * DAY)], now=noon)

        def one_too_many(*args, **options):
            cells = compute_cells(*args, **options)
            for place in sorted(place for place in cells if place.day == args[0])[:1]:
                cells[place].total += 1
                cells[place].n += 1
            return cells

        monkeypatch.setattr(snapshots, "compute_cells", one_too_many)

    def test_keeps_the_figures_of_the_night_before(self, faulty):
        before = content()
        days = set(Snapshot.objects.values_list("day", flat=True))
        waiting = snapshots.changed_days(days)
        report, _run = night(NIGHT + DAY)
        assert any(line.startswith("activities of company") for line in report.problems)
        assert content() == before
        assert snapshots.changed_days(days) == waiting != set(), "these days are computed live, as during the day"

    def test_is_told_on_the_pages_of_figures(self, faulty, client):
        admin, leader = (User.objects.filter(role=role).first() for role in ("admin", "leader"))
        with time_machine.travel(NIGHT + DAY, tick=False):
            job = queue_job(kind="snapshot", key="doubtful", now=NIGHT + DAY)
            client.force_login(admin)
            assert "did not pass its audit" not in client.get("/kpis/").content.decode()
            perform_job(job_id=job.pk, clock=lambda: NIGHT + DAY, alive=False)
            page = client.get("/kpis/").content.decode()
            assert "did not pass its audit" in page
            assert f"/jobs/{job.pk}/" in page
            for address in ("/metrics/won_revenue/", "/metrics/won_revenue/records/", "/metrics/"):
                assert "did not pass its audit" in client.get(address).content.decode()
            client.force_login(leader)
            page = client.get("/kpis/").content.decode()
            assert "did not pass its audit" in page
            assert f"/jobs/{job.pk}/" not in page

    def test_is_forgotten_after_a_good_one(self, faulty, monkeypatch, client):
        night(NIGHT + DAY)
        monkeypatch.setattr(snapshots, "compute_cells", compute_cells)
        job = queue_job(kind="snapshot", key="good", now=NIGHT + 2 * DAY)
        perform_job(job_id=job.pk, clock=lambda: NIGHT + 2 * DAY, alive=False)
        job.refresh_from_db()
        assert job.state == "done"
        client.force_login(User.objects.filter(role="admin").first())
        assert "did not pass its audit" not in client.get("/kpis/").content.decode()
