"""Writes of targets. None is overwritten: a change closes the row that held and adds the next."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import check_admin, plain_values
from accounts.errors import ActionRefused
from accounts.models import User
from metrics.goals.goal import Goal
from metrics.models import Target

BATCH = 500


@dataclass(frozen=True)
class Replaced:
    """A row that was added, and the one that held before it."""

    new: Target
    old: Target | None


@transaction.atomic
def replace_targets(*, goals: Sequence[Goal], by: User | None, now: datetime.datetime) -> list[Replaced]:
    """Let some goals hold from now on, without a line in the audit log for each (an import has its own).

    A goal that holds already changes nothing; of two goals about the same thing the later one holds. The rows that were
    added, each with the one that it replaced. Raises NotAllowed.
    """
    check_admin(by)
    wanted = {goal.key: goal for goal in goals}
    standing = standing_targets(wanted.values())
    news = [goal for key, goal in wanted.items() if key not in standing or standing[key].value != goal.value]
    _close([standing[goal.key] for goal in news if goal.key in standing], by=by, now=now)
    added = [target_row(goal, by=by, now=now) for goal in news]
    Target.objects.bulk_create(added, batch_size=BATCH)
    return [Replaced(row, standing.get(goal_key(row))) for row in added]


@transaction.atomic
def set_targets(*, goals: Sequence[Goal], by: User | None, now: datetime.datetime) -> list[Target]:
    """Let some goals hold from now on; the rows that were added. As ``replace_targets``, each told in the audit log."""
    replaced = replace_targets(goals=goals, by=by, now=now)
    for one in replaced:
        detail = {"from": plain_values({"value": one.old.value}) if one.old else {}}
        detail["to"] = plain_values({"value": one.new.value})
        write_audit(action="change" if one.old else "create", subject=one.new, by=by, now=now, detail=detail)
    return [one.new for one in replaced]


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


def target_row(goal: Goal, *, by: User | None, now: datetime.datetime, is_sample: bool = False) -> Target:
    """A goal as the row that keeps it, unsaved."""
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
