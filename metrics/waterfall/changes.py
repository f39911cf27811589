"""The open pipeline at the ends of two days and what lies between them, deal by deal and bar by bar."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.money import from_minor
from metrics.errors import QuestionRefused
from metrics.facts.fact import OPEN, DealFact
from metrics.numbers import text_of
from metrics.periods import Period, containing
from metrics.question import Question
from metrics.scopes import Scope
from metrics.snapshots.one_moment import one_moment
from metrics.waterfall.moves import BARS, DealState, Move, Place, split, within
from pipeline.models import Deal, DealVersion

STATES = DealFact("deal", "valid_from", OPEN.columns)
"""Deals in whatever state; duplicates, spam and tests are out."""
COLUMNS = (
    "deal_id", "outcome", "category", "owner_id", "team_id", "amount_minor", "currency", "rate", "base_minor",
    "expected_close_on",
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """The open pipeline at the end of a day, in minor units of the base currency."""

    amount: int
    deals: int


@dataclass
class Bar:
    """What happened in one way: to how many deals, and how many more (or fewer) the scope has by it."""

    key: str
    amount: int = 0
    deals: int = 0
    entered: int = 0

    def add(self, move: Move) -> None:
        self.amount += move.amount
        self.deals += 1
        self.entered += move.deals


@dataclass(frozen=True)
class Change:
    """A deal's move with the states that it lies between."""

    deal: int
    bar: str
    amount: int
    before: DealState | None
    after: DealState | None


@dataclass(frozen=True)
class Waterfall:
    """Starting, the bars, ending; ``changes`` largest first. What is asked stands in ``question`` and ``closing``."""

    question: Question
    closing: Period | None
    starting: Level
    ending: Level
    bars: dict[str, Bar]
    changes: list[Change] = field(default_factory=list)

    @property
    def first(self) -> datetime.date:
        return self.question.period.start

    @property
    def last(self) -> datetime.date:
        return self.question.period.last_day

    @property
    def gap(self) -> int:
        """What the bars leave unexplained: always 0."""
        return self.ending.amount - self.starting.amount - sum(bar.amount for bar in self.bars.values())


def changes_question(
    first: datetime.date, last: datetime.date, *, scope: Scope, company: Any, today: datetime.date,
    as_of: datetime.date | None = None, known_on: datetime.date | None = None,
) -> Question:  # fmt: skip
    """The question about the ends of two days. Days after the as-of day are not known: the last one is cut to it.

    Raises QuestionRefused when ``last`` is before ``first``, or ``first`` lies ahead.
    """
    seen_from = min(as_of or today, today)
    if first > seen_from:
        raise QuestionRefused(
            _("from: %(first)s lies ahead; the last day that is known is %(last_known)s.")
            % {"first": first, "last_known": seen_from},
            "from",
        )
    if last < first:
        raise QuestionRefused(
            _("to: %(last)s is before %(first)s; give a day from %(first)s to %(last_known)s.")
            % {"last": last, "first": first, "last_known": seen_from},
            "to",
        )
    last = min(last, seen_from)
    period = Period(first, last + datetime.timedelta(days=1), f"{first}..{last}", "range")
    return Question(period, scope, company, today, seen_from, known_on)


def read_changes(q: Question, closing: Period | None = None) -> Waterfall:
    """The waterfall between the ends of the period's first and last day, by the rules of ``pipeline_moves``.

    ``closing``: only deals expected to close in that period count. Starting and ending are what the metric
    open_pipeline says of the two days, seen from the same as-of day.
    """
    bars = {key: Bar(key) for key in BARS}
    changes: list[Change] = []
    with one_moment():
        starting, ending = (_level(q, day, closing) for day in (q.period.start, q.period.last_day))
        for deal, before, after in changed_deals(q):
            moves = split(before, after, closing=closing, base=q.company.base_currency)
            for move in scoped_moves(moves, q.scope):
                bars[move.bar].add(move)
                changes.append(Change(deal, move.bar, move.amount, before, after))
    changes.sort(key=lambda change: (-abs(change.amount), BARS.index(change.bar), change.deal))
    return Waterfall(q, closing, starting, ending, bars, changes)


def scoped_moves(moves: list[Move], scope: Scope) -> list[Move]:
    """A deal's moves as the scope sees them."""
    match scope.kind:
        case "team":
            return within(moves, teams=scope.team_ids)
        case "rep":
            return within(moves, owner=scope.id)
        case _:
            return within(moves)


def _level(q: Question, day: datetime.date, closing: Period | None) -> Level:
    at = q.at(containing(day, "day"))
    rows = OPEN.scoped(OPEN.in_period(at), at)
    if closing:
        rows = rows.filter(expected_close_on__gte=closing.start, expected_close_on__lt=closing.end)
    found = rows.aggregate(amount=Sum("base_minor"), deals=Count("pk"))
    return Level(found["amount"] or 0, found["deals"])


def changed_deals(q: Question) -> Iterator[tuple[int, DealState | None, DealState | None]]:
    """Deals of the scope that are open at one end at least and not in the same state at both, with both states."""
    first, last = q.period.start, q.period.last_day
    if first == last:
        return
    is_now = last >= q.today
    before = STATES.everything(q).valid_on(first).filter(valid_to__isnull=False)
    before = before if is_now else before.filter(valid_to__lte=last)
    after = STATES.everything(q).valid_on(None if is_now else last).filter(valid_from__gt=first)
    was, now = (
        {deal: state_of(values) for deal, *values in _touching(rows, others, q).order_by().values_list(*COLUMNS)}
        for rows, others in ((before, after), (after, before))
    )
    for deal in sorted(was.keys() | now.keys()):
        yield deal, was.get(deal), now.get(deal)


def _touching(rows: QuerySet[DealVersion], others: QuerySet[DealVersion], q: Question) -> QuerySet[DealVersion]:
    """Those of ``rows`` that are open, or whose other state is; of a deal that touches the scope at either end."""
    rows = rows.filter(Q(outcome="open") | Q(deal__in=others.filter(outcome="open").order_by().values("deal")))
    mine = _of_scope(q.scope)
    return rows if mine is None else rows.filter(mine | Q(deal__in=others.filter(mine).order_by().values("deal")))


def _of_scope(scope: Scope) -> Q | None:
    match scope.kind:
        case "team":
            return Q(team__in=scope.team_ids)
        case "rep":
            return Q(owner=scope.id)
        case _:
            return None


def state_of(values: list[Any]) -> DealState:
    """The state in a row of ``COLUMNS``, the deal left out."""
    outcome, category, owner, team, *rest = values
    return DealState(outcome, category, Place(owner, team), *rest)


def deal_names(ids: list[int]) -> dict[int, tuple[str, str]]:
    """Name and external id of deals."""
    rows = Deal.objects.filter(pk__in=ids).order_by().values_list("pk", "name", "external_id")
    return {pk: (name, external_id or "") for pk, name, external_id in rows}


def waterfall_json(found: Waterfall) -> dict[str, Any]:
    """The waterfall for programs: money as decimal text in the base currency, every change with both its states."""
    q, currency = found.question, found.question.company.base_currency

    def money(minor: int | None) -> str | None:
        return None if minor is None else text_of(from_minor(minor, currency))

    def level(key: str, at: Level) -> dict[str, Any]:
        return {"bar": key, "amount": money(at.amount), "deals": at.deals}

    names = deal_names(sorted({change.deal for change in found.changes}))
    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "closing": found.closing.name if found.closing else None,
        "scope": q.scope.key,
        "currency": currency,
        "as_of": q.as_of.isoformat(),
        "known_on": q.known_on.isoformat() if q.known_on else None,
        "starting": money(found.starting.amount),
        "ending": money(found.ending.amount),
        "balance": money(found.gap),
        "bars": [
            level("starting", found.starting),
            *(
                {"bar": bar.key, "amount": money(bar.amount), "deals": bar.deals, "entered": bar.entered}
                for bar in found.bars.values()
            ),
            level("ending", found.ending),
        ],
        "changes": [
            {
                "bar": change.bar,
                "deal": change.deal,
                "external_id": names[change.deal][1],
                "name": names[change.deal][0],
                "amount": money(change.amount),
                "before": state_json(change.before, currency),
                "after": state_json(change.after, currency),
                "url": f"/deals/{change.deal}/",
            }
            for change in found.changes
        ],
    }


def state_json(state: DealState | None, base: str) -> dict[str, Any] | None:
    """A state for programs; None: the deal did not exist."""
    if state is None:
        return None
    known = state.amount_minor is not None
    return {
        "outcome": state.outcome,
        "forecast_category": state.category,
        "owner": state.place.owner,
        "team": state.place.team,
        "amount": text_of(from_minor(state.amount_minor, state.currency)) if known else None,  # type: ignore[arg-type]
        "currency": state.currency,
        "base_amount": None if state.base_minor is None else text_of(from_minor(state.base_minor, base)),
        "expected_close_on": state.expected_close_on.isoformat() if state.expected_close_on else None,
    }
