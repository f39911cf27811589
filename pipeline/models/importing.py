from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import JobRun


class ImportRun(models.Model):
    """One file that was read: what it was, how it was mapped, what it did."""

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        UNDONE = "undone"

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    mapping = models.JSONField(default=dict)
    on_error = models.CharField(max_length=5, default="abort")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    job = models.ForeignKey(JobRun, models.SET_NULL, null=True, related_name="+")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.kind}: {self.file_name}"


class ImportedRow(models.Model):
    """The ledger of an import: what each row did, with the values before, so that it can be undone."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField()
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    created = models.BooleanField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list] = [models.Index(fields=["run", "model", "object_id"], name="imported_row_object")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id} by row {self.row}"
