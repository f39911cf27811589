"""What is approved of a rep: statements, what each version came to, and the facts that they came from."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from accounts.models import Rep
from metrics.incentives.facts import Facts
from metrics.incentives.stored_facts import load_facts
from metrics.models import Approval, Statement
from metrics.periods import DAY, Period


@dataclass
class Ledger:
    """The approvals of a rep in the order of their periods, and their statements."""

    rep: Rep
    approvals: list[Approval] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    calculated: list[Statement] = field(default_factory=list)
    """Rows of what is not approved yet."""

    @classmethod
    def load(cls, rep: Rep) -> "Ledger":
        """Two queries; the facts of approvals are left where they are until somebody asks."""
        approvals = list(Approval.objects.filter(rep=rep).defer("facts").order_by("ends_on", "starts_on"))
        rows = (
            Statement.objects.filter(rep=rep)
            .select_related("version__plan")
            .defer("version__content")
            .order_by("ends_on", "position", "pk")
        )
        frozen = [row for row in rows if row.is_frozen]
        return cls(rep, approvals, frozen, [row for row in rows if not row.is_frozen])

    @cached_property
    def facts(self) -> Facts:
        """Those of the last approval. One query where there is one."""
        if not self.approvals:
            return load_facts([])
        kept = Approval.objects.in_bulk([one.pk for one in self.approvals])
        return load_facts(kept[one.pk].facts for one in self.approvals)

    @property
    def last(self) -> Approval | None:
        return self.approvals[-1] if self.approvals else None

    @property
    def hash(self) -> str:
        """What the next statement follows from."""
        return self.last.hash if self.last else ""

    def approval_of(self, period: Period) -> Approval | None:
        days = (period.start, period.last_day)
        return next((one for one in self.approvals if (one.starts_on, one.ends_on) == days), None)

    def status_of(self, version: int, period: Period, content: str) -> str:
        """How far a statement is that is not approved: in review as long as it is still what was put there."""
        for row in self.calculated:
            if (row.version_id, row.starts_on, row.ends_on, row.hash) == (
                version, period.start, period.last_day, content,
            ):  # fmt: skip
                return row.status
        return Statement.Status.CALCULATED.value

    def statements_of(self, approval: Approval) -> list[Statement]:
        return [one for one in self.statements if one.approval_id == approval.pk]

    @property
    def paid(self) -> dict[int, int]:
        """By version what its approved statements came to, corrections included."""
        totals: dict[int, int] = {}
        for one in self.statements:
            totals[one.version_id] = totals.get(one.version_id, 0) + one.total_minor
        return totals

    def is_next(self, period: Period) -> bool:
        """Whether a period is the first one after the last that was approved."""
        next_day = self.last.ends_on + DAY if self.last else None
        return next_day is not None and period.start <= next_day <= period.last_day

    def is_approved(self, first: datetime.date, last: datetime.date) -> bool:
        return any((one.starts_on, one.ends_on) == (first, last) for one in self.approvals)
