"""A rep's facts as they were known at the beginning of a day, beside those of now, both about the same things."""

import datetime
from collections.abc import Iterable
from dataclasses import replace

from accounts.business_dates import business_date
from accounts.memberships import TeamHistory
from accounts.models import AuditEntry, Rep, Team, TeamMembership, User
from accounts.past_rows import as_before, changed_since
from accounts.rates import KnownRates
from metrics.incentives.causes import Known
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.deal_book import DealBook
from metrics.incentives.facts import Facts, FigureFact, Stretch, TargetFact
from metrics.incentives.figures import figure_of
from metrics.incentives.gathering import gather
from metrics.incentives.past_prices import PastPrices
from metrics.incentives.statements import Book
from metrics.incentives.stretches import Employment, TwoPlansHold, stretches_of
from metrics.incentives.target_facts import targets_of
from metrics.incentives.terms import UNITS, Bonus, Version
from metrics.incentives.units import unit_of
from metrics.models import PlanVersion

INSTANT = datetime.timedelta(microseconds=1)
NOWHERE = Employment(frozenset(), "", datetime.date.max, datetime.date.min, ())
"""Somebody who is no rep yet."""


class PastFacts(CompanyFacts):
    """Teams, reps and published versions as they were known at a moment; ``versions`` are all the same those of now.

    The base currency and the fiscal year are today's, and so are subscriptions, of which no history is kept.
    """

    def __init__(self, now: CompanyFacts, moment: datetime.datetime) -> None:
        self.moment, self._now = moment, now
        book = DealBook(now.company, known_at=moment)
        book.prices = self.prices = PastPrices(now.company, moment)
        super().__init__(now.company, business_date(moment - INSTANT, now.company.zone), now.versions, book)
        later = set(PlanVersion.objects.filter(published_at__gte=moment).values_list("pk", flat=True))
        self.published = {pk: one for pk, one in now.versions.items() if pk not in later}

    def _read_history(self, only: Rep | None) -> TeamHistory:
        fields = ("rep_id", "team_id", "starts_on", "ends_on")
        changed = changed_since(TeamMembership, self.moment, fields)
        if not changed:
            return self._now.history(None)
        rows = ((pk, tuple(values)) for pk, *values in TeamMembership.objects.values_list("pk", *fields))
        return TeamHistory((rep, team, first, last) for rep, team, first, last in as_before(rows, changed).values())

    def _read_teams(self) -> list[tuple[int, str, int | None]]:
        rows = ((pk, (slug, parent)) for pk, slug, parent in self._now.teams)
        found = as_before(rows, changed_since(Team, self.moment, ("slug", "parent_id")))
        return [(pk, slug, parent) for pk, (slug, parent) in found.items()]

    @property
    def keys(self) -> dict[int, str]:
        """Those of now; they only break ties."""
        return self._now.keys

    def employment(self, rep: Rep) -> Employment:
        fields = ("user_id", "email", "external_id", "hired_on", "left_on")
        now = tuple(getattr(rep, name) for name in fields)
        found = changed_since(Rep, self.moment, fields, id=rep.pk).get(rep.pk, now)
        if found is None:
            return NOWHERE
        user, *rest = found
        return self._employed(rep.pk, self._role(user, rep), *rest)

    def _role(self, user: int | None, rep: Rep) -> str:
        """The role that a user had; empty without a user."""
        if user is None:
            return ""
        changed = AuditEntry.objects.filter(
            subject_kind="user", subject_id=user, action="change", at__gte=self.moment
        ).order_by("at", "pk")
        for detail in changed.values_list("detail", flat=True):
            if role := detail.get("from", {}).get("role"):
                return str(role)
        now = rep.user if rep.user_id == user else User.objects.filter(pk=user).first()
        return now.role if now is not None else ""


class _Both(CompanyFacts):
    """The facts of a company at one of two moments, for reading all that either of them needs of a rep."""

    def __init__(self, own: CompanyFacts, stretches: tuple[Stretch, ...], other: CompanyFacts) -> None:
        vars(self).update({name: value for name, value in vars(own).items() if name != "keys"})
        self._own, self._other, self._wide = own, other, stretches

    @property
    def keys(self) -> dict[int, str]:
        return self._own.keys

    def stretches(self, rep: Rep) -> tuple[Stretch, ...]:
        return self._wide

    def team_ids(self, slug: str) -> frozenset[int]:
        return self._own.team_ids(slug) | self._other.team_ids(slug)

    def members(self, teams: Iterable[int]) -> set[int]:
        ids = frozenset(teams)
        return self._own.members(ids) | self._other.members(ids)

    def without_bonuses(self) -> "_Both":
        """The same, for reading no figures."""
        self.versions = {pk: _without_bonuses(one) for pk, one in self.versions.items()}
        return self


def _without_bonuses(version: Version) -> Version:
    rest = tuple(one for one in version.terms.components if not isinstance(one, Bonus))
    return replace(version, terms=replace(version.terms, components=rest))


def known_before(book: Book, moment: datetime.datetime) -> tuple[Known, Known]:
    """What was known of a book's rep at the beginning of a day, and what is known now.

    Both hold the same deals, targets and figures, each as it was, wherever one of the two needs them. Where two plans
    held then, and so nothing was stated, plans and people are those of now.
    """
    rep, shared, approved = book.rep, book.shared, book.ledger.facts
    past = PastFacts(shared, moment)
    employment = past.employment(rep)
    try:
        before = stretches_of(employment, past.published.values(), past.parents)
    except TwoPlansHold:
        past.published, past.parents = shared.versions, shared.parents
        employment, before = shared.employment(rep), book.gathered.facts.stretches
    wide = tuple(dict.fromkeys((*book.gathered.facts.stretches, *before)))
    now = book.gathered.facts
    if _reads_more(before, now.stretches) or _has_more_members(now, shared, past):
        now = gather(rep, book.until, _Both(shared, wide, past), approved).facts
    both = _Both(past, wide, shared).without_bonuses()
    facts = gather(rep, book.until, both, approved).facts
    reps = {**facts.reps, **now.reps}
    credited = sorted({*now.memberships, *facts.memberships})
    facts = replace(
        facts, stretches=before, targets=_targets(book, both, wide, moment), figures=_figures(now, book, past),
        products={**now.products, **facts.products}, reps=reps,
        teams={slug: past.team_ids(slug) for slug in facts.teams},
        memberships={one: past.memberships(one) for one in credited},
    )  # fmt: skip
    now = replace(
        now, stretches=book.gathered.facts.stretches, products={**facts.products, **now.products}, reps=reps,
        teams={slug: shared.team_ids(slug) for slug in facts.teams},
        memberships={one: shared.memberships(one) for one in credited},
    )  # fmt: skip
    until = _period_end(past, before)
    if book.ledger.last is not None:
        until = max(until, book.ledger.last.ends_on)
    return (
        Known(facts, until, tuple(past.published.values()), employment, past.parents, past.prices.renamed),
        Known(now, book.until, tuple(shared.versions.values()), shared.employment(rep), shared.parents),
    )


def _period_end(past: PastFacts, stretches: tuple[Stretch, ...]) -> datetime.date:
    """The last day of the statement period that ran."""
    day, fiscal = past.today, past.company.fiscal_year_start_month
    held = [one for one in stretches if one.first <= day <= one.last]
    every = past.versions[held[0].version].terms.statement_every if held else "month"
    return unit_of(day, every, fiscal).last_day


def _reads_more(before: tuple[Stretch, ...], now: tuple[Stretch, ...]) -> bool:
    """Whether what held before needs facts that those of now lack."""
    if not {one.version for one in before} <= {one.version for one in now}:
        return True
    return bool(before) and min(one.first for one in before) < min(one.first for one in now)


def _has_more_members(facts: Facts, shared: CompanyFacts, past: PastFacts) -> bool:
    """Whether teams of overrides had other members before."""
    now = {team for slug in facts.teams for team in shared.team_ids(slug)}
    both = now.union(*(past.team_ids(slug) for slug in facts.teams))
    return bool(both) and not past.members(both) | shared.members(both) <= shared.members(now)


def _targets(
    book: Book, shared: CompanyFacts, stretches: tuple[Stretch, ...], moment: datetime.datetime
) -> tuple[TargetFact, ...]:  # fmt: skip
    """Targets as they stood, in plans' currencies at the rates that were known."""
    held = {one.version for one in (*stretches, *book.ledger.facts.stretches)}
    found = targets_of(book.rep, [shared.versions[one].terms for one in sorted(held)], shared, moment)
    codes = {code for one in found for code, _factor in one.factors}
    if not codes:
        return found
    base = shared.company.base_currency
    rates = KnownRates.load(codes, shared.company).before(moment)
    return tuple(
        replace(one, factors=tuple((code, rates.factor_at(base, code, one.first, moment)) for code, _f in one.factors))
        for one in found
    )


def _figures(
    now: Facts, book: Book, past: PastFacts
) -> dict[tuple[str, datetime.date, datetime.date], FigureFact]:  # fmt: skip
    """The figures of now as they stood at the end of the day before."""
    day, fiscal = past.today, now.fiscal_start
    found = {}
    for metric, first, last in now.figures:
        units = (unit_of(first, unit, fiscal) for unit in UNITS)
        period = next(one for one in units if one.last_day == last)
        figure = FigureFact(None, 0)
        if first <= day:
            figure = figure_of(metric, book.rep, period, company=past.company, today=day, known_on=day)
        found[metric, first, last] = figure
    return found
