from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class JobRun(models.Model):
    """One piece of background work. The database is the truth; a broker only wakes workers.

    A job is claimed by a conditional update that raises ``attempts`` before any work; a run whose heartbeat stops is
    queued again, and set aside as failed after three tries.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        PARTIAL = "partial"
        FAILED = "failed"
        SUSPECT = "suspect"

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    error = models.TextField(blank=True)
    arguments = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    code_version = models.CharField(max_length=60, blank=True)
    definitions = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list] = [models.UniqueConstraint(fields=["kind", "key"], name="job_once")]
        indexes: ClassVar[list] = [models.Index(fields=["state", "queued_at"], name="job_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
