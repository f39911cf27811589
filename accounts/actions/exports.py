import datetime

from django.db import transaction

from accounts.models import AuditEntry, User


@transaction.atomic
def note_export(*, kind: str, query: str, by: User, now: datetime.datetime) -> AuditEntry:
    """Append to the audit log that ``by`` took a list out of the program. ``query``: the filters of its address."""
    return AuditEntry.objects.create(
        at=now, by=by, by_text=str(by), action="export", subject_kind=kind, subject_name=kind, detail={"query": query}
    )
