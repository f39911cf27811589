"""Who gets which answer from which address: the written rule that the matrix holds the program to.

It is written down apart from ``salestracker.access`` on purpose: what one of them forgets, the other one shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.access.addresses import group_of

REPS = frozenset({"rep", "colleague", "rival"})
MANAGERS = frozenset({"manager", "other_manager"})
LEADER, ADMIN, NOBODY = frozenset({"leader"}), frozenset({"admin"}), frozenset()
EVERYBODY = REPS | MANAGERS | LEADER | ADMIN
SELLERS = REPS | MANAGERS | ADMIN
HEADS = MANAGERS | LEADER | ADMIN


@dataclass(frozen=True)
class Row:
    """``opens``: for whom the address exists. ``sends``: who of them may use writing verbs at all; others read only.

    ``verbs``: what the address understands. ``names``: the kind of record in it. ``edits``: it is there for changing
    that record, so that who may only read the record is refused. ``nothing_for``: who has nothing there.
    ``open_to_all``: without signing in. ``foreign``: a page that a library makes: no failure, no trace, nothing more.
    """

    opens: frozenset[str] = EVERYBODY
    sends: frozenset[str] = EVERYBODY
    verbs: frozenset[str] = frozenset({"GET", "HEAD"})
    names: str = ""
    nothing_for: frozenset[str] = NOBODY
    edits: bool = False
    open_to_all: bool = False
    foreign: bool = False


def rows(listed: str, /, **fields: object) -> Iterable[tuple[str, Row]]:
    row = Row(**fields)  # type: ignore[arg-type]
    return ((name, row) for name in listed.split())


GET = frozenset({"GET", "HEAD"})
POST = frozenset({"POST"})
FORM = GET | POST


def of_record(kind: str, *, pages: str = "", forms: str = "", buttons: str = "") -> Iterable[tuple[str, Row]]:
    """Pages to read a record; forms and buttons that change it, which leaders may not."""
    yield from rows(pages, names=kind)
    yield from rows(forms, names=kind, verbs=FORM, sends=SELLERS, edits=True)
    yield from rows(buttons, names=kind, verbs=POST, sends=SELLERS, edits=True)


def settings(
    app: str, page: str, *, has_list: bool = True, deletes: bool = True, unused: str = "unused "
) -> Iterable[tuple[str, Row]]:
    """An admin's list, form and deletion of the rows of one kind."""
    kind = page.replace("_", " ")
    if has_list:
        yield from rows(f"{app}:{page}_list", opens=ADMIN)
        yield from rows(f"{app}:{page}_create", opens=ADMIN, verbs=FORM)
    yield from rows(f"{app}:{page}_edit", opens=ADMIN, names=kind, verbs=FORM)
    if deletes:
        yield from rows(f"{app}:{page}_delete", opens=ADMIN, names=f"{unused}{kind}", verbs=FORM)


READ_OVER_API = (
    "team", "rep", "user", "account", "contact", "lead", "deal", "channel", "campaign", "spend", "touch", "pipeline",
    "stage", "product", "subscription",
)  # fmt: skip
TABLE: dict[str, Row] = dict(
    [
        # The program itself, signing in, Django's admin site
        *rows("healthz readyz counters", open_to_all=True, verbs=FORM, foreign=True),
        *rows("language", open_to_all=True, verbs=POST, foreign=True),
        *rows("api-schema api-docs", foreign=True),
        *rows("account_* openid_*", open_to_all=True, foreign=True),
        *rows("mfa_authenticate mfa_login_webauthn", open_to_all=True, foreign=True),
        *rows(
            "socialaccount_login_cancelled socialaccount_login_error socialaccount_signup",
            open_to_all=True,
            foreign=True,
        ),
        *rows("account_reauthenticate account_change_password account_set_password", foreign=True),
        *rows("mfa_* usersessions_* socialaccount_*", foreign=True),
        *rows(
            "account_email account_confirm_email account_email_verification_sent account_confirm_login_code",
            opens=NOBODY,
        ),
        *rows("admin:*", opens=ADMIN, foreign=True),
        *rows("admin:login", opens=NOBODY),
        # Deals
        *rows("pipeline:board pipeline:deal_list"),
        *rows("pipeline:deal_create pipeline:deal_bulk pipeline:lead_bulk", opens=SELLERS, verbs=FORM),
        *rows("pipeline:deal_bulk_undo pipeline:lead_bulk_undo", opens=SELLERS, verbs=POST),
        *of_record(
            "deal",
            pages="pipeline:deal_detail",
            forms="""pipeline:deal_edit pipeline:deal_row pipeline:deal_lines pipeline:deal_credits pipeline:deal_move
            pipeline:deal_win pipeline:deal_lose""",
            buttons="pipeline:deal_delete pipeline:deal_mend",
        ),
        *of_record("closed deal", buttons="pipeline:deal_reopen"),
        *of_record("deleted deal", buttons="pipeline:deal_restore"),
        *rows("pipeline:deal_assign", opens=HEADS, sends=MANAGERS | ADMIN, names="deal", verbs=FORM, edits=True),
        # Saved views
        *rows("pipeline:view_create", verbs=FORM),
        *rows("pipeline:view_edit", names="saved view", verbs=FORM),
        *rows("pipeline:view_delete pipeline:view_default", names="saved view", verbs=POST),
        # Leads
        *rows("pipeline:lead_list"),
        *rows("pipeline:lead_create", opens=SELLERS, verbs=FORM),
        *of_record(
            "lead",
            pages="pipeline:lead_detail",
            forms="pipeline:lead_edit pipeline:lead_disqualify pipeline:lead_convert",
            buttons="pipeline:lead_delete pipeline:lead_qualify",
        ),
        *of_record("queued lead", buttons="pipeline:lead_claim"),
        *of_record("disqualified lead", buttons="pipeline:lead_reopen"),
        *of_record("deleted lead", buttons="pipeline:lead_restore"),
        *rows("pipeline:lead_assign", opens=HEADS, sends=MANAGERS | ADMIN, names="lead", verbs=FORM, edits=True),
        # Accounts and contacts
        *rows("pipeline:account_list pipeline:contact_list"),
        *rows("pipeline:account_create pipeline:contact_create", opens=SELLERS, verbs=FORM),
        *of_record("account", pages="pipeline:account_detail", forms="pipeline:account_edit pipeline:account_merge"),
        *of_record("spare account", buttons="pipeline:account_delete"),
        *of_record(
            "contact",
            pages="pipeline:contact_detail",
            forms="pipeline:contact_edit pipeline:contact_merge",
            buttons="pipeline:contact_delete",
        ),
        *of_record("deleted account", buttons="pipeline:account_restore"),
        *of_record("deleted contact", buttons="pipeline:contact_restore"),
        *of_record("merged account", buttons="pipeline:account_unmerge"),
        *of_record("merged contact", buttons="pipeline:contact_unmerge"),
        # Activities
        *rows("pipeline:activity_list"),
        *rows("pipeline:activity_log pipeline:activity_plan", opens=SELLERS, verbs=FORM),
        *of_record(
            "activity",
            pages="pipeline:activity_detail",
            forms="pipeline:activity_edit",
            buttons="pipeline:activity_undo pipeline:activity_delete",
        ),
        *of_record("planned activity", forms="pipeline:activity_complete", buttons="pipeline:activity_snooze"),
        *of_record("deleted activity", buttons="pipeline:activity_restore"),
        # Finding records
        *rows("pipeline:search pipeline:search_suggestions"),
        *rows("pipeline:duplicate_hint", opens=SELLERS, verbs=POST),
        # Figures
        *rows("metrics:today metrics:my_numbers", nothing_for=LEADER | ADMIN),
        *rows("metrics:pipeline_changes metrics:funnel metrics:cohorts metrics:durations"),
        *rows("metrics:forecast", opens=HEADS),
        *rows("metrics:home metrics:kpis metrics:metric_list metrics:metric metrics:metric_records metrics:metric_csv"),
        *rows("metrics:team", opens=MANAGERS),
        # Incentives
        *rows("metrics:earnings", opens=REPS | MANAGERS),
        *rows("metrics:statement_list metrics:statement_workbook metrics:dispute_list metrics:plan_list"),
        *rows("api:plan-list api:statement-list"),
        *rows("metrics:statement_detail metrics:statement_pdf api:statement-detail", names="statement"),
        *rows("metrics:statement_calculate", opens=ADMIN, verbs=FORM),
        *rows("metrics:statement_review metrics:statement_approve", opens=ADMIN, names="statement", verbs=POST),
        *rows("metrics:statement_pay", opens=ADMIN, names="approved statement", verbs=POST),
        *rows("metrics:dispute_create", names="own statement", sends=SELLERS, verbs=FORM, edits=True),
        *rows("metrics:dispute_detail", names="dispute"),
        *rows("metrics:dispute_answer", names="dispute", sends=SELLERS, verbs=POST, edits=True),
        *rows("api:statement-approve", opens=ADMIN, names="statement", verbs=POST),
        *rows("api:statement-pay", opens=ADMIN, names="approved statement", verbs=POST),
        *rows("api:statement-disputes", names="statement", sends=SELLERS, verbs=FORM),
        *rows("metrics:plan_detail api:plan-detail", names="plan version"),
        *rows("metrics:plan_create", opens=ADMIN, verbs=FORM),
        *rows("metrics:plan_edit", opens=ADMIN, names="plan version", verbs=FORM),
        *rows("metrics:plan_publish", opens=ADMIN, names="plan draft", verbs=FORM),
        *rows("metrics:plan_lab", opens=ADMIN, names="plan draft"),
        *rows("metrics:plan_lab_start", opens=ADMIN, names="plan draft", verbs=POST),
        # Closed and frozen periods
        *rows("metrics:book_list metrics:statement_months", opens=LEADER | ADMIN),
        *rows("metrics:book_detail metrics:book_metric", opens=LEADER | ADMIN, names="frozen book"),
        *rows("metrics:book_close", opens=ADMIN, verbs=FORM),
        *rows("metrics:book_reopen", opens=ADMIN, names="closed book", verbs=FORM),
        *rows("metrics:book_freeze", opens=ADMIN, names="closed book", verbs=POST),
        # Settings
        *rows("accounts:profile", verbs=FORM),
        *rows("accounts:invitation", open_to_all=True, verbs=FORM, foreign=True),
        *rows("accounts:audit_list pipeline:settings", opens=ADMIN),
        *rows("pipeline:settings_company", opens=ADMIN, verbs=FORM),
        *settings("accounts", "user", deletes=False),
        *rows("accounts:user_deactivate", opens=ADMIN, names="user", verbs=POST),
        *rows("accounts:user_invite_again", opens=ADMIN, names="invited user", verbs=POST),
        *rows("accounts:user_activate", opens=ADMIN, names="deactivated user", verbs=POST),
        *settings("accounts", "team"),
        *settings("pipeline", "pipeline"),
        *settings("pipeline", "stage", has_list=False),
        *rows("pipeline:stage_create", opens=ADMIN, names="pipeline", verbs=FORM),
        *rows("pipeline:stage_move", opens=ADMIN, names="stage", verbs=POST),
        *(row for page in ("lost_reason", "product", "channel", "campaign") for row in settings("pipeline", page)),
        *settings("pipeline", "spend", has_list=False, unused=""),
        *rows("pipeline:spend_list", opens=ADMIN, names="campaign"),
        *rows("pipeline:spend_create", opens=ADMIN, names="campaign", verbs=FORM),
        *settings("pipeline", "rate", unused=""),
        *rows("pipeline:hand_over_list", opens=MANAGERS | ADMIN),
        *rows("pipeline:hand_over", opens=MANAGERS | ADMIN, names="rep", verbs=FORM),
        *rows("pipeline:hand_over_undo", opens=MANAGERS | ADMIN, names="hand over", verbs=POST),
        *settings("pipeline", "routing_rule", unused=""),
        *rows("pipeline:routing_rule_move", opens=ADMIN, names="routing rule", verbs=POST),
        *settings("pipeline", "rep", deletes=False),
        *rows("pipeline:rep_team", opens=ADMIN, names="rep", verbs=FORM),
        *rows("pipeline:rep_team_take_back", opens=ADMIN, names="rep", verbs=POST),
        *settings("metrics", "expense", unused=""),
        *settings("metrics", "indicator"),
        *rows("metrics:reading_list", opens=ADMIN, names="indicator"),
        *rows("metrics:reading_create", opens=ADMIN, names="indicator", verbs=FORM),
        *settings("metrics", "reading", has_list=False, unused=""),
        *settings("metrics", "survey", unused=""),
        *settings("metrics", "benchmark", unused=""),
        *settings("metrics", "market_size", unused=""),
        *settings("metrics", "target", unused=""),
        *rows("metrics:target_history", opens=ADMIN, names="target"),
        *rows("metrics:target_grid", opens=ADMIN, verbs=FORM),
        *settings("metrics", "definition", deletes=False),
        *settings("metrics", "pin", deletes=False),
        *rows("metrics:pin_move metrics:pin_remove", opens=ADMIN, names="pin", verbs=POST),
        *rows("metrics:pin_review", names="pin", verbs=POST, edits=True),
        *rows("metrics:definition_retire", opens=ADMIN, names="definition", verbs=POST),
        *rows("metrics:definition_restore", opens=ADMIN, names="retired definition", verbs=POST),
        *rows("pipeline:import_list", opens=ADMIN, verbs=FORM),
        *rows("pipeline:import_detail", opens=ADMIN, names="import", verbs=FORM),
        *rows("pipeline:import_errors", opens=ADMIN, names="import"),
        *rows("pipeline:import_undo", opens=ADMIN, names="written import", verbs=POST),
        # Jobs
        *rows("metrics:job_list", opens=ADMIN),
        *rows("metrics:job_detail", opens=ADMIN, names="job"),
        *rows("metrics:job_retry", opens=ADMIN, names="job", verbs=POST),
        *rows("metrics:job_start", opens=ADMIN, verbs=POST),
        # The API
        *rows("api:pipeline-as-of api:pipeline-changes"),
        *rows("api:forecast", opens=HEADS),
        *rows("api:metric-list api:metric-detail api:metric-records api:metric-series"),
        *(
            row
            for kind in READ_OVER_API
            for row in (*rows(f"api:{kind}-list"), *rows(f"api:{kind}-detail", names=kind))
        ),
        *rows("api:expense-list api:survey-list", opens=HEADS, sends=ADMIN, verbs=FORM),
        *rows("api:expense-detail", opens=HEADS, names="expense"),
        *rows("api:survey-detail", opens=HEADS, names="survey"),
        *rows("api:indicator-list api:target-list api:benchmark-list", sends=ADMIN, verbs=FORM),
        *rows("api:indicator-detail", names="indicator"),
        *rows("api:reading-list", names="indicator", sends=ADMIN, verbs=FORM),
        *rows("api:target-detail", names="target"),
        *rows("api:benchmark-detail", names="benchmark"),
        *rows("api:import-list", opens=ADMIN),
        *rows("api:import-detail", opens=ADMIN, names="import"),
        *rows("api:activity-list", sends=SELLERS, verbs=FORM),
        *rows("api:activity-detail", names="activity"),
        *rows("api:deal-bulk api:lead-bulk", sends=SELLERS, verbs=POST),
        *rows("api:deal-history api:deal-earnings", names="deal"),
        *of_record("deal", buttons="api:deal-move api:deal-win api:deal-lose api:deal-assign"),
        *of_record("closed deal", buttons="api:deal-reopen"),
        *of_record("lead", buttons="api:lead-qualify api:lead-disqualify api:lead-assign api:lead-convert"),
        *of_record("planned activity", buttons="api:activity-complete"),
    ]
)


def row_of(name: str) -> Row | None:
    """The row of an address, or of its group; None when the table forgets it."""
    return next((TABLE[key] for key in group_of(name) if key in TABLE), None)


def expected(row: Row, *, who: str, verb: str, sees: bool = True, may_write: bool = True) -> set[str]:
    """The answers that are right, as ``Answer.outcome`` words them.

    ``sees`` and ``may_write``: whether the record in the address is in the principal's sight, and his to change.
    """
    reads = verb in GET
    if who not in EVERYBODY and not row.open_to_all:
        return {"sign in"}
    if row.open_to_all:
        return {"done", "sign in", "absent", "no verb", "bad input", "refused"}
    if who not in row.opens:
        return {"absent"}
    if not reads and who not in row.sends:
        return {"refused"}
    if row.foreign:
        return {"done", "sign in", "absent", "no verb", "bad input", "refused"}
    wrong = _wrong_record(row, sees=sees and who not in row.nothing_for, may_write=may_write)
    if verb not in row.verbs:
        # Who opens the address of a button gets to where the button is.
        return wrong | {"no verb"} | ({"done"} if reads and "absent" not in wrong else set())
    return wrong or {"done"}


def _wrong_record(row: Row, *, sees: bool, may_write: bool) -> set[str]:
    if not sees:
        return {"absent"}
    return {"refused"} if row.edits and not may_write else set()
