"""Writes of what is sold and where buyers come from: products, channels, campaigns.

Products and campaigns have no effects besides their row: ``create_row`` and ``change_row`` write them as they are.
"""

import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.configuration import change_row, delete_row
from accounts.models import User
from accounts.uses import uses_of
from pipeline.changed_days import queue_days
from pipeline.models import ChangedDay, Channel, Lead

WORDS = {
    "campaignspend": (_("day of spend"), _("days of spend")),
    "dealline": (_("line of a deal"), _("lines of deals")),
    "stagevisit": (_("stay of a deal"), _("stays of deals")),
}
"""What people call the records that a row of the catalogue is used by, where the model's own name would puzzle them."""


@transaction.atomic
def change_channel(*, channel: Channel, name: str, kind: str, by: User | None, now: datetime.datetime) -> Channel:
    """Change a channel. Outbound leads wait for nobody's answer, so that kind moves the response times of its leads."""
    channel, old = change_row(channel, by=by, now=now, name=name, kind=kind)
    if "kind" in old and Channel.Kind.OUTBOUND in (old["kind"], kind):
        answered = Lead.objects.filter(channel=channel, response_minutes__isnull=False)
        days = set(answered.values_list("created_on", flat=True))
        queue_days(ChangedDay.Subject.LEADS, [(day, day) for day in days], now=now)
    return channel


@transaction.atomic
def delete_unused(row: models.Model, *, by: User | None, now: datetime.datetime) -> None:
    """Delete a row of the catalogue that no record and no figure needs. ActionRefused names what does."""
    delete_row(row, by=by, now=now, words=WORDS)


def uses_in_catalogue(row: models.Model) -> list[str]:
    """What keeps a row from being deleted, counted."""
    return uses_of(row, words=WORDS)
