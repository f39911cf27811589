"""Writes of pinned figures: which stand first for a role or a team, in which order, who reviews them when."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import change_row, check_admin, create_row, delete_row, locked_row, save_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import Company, Team, User
from accounts.roles import Role
from metrics.known import known_metric
from metrics.models import PinnedKpi

MOST = 8
"""So many figures stand first for a role or a team; more are no choice any more."""


@transaction.atomic
def pin_kpi(
    *, metric: str, role: str = "", team: Team | None = None, owner: User | None, cadence: str, by: User | None,
    now: datetime.datetime,
) -> PinnedKpi:  # fmt: skip
    """Let a metric stand last among the first ones of a role or of a team. Raises ActionRefused, NotAllowed."""
    check_admin(by)
    if (team is None) == (not role):
        raise ActionRefused(_("Pin it for a role or for a team, for one of them."), "role")
    if known_metric(metric) is None:
        raise ActionRefused(_("There is no such metric."), "metric")
    _check_owner(owner)
    _check_cadence(cadence)
    if team is not None:
        locked_row(team)
    places = list(_beside(role, team).values_list("metric", flat=True))
    if metric in places:
        raise ActionRefused(_("It is pinned there already."), "metric")
    if len(places) >= MOST:
        message = _("At most %(most)s figures are pinned for a role or a team. Take one away first.")
        raise ActionRefused(message % {"most": MOST}, "metric")
    return create_row(
        PinnedKpi, by=by, now=now, metric=metric, role=role, team=team, owner=owner, cadence=cadence,
        position=len(places), pinned_on=business_date(now, Company.current().zone),
    )  # fmt: skip


@transaction.atomic
def change_pin(
    *, pin: PinnedKpi, owner: User | None, cadence: str, by: User | None, now: datetime.datetime
) -> PinnedKpi:
    """Let somebody else answer for it, or review it more or less often."""
    _check_owner(owner)
    _check_cadence(cadence)
    row, _old = change_row(pin, by=by, now=now, owner=owner, cadence=cadence)
    return row


@transaction.atomic
def move_pin(*, pin: PinnedKpi, steps: int, by: User | None, now: datetime.datetime) -> PinnedKpi:
    """Move it among those of its role or team: -1 is one to the front, 1 one to the end."""
    check_admin(by)
    row = locked_row(pin)
    pins = list(_beside(row.role, row.team).select_for_update(of=("self",)))
    at = pins.index(row)
    to = min(max(at + steps, 0), len(pins) - 1)
    if to != at:
        pins.insert(to, pins.pop(at))
        _store_order(pins)
        write_audit(action="move", subject=row, by=by, now=now, detail={"from": at + 1, "to": to + 1})
    row.refresh_from_db()
    return row


@transaction.atomic
def unpin_kpi(*, pin: PinnedKpi, by: User | None, now: datetime.datetime) -> None:
    """Let it stand among all others again."""
    role, team = pin.role, pin.team
    delete_row(pin, by=by, now=now)
    _store_order(list(_beside(role, team)))


@transaction.atomic
def review_pin(*, pin: PinnedKpi, by: User, now: datetime.datetime) -> PinnedKpi:
    """Note that it was reviewed today. For its owner and for admins; twice on a day is once. Raises NotAllowed."""
    row = locked_row(pin)
    if by.pk != row.owner_id and by.role != Role.ADMIN:
        raise NotAllowed(_("Only its owner or an admin reviews a pinned figure."))
    today = business_date(now, Company.current().zone)
    if row.reviewed_on == today:
        return row
    before = row.reviewed_on
    row.reviewed_on, row.reviewed_by = today, by
    save_row(row)
    detail = {"from": before and before.isoformat(), "to": today.isoformat()}
    write_audit(action="review", subject=row, by=by, now=now, detail=detail)
    return row


def _beside(role: str, team: Team | None) -> QuerySet[PinnedKpi]:
    """The pins of a role or team in their order."""
    return PinnedKpi.objects.filter(role=role, team=team).order_by("position", "pk")


def _store_order(pins: list[PinnedKpi]) -> None:
    for position, pin in enumerate(pins):
        pin.position = position
    PinnedKpi.objects.bulk_update(pins, ["position"])


def _check_owner(owner: User | None) -> None:
    if owner is not None and not owner.is_active:
        raise ActionRefused(_("The owner can’t sign in any more; choose somebody who can."), "owner")


def _check_cadence(cadence: str) -> None:
    if cadence not in PinnedKpi.Cadence.values:
        raise ActionRefused(_("Possible: %s.") % ", ".join(PinnedKpi.Cadence.values), "cadence")
