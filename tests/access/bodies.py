"""What to send to an address that writes so that it would do it: then a refusal is for want of the right alone."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Account, Company, Contact
from metrics.incentives.statements import parse_stated, statements_of
from pipeline.models import Activity, Deal, Lead, LostReason, Stage
from tests.access.belongings import LATER
from tests.access.payments import LATER_PLAN
from tests.cast import Cast

MODELS = {"account": Account, "contact": Contact, "deal": Deal, "lead": Lead, "activity": Activity}
Body = Callable[[Cast, int], dict[str, Any]]


def _version(_cast: Cast, version: int) -> dict[str, Any]:
    return {"version": version}


def _stage(_cast: Cast, version: int) -> dict[str, Any]:
    return {"stage": Stage.objects.get(name="Proposal").pk, "version": version}


def _win(_cast: Cast, version: int) -> dict[str, Any]:
    return {"closed_on": LATER.date().isoformat(), "amount": "900", "version": version}


def _lose(_cast: Cast, version: int) -> dict[str, Any]:
    reason = LostReason.objects.get(name="Price")
    return {"closed_on": LATER.date().isoformat(), "reason": reason.pk, "version": version}


def _owner(cast: Cast, version: int) -> dict[str, Any]:
    return {"owner": cast.reps["colleague"].pk, "version": version}


def _bulk(kind: str) -> Body:
    def body(cast: Cast, _version: int) -> dict[str, Any]:
        record = getattr(cast.owns["rep"], kind)
        picked = f"{record.pk}:{version_of(kind, record.pk)}"
        return {
            "picked": picked,
            "expected_close_on": "2027-01-31",
            "owner": cast.reps["colleague"].pk,
            "confirmed": "yes",
        }

    return body


def _rows(kind: str) -> Callable[[Cast, int], Any]:
    return lambda cast, _version: [{"id": getattr(cast.owns["rep"], kind).pk, "owner": cast.reps["colleague"].pk}]


def _other(kind: str) -> Body:
    """Another one of the rep's, to merge with."""

    def body(_cast: Cast, _version: int) -> dict[str, Any]:
        rows = MODELS[kind].objects.filter(name=f"Another {kind} of Rep", deleted_at=None, merged_into=None)
        return {"other": f"#{rows.first().pk}"}

    return body


def _rule(cast: Cast, _version: int) -> dict[str, Any]:
    return {"region": "Typed", "reps": [cast.reps["rep"].pk]}


def _deal(cast: Cast, version: int) -> dict[str, Any]:
    return {"name": "Typed", "currency": "EUR", "kind": "new", "version": version}


def _lines(cast: Cast, version: int) -> dict[str, Any]:
    return {"version": version, "rows-TOTAL_FORMS": "0", "rows-INITIAL_FORMS": "0"}


def _lead(cast: Cast, version: int) -> dict[str, Any]:
    return {"name": "Typed", "company": "Typed", "whose": "me", "version": version}


def _disqualify(_cast: Cast, version: int) -> dict[str, Any]:
    return {"reason": "spam", "version": version}


def _convert(cast: Cast, version: int) -> dict[str, Any]:
    return {**_stage(cast, version), "account": "new", "contact": "new", "deal_name": "Converted"}


def _account(_cast: Cast, version: int) -> dict[str, Any]:
    return {"name": "Typed", "version": version}


def _contact(cast: Cast, version: int) -> dict[str, Any]:
    return {"name": "Typed", "account": f"#{cast.owns['rep'].account.pk}", "version": version}


def _log(cast: Cast, _version: int) -> dict[str, Any]:
    return {"kind": "call", "outcome": "spoke", "deal": cast.owns["rep"].deal.pk}


def _plan(cast: Cast, _version: int) -> dict[str, Any]:
    return {"kind": "call", "due": "tomorrow", "deal": cast.owns["rep"].deal.pk}


def _activity(_cast: Cast, version: int) -> dict[str, Any]:
    done_at = "2026-11-20T11:00"
    return {"kind": "call", "subject": "Typed", "direction": "out", "done_at": done_at, "version": version}


def _snooze(_cast: Cast, version: int) -> dict[str, Any]:
    return {"to": "week", "version": version}


def _api_convert(_cast: Cast, version: int) -> dict[str, Any]:
    return {"deal_name": "Converted", "version": version}


def _named(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"name": "Deal of rival", "company": "rival ltd"}


def named(_cast: Cast, _version: int) -> dict[str, Any]:
    """Enough for most forms of the set-up."""
    return {
        "name": "Typed", "fiscal_year_start_month": "2", "rate_max_age_days": "20", "working_weekdays": ["1", "2"],
        "opens_at": "09:00", "closes_at": "17:00",
        "theme": "dark",
        "time_zone": "unset", "language": "unset", "kind": "paid", "status": "running", "outcome": "open",
        "probability": "30", "forecast_category": "pipeline", "day": "2026-11-18", "amount": "7", "currency": "EUR",
        "base": "EUR", "rate": "1.25", "ramp_months": "3", "email": "typed@cast.test", "role": "rep", "steps": "1",
    }  # fmt: skip


def _rate(cast: Cast, version: int) -> dict[str, Any]:
    return {**named(cast, version), "currency": "GBP"}


def _team_change(cast: Cast, _version: int) -> dict[str, Any]:
    return {"team": cast.south.pk, "day": "2026-11-19"}


def _upload(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"kind": "channels", "file": SimpleUploadedFile("channels.csv", b"name\nRadio\n")}


def _import(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"on_error": "abort", "column_0": "name", "import": "yes"}


def _expense(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"day": "2026-11-18", "category": "travel", "purpose": "acquire", "amount": "7", "currency": "EUR"}


def _reading(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"day": "2026-11-18", "value": "12", "source": "Typed"}


def _survey(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"kind": "nps", "score": "9", "at": "2026-11-18T10:00"}


def _target(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"metric": "won_revenue", "scope": "company", "period": "2025-12", "value": "70"}


def _benchmark(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"metric": "win_rate", "value": "0.3", "source": "Typed", "year": "2024"}


def _market(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"kind": "TAM", "accounts": "90", "source": "Typed", "year": "2025"}


def _indicator(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"name": "Typed", "nature": "stock"}


def _definition(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"name": "Typed", "slug": "typed_metric", "meaning": "Typed.", "better": "higher", "top": "won"}


def _pin(_cast: Cast, _version: int) -> dict[str, Any]:
    return {"metric": "deals_won", "role": "rep", "cadence": "monthly"}


def _seen(cast: Cast, _version: int) -> dict[str, Any]:
    """What the rep's statement comes to."""
    now, company = timezone.now(), Company.current()
    period = parse_stated("2026-11", company, now.date())
    return {"seen": [view.hash for view in statements_of(cast.reps["rep"], period, company=company, now=now)]}


BODIES: dict[str, Body] = {
    **dict.fromkeys(("metrics:statement_review", "metrics:statement_approve"), _seen),
    **dict.fromkeys(("metrics:plan_create", "metrics:plan_edit"), lambda _cast, _version: {"text": LATER_PLAN}),
    "metrics:target_grid": lambda _cast, _version: {"year": "2031", "seen": "0-0-0", "company-0-1": "5"},
    "metrics:dispute_create": lambda _cast, _version: {"line": "1", "text": "Typed"},
    "api:statement-disputes": lambda _cast, _version: {"line": 1, "text": "Typed"},
    "metrics:dispute_answer": lambda _cast, _version: {"text": "Typed"},
    "metrics:plan_publish": lambda _cast, _version: {"day": "2027-01-01"},
    "metrics:plan_lab_start": lambda _cast, _version: {"first": "2026-09", "last": "2026-10"},
    "metrics:statement_calculate": lambda _cast, _version: {"period": "2026-11"},
    **dict.fromkeys(("metrics:pin_create", "metrics:pin_edit"), _pin),
    **dict.fromkeys(("metrics:definition_create", "metrics:definition_edit"), _definition),
    **dict.fromkeys(("metrics:expense_create", "metrics:expense_edit", "api:expense-list"), _expense),
    **dict.fromkeys(("metrics:indicator_create", "metrics:indicator_edit", "api:indicator-list"), _indicator),
    **dict.fromkeys(("metrics:reading_create", "metrics:reading_edit", "api:reading-list"), _reading),
    **dict.fromkeys(("metrics:survey_create", "metrics:survey_edit", "api:survey-list"), _survey),
    **dict.fromkeys(("metrics:target_create", "metrics:target_edit", "api:target-list"), _target),
    **dict.fromkeys(("metrics:benchmark_create", "metrics:benchmark_edit", "api:benchmark-list"), _benchmark),
    **dict.fromkeys(("metrics:market_size_create", "metrics:market_size_edit"), _market),
    "pipeline:import_list": _upload,
    "pipeline:import_detail": _import,
    "metrics:book_close": lambda _cast, _version: {"period": "2026-06", "grace_days": "5"},
    "metrics:book_reopen": lambda _cast, _version: {"reason": "Typed"},
    "pipeline:rate_create": _rate,
    **dict.fromkeys(("pipeline:routing_rule_create", "pipeline:routing_rule_edit"), _rule),
    "pipeline:hand_over": lambda cast, _version: {"to": [cast.reps["colleague"].pk], "day": LATER.date()},
    "pipeline:rep_team": _team_change,
    "pipeline:rep_team_take_back": lambda _cast, _version: {"day": "2026-11-10"},
    "pipeline:view_create": lambda _cast, _version: {"name": "Typed"},
    "pipeline:view_edit": lambda _cast, _version: {"name": "Typed"},
    "pipeline:deal_bulk": _bulk("deal"),
    "pipeline:lead_bulk": _bulk("lead"),
    "pipeline:deal_create": lambda cast, version: (
        _deal(cast, version) | {"stage": Stage.objects.get(name="Proposal").pk}
    ),
    "pipeline:deal_edit": _deal,
    "pipeline:deal_mend": lambda _cast, version: {"field": "amount", "amount": "77", "version": version},
    "pipeline:deal_lines": _lines,
    "pipeline:deal_credits": _lines,
    **dict.fromkeys(("pipeline:deal_move", "pipeline:deal_row"), _stage),
    "pipeline:deal_win": _win,
    "pipeline:deal_lose": _lose,
    "pipeline:deal_assign": _owner,
    "pipeline:lead_create": _lead,
    "pipeline:lead_edit": _lead,
    "pipeline:lead_disqualify": _disqualify,
    "pipeline:lead_convert": _convert,
    "pipeline:lead_assign": _owner,
    "pipeline:account_create": _account,
    "pipeline:account_edit": _account,
    "pipeline:account_merge": _other("account"),
    "pipeline:contact_merge": _other("contact"),
    "pipeline:contact_create": _contact,
    "pipeline:contact_edit": _contact,
    "pipeline:activity_log": _log,
    "pipeline:activity_plan": _plan,
    "pipeline:activity_edit": _activity,
    "pipeline:activity_complete": _version,
    "pipeline:activity_snooze": _snooze,
    "pipeline:duplicate_hint": _named,
    "api:activity-list": _log,
    "api:deal-bulk": _rows("deal"),
    "api:lead-bulk": _rows("lead"),
    "api:deal-move": _stage,
    "api:deal-lose": _lose,
    "api:deal-assign": _owner,
    "api:lead-disqualify": _disqualify,
    "api:lead-assign": _owner,
    "api:lead-convert": _api_convert,
}

WRITERS = {
    "pipeline:deal_assign": "manager",
    "pipeline:hand_over": "manager",
    "pipeline:lead_assign": "manager",
    "pipeline:lead_bulk": "manager",
    "api:deal-bulk": "manager",
    "api:lead-bulk": "manager",
    "api:deal-assign": "manager",
    "api:lead-assign": "manager",
}
"""Who surely may do it to the rep's record, where that is not the rep. Of the company's records it is the admin."""

WRITES_NOTHING = frozenset(
    {
        "pipeline:duplicate_hint", "pipeline:deal_bulk_undo", "pipeline:lead_bulk_undo", "pipeline:account_merge",
        "pipeline:contact_merge", "pipeline:hand_over",
    }
)  # fmt: skip
"""Addresses that are sent something and only answer, the undo of no change in particular, and pages that ask or show
what would happen first."""


def body_for(name: str, cast: Cast, version: int) -> Any:
    """What to send to the address about a record of that version."""
    body: Any = BODIES.get(name, _version if name.startswith("api:") else named)(cast, version)
    return body if isinstance(body, list) else body | {"version": version}


def version_of(kind: str, pk: int) -> int:
    """The record's version, 1 where there is none."""
    model = MODELS.get(kind.split()[-1]) if kind else None
    found = model._default_manager.filter(pk=pk).values_list("version", flat=True).first() if model else None
    return found or 1
