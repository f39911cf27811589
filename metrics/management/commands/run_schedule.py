import signal
import time
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from accounts.jobs import waiting_jobs
from metrics.jobs.schedule import look_after_jobs, queue_due
from metrics.jobs.workers import perform_job

POLL_SECONDS = 1.0
LOOK_EVERY_SECONDS = 60.0
AFTER_TROUBLE_SECONDS = 5.0
log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = (
        "Run queued jobs and the nightly run as they fall due, until it is told to stop (SIGTERM or Ctrl-C: the work "
        "begun goes back to the queue at its next step). Needs no Redis. Two of them do no harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = False
        self.last_look = float("-inf")
        if options["once"]:
            while self.step():
                pass
            return
        before = {number: signal.signal(number, self.stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            self.run_for_ever()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def run_for_ever(self) -> None:
        while not self.stopping:
            try:
                worked = self.step()
                pause = 0.0 if worked else POLL_SECONDS
            except DatabaseError as error:
                log.error("schedule_lost_database", error=str(error).strip())
                connection.close()
                pause = AFTER_TROUBLE_SECONDS
            close_old_connections()
            self.wait(pause)

    def wait(self, seconds: float) -> None:
        """Sleep in short naps, so that a signal is heard soon."""
        until = time.monotonic() + seconds
        while not self.stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))

    def step(self) -> bool:
        """Look after the jobs once a minute, then do one that waits; whether there was one."""
        if time.monotonic() - self.last_look >= LOOK_EVERY_SECONDS:
            look_after_jobs(now=timezone.now())
            queue_due(now=timezone.now())
            self.last_look = time.monotonic()
        for job_id in waiting_jobs(timezone.now()):
            perform_job(job_id=job_id, clock=timezone.now, is_stopping=lambda: self.stopping)
            return True
        return False
