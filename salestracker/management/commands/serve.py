import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from accounts.models import Company, User
from salestracker.env import env_bool, env_int, env_str

START_SECONDS = 60
STOP_SECONDS = 15
RESTART_SECONDS = 10
WEB_OPTIONS = [
    "--preload",
    "--worker-class=gthread",
    "--threads=4",
    "--timeout=60",
    "--graceful-timeout=10",
    "--max-requests=5000",
    "--max-requests-jitter=500",
    "--log-level=warning",
]


class Command(BaseCommand):
    help = (
        "Bring the database up to date, fill an empty one with the sample company (unless NO_SAMPLE=1) and serve the "
        "program on HOST:PORT (127.0.0.1:8000). Without REDIS_URL, jobs and the nightly run go on beside it."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workers", type=int, default=2, help="processes that answer requests (default 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = env_str("HOST", "127.0.0.1"), env_int("PORT", 8000, low=1, high=65535)
        refuse_busy_port(host, port)
        self.prepare_database()
        lines = sign_in_lines()
        connections.close_all()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        running: dict[str, subprocess.Popen[bytes]] = {}
        try:
            running["web"] = start_web(host, port, options["workers"])
            wait_until_listening(running["web"], host, port)
            self.stdout.write("\n".join([f"\nsalestracker is at http://{host}:{port}/ (Ctrl-C stops it)", *lines, ""]))
            self.stdout.flush()
            while True:
                self.keep_going(running)
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            stop(list(running.values()))

    def prepare_database(self) -> None:
        self.stdout.write("Bringing the database up to date.")
        call_command("migrate", verbosity=0, skip_checks=True)
        if User.objects.exists() or env_bool("NO_SAMPLE", default=False):
            return
        self.stdout.write("The database is empty: loading the sample company (once).")
        call_command("load_sample")
        call_command("snapshot")

    def keep_going(self, running: dict[str, subprocess.Popen[bytes]]) -> None:
        """Start the schedule, again when it has ended; end everything when the web server has."""
        if running["web"].poll() is not None:
            raise CommandError(f"The web server ended with exit code {running['web'].returncode}.")
        if settings.REDIS_URL:
            return
        schedule = running.get("schedule")
        if schedule and schedule.poll() is not None:
            self.stderr.write(f"run_schedule ended with exit code {schedule.returncode}; it starts again.")
            time.sleep(RESTART_SECONDS)
        if not schedule or schedule.poll() is not None:
            running["schedule"] = start([sys.executable, "manage.py", "run_schedule"])


def refuse_busy_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"Cannot serve on {host}:{port} ({error.strerror}). Choose another PORT.") from None


def sign_in_lines() -> list[str]:
    """How to sign in: the sample company's people, or how to make the first user."""
    if not User.objects.exists():
        company = Company.current()
        return [
            "Nobody can sign in yet: .venv/bin/python manage.py create_user you@example.com --role admin",
            f"Days are those of {company.time_zone} and money is {company.base_currency}, and both stay. To begin with "
            "others, remove the database and start with TIME_ZONE and BASE_CURRENCY.",
        ]
    found = User.objects.filter(email__in=settings.SAMPLE_SIGN_INS.values(), is_active=True)
    known = set(found.values_list("email", flat=True))
    lines = [f"  {role:8} {email}" for role, email in settings.SAMPLE_SIGN_INS.items() if email in known]
    return [f"Sample sign-ins, all with the password {settings.SAMPLE_PASSWORD}", *lines] if lines else []


def start_web(host: str, port: int, workers: int) -> subprocess.Popen[bytes]:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "salestracker.wsgi", "--bind", address, "--workers", str(workers)]
    counters = settings.VAR_DIR / "counters"
    shutil.rmtree(counters, ignore_errors=True)
    counters.mkdir(parents=True)
    return start([*command, *WEB_OPTIONS], SALESTRACKER_PROCESS="web", PROMETHEUS_MULTIPROC_DIR=str(counters))


def start(command: list[str], **environment: str) -> subprocess.Popen[bytes]:
    """In a process group of its own: Ctrl-C reaches only this command, which then stops the others in order."""
    quiet = {"LOG_LEVEL": "WARNING", **os.environ}
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env={**quiet, **environment}, process_group=0)  # noqa: S603


def wait_until_listening(web: subprocess.Popen[bytes], host: str, port: int) -> None:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    for _ in range(START_SECONDS * 10):
        if web.poll() is not None:
            raise CommandError(f"The web server did not start (exit code {web.returncode}).")
        try:
            socket.create_connection((target, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError(f"The web server does not answer on {host}:{port} after {START_SECONDS} seconds.")


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
