"""Who may bring back what was deleted."""

from django.db import models

from accounts.errors import ActionRefused, NotAllowed
from accounts.models import AuditEntry, User
from accounts.roles import Role


def deleted_by(user: User, model: type[models.Model]) -> models.QuerySet[AuditEntry]:
    """The audit lines of this user's deletions of one kind of record."""
    return AuditEntry.objects.filter(action="delete", by=user, subject_kind=model._meta.model_name)


def check_may_undo(record: models.Model, by: User | None) -> None:
    """ActionRefused when the record is not deleted; NotAllowed unless ``by`` deleted it, is an admin or the system."""
    if getattr(record, "deleted_at", None) is None:
        raise ActionRefused("This record is not deleted.", "deleted_at")
    if by is None or by.role == Role.ADMIN:
        return
    last = AuditEntry.objects.filter(
        action="delete", subject_kind=record._meta.model_name, subject_id=record.pk
    ).order_by("-pk")
    if last.values_list("by", flat=True).first() != by.pk:
        raise NotAllowed("Only who deleted it, or an admin, can bring it back.")
