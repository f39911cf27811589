"""The pages of jobs: for admins alone."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.jobs import claim_job, fail_job, finish_job, queue_job
from accounts.models import JobRun, User
from accounts.roles import Role
from metrics.jobs.schedule import look_after_jobs

NOW = datetime.datetime(2026, 10, 5, 9, 0, tzinfo=datetime.UTC)
LIST = "/jobs/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client) -> User:
    user = User.objects.create_user("admin@company.example", name="Admin", role=Role.ADMIN)
    client.force_login(user)
    return user


def failed_job(key: str = "2026-10-04") -> JobRun:
    job = queue_job(kind="snapshot", key=key, now=NOW)
    claimed = claim_job(job_id=job.pk, now=NOW)
    fail_job(job=claimed, now=NOW + datetime.timedelta(seconds=90), error="no space left", again=False)
    return job


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.LEADER])
def test_nobody_else_sees_jobs(client, role):
    job = failed_job()
    client.force_login(User.objects.create_user(f"{role}@company.example", name="Somebody", role=role))
    for address in (LIST, reverse("metrics:job_detail", args=[job.pk])):
        assert client.get(address).status_code == 404
    for name, argument in (("metrics:job_retry", job.pk), ("metrics:job_start", "snapshot")):
        assert client.post(reverse(name, args=[argument])).status_code == 404
    job.refresh_from_db()
    assert job.state == "failed"


def test_the_list_says_what_became_of_each_job(client, admin):
    failed_job()
    done = queue_job(kind="verify", key="asked", now=NOW, by=admin)
    finish_job(job=claim_job(job_id=done.pk, now=NOW), now=NOW, rows=1205)
    look_after_jobs(now=NOW)
    page = client.get(LIST).content.decode()
    assert "Nightly figures" in page
    assert "Failed" in page
    assert "90 s" in page
    assert "1,205" in page
    assert "2 jobs" in page, "the mark of life is no job"


def test_the_list_is_filtered_and_refuses_what_does_not_exist(client, admin):
    failed_job()
    assert "1 job" in client.get(LIST, {"state": "failed"}).content.decode()
    assert "Nothing matches 1 filter" in client.get(LIST, {"state": "done"}).content.decode()
    assert client.get(LIST, {"state": "lost"}).status_code == 400


def test_the_list_warns_when_nobody_looks_after_the_jobs(client, admin):
    assert "Nobody looks after the jobs" in client.get(LIST).content.decode()


def test_the_list_asks_as_much_for_many_jobs_as_for_few(client, admin, django_assert_num_queries):
    failed_job()
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(60):
        queue_job(kind="snapshot", key=str(number), now=NOW, by=admin)
    with django_assert_num_queries(len(few)):
        page = client.get(LIST).content.decode()
    assert "Next" in page


def test_a_job_shows_its_error_and_runs_again(client, admin):
    job = failed_job()
    address = reverse("metrics:job_detail", args=[job.pk])
    page = client.get(address).content.decode()
    assert "no space left" in page
    assert "Run again" in page
    response = client.post(reverse("metrics:job_retry", args=[job.pk]), follow=True)
    assert response.redirect_chain == [(address, 302)]
    job.refresh_from_db()
    assert job.state == "queued"
    assert "Run again" not in response.content.decode()


def test_a_waiting_job_is_not_queued_again(client, admin):
    job = queue_job(kind="snapshot", key="waits", now=NOW)
    response = client.post(reverse("metrics:job_retry", args=[job.pk]), follow=True)
    assert "waiting or running already" in response.content.decode()


def test_an_error_is_text_and_never_markup(client, admin):
    job = failed_job()
    JobRun.objects.filter(pk=job.pk).update(error="<script>alert(1)</script>")
    assert "<script>alert(1)" not in client.get(reverse("metrics:job_detail", args=[job.pk])).content.decode()


def test_the_night_can_be_asked_for_and_pressing_twice_is_once(client, admin, time_machine):
    time_machine.move_to(NOW, tick=False)
    for _press in range(2):
        client.post(reverse("metrics:job_start", args=["snapshot"]))
    job = JobRun.objects.get()
    assert (job.kind, job.state, job.by) == ("snapshot", "queued", admin)


def test_only_known_kinds_can_be_started(client, admin):
    assert client.post(reverse("metrics:job_start", args=["sample"])).status_code == 404
    assert client.get(reverse("metrics:job_start", args=["snapshot"])).status_code == 405


def test_a_job_that_does_not_exist_is_not_there(client, admin):
    assert client.get(reverse("metrics:job_detail", args=[4711])).status_code == 404
