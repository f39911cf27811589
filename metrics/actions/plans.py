"""Writes of incentive plans: a version is added, published from a day with a second person's approval, never edited."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.audit import write_audit
from accounts.actions.configuration import check_admin
from accounts.errors import ActionRefused, NotAllowed
from accounts.models import User
from accounts.roles import Role
from metrics.incentives.documents import document_of
from metrics.incentives.findings import REFUSE, Finding, PlanRefused
from metrics.incentives.known_names import known_names
from metrics.incentives.linting import lint
from metrics.incentives.plan_file import as_stored
from metrics.incentives.stretches import clashing
from metrics.incentives.terms import Terms
from metrics.incentives.versions import as_version, published_versions
from metrics.models import Plan, PlanVersion

TWO_PLANS = gettext_noop("two plans would hold for the same people: %(plan)s and %(others)s.")


@transaction.atomic
def add_version(*, terms: Terms, by: User | None, now: datetime.datetime) -> PlanVersion:
    """Keep the terms as the next version of the plan of that name, a draft. Again the same draft is that one.

    Raises PlanRefused with the linter's findings, NotAllowed.
    """
    check_admin(by)
    findings = [one for one in lint(terms, known_names()) if one.level == REFUSE]
    if findings:
        raise PlanRefused(findings)
    plan, _created = Plan.objects.get_or_create(name=terms.name)
    Plan.objects.select_for_update().get(pk=plan.pk)
    content = as_stored(document_of(terms))
    newest = plan.versions.order_by("-number").first()
    if newest is not None and newest.content == content and newest.published_from is None:
        return newest
    number = newest.number + 1 if newest else 1
    row = PlanVersion.objects.create(plan=plan, number=number, content=content, created_at=now, created_by=by)
    write_audit(action="create", subject=row, by=by, now=now)
    return row


@transaction.atomic
def publish_version(
    *, version: PlanVersion, day: datetime.date, approved_by: User | None, by: User | None, now: datetime.datetime
) -> PlanVersion:
    """Let a draft hold from a day on. ``approved_by`` is another admin than who made it; only a command (``by`` None)
    may do without. Raises ActionRefused, NotAllowed, PlanRefused when two plans would hold for the same people."""
    check_admin(by)
    row = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if row.published_from is not None:
        raise ActionRefused(_("This version is published; change the plan with a new one."), "version")
    _check_approver(row, approved_by, by)
    row.published_from, row.published_at, row.approved_by = day, now, approved_by
    names = clashing(as_version(row), published_versions().values())
    if names:
        told = {"plan": row.plan.name, "others": ", ".join(names)}
        raise PlanRefused([Finding(REFUSE, "applies_to", TWO_PLANS, values=told)])
    row.save(update_fields=["published_from", "published_at", "approved_by"])
    detail = {"to": {"published_from": day.isoformat(), "approved_by": str(approved_by or "")}}
    write_audit(action="publish", subject=row, by=by or approved_by, now=now, detail=detail)
    return row


def _check_approver(row: PlanVersion, approved_by: User | None, by: User | None) -> None:
    if approved_by is None:
        if by is not None:
            raise ActionRefused(_("A second person has to approve it."), "approved_by")
        return
    if not User.objects.filter(pk=approved_by.pk, role=Role.ADMIN, is_active=True).exists():
        raise NotAllowed(_("Only an admin may approve a plan."), "approved_by")
    if approved_by.pk == row.created_by_id:
        raise NotAllowed(_("Who made a plan does not approve it."), "approved_by")
