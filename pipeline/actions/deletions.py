"""Who may bring back what was deleted."""

from typing import TypeVar

from django.db import models
from django.utils.translation import gettext as _

from accounts.errors import ActionRefused, NotAllowed
from accounts.models import AuditEntry, User
from accounts.roles import Role

Row = TypeVar("Row", bound=models.Model)


def restorable(model: type[Row], *, by: User) -> models.QuerySet[Row]:
    """Deleted rows that ``by`` may bring back: his own deletions, for an admin all."""
    rows = model._default_manager.exclude(deleted_at=None)
    if by.role == Role.ADMIN:
        return rows
    own = AuditEntry.objects.filter(action="delete", by=by, subject_kind=model._meta.model_name)
    return rows.filter(pk__in=own.values("subject_id"))


def check_may_undo(record: models.Model, by: User | None) -> None:
    """ActionRefused when the record is not deleted; NotAllowed unless ``by`` deleted it, is an admin or the system."""
    if getattr(record, "deleted_at", None) is None:
        raise ActionRefused(_("This record is not deleted."), "deleted_at")
    if by is None or by.role == Role.ADMIN:
        return
    last = AuditEntry.objects.filter(
        action="delete", subject_kind=record._meta.model_name, subject_id=record.pk
    ).order_by("-pk")
    if last.values_list("by", flat=True).first() != by.pk:
        raise NotAllowed(_("Only who deleted it, or an admin, can bring it back."))
