"""Moving a deal along its stages, and closing it."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import formats
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.models import Company, User
from accounts.rates import RateBook
from pipeline.actions.deals import append_patch, change_deal, lock_deal, money_of, patch_of, touch_deal
from pipeline.actions.pipelines import closing_stage, first_open_stage
from pipeline.gates import check_gate
from pipeline.history import append_changes
from pipeline.later_events import events_in_order, taken_back
from pipeline.models import Deal, DealEvent, DealVersion, LostReason, Outcome, Stage
from pipeline.patches import loss_patch, rate_patch, stage_patch


@transaction.atomic
def move_deal(
    *, deal: Deal, stage: Stage, by: User | None, now: datetime.datetime, version: int | None = None, **values: Any
) -> Deal:
    """Move an open deal to another open stage. Refused when a field that the stage asks for is empty.

    ``values`` are fields of the deal that are filled in with the move, as for ``change_deal``.
    """
    company = Company.current()
    deal = lock_deal(deal, by=by, version=version)
    check_can_move(deal, stage)
    if stage.pk == deal.stage_id:
        return deal
    if values:
        deal = change_deal(deal=deal, by=by, now=now, **values)
    check_gate(deal, stage)
    bp = None if deal.probability is None else int(deal.probability * 10_000)
    patch = stage_patch(stage, probability_bp=bp, category=deal.forecast_category)
    touch_deal(deal)
    append_patch(deal, patch, by=by, now=now, company=company)
    return deal


@transaction.atomic
def edit_deal(
    *, deal: Deal, stage: Stage, by: User | None, now: datetime.datetime, version: int | None = None, **values: Any
) -> Deal:
    """Change fields of an open deal, and its stage with them where that is another one. Refusals as of both."""
    deal = lock_deal(deal, by=by, version=version)
    check_can_move(deal, stage)
    changed = {name: value for name, value in values.items() if getattr(deal, name) != value}
    if stage.pk == deal.stage_id:
        return change_deal(deal=deal, by=by, now=now, **changed)
    return move_deal(deal=deal, stage=stage, by=by, now=now, **changed)


def check_can_move(deal: Deal, stage: Stage) -> None:
    """ActionRefused unless both the deal and the stage are open."""
    if deal.outcome != Outcome.OPEN:
        raise ActionRefused(
            _("This deal is already %(outcome)s. Reopen it first.") % {"outcome": deal.get_outcome_display().lower()},
            "stage",
        )
    if stage.outcome != Outcome.OPEN:
        raise ActionRefused(_("“%(stage)s” closes a deal: use Won or Lost.") % {"stage": stage}, "stage")


@transaction.atomic
def win_deal(
    *,
    deal: Deal,
    by: User | None,
    now: datetime.datetime,
    closed_at: datetime.datetime | None = None,
    amount: Decimal | None = None,
    version: int | None = None,
    **values: Any,
) -> Deal:
    """Close the deal as won on ``closed_at`` (default now), at ``amount`` where given (else the deal's).

    Refused when a field that the stage asks for is empty. ``values`` are fields of the deal that are filled in with it,
    as for ``change_deal``, and hold from the closing on.
    """
    company = Company.current()
    deal = lock_deal(deal, by=by, version=version)
    stage = closing_stage(deal.pipeline, Outcome.WON)
    if amount is not None:
        deal.amount = amount
    return _close(deal, stage, {}, values, by=by, now=now, company=company, closed_at=closed_at or now)


@transaction.atomic
def lose_deal(
    *,
    deal: Deal,
    reason: LostReason,
    by: User | None,
    now: datetime.datetime,
    closed_at: datetime.datetime | None = None,
    competitor: str = "",
    version: int | None = None,
    **values: Any,
) -> Deal:
    """Close the deal as lost for ``reason``. Its stage's gate and ``values`` are as for ``win_deal``."""
    company = Company.current()
    deal = lock_deal(deal, by=by, version=version)
    deal.competitor = competitor or deal.competitor
    stage = closing_stage(deal.pipeline, Outcome.LOST)
    return _close(deal, stage, loss_patch(reason), values, by=by, now=now, company=company, closed_at=closed_at or now)


def closing_patch(deal: Deal, outcome: str, closed_at: datetime.datetime, company: Company) -> dict[str, Any]:
    """What closing a deal changes besides its stage, its money at the rate of that day. Raises ActionRefused."""
    day = business_date(closed_at, company.zone)
    money = money_of(deal, deal.amount, deal.currency, day, company)
    return {"outcome": outcome, "closed_at": closed_at.isoformat(), **money}


def _close(
    deal: Deal, stage: Stage, extra: dict[str, Any], values: dict[str, Any], *, by: User | None,
    now: datetime.datetime, company: Company, closed_at: datetime.datetime,
) -> Deal:  # fmt: skip
    if deal.outcome != Outcome.OPEN:
        raise ActionRefused(
            _("This deal is already %(outcome)s.") % {"outcome": deal.get_outcome_display().lower()}, "outcome"
        )
    if closed_at > now:
        raise ActionRefused(_("A deal can't be closed in the future."), "closed_at")
    if deal.opened_at and closed_at < deal.opened_at:
        raise ActionRefused(_("A deal can't be closed before it was opened."), "closed_at")
    day = business_date(closed_at, company.zone)
    _check_was_open(deal, day)
    for key, value in values.items():
        setattr(deal, key, value)
    check_gate(deal, stage)
    filled = patch_of(deal, values.keys(), day, company)
    patch = {**filled, **stage_patch(stage), **closing_patch(deal, stage.outcome, closed_at, company), **extra}
    touch_deal(deal, "competitor", "contact")
    append_patch(deal, patch, by=by, now=now, company=company, at=closed_at, on=day)
    return deal


def _check_was_open(deal: Deal, day: datetime.date) -> None:
    """ActionRefused when the deal was closed at the end of ``day`` and was reopened later: that closing would count."""
    if not DealVersion.objects.known_on(None).valid_on(day).filter(deal=deal).exclude(outcome=Outcome.OPEN).exists():
        return
    reopened = max(row.effective_on for _event, row in events_in_order(deal.pk) if row.patch.get("outcome") == "open")
    text = _("It was closed then, and reopened on %(day)s: pick that day or a later one.")
    raise ActionRefused(text % {"day": formats.full_day(reopened)}, "closed_at")


@transaction.atomic
def reopen_deal(
    *, deal: Deal, by: User | None, now: datetime.datetime, stage: Stage | None = None, version: int | None = None
) -> Deal:
    """Open a closed deal again, from now on, in ``stage`` or the one it was in before it closed.

    Without a stage, a closing that was entered today is taken back instead, from its own day and with the amount that
    it set: a slip of the hand stays in no figure, and the deal can be closed on another day.
    """
    company = Company.current()
    deal = lock_deal(deal, by=by, version=version)
    if deal.outcome == Outcome.OPEN:
        raise ActionRefused(_("This deal is open."), "outcome")
    touch_deal(deal)
    day = business_date(now, company.zone)
    entry = [] if stage else _entered_on(deal, day, company)
    if entry:
        append_changes(taken_back(events_in_order(deal.pk), entry, by=by, now=now, today=day), now=now, company=company)
        deal.refresh_from_db()
        return deal
    stage = stage or last_open_stage(deal)
    bp = None if deal.probability is None else int(deal.probability * 10_000)
    patch = {
        **stage_patch(stage, probability_bp=bp, category=deal.forecast_category),
        "outcome": "open",
        "closed_at": None,
        **loss_patch(None),
        **rate_patch(currency=deal.currency, day=day, rates=RateBook.load([deal.currency], company), company=company),
    }
    append_patch(deal, patch, by=by, now=now, company=company)
    return deal


def _entered_on(deal: Deal, day: datetime.date, company: Company) -> list[DealEvent]:
    """The events by which somebody closed the deal last, when that was on ``day``; none for an import."""
    rows = list(deal.events.order_by("-pk"))
    closing = next((row for row in rows if row.patch.get("outcome", Outcome.OPEN) != Outcome.OPEN), None)
    if closing is None or closing.import_run_id or business_date(closing.recorded_at, company.zone) != day:
        return []
    together = [row for row in rows if row.recorded_at == closing.recorded_at]
    # The closing itself sets the most; what was said once more behind later events is a part of it.
    whole = max(
        together, key=lambda row: (row.patch.get("outcome") == closing.patch["outcome"], len(row.patch), -row.pk)
    )
    return [row for row in together if row.pk >= whole.pk and row.patch.items() <= whole.patch.items()]


def last_open_stage(deal: Deal) -> Stage:
    """The open stage in which the deal was last, else the pipeline's first."""
    visit = deal.visits.filter(stage__outcome=Outcome.OPEN).select_related("stage").order_by("-pk").first()
    return visit.stage if visit else first_open_stage(deal.pipeline)
