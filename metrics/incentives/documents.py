"""From a document (``plan_file``) to the terms of a plan, and back."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as _

from metrics.incentives.entries import Entries
from metrics.incentives.findings import Finding, PlanRefused
from metrics.incentives.terms import (
    BASES,
    FILTERS,
    UNITS,
    AppliesTo,
    Bonus,
    Commission,
    Component,
    Draw,
    Spiff,
    Step,
    Terms,
    Threshold,
    Tiers,
    Where,
)

BY = ("attainment", "amount")
MODES = ("marginal", "retroactive")
STATED = ("month", "quarter")


def terms_of(document: dict[str, Any]) -> Terms:
    """The terms. PlanRefused names every key that is unknown, missing or can't be read."""
    terms, findings = read_terms(document)
    if findings:
        raise PlanRefused(findings)
    return terms


def read_terms(document: dict[str, Any]) -> tuple[Terms, list[Finding]]:
    """The terms as far as they can be read, with what is wrong; what is missing or wrong is nothing there, or 0."""
    findings: list[Finding] = []
    top = Entries(document, "", findings)
    name = top.text("name")
    currency = top.text("currency").upper()
    to = top.within("applies_to")
    applies_to = AppliesTo(tuple(map(str.lower, to.texts("reps"))), to.texts("teams"), to.texts("roles"))
    to.finish()
    every = top.choice("statement_every", STATED)
    accumulate = top.choice("accumulate", UNITS, default=every)
    always = top.text("clawback_days", default="always") == "always"
    days = None if always else top.whole("clawback_days", default=0, least=0)
    components = [
        _component(top.nested(f"components[{position}]", one), every)
        for position, one in enumerate(top.items("components"))
    ]
    top.finish()
    terms = Terms(name, currency, applies_to, every, accumulate, days, tuple(one for one in components if one))
    return terms, findings


def _component(entries: Entries, every: str) -> Component | None:
    readers: dict[str, Callable[[Entries, str, str], Component]] = {
        "commission": _commission, "override": _override, "bonus": _bonus, "spiff": _spiff, "draw": _draw,
    }  # fmt: skip
    name, kind = entries.text("name"), entries.choice("kind", tuple(readers))
    if kind not in readers:
        return None
    component = readers[kind](entries, name, every)
    entries.finish()
    return component


def _commission(entries: Entries, name: str, _every: str, kind: str = "commission", of_team: str = "") -> Commission:
    rate = entries.number("rate")
    has_tiers = entries.has("tiers")
    if (rate is not None) == has_tiers:
        entries.refuse("", _("takes either rate or tiers, one of the two."))
    tiers = _tiers(entries.within("tiers")) if has_tiers else None
    threshold = _threshold(entries.within("threshold"), tiers) if entries.has("threshold") else None
    if tiers is None:
        entries.within("tiers")
    if threshold is None:
        entries.within("threshold")
    return Commission(
        name=name, kind=kind, of_team=of_team, rate=rate, tiers=tiers, threshold=threshold,
        basis=entries.choice("basis", BASES, default="amount"), where=_where(entries.within("where")),
        cap=entries.number("cap"),
    )  # fmt: skip


def _override(entries: Entries, name: str, every: str) -> Commission:
    return _commission(entries, name, every, "override", entries.text("of_team"))


def _tiers(entries: Entries) -> Tiers:
    by, mode = entries.choice("by", BY), entries.choice("mode", MODES)
    of = entries.text("of", default=None if by == "attainment" else "")
    steps = []
    for position, one in enumerate(entries.items("steps")):
        step = entries.nested(f"steps[{position}]", one)
        steps.append(Step(step.amount("from"), step.amount("rate")))
        step.finish()
    if not steps:
        entries.refuse("steps", _("are missing."))
    entries.finish()
    return Tiers(by, mode, tuple(steps), of if by == "attainment" else "")


def _threshold(entries: Entries, tiers: Tiers | None) -> Threshold:
    at, pays_from = entries.amount("at"), entries.choice("pays_from", ("zero", "threshold"))
    by = entries.choice("by", BY, default=tiers.by if tiers else None)
    of = entries.text("of", default=(tiers.of or None) if tiers and by == "attainment" else _of_default(by))
    entries.finish()
    return Threshold(at, pays_from, by, of if by == "attainment" else "")


def _of_default(by: str) -> str | None:
    return None if by == "attainment" else ""


def _where(entries: Entries) -> Where:
    where = Where(**{name: entries.texts(name) for name in FILTERS})
    entries.finish()
    return where


def _bonus(entries: Entries, name: str, every: str) -> Bonus:
    at_least, at_most = entries.number("at_least"), entries.number("at_most")
    if (at_least is None) == (at_most is None):
        entries.refuse("", _("takes either at_least or at_most, one of the two."))
    return Bonus(
        name=name, kind="bonus", metric=entries.text("metric"), pays=entries.amount("pays"), at_least=at_least,
        at_most=at_most, every=entries.choice("every", UNITS, default=every),
        min_n=entries.whole("min_n", default=1, least=1),
    )  # fmt: skip


def _spiff(entries: Entries, name: str, _every: str) -> Spiff:
    first, last = _window(entries)
    return Spiff(
        name=name, kind="spiff", per_deal=entries.amount("per_deal"), first=first, last=last,
        where=_where(entries.within("where")), split=entries.choice("split", ("share", "full"), default="share"),
        cap=entries.number("cap"),
    )  # fmt: skip


def _draw(entries: Entries, name: str, every: str) -> Draw:
    first, last = _window(entries)
    return Draw(
        name=name, kind="draw", amount=entries.amount("amount"), every=entries.choice("every", UNITS, default=every),
        recoverable=entries.flag("recoverable", default=True), first=first, last=last,
    )  # fmt: skip


def _window(entries: Entries) -> tuple[datetime.date, datetime.date]:
    first = entries.day("from", default=datetime.date.min)
    last = entries.day("to", default=datetime.date.max)
    if last < first:
        entries.refuse("to", _("%(last)s lies before from %(first)s."), last=last, first=first)
    return first, last


def document_of(terms: Terms) -> dict[str, Any]:
    """The terms as a document, defaults written out, what is not there left out; numbers are Decimal, days dates."""
    to = terms.applies_to
    return {
        "name": terms.name,
        "currency": terms.currency,
        "applies_to": {"reps": list(to.reps), "teams": list(to.teams), "roles": list(to.roles)},
        "statement_every": terms.statement_every,
        "accumulate": terms.accumulate,
        "clawback_days": "always" if terms.clawback_days is None else terms.clawback_days,
        "components": [_filled(_component_document(one)) for one in terms.components],
    }


def _component_document(one: Component) -> dict[str, Any]:
    head = {"name": one.name, "kind": one.kind}
    match one:
        case Commission():
            return head | {
                "of_team": one.of_team, "basis": one.basis, "where": _where_document(one.where), "rate": one.rate,
                "tiers": _tiers_document(one.tiers), "threshold": _threshold_document(one.threshold), "cap": one.cap,
            }  # fmt: skip
        case Bonus():
            return head | {
                "metric": one.metric, "at_least": one.at_least, "at_most": one.at_most, "pays": one.pays,
                "every": one.every, "min_n": one.min_n,
            }  # fmt: skip
        case Spiff():
            return head | {
                "per_deal": one.per_deal, **_window_document(one), "where": _where_document(one.where),
                "split": one.split, "cap": one.cap,
            }  # fmt: skip
        case Draw():
            rest = {"amount": one.amount, "every": one.every, "recoverable": one.recoverable}
            return head | rest | _window_document(one)
    raise TypeError(one)


def _filled(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in (None, "", {}, [])}


def _where_document(where: Where) -> dict[str, Any]:
    return {name: list(getattr(where, name)) for name in FILTERS if getattr(where, name)}


def _tiers_document(tiers: Tiers | None) -> dict[str, Any]:
    if tiers is None:
        return {}
    steps = [{"from": step.start, "rate": step.rate} for step in tiers.steps]
    return _filled({"by": tiers.by, "of": tiers.of, "mode": tiers.mode, "steps": steps})


def _threshold_document(threshold: Threshold | None) -> dict[str, Any]:
    if threshold is None:
        return {}
    parts = {"at": threshold.at, "pays_from": threshold.pays_from, "by": threshold.by, "of": threshold.of}
    return _filled(parts)


def _window_document(one: Spiff | Draw) -> dict[str, Any]:
    first = None if one.first == datetime.date.min else one.first
    return {"from": first, "to": None if one.last == datetime.date.max else one.last}
