"""What durations are made of: deals opened in a period until they close, new reps until they sell what they should."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.business_dates import business_date, day_start
from accounts.models import Rep
from metrics.catalogue.deals import SOLD
from metrics.catalogue.people import ramp
from metrics.cohorts.durations import Case
from metrics.facts.fact import CLOSED, OPENED
from metrics.facts.visits import ENTRIES
from metrics.periods import DAY
from metrics.question import Question
from metrics.records.lists import address_then
from metrics.records.rows import visible_records
from pipeline.models import DealVersion

DEALS, STAGES, REPS = "deals", "stages", "reps"
SOURCES = (DEALS, STAGES, REPS)
ASKED_AS = {DEALS: "pipeline_created", STAGES: "stage_conversion_rate", REPS: "ramp_time"}
"""The metric of the same population: its dimensions can be filtered by."""
ENDS = {"closed": ("won", "lost"), "won": ("won",), "left": ("left",), "ramped": ("ramped",)}


def source_of(slug: str) -> str:
    """Whose durations a metric is a middle of; empty for other metrics."""
    return {"sales_cycle_length": DEALS, "sales_cycle_median": DEALS, "time_in_stage": STAGES, "ramp_time": REPS}.get(
        slug, ""
    )


def read_cases(q: Question, source: str) -> list[Case]:
    """The cases that began in the question's period, as they stood at the end of its as-of day."""
    readers = {DEALS: _deals, STAGES: _stays, REPS: _hires}
    return readers[source](q)


def _deals(q: Question) -> list[Case]:
    """Deals by the owner of their first day; one that is open has been seen up to the as-of day."""
    opened = OPENED.filtered(OPENED.scoped(OPENED.in_period(q), q), q).filter(SOLD).order_by()
    closed: Any = CLOSED.everything(q).filter(deal__in=opened.values("deal")).order_by()
    ends = {deal: (outcome, day) for deal, outcome, day in closed.values_list("deal", "outcome", "closed_on")}
    found = []
    for deal, begins in opened.values_list("deal", "opened_on").distinct():
        end, day = ends.get(deal, ("", q.as_of))
        if begins is not None and day is not None and begins <= day:
            found.append(Case(deal, begins, (day - begins).days, end))
    return found


def _stays(q: Question) -> list[Case]:
    """Deals by the first time they came into a stage, with the days of all their stays in it; one that is in it still
    has been seen up to the as-of day."""
    entries = ENTRIES.filtered(ENTRIES.scoped(ENTRIES.in_period(q), q), q).order_by()
    begins = {(deal, stage): day for deal, stage, day in entries.values_list("deal", "stage", "entered_on")}
    zone, end = q.company.zone, day_start(q.as_of + DAY, q.company.zone)
    lengths: Counter[tuple[int, int]] = Counter()
    stays_on: set[tuple[int, int]] = set()
    visits: Any = ENTRIES.known(q).filter(deal__in=entries.values("deal"), entered_at__isnull=False).order_by()
    for deal, stage, entered_at, left_at, days in visits.values_list("deal", "stage", "entered_at", "left_at", "days"):
        if left_at is None or left_at >= end:
            stays_on.add((deal, stage))
            lengths[deal, stage] += (q.as_of - business_date(entered_at, zone)).days
        else:
            lengths[deal, stage] += days
    return [Case(place[0], day, lengths[place], "" if place in stays_on else "left") for place, day in begins.items()]


def _hires(q: Question) -> list[Case]:
    return [
        Case(hire.rep.pk, hire.rep.hired_on or q.period.start, hire.months, "ramped" if hire.is_ramped else "")
        for hire in ramp.hires(replace(q, by=None))
    ]


@dataclass(frozen=True)
class CaseRow:
    """A case as its list shows it; ``url`` is empty where the reader may not open it today, ``word`` says how it
    stands."""

    case: Case
    name: str
    sub: str = ""
    owner: str = ""
    url: str = ""
    word: str = ""

    @property
    def state(self) -> str:
        return self.case.end or "open"


def case_rows(q: Question, source: str, cases: Iterable[Case], user: Any) -> list[CaseRow]:
    """Cases with their names: deals as they stood on the as-of day."""
    listed = list(cases)
    ids = [case.id for case in listed]
    if source == REPS:
        names = dict(Rep.objects.filter(pk__in=ids).values_list("pk", "name"))
        return [CaseRow(case, names.get(case.id, "")) for case in listed]
    versions = DealVersion.objects.known_on(q.known_at).valid_on(q.valid_day).filter(deal__in=ids)
    told: dict[int, tuple[Any, ...]] = {
        row[0]: row for row in versions.values_list("deal", "deal__name", "account__name", "owner__name")
    }
    visible = visible_records([("deal", pk) for pk in ids], user)
    rows = []
    for case in listed:
        _pk, name, account, owner = told.get(case.id, (case.id, "", "", ""))
        may_open = ("deal", case.id) in visible
        url, sub = (address_then("deal", case.id, q), account or "") if may_open else ("", "")
        rows.append(CaseRow(case, name or _("(no name)"), sub, owner or "", url))
    return rows
