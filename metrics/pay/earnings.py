"""What a rep has earned, period by period: stated ones as they were approved, the others as they come out today."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from accounts.business_dates import business_date
from accounts.models import Company, Rep
from accounts.money import from_minor
from metrics.errors import QuestionRefused
from metrics.incentives.chain import Slot
from metrics.incentives.commissions import Progress
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.parts import SharesRefused
from metrics.incentives.preview import progress_in
from metrics.incentives.spans import statement_period
from metrics.incentives.statements import Book, View
from metrics.incentives.stretches import TwoPlansHold
from metrics.incentives.terms import Terms
from metrics.models import Statement
from metrics.periods import Period, containing

ACCRUED, PENDING = "accruing", "pending"
APPROVED, PAID = Statement.Status.APPROVED.value, Statement.Status.PAID.value


@dataclass(frozen=True)
class Earned:
    """What a statement pays. ``state``: accruing (its period runs), pending (over, not approved), approved, paid.

    ``amount`` in minor units; ``statement`` is the row's number where there is one.
    """

    period: str
    ends_on: datetime.date
    plan: str
    state: str
    amount: int
    currency: str
    statement: int | None = None


@dataclass
class Earnings:
    """A rep's earnings as of today. ``views``: the statements of the running period, ``book``: where they come from."""

    period: Period
    book: Book
    history: list[Earned] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    progress: list[tuple[Terms, tuple[Progress, ...]]] = field(default_factory=list)

    def sums(self, state: str) -> dict[str, int]:
        """By currency what is in a state, in minor units."""
        found: dict[str, int] = defaultdict(int)
        for one in self.history:
            if one.state == state:
                found[one.currency] += one.amount
        return dict(found)

    @property
    def currency(self) -> str:
        """That of the newest statement; empty without one."""
        return self.history[-1].currency if self.history else ""


def earnings_of(rep: Rep, *, company: Company, now: datetime.datetime) -> Earnings:
    """Everything that plans pay a rep up to the running period. Raises QuestionRefused where facts contradict."""
    today = business_date(now, company.zone)
    shared = CompanyFacts(company, today)
    try:
        held = next((one for one in shared.stretches(rep) if one.first <= today <= one.last), None)
        period = containing(today, "month")
        if held is not None:
            period = statement_period(today, shared.versions[held.version].terms, company.fiscal_year_start_month)
        book = Book.open(rep, period, shared=shared)
        return _earnings(book, period, today)
    except (TwoPlansHold, SharesRefused) as error:
        raise QuestionRefused(str(error), "rep") from error


def _earnings(book: Book, period: Period, today: datetime.date) -> Earnings:
    found = Earnings(period, book)
    for row in book.ledger.statements:
        name = row.version.plan.name
        found.history.append(
            Earned(row.period, row.ends_on, name, row.status, row.total_minor, row.currency, row.pk)
        )  # fmt: skip
    corrected = {version: sum(line.amount for line in lines) for version, lines in book.adjustments().items()}
    rows = {(row.version_id, row.starts_on, row.ends_on): row.pk for row in book.ledger.calculated}
    for slot in book.chain.slots:
        if not book.ledger.is_approved(slot.period.start, slot.period.last_day):
            found.history.append(_open(book, slot, today, corrected, rows))
    found.history += _corrections_alone(book, today, corrected, rows)
    found.history.sort(key=lambda one: one.ends_on)
    if not book.is_approved:
        found.views = [view for view in book.views() if view.lines or view.warnings]
        found.progress = [
            (book.shared.versions[slot.version].terms, progress_in(slot, book.shared.versions[slot.version],
                                                                   book.gathered.facts))
            for slot in book.chain.slots if slot.period == period
        ]  # fmt: skip
    return found


def _open(
    book: Book, slot: Slot, today: datetime.date, corrected: dict[int, int],
    rows: dict[tuple[int, datetime.date, datetime.date], int],
) -> Earned:  # fmt: skip
    """A period that is not approved; the first one after an approved one takes up the corrections."""
    terms = book.shared.versions[slot.version].terms
    amount = book.chain.calculation(slot).total
    if book.ledger.is_next(slot.period):
        amount += corrected.pop(slot.version, 0)
    state = PENDING if slot.period.last_day < today else ACCRUED
    key = (slot.version, slot.period.start, slot.period.last_day)
    return Earned(slot.period.name, slot.period.last_day, terms.name, state, amount, terms.currency, rows.get(key))


def _corrections_alone(
    book: Book, today: datetime.date, corrected: dict[int, int],
    rows: dict[tuple[int, datetime.date, datetime.date], int],
) -> list[Earned]:  # fmt: skip
    """Statements of the next period that are made for corrections alone, as their version holds no longer."""
    periods = [book.period, *(slot.period for slot in book.chain.slots)]
    period = next((one for one in periods if book.ledger.is_next(one)), None)
    if period is None:
        return []
    state, found = PENDING if period.last_day < today else ACCRUED, []
    for version, amount in sorted(corrected.items()):
        terms = book.shared.versions[version].terms
        number = rows.get((version, period.start, period.last_day))
        if amount:
            found.append(
                Earned(period.name, period.last_day, terms.name, state, amount, terms.currency, number)
            )  # fmt: skip
    return found


def in_major(sums: dict[str, int]) -> list[tuple[object, str]]:
    """Amounts with their currencies, in the order of the currencies."""
    return [(from_minor(minor, currency), currency) for currency, minor in sorted(sums.items())]
