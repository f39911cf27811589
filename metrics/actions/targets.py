"""Writes of targets. None is overwritten: a change closes the row that held and adds the next."""

import datetime
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import check_admin, plain_values
from accounts.errors import ActionRefused
from accounts.models import User
from metrics.goals import Goal
from metrics.models import Target

BATCH = 500


@transaction.atomic
def set_targets(
    *, goals: Sequence[Goal], by: User | None, now: datetime.datetime, is_sample: bool = False
) -> list[Target]:
    """Let some goals hold from now on; the rows that were added. A goal that holds already changes nothing.

    Of two goals about the same thing the later one holds. Raises NotAllowed.
    """
    check_admin(by)
    wanted = {goal.key: goal for goal in goals}
    standing = standing_targets(wanted.values())
    news = [goal for key, goal in wanted.items() if key not in standing or standing[key].value != goal.value]
    closed = [standing[goal.key] for goal in news if goal.key in standing]
    _close(closed, by=by, now=now)
    added = Target.objects.bulk_create([_row(goal, by, now, is_sample) for goal in news], batch_size=BATCH)
    for target in added:
        old = standing.get(goal_key(target))
        detail = {
            "from": plain_values({"value": old.value}) if old else {},
            "to": plain_values({"value": target.value}),
        }
        write_audit(action="change" if old else "create", subject=target, by=by, now=now, detail=detail)
    return added


@transaction.atomic
def set_target(*, goal: Goal, by: User | None, now: datetime.datetime) -> Target:
    """Let one goal hold from now on."""
    added = set_targets(goals=[goal], by=by, now=now)
    return added[0] if added else standing_targets([goal])[goal.key]


@transaction.atomic
def remove_target(*, target: Target, by: User | None, now: datetime.datetime) -> None:
    """Let a target hold no longer; that it did, and until when, stays known. ActionRefused when it holds no more."""
    check_admin(by)
    row = Target.objects.select_for_update(of=("self",)).get(pk=target.pk)
    if row.superseded_at is not None:
        raise ActionRefused(_("This target was changed or removed meanwhile. Look at the list again."))
    _close([row], by=by, now=now)
    write_audit(action="delete", subject=row, by=by, now=now, detail={"from": plain_values({"value": row.value})})


def standing_targets(goals: Iterable[Goal], *, lock: bool = True) -> dict[tuple[object, ...], Target]:
    """The rows that hold now for what some goals are about, by the goal's key. ``lock`` needs a transaction."""
    goals = list(goals)
    found: dict[tuple[object, ...], Target] = {}
    for start in range(0, len(goals), BATCH):
        some = goals[start : start + BATCH]
        pairs = {(goal.metric, goal.scope_kind, goal.scope_id) for goal in some}
        of_pairs = [Q(metric=metric, scope_kind=kind, scope_id=scope) for metric, kind, scope in sorted(pairs)]
        rows = Target.objects.known_on(None).filter(
            reduce(or_, of_pairs), starts_on__in={goal.starts_on for goal in some}
        )
        found |= {goal_key(row): row for row in (rows.select_for_update(of=("self",)) if lock else rows)}
    return found


def goal_key(target: Target) -> tuple[object, ...]:
    """``Goal.key`` of a row."""
    return (
        target.metric, target.scope_kind, target.scope_id, target.starts_on, target.ends_on, target.dimension,
        target.member,
    )  # fmt: skip


def _close(rows: Sequence[Target], *, by: User | None, now: datetime.datetime) -> None:
    Target.objects.filter(pk__in=[row.pk for row in rows]).update(superseded_at=now, superseded_by=by)


def _row(goal: Goal, by: User | None, now: datetime.datetime, is_sample: bool) -> Target:
    return Target(
        metric=goal.metric,
        scope_kind=goal.scope_kind,
        scope_id=goal.scope_id,
        team_id=goal.scope_id if goal.scope_kind == Target.ScopeKind.TEAM else None,
        rep_id=goal.scope_id if goal.scope_kind == Target.ScopeKind.REP else None,
        period_kind=goal.period_kind,
        period=goal.period,
        starts_on=goal.starts_on,
        ends_on=goal.ends_on,
        dimension=goal.dimension,
        member=goal.member,
        value=goal.value,
        recorded_at=now,
        recorded_by=by,
        is_sample=is_sample,
    )
