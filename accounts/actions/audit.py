import datetime
from typing import Any

from django.db import models

from accounts.models import AuditEntry, User


def write_audit(
    *,
    action: str,
    subject: models.Model,
    by: User | None,
    now: datetime.datetime,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one line to the audit log, in the caller's transaction. ``detail`` values must be JSON-ready."""
    return AuditEntry.objects.create(
        at=now,
        by=by,
        by_text=str(by) if by else "",
        action=action,
        subject_kind=subject._meta.model_name or "",
        subject_id=subject.pk,
        subject_name=str(subject)[:300],
        detail=detail or {},
    )
