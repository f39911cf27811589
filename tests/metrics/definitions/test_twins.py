"""A metric that an admin put together like one of the catalogue comes to the catalogue's figure, whoever asks."""

import itertools

import pytest
import time_machine
from django.core.management import call_command

from metrics.errors import QuestionRefused
from pipeline.actions.activities import log_activity
from pipeline.actions.leads import create_lead
from pipeline.models import Channel
from tests.metrics.books import NOW, at, write_book
from tests.metrics.definitions.made import WEB, answer, define, records

pytestmark = pytest.mark.django_db
WHERE = ["channel=Website"]
TWINS = {
    "won_revenue": ({"top": "won_money"}, []),
    "win_rate": ({"top": "won", "bottom": "closed", "shown_as": "percent"}, []),
    "average_deal_size": ({"top": "won_sized_money", "bottom": "won_sized"}, []),
    "open_pipeline": ({"top": "open_money"}, []),
    "lead_qualification_rate": ({"top": "leads_qualified", "bottom": "leads", "shown_as": "percent"}, []),
    "calls_made": ({"top": "calls"}, []),
    "won_revenue where": ({"top": "won_money", "top_where": WEB}, WHERE),
    "win_rate where": ({"top": "won", "top_where": WEB, "bottom": "closed", "bottom_where": WEB,
                        "shown_as": "percent"}, WHERE),
    "open_pipeline where": ({"top": "open_money", "top_where": WEB}, WHERE),
    "sales_cycle_length where": ({"top": "cycle_total", "top_where": WEB, "bottom": "cycle_deals",
                                  "bottom_where": WEB}, WHERE),
    "leads_created where": ({"top": "leads", "top_where": WEB}, WHERE),
    "growth-won_revenue where": ({"top": "won_money", "top_where": WEB, "operator": "growth"}, WHERE),
}  # fmt: skip
OWN = {"metric", "version", "computed_at", "n"}
"""What a twin has of its own."""
COUNTS_OTHERS = ("average_deal_size",)
"""Where n is of a third measure, which can have members that neither part has."""
USERS = ("rep", "manager", "leader", "admin")
SCOPES = ("", "company", "team:region", "team:north", "rep:rep@cast.test", "rep:rival@cast.test")
PERIODS = ("2026", "2026-Q4", "2026-11", "2025-10", "2026-10-05..2026-11-10")
SLICES = ("", "rep", "month", "channel")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def said(slug, user, period, where, **words):
    """The answer without what is its own, or why there is none."""
    try:
        found = answer(slug, user, period, where=where, **words)
    except QuestionRefused as refusal:
        return refusal.field, str(refusal).replace(slug, "")
    counts = [found["n"], *(row.pop("n") for row in found.get("by", []))]
    return {key: value for key, value in found.items() if key not in OWN}, counts


@pytest.mark.parametrize("stored", [False, True])
def test_a_twin_is_the_catalogues_figure_for_every_role_scope_and_period(cast, stored):
    write_book(cast)
    web = Channel.objects.get(name="Website")
    for name in ("rep", "rival"):
        create_lead(by=None, now=at(11, 4), name="Asked", company="Ltd", owner=cast.reps[name], channel=web)
        log_activity(by=None, now=at(11, 4), kind="call", owner=cast.reps[name], direction="out")
    if stored:
        call_command("snapshot", "--from", "2026-10-01", "--to", "2026-11-19", verbosity=0)
    compared = 0
    for number, (name, (values, where)) in enumerate(TWINS.items()):
        define(f"twin_{number}", better="higher", **values)
        slug = name.partition(" ")[0]
        asked = list(itertools.product(USERS, SCOPES, PERIODS, SLICES))
        for who, scope, period, by in asked[number % 11 :: 11]:
            if by == "channel" and slug == "calls_made":
                continue
            user, words = getattr(cast, who), {"scope": scope, "by": by, "stored": stored}
            mine, its = said(f"twin_{number}", user, period, [], **words), said(slug, user, period, where, **words)
            if by and slug in COUNTS_OTHERS and isinstance(its[0], dict):
                its[0]["by"] = [row for row in its[0]["by"] if int(row["denominator"])]
            assert mine[0] == its[0], (name, who, scope, period, by)
            assert mine[1] == its[1] or slug in COUNTS_OTHERS, (name, who, scope, period, by)
            compared += 1
        parts = records(f"twin_{number}", cast.manager), records(slug, cast.manager, where=where)
        assert [row for row in parts[0] if row["numerator"] or row["denominator"]] == [
            row for row in parts[1] if row["numerator"] or row["denominator"]
        ], name
    assert compared > 500
