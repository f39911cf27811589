"""A rep's statements of a period: the frozen ones where it is approved, else calculated on today's facts."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from accounts.business_dates import business_date
from accounts.models import Company, Rep
from metrics.errors import QuestionRefused
from metrics.incentives.chain import Chain, Slot
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.corrections import corrections
from metrics.incentives.deal_book import Supposed
from metrics.incentives.gathering import NO_FACTS, Gathered, first_day_that_counts, gather
from metrics.incentives.hashing import content_hash, line_hashes
from metrics.incentives.ledger import Ledger
from metrics.incentives.lines import Line, money_text
from metrics.incentives.parts import SharesRefused
from metrics.incentives.stretches import TwoPlansHold
from metrics.incentives.terms import Version
from metrics.incentives.units import unit_of
from metrics.models import Statement
from metrics.periods import DAY, Period, parse_period

STATED = ("month", "quarter", "fiscal quarter")
Number = TypeVar("Number", Fraction, Decimal)
TOO_LATE = "undone after the clawback window"


@dataclass(frozen=True)
class View:
    """A statement to show. ``stored`` is its row once it is approved; ``line_hashes`` those of its lines."""

    rep: Rep
    period: Period
    version: Version
    lines: tuple[Line, ...]
    warnings: tuple[str, ...] = ()
    balances: Mapping[str, int] = field(default_factory=dict)
    status: str = Statement.Status.CALCULATED.value
    before: str = ""
    stored: Statement | None = None

    @property
    def currency(self) -> str:
        return self.version.terms.currency

    @property
    def total(self) -> int:
        """In minor units of the plan's currency."""
        return sum(line.amount for line in self.lines)

    @property
    def hashes(self) -> list[str]:
        """The head's, and one for each line; the last is the statement's."""
        terms = self.version.terms
        head = content_hash(
            self.before, [self.rep.pk, self.period.name, terms.name, self.version.number, terms.currency]
        )
        return [head, *line_hashes(head, [line.as_json(terms.currency) for line in self.lines])]

    @property
    def hash(self) -> str:
        return self.stored.hash if self.stored else self.hashes[-1]

    def as_json(self) -> dict[str, Any]:
        """The statement as CONTRACT.md section 6 shows it."""
        return {
            "rep": self.rep.key,
            "period": self.period.name,
            "plan": self.version.terms.name,
            "version": self.version.number,
            "currency": self.currency,
            "status": self.status,
            "total": money_text(self.total, self.currency),
            "lines": [line.as_json(self.currency) for line in self.lines],
            "warnings": list(self.warnings),
            "balances": {name: money_text(minor, self.currency) for name, minor in sorted(self.balances.items())},
            "hash": self.hash,
        }


def parse_stated(text: str, company: Company, today: datetime.date) -> Period:
    """The month or quarter of a name. Raises QuestionRefused."""
    fiscal = company.fiscal_year_start_month
    period = parse_period(text, today=today, fiscal_start=fiscal)
    if period.kind not in STATED:
        raise QuestionRefused(_("Statements are of a month or a quarter, such as 2026-10 or 2026-Q4."), "period")
    own = unit_of(period.start, period.kind.removeprefix("fiscal "), fiscal)
    if (own.start, own.end) != (period.start, period.end):
        words = _("The company's quarters are fiscal: %(name)s is from %(day)s.")
        raise QuestionRefused(words % {"name": own.name, "day": own.start}, "period")
    return own


def _until(period: Period, ledger: Ledger) -> datetime.date:
    return max([period.last_day, *(one.ends_on for one in ledger.approvals[-1:])])


def _since(rep: Rep, period: Period, shared: CompanyFacts) -> datetime.date:
    """The first day whose deals count for a period's statements, where they take up no corrections."""
    held = {one.version for one in shared.stretches(rep)}
    return first_day_that_counts(period.start, [shared.versions[one].terms for one in held], shared)


@dataclass
class Book:
    """The statements of one rep up to a period, and how they were found: for showing them and for approving them."""

    rep: Rep
    period: Period
    shared: CompanyFacts
    ledger: Ledger
    gathered: Gathered
    chain: Chain

    @classmethod
    def open(
        cls, rep: Rep, period: Period, *, shared: CompanyFacts,
        supposed: Mapping[int, Supposed] = MappingProxyType({}), for_views: bool = False,
    ) -> "Book":  # fmt: skip
        """Read what a period's statements come from. QuestionRefused where the facts contradict each other.

        ``supposed``: by deal what is looked at as if it had happened. ``for_views``: no more than its ``views`` need.
        """
        ledger = Ledger.load(rep)
        until = _until(period, ledger)
        if for_views and ledger.approval_of(period) is not None:
            return cls(rep, period, shared, ledger, Gathered(NO_FACTS, {}), Chain(NO_FACTS, shared.versions, until))
        try:
            since = _since(rep, period, shared) if for_views and not ledger.is_next(period) else None
            gathered = gather(rep, until, shared, ledger.facts, supposed, since=since)
        except TwoPlansHold as error:
            raise QuestionRefused(str(error), "rep") from error
        return cls(rep, period, shared, ledger, gathered, Chain(gathered.facts, shared.versions, until))

    @property
    def until(self) -> datetime.date:
        """The last day up to which deals were read: of the period, or of a later one that is approved."""
        return _until(self.period, self.ledger)

    @property
    def is_approved(self) -> bool:
        return self.ledger.approval_of(self.period) is not None

    def views(self) -> list[View]:
        """The statements of the period, in order of the versions' first days. Raises QuestionRefused."""
        try:
            return self._frozen() if self.is_approved else self._calculated()
        except SharesRefused as error:
            raise QuestionRefused(str(error), "credits") from error

    def adjustments(self) -> dict[int, list[Line]]:
        """By version the corrections of approved statements, whichever period they will stand in."""
        last = self.ledger.last
        if last is None:
            return {}
        return corrections(
            self.ledger.facts, self.gathered.facts, self.shared.versions, last.ends_on, paid=self.ledger.paid,
            orders=self.gathered.orders,
        )  # fmt: skip

    def open_before(self) -> list[Period]:
        """Earlier periods that have a statement and are not approved, in order."""
        found = {
            slot.period.name: slot.period
            for slot in self.chain.slots
            if slot.period.last_day < self.period.last_day
            and not self.ledger.is_approved(slot.period.start, slot.period.last_day)
        }
        return list(found.values())

    def _calculated(self) -> list[View]:
        slots = [slot for slot in self.chain.slots if slot.period == self.period]
        self._check_kind(slots)
        found = {slot.version: self.chain.calculation(slot) for slot in slots}
        adjusted = self.adjustments() if self.ledger.is_next(self.period) else {}
        late = self._late() if self.ledger.is_next(self.period) else {}
        order = {slot.version: slot.first for slot in slots}
        order |= {version: self._first_day(version) for version in adjusted if version not in order}
        views, before = [], self.ledger.hash
        for version in sorted(order, key=lambda one: (order[one], one)):
            made = found.get(version)
            lines = (*(made.lines if made else ()), *adjusted.get(version, ()))
            warnings = (*(made.warnings if made else ()), *late.get(version, ()))
            balances = made.balances if made else {}
            view = View(self.rep, self.period, self.shared.versions[version], lines, warnings, balances, before=before)
            view = replace(view, status=self.ledger.status_of(version, self.period, view.hash))
            views.append(view)
            before = view.hash
        return views

    def _check_kind(self, slots: list[Slot]) -> None:
        """QuestionRefused when plans hold, but state another kind of period."""
        touching = {
            slot.period.name
            for slot in self.chain.slots
            if slot.period.start <= self.period.last_day and self.period.start <= slot.period.last_day
        }
        if touching and not slots and not self.ledger.is_next(self.period):
            names = ", ".join(sorted(touching))
            words = _("The plan of %(rep)s is stated for other periods: %(names)s.")
            raise QuestionRefused(words % {"rep": self.rep.key, "names": names}, "period")

    def _first_day(self, version: int) -> datetime.date:
        stretches = (*self.gathered.facts.stretches, *self.ledger.facts.stretches)
        return max((one.first for one in stretches if one.version == version), default=self.period.start)

    def _late(self) -> dict[int, list[str]]:
        """By version the deals whose undoing came too late to count."""
        found: dict[int, list[str]] = {}
        for deal in self.gathered.late:
            held = [one for one in self.ledger.facts.stretches if one.first <= deal.closed_on <= one.last]
            for stretch in held[:1]:
                found.setdefault(stretch.version, []).append(f"{deal.key}: {TOO_LATE}")
        return found

    def _frozen(self) -> list[View]:
        approval = self.ledger.approval_of(self.period)
        rows = self.ledger.statements_of(approval) if approval else []
        return [stored_view(row, self.shared.versions) for row in rows]


def stored_view(statement: Statement, versions: Mapping[int, Version], before: str = "") -> View:
    """An approved statement, exactly as it was approved. ``before``: the hash that it follows from, to check it."""
    period = Period(statement.starts_on, statement.ends_on + DAY, statement.period, "range")
    lines = [
        Line(
            kind=row.kind, amount=row.amount_minor, text=row.text, component=row.component, deal=row.deal_id,
            deal_key=row.deal_key, closed_on=row.closed_on, basis=_exact(Fraction, row.basis),
            share=_exact(Fraction, row.share), start=_exact(Decimal, row.step), rate=_exact(Decimal, row.rate),
            of_period=row.of_period,
        )
        for row in statement.lines.order_by("position")
    ]  # fmt: skip
    return View(
        statement.rep, period, versions[statement.version_id], tuple(lines), tuple(statement.warnings),
        statement.balances, statement.status, before=before, stored=statement,
    )  # fmt: skip


def _exact(kind: Callable[[str], Number], text: str | None) -> Number | None:
    return None if text is None else kind(text)


def statements_of(
    rep: Rep, period: Period, *, company: Company, now: datetime.datetime, shared: CompanyFacts | None = None
) -> list[View]:
    """A rep's statements of a period; empty where no plan holds. Raises QuestionRefused."""
    today = business_date(now, company.zone)
    shared = shared or CompanyFacts(company, today, only=rep)
    return Book.open(rep, period, shared=shared, for_views=True).views()
