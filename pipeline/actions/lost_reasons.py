import datetime

from django.db import transaction

from accounts.actions.configuration import change_row
from accounts.business_dates import business_date
from accounts.models import Company, User
from pipeline.history import Change, append_changes
from pipeline.models import Deal, LostReason


@transaction.atomic
def change_lost_reason(
    *, reason: LostReason, name: str, counts: bool, by: User | None, now: datetime.datetime
) -> LostReason:
    """Change a lost reason. Whether it counts goes into the history of the deals lost for it, as of their last day.

    A deal lost for a reason that does not count leaves every count and rate, and comes back when the reason counts.
    """
    reason, old = change_row(reason, by=by, now=now, name=name, counts=counts)
    if "counts" not in old:
        return reason
    company = Company.current()
    lost = Deal.objects.filter(lost_reason=reason).order_by("pk").select_for_update(of=("self",))
    changes = [
        Change(
            pk, {"counts": counts}, business_date(closed_at, company.zone), by=by, reason="The reason’s rule changed."
        )
        for pk, closed_at in lost.values_list("pk", "closed_at")
        if closed_at is not None
    ]
    if changes:
        append_changes(changes, now=now, company=company)
    return reason
