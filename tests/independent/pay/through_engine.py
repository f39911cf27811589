"""A case as our engine reads it: what a database would have gathered, put into ``Facts`` without one."""

import datetime
from fractions import Fraction
from typing import Any

from metrics.incentives.documents import terms_of
from metrics.incentives.facts import (
    DealFact,
    Facts,
    FigureFact,
    LineFact,
    Membership,
    ProductFact,
    Stretch,
    TargetFact,
)
from metrics.incentives.terms import Version
from tests.independent.pay.basis import cost_of, credits_of, net_of
from tests.independent.pay.calendar_units import Span
from tests.independent.pay.case import EVER, Case, Deal, day_of, number, unit_length
from tests.independent.pay.earning import MONEY
from tests.independent.pay.holding import Held


def version_of(held: Held, pk: int) -> Version:
    document = {key: value for key, value in held.terms.items() if key != "publish_from"}
    return Version(pk, hash(held.plan), held.number, terms_of(document), day_of(held.terms["publish_from"], EVER.first))


def facts_of(case: Case, rep: str, held: list[Held], backwards: bool = False) -> Facts:
    """All that is known about a rep. A version's id is its place in ``held`` and 1.

    ``backwards``: deals and targets in the other order, which must not matter.
    """
    reps = {email: pk for pk, email in enumerate(case.reps, start=1)}
    teams = {slug: pk for pk, slug in enumerate(case.parents, start=1)}
    products = {name: pk for pk, name in enumerate(case.products, start=1)}
    stretches = sorted(
        (Stretch(pk, one.first, one.last) for pk, version in enumerate(held, start=1) for one in version.stretches),
        key=lambda stretch: stretch.first,
    )
    deals = [_deal(case, deal, pk, reps, products) for pk, deal in enumerate(case.deals, start=1)]
    return Facts(
        rep=reps[rep],
        fiscal_start=case.fiscal_start,
        stretches=tuple(stretches),
        deals={deal.id: deal for deal in (deals[::-1] if backwards else deals)},
        targets=tuple(_targets(case, rep))[:: -1 if backwards else 1],
        figures=_figures(case, rep),
        products={
            products[name]: ProductFact(name, "", one.get("family") or "") for name, one in case.products.items()
        },
        teams={slug: frozenset(pk for other, pk in teams.items() if slug in case.teams_above(other)) for slug in teams},
        memberships={reps[email]: _memberships(case, email, teams) for email in reps},
        reps={pk: email for email, pk in reps.items()},
    )


def _factors(case: Case, source: str, day: datetime.date) -> tuple[tuple[str, Fraction | None], ...]:
    return tuple((plan["currency"], case.cross(source, plan["currency"], day)) for plan in case.plans)


def _deal(case: Case, deal: Deal, pk: int, reps: dict[str, int], products: dict[str, int]) -> DealFact:
    raw = deal.raw
    lines = raw.get("lines") or (
        [{"product": raw["product"], "quantity": "1", "whole": True}] if raw.get("product") else []
    )
    monthly = [{"product": None, "monthly": raw["monthly"]}] if raw.get("monthly") else raw.get("subscriptions", [])
    return DealFact(
        id=pk, key=deal.id, closed_at=deal.closed_at, closed_on=deal.closed_on, kind=raw["kind"],
        pipeline=raw.get("pipeline", ""), channel=raw.get("channel", ""), currency=deal.currency, amount=deal.amount,
        factors=_factors(case, deal.currency, deal.closed_on),
        lines=tuple(
            LineFact(products[one["product"]], Fraction(one["quantity"]), net_of(deal, one), cost_of(case, deal, one))
            for one in lines
        ),
        monthly=tuple((products.get(one["product"]), number(one["monthly"])) for one in monthly),
        credits=tuple((reps[rep], share) for rep, share in credits_of(deal).items()),
    )  # fmt: skip


def _targets(case: Case, rep: str) -> Any:
    for one in case.facts.get("targets", []):
        span, scope = case.period(one["period"]), "rep" if one["scope"] == f"rep:{rep}" else one["scope"]
        if scope != "rep" and scope.startswith("rep:"):
            continue
        money = one["metric"] in MONEY
        factors = _factors(case, case.base, span.first) if money else ()
        value = Fraction(one["value"])
        yield TargetFact(one["metric"], scope, span.first, span.last, unit_length(span), value, factors, money)


def _figures(case: Case, rep: str) -> dict[tuple[str, datetime.date, datetime.date], FigureFact]:
    found = {}
    for one in case.facts.get("figures", []):
        if one["rep"] == rep:
            span, value = case.period(one["period"]), Fraction(int(one["numerator"]), int(one["denominator"]))
            found[one["metric"], span.first, span.last] = FigureFact(value, int(one["n"]))
    return found


def _memberships(case: Case, rep: str, teams: dict[str, int]) -> tuple[Membership, ...]:
    given = [one for one in case.facts.get("memberships", []) if one["rep"] == rep]
    spans = [
        (Span(day_of(one.get("starts_on"), EVER.first), day_of(one.get("ends_on"), EVER.last)), one) for one in given
    ]
    if not given and case.reps[rep].get("team"):
        spans = [(EVER, case.reps[rep])]
    return tuple(Membership(span.first, span.last, teams[one["team"]]) for span, one in spans)
