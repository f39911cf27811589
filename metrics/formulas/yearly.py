"""A level a month, told for a year."""

from dataclasses import dataclass

from metrics.cells import Cell
from metrics.metric import Parts, Stream, Total
from metrics.question import Question

MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Yearly(Total):
    """Twelve times a monthly total."""

    def _parts(self, cell: Cell) -> Parts:
        total = cell.total * MONTHS
        return Parts(total, total, None, cell.n)

    def streams(self, q: Question) -> list[Stream]:
        return [Stream(self.of.records(q), self.of.fact.kind, MONTHS)]
