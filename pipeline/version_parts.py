"""What versions of deals are made of: money by product and by credited rep, and what their lines come to."""

from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction

from accounts.bulk_rows import insert_objects
from accounts.memberships import TeamHistory
from accounts.models import Company
from pipeline.allocation import split_credits, split_products
from pipeline.fold import State
from pipeline.line_figures import LineFigures, SoldLines
from pipeline.models import DealVersion, VersionCredit, VersionProduct
from pipeline.prices import PriceBook

Figures = dict[int | None, LineFigures]


class VersionParts:
    """The parts of some versions. Made before the versions are stored, whose columns it fills; stored after them.

    ``rank``: external ids of reps, which decide who gets an odd cent.
    """

    def __init__(
        self,
        rows: Sequence[tuple[DealVersion, State]],
        teams: TeamHistory,
        rank: dict[int, str | None],
        company: Company,
    ) -> None:
        self._rows, self._teams, self._rank = rows, teams, rank
        self._figures = FigureBook([state for version, state in rows if version.outcome == "won"], company)
        for version, state in rows:
            if version.outcome == "won":
                for name, value in asdict(LineFigures.total(self._figures.of(version, state).values())).items():
                    setattr(version, name, value)

    def store(self) -> None:
        """Insert them."""
        shares: list[VersionCredit] = []
        products: list[VersionProduct] = []
        for version, state in self._rows:
            is_won = version.outcome == "won"
            figures = self._figures.of(version, state) if is_won else {}
            products += [
                VersionProduct(
                    version=version,
                    product_id=product,
                    base_minor=part,
                    **asdict(figures.get(product, LineFigures())),
                )
                for product, part in products_of(version, state)
            ]
            if is_won:
                shares += self._credits(version, state)
        insert_objects(shares)
        insert_objects(products)

    def _credits(self, version: DealVersion, state: State) -> list[VersionCredit]:
        money, profit = (
            split_credits(minor, state.fields["credits"] or [], version.owner_id, lambda rep: self._rank.get(rep) or "")
            for minor in (version.base_minor, version.profit_minor)
        )
        day = version.closed_on or version.valid_from
        return [
            VersionCredit(
                version=version,
                rep_id=rep,
                team_id=self._teams.team_on(rep, day),
                share=share,
                base_minor=part,
                profit_minor=earned,
            )
            for (rep, share, part), (_rep, _share, earned) in zip(money, profit, strict=True)
        ]


class FigureBook:
    """What lines come to, at the prices of the day of the sale. ``states``: those whose products will be asked for."""

    def __init__(self, states: Sequence[State], company: Company) -> None:
        self._company = company
        self._prices = PriceBook.load({line[0] for state in states for line in state.fields["lines"] or []}, company)

    def of(self, version: DealVersion, state: State) -> Figures:
        """By product, for a won version."""
        day = version.closed_on or version.valid_from
        rate = state.fields["rate"]
        sold = SoldLines(
            lines=state.fields["lines"] or [],
            kind=version.kind,
            base_currency=self._company.base_currency,
            rate=None if rate is None else Fraction(rate),
            price_of=lambda product: self._prices.on(product, day),
        )
        return sold.by_product(products_of(version, state))

    def differs(self, version: DealVersion, state: State) -> bool:
        """Whether a stored won version says something else than the prices that are known by now."""
        total = asdict(LineFigures.total(self.of(version, state).values()))
        return any(getattr(version, name) != value for name, value in total.items())


def products_of(version: DealVersion, state: State) -> list[tuple[int | None, int | None]]:
    """A version's money by product."""
    return split_products(version.base_minor, version.amount_minor, state.fields["lines"] or [], version.currency)
