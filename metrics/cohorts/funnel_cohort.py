"""The cohort of a funnel: leads that came, or deals that were opened, in a period, and what they went through."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.business_dates import business_date, day_start
from metrics.catalogue.deals import SOLD
from metrics.cohorts.funnel import Arrival, Journey
from metrics.facts.fact import LEADS, OPENED
from metrics.periods import DAY
from metrics.question import Question
from pipeline.models import Deal, DealVersion, Pipeline, Stage, StageVisit

STARTS = ("leads", "deals")
ASKED_AS = {"leads": "leads_created", "deals": "pipeline_created"}
"""The metric of the same population: its dimensions can be filtered by."""
LEAD, QUALIFIED, DEAL, WON = "lead", "qualified", "deal", "won"


@dataclass(frozen=True)
class Cohort:
    """Who is in it, and the steps that one can reach: key and name, in order."""

    start: str
    pipeline: Pipeline | None
    steps: dict[str, str]
    journeys: list[Journey]
    note: str = ""


def read_cohort(q: Question, *, start: str, pipeline: Pipeline | None, words: dict[str, str]) -> Cohort:
    """The cohort of the question's period and scope. ``words`` names the steps that are no stages.

    Deals of other pipelines than ``pipeline`` count as none. Duplicates, spam and tests are out.
    """
    stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position", "pk")) if pipeline else []
    steps = {LEAD: words[LEAD], QUALIFIED: words[QUALIFIED]} if start == "leads" else {}
    steps[DEAL] = words[DEAL]
    steps |= {_key(stage): stage.name for stage in stages if stage.outcome == "open"}
    steps[WON] = words[WON]
    heads = _leads(q) if start == "leads" else _deals(q)
    paths = _paths(q, [deal for _pk, deal, _arrivals in heads if deal], pipeline)
    journeys = []
    for pk, deal, arrivals in heads:
        path = paths.get(deal or 0)
        if path is None and start == "deals":
            continue
        in_time = sorted([*arrivals, *(path or ())], key=lambda arrival: arrival.day)
        journeys.append(Journey(pk, deal if path else None, tuple(in_time)))
    return Cohort(start, pipeline, steps, journeys, _known_note(q, start))


def _known_note(q: Question, start: str) -> str:
    """What of the funnel is not as it was known then, where that is asked; empty where all is."""
    if not q.known_at:
        return ""
    if start == "leads":
        return _("Leads and stages are shown as they are known today; only deals keep what was known when.")
    return _("Stages are shown as they are known today; which deals were opened is as it was known then.")


def _key(stage: Stage) -> str:
    return f"stage-{stage.pk}"


def _leads(q: Question) -> list[tuple[int, int | None, list[Arrival]]]:
    rows = LEADS.filtered(LEADS.scoped(LEADS.in_period(q), q), q).order_by("created_on", "pk")
    found = []
    for pk, deal, created, qualified in rows.values_list("pk", "deal", "created_on", "qualified_on"):
        arrivals = [Arrival(LEAD, created)]
        if qualified and qualified <= q.as_of:
            arrivals.append(Arrival(QUALIFIED, qualified))
        found.append((pk, deal, arrivals))
    return found


def _deals(q: Question) -> list[tuple[int, int | None, list[Arrival]]]:
    rows = OPENED.filtered(OPENED.scoped(OPENED.in_period(q), q), q).filter(SOLD)
    ids = rows.order_by("opened_on", "deal").values_list("deal", flat=True)
    return [(deal, deal, []) for deal in ids]


def _paths(q: Question, deals: list[int], pipeline: Pipeline | None) -> dict[int, list[Arrival]]:
    """Of each deal of the pipeline that had been opened by the as-of day, its opening, its stages and its win."""
    paths: dict[int, list[Arrival]] = {}
    zone, end = q.company.zone, day_start(q.as_of + DAY, q.company.zone)
    visits = _visits(deals, end)
    for deal, opened_at in _opened(q, deals, pipeline):
        stays = visits[deal]
        first = min([at for at in (opened_at, *(at for at, _stage, _outcome in stays)) if at], default=None)
        if first is None or first >= end:
            continue
        arrivals = [Arrival(DEAL, business_date(first, zone))]
        for at, stage, outcome in stays:
            key = WON if outcome == "won" else f"stage-{stage}"
            arrivals.append(Arrival(key, business_date(at, zone)))
        paths[deal] = arrivals
    return paths


def _opened(q: Question, deals: list[int], pipeline: Pipeline | None) -> list[tuple[int, datetime.datetime | None]]:
    found: list[tuple[int, datetime.datetime | None]] = []
    for ids in _pieces(deals):
        discounted = DealVersion.objects.known_on(q.known_at).filter(deal__in=ids, discounted_on__lte=q.as_of)
        rows = Deal.objects.filter(pk__in=ids, deleted_at=None, pipeline=pipeline).exclude(kind="credit")
        found += rows.exclude(pk__in=discounted.values("deal")).values_list("pk", "opened_at")
    return found


def _visits(deals: list[int], end: datetime.datetime) -> dict[int, list[tuple[datetime.datetime, int, str]]]:
    found: dict[int, list[tuple[datetime.datetime, int, str]]] = defaultdict(list)
    for ids in _pieces(deals):
        rows: Any = StageVisit.objects.filter(deal__in=ids, entered_at__lt=end, stage__outcome__in=["open", "won"])
        rows = rows.order_by("deal", "entered_at", "pk")
        for deal, at, stage, outcome in rows.values_list("deal", "entered_at", "stage", "stage__outcome"):
            found[deal].append((at, stage, outcome))
    return found


def _pieces(ids: list[int], size: int = 5000) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
