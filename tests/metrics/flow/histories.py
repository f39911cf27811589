"""Random histories of deals, written as events: amounts, rates, dates, owners, stages and outcomes change."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from accounts.models import Company, Rep, Team, TeamMembership
from pipeline.actions.pipelines import create_standard_pipeline
from pipeline.history import Change, append_changes
from pipeline.models import Deal, Stage

START = datetime.date(2026, 1, 1)
DAYS = 40
NOW = datetime.datetime(2026, 6, 30, 12, tzinfo=datetime.UTC)
TODAY = NOW.date()
RATES = {"EUR": ["1"], "USD": ["4/5", "10/11", "0.93217", None], "JPY": ["1/163", "0.0058", None]}


def day(number: int) -> datetime.date:
    return START + datetime.timedelta(days=number)


@dataclass
class World:
    """Three reps of two teams below one region; the third changes the team on day 20. Rep 0 of a deal is nobody."""

    company: Company
    region: Team
    teams: list[Team]
    reps: list[Rep]
    stages: list[Stage]
    owners: list[int | None] = field(default_factory=list)


def make_world() -> World:
    region = Team.objects.create(name="Region", slug="region")
    teams = [Team.objects.create(name=name, slug=name.lower(), parent=region) for name in ("North", "South")]
    reps = [Rep.objects.create(name=f"Rep {n}", external_id=f"r{n}", team=teams[n % 2]) for n in range(3)]
    for rep in reps[:2]:
        TeamMembership.objects.create(rep=rep, team=rep.team)
    TeamMembership.objects.create(rep=reps[2], team=teams[0], ends_on=day(19))
    TeamMembership.objects.create(rep=reps[2], team=teams[1], starts_on=day(20))
    pipeline = create_standard_pipeline()
    stages = list(pipeline.stages.filter(outcome="open"))
    return World(Company.current(), region, teams, reps, stages, [None, *(rep.pk for rep in reps)])


@st.composite
def patches(draw: Any) -> dict[str, Any]:
    """One change of a deal; the owner is a place in ``World.owners``, the stage one in ``World.stages``."""
    kind = draw(st.sampled_from(["amount", "rate", "owner", "expected", "category", "close", "reopen", "stage"]))
    match kind:
        case "amount":
            currency = draw(st.sampled_from(list(RATES)))
            amount = draw(st.none() | st.integers(-5_000, 1_000_000))
            return {"amount_minor": amount, "currency": currency, "rate": draw(st.sampled_from(RATES[currency]))}
        case "rate":
            return {"rate": draw(st.sampled_from(RATES["USD"]))}
        case "owner":
            return {"owner": draw(st.integers(0, 3))}
        case "expected":
            ahead = draw(st.none() | st.integers(0, DAYS))
            return {"expected_close_on": None if ahead is None else day(ahead).isoformat()}
        case "category":
            return {"category": draw(st.sampled_from(["omitted", "pipeline", "commit"]))}
        case "close":
            return {
                "outcome": draw(st.sampled_from(["won", "lost"])),
                "counts": draw(st.sampled_from([True] * 4 + [False])),
            }
        case "stage":
            return {"stage": draw(st.integers(0, 2))}
        case _:
            return {"outcome": "open"}


@st.composite
def histories(draw: Any) -> list[list[tuple[int, dict[str, Any]]]]:
    """Up to five deals, each a list of (day, patch); the first one opens it, the others are in order of learning."""
    deals = []
    for _ in range(draw(st.integers(1, 5))):
        opened = draw(st.none() | st.integers(0, DAYS))
        first = {"opened": opened, **draw(patches()), "outcome": "open", "counts": True}
        changes = draw(st.lists(st.tuples(st.integers(0, DAYS), patches()), max_size=6))
        deals.append([(opened or 0, first), *changes])
    return deals


def write(world: World, deals: list[list[tuple[int, dict[str, Any]]]]) -> list[Deal]:
    """Put the histories into the database."""
    rows = Deal.objects.bulk_create(
        [
            Deal(name=f"Deal {n}", pipeline=world.stages[0].pipeline, stage=world.stages[0], currency="EUR")
            for n in range(len(deals))
        ]
    )
    changes = []
    for deal, history in zip(rows, deals, strict=True):
        for number, (at, patch) in enumerate(history):
            said = dict(patch)
            opened = said.pop("opened", None)
            if "owner" in said:
                said["owner"] = world.owners[said["owner"]]
            if "stage" in said:
                said["stage"] = world.stages[said["stage"]].pk
            if "outcome" in said:
                said["closed_at"] = None if said["outcome"] == "open" else f"{day(at)}T12:00:00+00:00"
            if number == 0:
                said = {**_blank(world), **said, "opened_on": None if opened is None else day(opened).isoformat()}
            changes.append(Change(deal.pk, said, day(at)))
    append_changes(changes, now=NOW, company=world.company)
    return rows


def _blank(world: World) -> dict[str, Any]:
    stage = world.stages[0]
    return {
        "stage": stage.pk, "pipeline": stage.pipeline_id, "probability_bp": 1000, "category": "pipeline",
        "owner": world.owners[1], "amount_minor": 10_000, "currency": "EUR", "rate": "1", "expected_close_on": None,
        "kind": "credit", "lost_reason": None, "account": None, "channel": None, "campaign": None, "segment": "",
        "industry": "", "region": "", "opened_at": None, "closed_at": None, "credits": [], "lines": [],
    }  # fmt: skip
