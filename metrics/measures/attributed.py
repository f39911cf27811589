"""Money of won deals by the touches that led to them: attributed by a model, or influenced by each campaign."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import ngettext

from accounts import formats
from accounts.business_dates import day_start
from metrics.answers import asked_once
from metrics.cells import Cell, Cells
from metrics.dimensions import ALL, MODEL, TIME, find_values, name_members
from metrics.measures.attribution import MODELS, attribute
from metrics.measures.measure import Measure
from metrics.periods import DAY
from metrics.question import Question
from metrics.records.listed import ListedRow
from pipeline.models import Touch

ORIGIN = {"campaign": 0, "channel": 1}
LOOK_BACK = datetime.timedelta(days=180)
_DEAL_FIELDS = (
    "deal", "closed_on", "closed_at", "campaign_id", "channel_id", "deal__name", "deal__external_id",
    "costed_minor", "profit_minor", "contribution",
)  # fmt: skip


class Won(NamedTuple):
    """A won deal with what it adds in the scope."""

    deal: int
    day: datetime.date
    closed_at: datetime.datetime | None
    campaign: int | None
    channel: int | None
    name: str
    external_id: str
    costed: int | None
    profit: int | None
    amount: int

    @property
    def cost(self) -> int | None:
        """What the lines with a known cost cost; None where no line has one."""
        return None if self.costed is None or self.profit is None else self.costed - self.profit


class Touched(NamedTuple):
    """A touch of a deal: when, by which campaign and channel."""

    at: datetime.datetime
    pk: int
    campaign: int | None
    channel: int | None


class Part(NamedTuple):
    """What one touch of a deal, or none (campaign and channel None), is credited with."""

    won: Won
    campaign: int | None
    channel: int | None
    amount: int


@dataclass(frozen=True)
class Attributed(Measure):
    """Money of won deals, split over their touches by the model in ``where``, else by the last touch.

    The touches are those of the deal's lead and contact up to the close. A deal without any counts for the campaign
    and channel that it came from; without these for nobody, so that every model adds up to the money won.
    """

    live: bool = True
    money: bool = True
    dimensions: tuple[str, ...] = (MODEL,)

    def population(self, q: Question) -> QuerySet[Any]:
        return super().population(_plain(q))

    def wins(self, q: Question) -> list[Won]:
        """The won deals of the question, whoever is credited with them."""
        rows = Measure.records(self, _plain(q)).order_by("closed_on", "deal")
        return [Won._make((*row[:-1], row[-1] or 0)) for row in rows.values_list(*_DEAL_FIELDS)]

    def amounts(self, q: Question, wins: list[Won]) -> dict[int, int]:
        """What each deal has to give, by deal."""
        return {won.deal: won.amount for won in wins}

    def live_cells(self, q: Question) -> Cells:
        if q.by == MODEL:
            names = name_members(MODEL, MODELS)
            return {names[model]: _total(self.parts(q, model)) for model in MODELS}
        found: dict[Any, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for part in self.parts(q):
            found[_raw(q.by, part)][part.won.deal] += part.amount
        if not q.by:
            return {ALL: _cell(found.get("", {}))}
        names = name_members(q.by, list(found))
        cells: Cells = {}
        for raw, deals in found.items():
            cell = cells.setdefault(names[raw], Cell())
            cell.add(sum(deals.values()), len(deals))
        return cells

    def records(self, q: Question) -> Any:
        sums: dict[Won, int] = defaultdict(int)
        for part in self.parts(q):
            sums[part.won] += part.amount
        ordered = sorted(sums.items(), key=lambda row: (row[0].day, row[0].deal))
        return [ListedRow(won.day, won.deal, won.name, won.external_id, amount) for won, amount in ordered]

    def parts(self, q: Question, model: str = "") -> list[Part]:
        """The credits that pass the question's filters; those of nothing are left out."""
        chosen = model or _model_of(q)
        key = ("attributed", self.key, chosen, _plain(q))
        whole = asked_once(q, key, lambda: list(self._split(q, chosen)))
        wanted = [(ORIGIN[dimension], set(find_values(dimension, member))) for dimension, member in _origin(q)]
        return [part for part in whole if all((part.campaign, part.channel)[at] in values for at, values in wanted)]

    def _split(self, q: Question, model: str) -> Iterator[Part]:
        wins = self.wins(q)
        touched, amounts = touches_of(wins), self.amounts(q, wins)
        for won in wins:
            closed_at = _end(won, q)
            touches = [touch for touch in touched.get(won.deal, []) if touch.at <= closed_at] or _origin_touch(
                won, closed_at
            )
            credits = attribute(amounts[won.deal], [touch.at for touch in touches], closed_at, model)
            for touch, amount in zip(touches, credits, strict=False):
                if amount or not amounts[won.deal]:
                    yield Part(won, touch.campaign, touch.channel, amount)
            if not touches:
                yield Part(won, None, None, credits[-1])


@dataclass(frozen=True)
class AttributedMargin(Attributed):
    """The same of what is left of the money after the known costs of the deal's lines."""

    def amounts(self, q: Question, wins: list[Won]) -> dict[int, int]:
        return {won.deal: won.amount - (won.cost or 0) for won in wins}

    def notes(self, q: Question) -> list[str]:
        return missing_costs(self.wins(q))


@dataclass(frozen=True)
class Influenced(Attributed):
    """The whole money of each won deal for every campaign that touched it within half a year before the close.

    A deal counts once in a total and once for each member, so members do not add up.
    """

    dimensions: tuple[str, ...] = ()

    def _split(self, q: Question, model: str) -> Iterator[Part]:
        wins = self.wins(q)
        touched = touches_of(wins)
        for won in wins:
            end = _end(won, q)
            near = {(t.campaign, t.channel) for t in touched.get(won.deal, []) if end - LOOK_BACK <= t.at <= end}
            for campaign, channel in sorted(near, key=str):
                yield Part(won, campaign, channel, won.amount)

    def live_cells(self, q: Question) -> Cells:
        found: dict[Any, dict[int, int]] = defaultdict(dict)
        for part in self.parts(q):
            found[_raw(q.by, part)][part.won.deal] = part.amount
        if not q.by:
            return {ALL: _cell(found.get("", {}))}
        names = name_members(q.by, list(found))
        cells: dict[Any, dict[int, int]] = defaultdict(dict)
        for raw, deals in found.items():
            cells[names[raw]] |= deals
        return {member: _cell(deals) for member, deals in cells.items()}

    def records(self, q: Question) -> Any:
        wins = sorted({part.won for part in self.parts(q)}, key=lambda won: (won.day, won.deal))
        return [ListedRow(won.day, won.deal, won.name, won.external_id, won.amount) for won in wins]


@dataclass(frozen=True)
class WonCosts(Attributed):
    """The known costs of won deals, by the channel and campaign that the deal itself came from."""

    dimensions: tuple[str, ...] = ()

    def _split(self, q: Question, model: str) -> Iterator[Part]:
        for won in self.wins(q):
            if won.cost is not None:
                yield Part(won, won.campaign, won.channel, won.cost)

    def notes(self, q: Question) -> list[str]:
        return missing_costs(self.wins(q))


def touches_of(wins: list[Won]) -> dict[int, list[Touched]]:
    """By deal the touches of its lead, of the lead's contact and of its own contact, in order of time."""
    ids = [won.deal for won in wins]
    found: dict[int, set[Touched]] = defaultdict(set)
    for start in range(0, len(ids), 5000):
        chunk = ids[start : start + 5000]
        for column in ("lead__deal", "contact__deals", "contact__leads__deal"):
            rows = Touch.objects.filter(**{f"{column}__in": chunk}).order_by()
            for deal, *touch in rows.values_list(column, "at", "pk", "campaign", "campaign__channel"):
                found[deal].add(Touched(*touch))
    return {deal: sorted(touches, key=lambda touch: (touch.at, touch.pk)) for deal, touches in found.items()}


def missing_costs(wins: list[Won]) -> list[str]:
    """How many deals count with their whole amount because nobody knows what they cost."""
    missing = sum(won.cost is None for won in wins)
    words = ngettext(
        "%(n)s deal without known costs, counted at 0", "%(n)s deals without known costs, counted at 0", missing
    )
    return [words % {"n": formats.number(missing)}] if missing else []


def _origin_touch(won: Won, closed_at: datetime.datetime) -> list[Touched]:
    """Where no touch was recorded, what the deal came from; nothing when that is not known either."""
    if won.campaign is None and won.channel is None:
        return []
    return [Touched(closed_at, 0, won.campaign, won.channel)]


def _end(won: Won, q: Question) -> datetime.datetime:
    """The instant of the close; the end of its day where only the day is known."""
    begins = day_start(won.day, q.company.zone)
    if won.closed_at is None or won.closed_at <= begins:
        return day_start(won.day + DAY, q.company.zone) - datetime.timedelta(microseconds=1)
    return won.closed_at


def _plain(q: Question) -> Question:
    """The question about the deals, whatever touched them."""
    where = tuple((name, member) for name, member in q.where if name not in (MODEL, *ORIGIN))
    return replace(q, by=None, where=where)


def _origin(q: Question) -> list[tuple[str, str]]:
    return [(dimension, member) for dimension, member in q.where if dimension in ORIGIN]


def _model_of(q: Question) -> str:
    named = [find_values(MODEL, member)[0] for dimension, member in q.where if dimension == MODEL]
    return named[-1] if named else MODELS[0]


def _raw(by: str | None, part: Part) -> Any:
    match by:
        case "campaign":
            return part.campaign
        case "channel":
            return part.channel
        case unit if unit in TIME:
            return part.won.day
        case _:
            return ""


def _cell(deals: dict[int, int]) -> Cell:
    return Cell(sum(deals.values()), len(deals))


def _total(parts: list[Part]) -> Cell:
    return Cell(sum(part.amount for part in parts), len({part.won.deal for part in parts}))
