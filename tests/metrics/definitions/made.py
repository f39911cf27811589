"""Definitions for the tests, and the answers to them."""

from typing import Any

from metrics.actions.definitions import define_metric
from metrics.asking import ask
from metrics.composing import Composition
from metrics.models import MetricDefinition
from metrics.records.lists import list_records
from tests.metrics.books import NOW

WEB = (("channel", "Website"),)


def told(slug: str = "web_revenue", **values: Any) -> Composition:
    """A definition; by itself won revenue of the website."""
    given = {"name": slug.replace("_", " ").capitalize(), "meaning": "Made for a test.", "top": "won_money"}
    return Composition(slug=slug, **{**given, **({} if values else {"top_where": WEB}), **values})


def define(slug: str = "web_revenue", *, by: Any = None, now: Any = NOW, **values: Any) -> MetricDefinition:
    return define_metric(told=told(slug, **values), by=by, now=now)


def answer(slug: str, user: Any, period: str = "2026-Q4", *, where=(), stored: bool = False, **words: str) -> dict:
    """The figure as the API gives it."""
    asked = ask(slug, {"period": period, **words}, user=user, now=NOW, where=where, stored=stored)
    return asked.figure(NOW).as_json()


def records(slug: str, user: Any, period: str = "2026-Q4", *, where=(), **words: str) -> list[dict]:
    asked = ask(slug, {"period": period, **words}, user=user, now=NOW, where=where)
    return [record.as_json() for record in list_records(asked.metric, asked.question)]
