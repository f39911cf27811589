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
    that record, so that who may only read the record is refused.
    ``open_to_all``: without signing in. ``foreign``: a page that a library makes: no failure, no trace, nothing more.
    """

    opens: frozenset[str] = EVERYBODY
    sends: frozenset[str] = EVERYBODY
    verbs: frozenset[str] = frozenset({"GET", "HEAD"})
    names: str = ""
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


TABLE: dict[str, Row] = dict(
    [
        # The program itself, signing in, Django's admin site
        *rows("healthz readyz counters", open_to_all=True, verbs=FORM, foreign=True),
        *rows("language", open_to_all=True, verbs=POST, foreign=True),
        *rows("api-schema api-docs", foreign=True),
        *rows("account_* openid_*", open_to_all=True, foreign=True),
        *rows("mfa_authenticate mfa_login_webauthn", open_to_all=True, foreign=True),
        *rows("socialaccount_login_cancelled socialaccount_login_error socialaccount_signup", open_to_all=True, foreign=True),
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
        *rows("pipeline:deal_create", opens=SELLERS, verbs=FORM),
        *of_record(
            "deal",
            pages="pipeline:deal_detail",
            forms="""pipeline:deal_edit pipeline:deal_lines pipeline:deal_credits pipeline:deal_move
            pipeline:deal_win pipeline:deal_lose""",
            buttons="pipeline:deal_delete",
        ),
        *of_record("closed deal", buttons="pipeline:deal_reopen"),
        *of_record("deleted deal", buttons="pipeline:deal_restore"),
        *rows("pipeline:deal_assign", opens=HEADS, sends=MANAGERS | ADMIN, names="deal", verbs=FORM, edits=True),
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
        *of_record(
            "account",
            pages="pipeline:account_detail",
            forms="pipeline:account_edit",
            buttons="pipeline:account_delete",
        ),
        *of_record(
            "contact",
            pages="pipeline:contact_detail",
            forms="pipeline:contact_edit",
            buttons="pipeline:contact_delete",
        ),
        *of_record("deleted account", buttons="pipeline:account_restore"),
        *of_record("deleted contact", buttons="pipeline:contact_restore"),
        # Activities
        *rows("pipeline:activity_list"),
        *rows("pipeline:activity_log pipeline:activity_plan", opens=SELLERS, verbs=FORM),
        *of_record(
            "activity",
            pages="pipeline:activity_detail",
            forms="pipeline:activity_edit",
            buttons="pipeline:activity_undo pipeline:activity_delete",
        ),
        *of_record(
            "planned activity", forms="pipeline:activity_complete", buttons="pipeline:activity_snooze"
        ),
        *of_record("deleted activity", buttons="pipeline:activity_restore"),
        # Finding records
        *rows("pipeline:search pipeline:search_suggestions"),
        *rows("pipeline:duplicate_hint", opens=SELLERS, verbs=POST),
        # Jobs
        *rows("metrics:job_list", opens=ADMIN),
        *rows("metrics:job_detail", opens=ADMIN, names="job"),
        *rows("metrics:job_retry", opens=ADMIN, names="job", verbs=POST),
        *rows("metrics:job_start", opens=ADMIN, verbs=POST),
        # The API
        *rows("api:metric-list api:metric-detail api:metric-records api:metric-series"),
        *(
            row
            for kind in """team rep user account contact lead deal channel campaign spend touch pipeline stage product
            subscription""".split()
            for row in (*rows(f"api:{kind}-list"), *rows(f"api:{kind}-detail", names=kind))
        ),
        *rows("api:import-list", opens=ADMIN),
        *rows("api:import-detail", opens=ADMIN, names="import"),
        *rows("api:activity-list", sends=SELLERS, verbs=FORM),
        *rows("api:activity-detail", names="activity"),
        *rows("api:deal-history", names="deal"),
        *of_record(
            "deal", buttons="api:deal-move api:deal-win api:deal-lose api:deal-assign"
        ),
        *of_record("closed deal", buttons="api:deal-reopen"),
        *of_record("lead", buttons="api:lead-qualify api:lead-disqualify api:lead-assign api:lead-convert"),
        *of_record("planned activity", buttons="api:activity-complete"),
    ]
)


def row_of(name: str) -> Row | None:
    """The row of an address, or of its group; None when the table forgets it."""
    return next((TABLE[key] for key in group_of(name) if key in TABLE), None)


def expected(row: Row, *, who: str, verb: str, is_api: bool, sees: bool = True, may_write: bool = True) -> set[str]:
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
    wrong = _wrong_record(row, reads=reads, sees=sees, may_write=may_write)
    if verb not in row.verbs:
        return wrong | {"no verb"}
    return wrong or {"done"}


def _wrong_record(row: Row, *, reads: bool, sees: bool, may_write: bool) -> set[str]:
    if not sees:
        return {"absent"}
    return {"refused"} if row.edits and not may_write else set()
