"""What an incentive plan says, as data: one version's terms, read from a file (CONTRACT.md section 6).

Numbers are exact decimals in major units, rates fractions, days the company's. ``date.min`` and ``date.max`` stand for
a window without a beginning or an end.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

UNITS = ("month", "quarter", "year")
BASES = ("amount", "margin", "units", "monthly_amount")
FILTERS = ("deal_kind", "product_family", "product", "pipeline", "channel")


@dataclass(frozen=True)
class AppliesTo:
    """Whose plan it is: e-mails of reps, slugs of teams (with those below them), roles."""

    reps: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Where:
    """Which deals count. An empty list lets everything through; the lists all have to fit."""

    deal_kind: tuple[str, ...] = ()
    product_family: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    pipeline: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()

    @property
    def picks_lines(self) -> bool:
        """Whether only some lines of a deal count."""
        return bool(self.product_family or self.product)


@dataclass(frozen=True)
class Step:
    """A rate from a level on, the level included."""

    start: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Tiers:
    """Rates that depend on how much there is so far. ``by``: attainment of the target of metric ``of``, or amount."""

    by: str
    mode: str
    steps: tuple[Step, ...]
    of: str = ""

    @property
    def is_retroactive(self) -> bool:
        return self.mode == "retroactive"


@dataclass(frozen=True)
class Threshold:
    """Below ``at`` nothing is paid; above it all (``pays_from`` zero), or what lies above (threshold)."""

    at: Decimal
    pays_from: str
    by: str
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Component:
    """A part of a plan that pays by itself."""

    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Commission(Component):
    """A rate on what is credited. A flat rate is one step from 0. ``cap``: most of an accumulation; None: no cap.

    An override (``of_team``) is one on what is credited to all others of a team.
    """

    basis: str = "amount"
    where: Where = Where()
    rate: Decimal | None = None
    tiers: Tiers | None = None
    threshold: Threshold | None = None
    cap: Decimal | None = None
    of_team: str = ""

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return self.tiers.steps if self.tiers else (Step(Decimal(0), self.rate or Decimal(0)),)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The metrics whose targets it needs."""
        parts = (self.tiers, self.threshold)
        return tuple(sorted({part.of for part in parts if part is not None and part.by == "attainment"}))

    @cached_property
    def known_levels(self) -> dict[Any, Any]:
        """What its steps come to, by targets: kept here by those who count with them, for all reps of the plan."""
        return {}


@dataclass(frozen=True, kw_only=True)
class Bonus(Component):
    """``pays`` once for each ``every`` period in which the metric is at least or at most a level."""

    metric: str
    pays: Decimal
    every: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    min_n: int = 1


@dataclass(frozen=True, kw_only=True)
class Spiff(Component):
    """``per_deal`` for each matching deal of a window. ``split``: by share, or in full to each credited rep."""

    per_deal: Decimal
    first: datetime.date = datetime.date.min
    last: datetime.date = datetime.date.max
    where: Where = Where()
    split: str = "share"
    cap: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Draw(Component):
    """What a statement period pays at least, within its days. Recoverable: later earnings pay it back."""

    amount: Decimal
    every: str
    recoverable: bool = True
    first: datetime.date = datetime.date.min
    last: datetime.date = datetime.date.max


@dataclass(frozen=True)
class Terms:
    """A plan as one version states it. ``clawback_days`` None: no limit."""

    name: str
    currency: str
    applies_to: AppliesTo
    statement_every: str
    accumulate: str
    clawback_days: int | None
    components: tuple[Component, ...]

    @cached_property
    def draws(self) -> tuple[Draw, ...]:
        return tuple(one for one in self.components if isinstance(one, Draw))

    @cached_property
    def commissions(self) -> tuple[Commission, ...]:
        """Commissions and overrides."""
        return tuple(one for one in self.components if isinstance(one, Commission))

    @cached_property
    def bonuses(self) -> tuple[Bonus, ...]:
        return tuple(one for one in self.components if isinstance(one, Bonus))


@dataclass(frozen=True)
class Version:
    """Terms with the place they have among the versions of all plans."""

    id: int
    plan: int
    number: int
    terms: Terms
    published_from: datetime.date = datetime.date.min
