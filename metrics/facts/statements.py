"""What was approved as pay, as a fact of the catalogue: statements, whole, on the last day of their period."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from metrics.facts.fact import Fact
from metrics.measures.measure import Measure
from metrics.models import Statement
from metrics.question import Question
from metrics.records.listed import ListedRow

WITHHELD = _("While everybody may see the company’s figures, pay is told of the company as a whole only.")


@dataclass(frozen=True)
class StatementFact(Fact):
    """Approved and paid statements. They never change, so neither does a figure of them."""

    def everything(self, q: Question) -> QuerySet[Any]:
        rows = Statement.objects.frozen()
        return rows if q.known_at is None else rows.filter(approval__approved_at__lte=q.known_at)


STATEMENTS = StatementFact("statement", "ends_on", {"rep": "rep_id", "team": "team_id"})


def is_open_to_all(q: Question) -> bool:
    """Whether people may ask who must not see each one's pay: the company's figures, where a leaderboard is on."""
    return q.scope.kind == "company" and q.company.leaderboard


def _tells_too_much(q: Question) -> bool:
    """Whether single people's pay could be read from the answer by whoever may see the company's figures."""
    return is_open_to_all(q) and bool({"rep", "team"} & {q.by, *(dimension for dimension, _member in q.where)})


@dataclass(frozen=True)
class Payout(Measure):
    """Totals of statements in minor units of the base currency, at the rate of their last day."""

    value: str = "base_minor"
    money: bool = True
    live: bool = True

    def reaches(self, q: Question) -> bool:
        return super().reaches(q) and not _tells_too_much(q)

    def unknown(self, q: Question) -> list[str]:
        return [str(WITHHELD)] if _tells_too_much(q) else []

    def gaps(self, q: Question) -> list[str] | None:
        return []

    def notes(self, q: Question) -> list[str]:
        rows = self.population(q)
        missing = rows.filter(base_minor=None).count()
        waiting = self._of_period(q).filter(approval=None).count()
        said = [str(WITHHELD)] if is_open_to_all(q) else []
        if missing:
            said.append(
                ngettext(
                    "%(n)s statement without an exchange rate, not converted",
                    "%(n)s statements without an exchange rate, not converted",
                    missing,
                )
                % {"n": missing}
            )
        if waiting:
            said.append(
                ngettext(
                    "%(n)s statement of the period is calculated and not approved yet, so it is not in the figure",
                    "%(n)s statements of the period are calculated and not approved yet, so they are not in the figure",
                    waiting,
                )
                % {"n": waiting}
            )
        return said

    def _of_period(self, q: Question) -> QuerySet[Any]:
        rows = Statement.objects.filter(ends_on__gte=q.period.start, ends_on__lt=q.period.end)
        return self.fact.scoped(rows, q)

    def records(self, q: Question) -> Any:
        """Each statement; one row a day, without names, where those may read it who must not see each one's pay."""
        rows = self.population(q).order_by("ends_on", "pk").select_related("rep", "version__plan")
        if not is_open_to_all(q):
            return [
                ListedRow(row.ends_on, row.pk, f"{row.rep}, {row.period}, {row.version}", "", row.base_minor or 0)
                for row in rows
            ]
        found: dict[datetime.date, ListedRow] = {}
        for row in rows:
            before = found[row.ends_on].contribution if row.ends_on in found else 0
            first = found[row.ends_on].id if row.ends_on in found else row.pk
            found[row.ends_on] = ListedRow(
                row.ends_on, first, gettext("Statements"), "", before + (row.base_minor or 0)
            )
        return list(found.values())
