"""A stored figure that somebody or something changed behind our back is found and named."""

import json
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.jobs import queue_job
from accounts.models import Company
from metrics import audits
from metrics.models import Snapshot
from metrics.workers import perform_job
from pipeline.models import DealVersion
from tests.metrics.night.conftest import NIGHT, TODAY
from tests.metrics.night.ledger import DAY, night, seeded
from tests.metrics.night.working_day import work_for_a_day

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture(autouse=True)
def thorough(monkeypatch):
    """Every day is in the sample."""
    for name in ("SAMPLED_DAYS", "SAMPLED_OLD_DAYS", "SAMPLED_DEALS"):
        monkeypatch.setattr(audits, name, 1000)


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


def test_nothing_is_found_where_nothing_is_wrong():
    assert verify()[0] == 0
    assert night(NIGHT + DAY)[0].problems == []


def test_a_changed_cell_makes_the_run_suspect():
    cell = tamper(grain="day")
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
    assert found["differences"][0].startswith(f"won_money of rep {cell.scope_id} on {cell.day}: stored")


def test_a_changed_month_is_found_too():
    cell = tamper(grain="month")
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
    days = sorted(set(Snapshot.objects.filter(grain="day").values_list("day", flat=True)))
    assert audits.audit_days(days, company=Company.current(), now=NIGHT, seed=1) == []


def test_the_command_exits_with_one_when_an_audit_doubts(monkeypatch):
    tamper(grain="day")
    out, err = StringIO(), StringIO()
    with time_machine.travel(NIGHT + DAY, tick=False), pytest.raises(SystemExit) as end:
        call_command("snapshot", "--json", stdout=out, stderr=err)
    assert end.value.code == 1
    assert json.loads(out.getvalue())["state"] == "suspect"
    assert "won_money of rep" in err.getvalue()
