"""What a request names by number or by field: what is out of sight is answered like what does not exist."""

from typing import Any

import pytest

from accounts.models import Account, Contact, User
from pipeline.actions.deals import assign_deal
from pipeline.actions.leads import convert_lead
from pipeline.models import Activity, Deal, Lead
from tests.access.addresses import all_addresses
from tests.access.belongings import ABSENT, LATER
from tests.access.bodies import body_for
from tests.access.conftest import Stage
from tests.access.malformed import watched_queries
from tests.access.table import GET, row_of
from tests.access.traces import changed, digest, rolled_back

pytestmark = pytest.mark.django_db
ADDRESSES = all_addresses()
NAMED = {
    "account": "account", "contact": "contact", "deal": "deal", "lead": "lead", "owner": "rep", "rep": "rep",
    "user": "user", "subscription": "subscription", "other_account": "account", "other": "account",
    "with": "account", "next": "",
}  # fmt: skip
"""Which kind of record a parameter or a field names."""
READ = sorted(
    name for name, row in ((name, row_of(name)) for name in ADDRESSES) if row and not row.foreign and "rep" in row.opens
)
WRITTEN = {
    "api:activity-list": ("deal", "lead", "account", "contact"),
    "api:lead-convert": ("account", "contact"),
    "api:deal-assign": ("owner",),
    "api:lead-assign": ("owner",),
    "pipeline:activity_log": ("deal", "lead", "account", "contact"),
    "pipeline:activity_plan": ("deal", "lead", "account", "contact"),
    "pipeline:deal_create": ("account", "contact"),
    "pipeline:deal_edit": ("account", "contact"),
    "pipeline:contact_create": ("account",),
    "pipeline:account_edit": ("parent",),
    "pipeline:account_merge": ("other",),
    "pipeline:lead_convert": ("other_account", "account", "contact"),
}
"""Fields that take a record, by address."""
SERVER_OWNED: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "pipeline:deal_edit": (Deal, {"owner": "rival", "outcome": "won", "stage": 1, "closed_at": "2026-01-01 10:00"}),
    "pipeline:lead_edit": (Lead, {"owner": "rival", "status": "converted", "team": 1, "created_at": "2020-01-01"}),
    "pipeline:account_edit": (Account, {"owner": "rival", "deleted_at": "2026-01-01 10:00"}),
    "pipeline:contact_edit": (Contact, {"deleted_at": "2026-01-01 10:00"}),
    "pipeline:activity_edit": (Activity, {"owner": "rival", "deal": "", "team": 1, "done_on": "2020-01-01"}),
    "accounts:profile": (User, {"role": "admin", "is_active": "", "is_superuser": "on", "email": "new@cast.test"}),
}
"""What a form must not take over, by address."""
ALWAYS = {"id": 1, "pk": 1, "is_sample": "on", "external_id": "typed", "created_at": "2020-01-01 10:00"}


def kind_of(field: str) -> str:
    return "account" if field == "parent" else NAMED.get(field, "")


def numbers(stage: Stage, kind: str) -> tuple[int, int]:
    """A record that the rep does not see, and one that does not exist."""
    return stage.kinds[kind].pks["rival"], ABSENT


def written(field: str, pk: int) -> Any:
    """How a form takes the record: some are typed by name and number."""
    return f"#{pk}" if field in ("parent", "other_account", "other") else pk


@pytest.mark.parametrize("name", [name for name in READ if "GET" in row_of(name).verbs])
def test_a_filter_does_not_tell_what_exists(stage, name):
    visitor, row = stage.visitors["rep"], row_of(name)
    path = ADDRESSES[name].path(stage.kinds[row.names].pks.get("rep", ABSENT) if row.names else ABSENT)
    with watched_queries() as parameters:
        visitor.send("GET", path)
    sign, told = "&" if "?" in path else "?", []
    for parameter in sorted(parameters & NAMED.keys()):
        if kind_of(parameter):
            whose = "colleague" if kind_of(parameter) == "rep" else "rival"  # the rep sees a deal of the rival's
            pk = stage.kinds[kind_of(parameter)].pks[whose]
            hidden, absent = (visitor.send("GET", f"{path}{sign}{parameter}={one}") for one in (pk, ABSENT))
            absent = absent.about(ABSENT, pk)
            told += [] if hidden == absent else [f"{parameter}: {hidden.status} and {absent.status}"]
    assert told == []


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, fields in WRITTEN.items() for field in fields])
def test_a_record_out_of_sight_cannot_be_named(stage, name, field):
    row, cast = row_of(name), stage.cast
    who = "manager" if field == "owner" else "rep"
    own = stage.kinds[row.names].pks["rep"] if row.names else 0
    answers, before = [], digest()
    for pk in numbers(stage, kind_of(field)):
        body = body_for(name, cast, 1)
        for other in ("deal", "lead") if "activity" in name else ():
            body.pop(other, None)
        if field == "other_account":
            body["account"] = "other"
        answer = stage.visitors[who].send("POST", ADDRESSES[name].path(own), {**body, field: written(field, pk)})
        answers.append(answer)
    hidden, absent = answers[0], answers[1].about(ABSENT, numbers(stage, kind_of(field))[0])
    assert (hidden.outcome, hidden) == ("bad input", absent)
    assert changed(before, digest()) == []


@pytest.mark.parametrize("name", SERVER_OWNED)
def test_a_form_takes_its_own_fields_and_no_others(stage, name):
    model, fields = SERVER_OWNED[name]
    row, cast = row_of(name), stage.cast
    pk = stage.kinds[row.names].pks["rep"] if row.names else cast.rep.pk
    extra = {key: cast.reps["rival"].pk if value == "rival" else value for key, value in (ALWAYS | fields).items()}
    record = model._default_manager.get(pk=pk)
    with rolled_back():
        body = extra | body_for(name, cast, getattr(record, "version", 1))
        if name == "accounts:profile":
            body = {**body, "email": "new@cast.test", "role": "admin"}
        answer = stage.visitors["rep"].send("POST", ADDRESSES[name].path(pk), body)
        after = model._default_manager.get(pk=pk)
    assert answer.outcome == "done"
    names = [key for key in extra if hasattr(record, key)]
    assert {key: getattr(after, key) for key in names} == {key: getattr(record, key) for key in names}


def test_a_lead_whose_deal_went_away_does_not_show_it(stage):
    """Converting twice gives the first deal again, but not to somebody who may not see it any more."""
    cast, lead = stage.cast, stage.cast.owns["rep"].lead
    deal = convert_lead(lead=lead, by=cast.rep, now=LATER, deal_name="Told to nobody")
    assign_deal(deal=deal, owner=cast.reps["rival"], by=cast.admin, now=LATER)
    for name, body in (("api:lead-convert", {}), ("pipeline:lead_convert", body_for("pipeline:lead_convert", cast, 1))):
        answer = stage.visitors["rep"].send("POST", ADDRESSES[name].path(lead.pk), body)
        assert (b"Told to nobody" in answer.body, f"/deals/{deal.pk}/" in answer.location) == (False, False), name
    page = stage.visitors["rep"].send("GET", ADDRESSES["pipeline:lead_detail"].path(lead.pk))
    assert b"Told to nobody" not in page.body


def test_reading_writes_nothing(stage):
    """No page changes a row, not even by being looked at; a file that is taken away is noted."""
    for who in ("rep", "manager", "admin"):
        before = digest()
        for name in READ:
            row = row_of(name)
            if "GET" in row.verbs and who in row.opens and not row.names:
                stage.visitors[who].send("GET", ADDRESSES[name].path())
        assert changed(before, digest()) in ([], ["accounts_auditentry"])
    assert row_of("pipeline:board").verbs >= GET
