import datetime

from django.db import transaction

from accounts.actions.audit import write_audit
from accounts.models import ApiToken, User


@transaction.atomic
def create_token(*, user: User, name: str, scope: str, by: User | None, now: datetime.datetime) -> str:
    """A new token of ``user``; the text is returned once and stored nowhere. ``scope``: read or write."""
    _row, token = ApiToken.objects.create(user=user, name=name, scope=scope)
    write_audit(action="create token", subject=user, by=by, now=now, detail={"name": name, "scope": scope})
    return token
