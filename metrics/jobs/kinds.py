"""Every kind of job: what it is called, and the function that does it. Each is safe to run twice, late or never."""

import datetime
from dataclasses import asdict

from django.utils.translation import gettext_lazy as _

from accounts.business_dates import business_date
from accounts.jobs import queue_job
from accounts.models import Company, JobRun
from metrics.actions.calculated_statements import JOB, calculate_period
from metrics.actions.forecasts import store_due_runs
from metrics.actions.pay_alerts import mail_moves
from metrics.actions.plan_lab import JOB as PLAN_LAB
from metrics.actions.plan_lab import run_lab
from metrics.actions.statement_refresh import refresh_statements
from metrics.books.freezing import freeze_book
from metrics.jobs.work import JobKind, Outcome, Work
from metrics.models import Book, SnapshotDay
from metrics.sample.loading import load_sample
from metrics.snapshots.comparing import compare_days
from metrics.snapshots.nightly import run_night
from pipeline.imports.uploads import run_upload
from pipeline.models import ImportRun
from pipeline.sample.loading import Size

SHOWN_DIFFERENCES = 200


def store_night(work: Work) -> Outcome:
    """The nightly figures: missed and changed days, or those that the argument ``days`` lists."""
    days = [datetime.date.fromisoformat(day) for day in work.arguments.get("days", ())]
    report = run_night(now=work.clock(), run=work.job, days=days or None, progress=work.progress)
    return Outcome(
        rows=report.rows,
        state=JobRun.State.SUSPECT if report.problems else JobRun.State.DONE,
        error="\n".join(report.problems),
        result=asdict(report),
    )


def verify_figures(work: Work) -> Outcome:
    """Compute every stored day again and compare; suspect when a figure differs."""
    company = Company.current()
    today = business_date(work.clock(), company.zone)
    days = list(SnapshotDay.objects.order_by("day").values_list("day", flat=True))
    found: list[str] = []
    for done, differing in compare_days(days, company=company, today=today):
        found += map(str, differing)
        work.progress(done, len(days))
    return Outcome(
        rows=len(days),
        state=JobRun.State.SUSPECT if found else JobRun.State.DONE,
        error="\n".join(found[:SHOWN_DIFFERENCES]),
        result={"days": len(days), "differences": len(found)},
    )


def freeze(work: Work) -> Outcome:
    """Freeze the book whose number the key names."""
    book = Book.objects.get(pk=int(work.job.key.rpartition(" ")[2]))
    now = work.clock()
    today = business_date(now, Company.current().zone)
    stored = freeze_book(book=book, run=work.job, now=now, today=today, progress=work.progress)
    return Outcome(rows=stored, message=book.name)


def store_forecasts(work: Work) -> Outcome:
    """Keep the forecasts as of the day that the key names, and those that were missed before it."""
    made = store_due_runs(
        last=datetime.date.fromisoformat(work.job.key), company=Company.current(), now=work.clock(), job=work.job,
        progress=work.progress,
    )  # fmt: skip
    return Outcome(rows=made)


def calculate_statements(work: Work) -> Outcome:
    """Note what all statements of the period come to that the arguments name, or of all that are open."""
    now = work.clock()
    if "period" in work.arguments:
        found = calculate_period(period=work.arguments["period"], now=now, progress=work.progress)
    else:
        found = refresh_statements(now=now, progress=work.progress)
        mail_moves(found.moves)
    state = JobRun.State.SUSPECT if found.problems else JobRun.State.DONE
    changed = [str(move) for move in found.moves]
    return Outcome(
        rows=found.rows, state=state, error="\n".join([*found.problems, *changed]), result={"changed": len(changed)}
    )


def try_plan(work: Work) -> Outcome:
    """What a plan version would have paid in the months that the arguments name."""
    result = run_lab(arguments=work.arguments, now=work.clock())
    return Outcome(rows=len(result["reps"]), result=result)


def try_sample(work: Work) -> Outcome:
    """Load the sample company as of today, then have its figures computed."""
    now = work.clock()
    company = Company.current()
    today = business_date(now, company.zone)
    if company.sample_day != today:
        counts = load_sample(size=Size(), seed=1, today=today)
    else:
        counts = {}
    queue_job(kind="snapshot", key=f"after job {work.job.pk}", now=now, by=work.job.by)
    return Outcome(rows=sum(counts.values()), result=counts)


def import_file(work: Work) -> Outcome:
    """Try an uploaded file, or import it, as its arguments say."""
    run = ImportRun.objects.get(pk=work.arguments["run"])
    dry_run = bool(work.arguments["dry_run"])
    if run.state == ImportRun.State.DONE:
        return Outcome(rows=run.created + run.updated, message="imported before")
    result = run_upload(
        run, dry_run=dry_run, now=work.clock(), by=work.job.by, progress=lambda rows: work.progress(rows, 0)
    )
    report = result.report
    state = JobRun.State.PARTIAL if report.problems and not report.refused else JobRun.State.DONE
    return Outcome(rows=report.created + report.updated, state=state, result={"bad rows": len(report.bad_rows)})


KINDS: dict[str, JobKind] = {
    "snapshot": JobKind(_("Nightly figures"), store_night),
    "verify": JobKind(_("Comparison of stored figures"), verify_figures),
    "freeze": JobKind(_("Freezing of a period"), freeze),
    "forecast": JobKind(_("Forecasts"), store_forecasts),
    JOB: JobKind(_("Statements of a period"), calculate_statements),
    PLAN_LAB: JobKind(_("Plan lab"), try_plan),
    "import": JobKind(_("Import of a file"), import_file),
    "sample": JobKind(_("Sample company"), try_sample),
}
"""By the name that ``JobRun.kind`` has."""
