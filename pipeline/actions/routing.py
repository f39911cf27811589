"""Writes of the rules by which new leads are given out: for admins."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import change_row, check_admin, create_row, delete_row
from accounts.errors import ActionRefused
from accounts.models import Rep, User
from pipeline.models import RoutingRule


@transaction.atomic
def create_rule(*, by: User | None, now: datetime.datetime, reps: Sequence[Rep], **values: Any) -> RoutingRule:
    """Add a rule behind the others: channel, region, reps."""
    _check(reps, values)
    last = RoutingRule.objects.aggregate(last=Max("position"))["last"]
    rule = create_row(RoutingRule, by=by, now=now, position=0 if last is None else last + 1, **values)
    _set_reps(rule, reps, by=by, now=now)
    return rule


@transaction.atomic
def change_rule(
    *, rule: RoutingRule, by: User | None, now: datetime.datetime, reps: Sequence[Rep], **values: Any
) -> RoutingRule:  # fmt: skip
    """Change channel, region and reps of a rule."""
    _check(reps, values, besides=rule)
    rule, _old = change_row(rule, by=by, now=now, **values)
    _set_reps(rule, reps, by=by, now=now)
    return rule


@transaction.atomic
def move_rule(*, rule: RoutingRule, steps: int, by: User | None, now: datetime.datetime) -> RoutingRule:
    """Let a rule change places with the one above (-1) or below it (1); at the end nothing happens."""
    check_admin(by)
    rules = list(RoutingRule.objects.select_for_update().order_by("position", "pk"))
    at = next((at for at, one in enumerate(rules) if one.pk == rule.pk), 0)
    if 0 <= at + steps < len(rules):
        rules[at], rules[at + steps] = rules[at + steps], rules[at]
        for position, one in enumerate(rules):
            RoutingRule.objects.filter(pk=one.pk).update(position=position)
        write_audit(action="move", subject=rule, by=by, now=now, detail={"to": {"place": at + steps + 1}})
    return rule


@transaction.atomic
def delete_rule(*, rule: RoutingRule, by: User | None, now: datetime.datetime) -> None:
    """Take a rule away; leads that it gave stay where they are."""
    check_admin(by)
    rule.reps.clear()
    delete_row(rule, by=by, now=now)


def _check(reps: Sequence[Rep], values: dict[str, Any], besides: RoutingRule | None = None) -> None:
    if not reps:
        raise ActionRefused(_("Pick at least one rep."), "reps")
    same = RoutingRule.objects.filter(channel=values.get("channel"), region__iexact=values.get("region", ""))
    if set(same.values_list("pk", flat=True)) - {besides.pk if besides else None}:
        raise ActionRefused(_("There is a rule for this channel and region already."), "region")


def _set_reps(rule: RoutingRule, reps: Sequence[Rep], *, by: User | None, now: datetime.datetime) -> None:
    old, new = set(rule.reps.all()), set(reps)
    if old != new:
        rule.reps.set(new)
        told = {"from": {"reps": _names(old)}, "to": {"reps": _names(new)}}
        write_audit(action="change", subject=rule, by=by, now=now, detail=told)


def _names(reps: set[Rep]) -> list[str]:
    return sorted(rep.name for rep in reps)
