"""Figures of leads and of what people did."""

import datetime
from fractions import Fraction

from tests.independent.figures import Act, Book, counted, figure, nothing
from tests.independent.figures_deals import first_close, won_revenue
from tests.independent.tables import DAY, FAR, LONG_AGO, Answer, Ask, divided, median, moment, number

VOID = ("spam", "test", "duplicate")
ANSWERED_WITHIN = 60


def leads(b: Book, a: Ask) -> list[dict]:
    """Leads with days in place of instants; spam, tests and duplicates are none once they are known as such."""
    if "leads" not in b.kept:
        t, found = b.tables, []
        for row in t.rows("pipeline_lead"):
            if row["deleted_at"]:
                continue
            is_void = row["status"] == "disqualified" and row["disqualified_reason"].lower() in VOID
            came = t.day(row["created_at"])
            rep = number(row["first_owner_id"])
            found.append({
                "came": came, "rep": rep, "team": number(row["first_team_id"]), "deal": number(row["deal_id"]),
                "answered": t.day(row["first_responded_at"]), "qualified": t.day(row["qualified_at"]),
                "converted": t.day(row["converted_at"]), "kind": b.channels.get(number(row["channel_id"])),
                "minutes": minutes(row["created_at"], row["first_responded_at"]), "at": moment(row["created_at"]),
                "void_on": (t.day(row["disqualified_at"]) or LONG_AGO) if is_void else FAR,
                "routing": minutes(row["created_at"], row["assigned_at"]),
            })  # fmt: skip
        b.kept["leads"] = found
    return [row for row in b.kept["leads"] if row["void_on"] > a.as_of]


def minutes(start: str, end: str) -> int | None:
    """Whole elapsed minutes."""
    return int((moment(end) - moment(start)).total_seconds() // 60) if end else None


def came(b: Book, a: Ask) -> list[dict]:
    return [row for row in leads(b, a) if a.holds(row["came"]) and a.scope.has(row["rep"], row["team"])]


def _share(b: Book, a: Ask, field: str) -> Answer:
    rows = came(b, a)
    return divided(sum(row[field] is not None and row[field] <= a.as_of for row in rows), len(rows), len(rows))


@figure("leads_created")
def leads_created(b: Book, a: Ask) -> Answer:
    found = len(came(b, a))
    return counted(b, a, found, found, min((row["came"] for row in leads(b, a)), default=None))


@figure("lead_qualification_rate")
def lead_qualification_rate(b: Book, a: Ask) -> Answer:
    return _share(b, a, "qualified")


@figure("lead_to_opportunity_rate")
def lead_to_opportunity_rate(b: Book, a: Ask) -> Answer:
    return _share(b, a, "converted")


@figure("lead_contact_rate")
def lead_contact_rate(b: Book, a: Ask) -> Answer:
    return _share(b, a, "answered")


@figure("lead_to_customer_rate")
def lead_to_customer_rate(b: Book, a: Ask) -> Answer:
    won = {s.deal for s in b.deals.at(a.as_of) if s.is_sale}
    rows = came(b, a)
    return divided(sum(row["deal"] in won for row in rows), len(rows), len(rows))


@figure("leads_contacted")
def leads_contacted(b: Book, a: Ask) -> Answer:
    found = sum(a.holds(row["answered"]) and a.scope.has(row["rep"], row["team"]) for row in leads(b, a))
    return counted(b, a, found, found, min((row["answered"] for row in leads(b, a) if row["answered"]), default=None))


@figure("lead_response_time")
def lead_response_time(b: Book, a: Ask) -> Answer:
    found = [
        row["minutes"] for row in came(b, a)
        if row["kind"] != "outbound" and row["answered"] and row["answered"] <= a.as_of
    ]  # fmt: skip
    return Answer(median(found), median(found), None, len(found))


@figure("lead_routing_time")
def lead_routing_time(b: Book, a: Ask) -> Answer:
    found = [row["routing"] for row in came(b, a) if row["routing"] is not None]
    return Answer(median(found), median(found), None, len(found))


@figure("lead_response_sla_rate")
def lead_response_sla_rate(b: Book, a: Ask) -> Answer:
    night = datetime.datetime.combine(a.as_of + DAY, datetime.time(), b.tables.zone)
    rows = [row for row in came(b, a) if row["kind"] != "outbound"]
    ripe = [row for row in rows if row["minutes"] is not None or (night - row["at"]).total_seconds() > 3600]
    within = sum(row["minutes"] is not None and row["minutes"] <= ANSWERED_WITHIN for row in ripe)
    return divided(within, len(ripe), len(ripe))


@figure("conversions")
def conversions(b: Book, a: Ask) -> Answer:
    won = {s.deal: s.closed_on for s in b.deals.at(a.as_of) if s.is_sale}
    days = [(row, won[row["deal"]]) for row in leads(b, a) if row["deal"] in won]
    found = sum(a.holds(day) and a.scope.has(row["rep"], row["team"]) for row, day in days)
    return counted(b, a, found, found, first_close(b, a))


# --- activities


def done(b: Book, a: Ask) -> list[Act]:
    return [act for act in b.activities if act.happened and a.holds(act.done_on) and a.scope.has(act.owner, act.team)]


def of_kind(b: Book, a: Ask, kind: str) -> list[Act]:
    """Outgoing ones; a call without a direction is outgoing."""
    return [act for act in done(b, a) if act.kind == kind and act.direction != "in"]


def _count(b: Book, a: Ask, found: int) -> Answer:
    return counted(b, a, found, found, min(act.done_on for act in b.activities if act.done_on))


@figure("activities_logged")
def activities_logged(b: Book, a: Ask) -> Answer:
    return _count(b, a, len(done(b, a)))


@figure("calls_made")
def calls_made(b: Book, a: Ask) -> Answer:
    return _count(b, a, len(of_kind(b, a, "call")))


@figure("demos_held")
def demos_held(b: Book, a: Ask) -> Answer:
    return _count(b, a, sum(act.kind == "demo" for act in done(b, a)))


@figure("emails_sent")
def emails_sent(b: Book, a: Ask) -> Answer:
    return _count(b, a, len(of_kind(b, a, "email")))


@figure("call_connect_rate")
def call_connect_rate(b: Book, a: Ask) -> Answer:
    calls = of_kind(b, a, "call")
    return divided(sum(act.outcome in ("spoke", "meeting_set") for act in calls), len(calls), len(calls))


@figure("email_reply_rate")
def email_reply_rate(b: Book, a: Ask) -> Answer:
    arrived = [act for act in of_kind(b, a, "email") if act.outcome != "bounced"]
    return divided(sum(act.outcome == "replied" for act in arrived), len(arrived), len(arrived))


@figure("email_bounce_rate")
def email_bounce_rate(b: Book, a: Ask) -> Answer:
    sent = of_kind(b, a, "email")
    return divided(sum(act.outcome == "bounced" for act in sent), len(sent), len(sent))


@figure("proposals_sent")
def proposals_sent(b: Book, a: Ask) -> Answer:
    firsts: dict[tuple, tuple] = {}
    proposals = [act for act in b.activities if act.kind == "proposal" and act.happened]
    for act in sorted(proposals, key=lambda act: act.order):
        if act.deal is not None:
            firsts.setdefault((act.deal, act.subject.lower()), act.order)
    mine = [act for act in done(b, a) if act.kind == "proposal"]
    found = sum(
        act.deal is None or not act.subject or firsts[act.deal, act.subject.lower()] == act.order for act in mine
    )
    return _count(b, a, found)


@figure("talk_minutes")
def talk_minutes(b: Book, a: Ask) -> Answer:
    calls = [act for act in done(b, a) if act.kind == "call" and act.outcome in ("spoke", "meeting_set")]
    first = min(act.done_on for act in b.activities if act.done_on)
    return counted(b, a, sum(act.minutes or 0 for act in calls), len(calls), first)


@figure("task_on_time_rate")
def task_on_time_rate(b: Book, a: Ask) -> Answer:
    rows = [
        act for act in b.activities
        if act.kind == "task" and not act.automated and act.due_on and a.holds(act.due_on)
        and a.scope.has(act.owner, b.tables.team_on(act.owner, act.due_on)) and act.due_on < a.as_of
    ]  # fmt: skip
    return divided(sum(act.done_on is not None and act.done_on <= act.due_on for act in rows), len(rows), len(rows))


@figure("activities_per_rep_day")
def activities_per_rep_day(b: Book, a: Ask) -> Answer:
    made = activities_logged(b, a)
    if made.value is None:
        return Answer(None)
    days = sum(b.tables.working_days(day, day + DAY) * len(b.employed(a, day)) for day in b.days(a))
    return divided(made.value, days)


# --- people


@figure("rep_turnover_rate")
def rep_turnover_rate(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return nothing()
    days = list(b.days(a))
    there = Fraction(sum(len(b.employed(a, day)) for day in days), len(days))
    left = [(rep, day) for rep, day in b.left_on.items() if a.holds(day)]
    gone = sum(a.scope.has(rep, b.tables.team_on(rep, day)) and b.sells(rep) for rep, day in left)
    return divided(gone, there)


@figure("sales_productivity")
def sales_productivity(b: Book, a: Ask) -> Answer:
    won = won_revenue(b, a)
    if won.value is None:
        return Answer(None)
    days = list(b.days(a))
    return divided(won.value, Fraction(sum(len(b.employed(a, day)) for day in days), len(days)))
